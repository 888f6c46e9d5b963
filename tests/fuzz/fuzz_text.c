/* Base45 and the QR text, both ways. */
#include "fuzz.h"

#include <garita/base45.h>

static void decode_first(const char *text, size_t len) {
    uint8_t *bytes = malloc(len + 1);
    char *again = malloc(len + 1);
    WORLD_REQUIRE(bytes != NULL && again != NULL);
    size_t bytes_len = 99, again_len = 99, fault_at = SIZE_MAX;
    garita_error e = garita_base45_decode(bytes, &bytes_len, len, &fault_at, text, len);
    if (e == GARITA_OK) {
        WORLD_REQUIRE(garita_base45_encoded_len(bytes_len) == len);
        WORLD_REQUIRE(garita_base45_encode(again, &again_len, len, bytes, bytes_len) == GARITA_OK);
        WORLD_REQUIRE(again_len == len && memcmp(again, text, len) == 0);
        if (bytes_len > 0)
            WORLD_REQUIRE(garita_base45_decode(bytes, &again_len, bytes_len - 1, NULL, text, len) ==
                              GARITA_E_NO_SPACE && again_len == 0);
    } else {
        WORLD_REQUIRE(e == GARITA_E_BASE45 && bytes_len == 0 && fault_at <= len);
    }
    free(bytes);
    free(again);
}

static void encode_first(const uint8_t *bytes, size_t len) {
    size_t cap = garita_base45_encoded_len(len), text_len, again_len;
    char *text = malloc(cap + 1);
    uint8_t *again = malloc(len + 1);
    WORLD_REQUIRE(text != NULL && again != NULL);
    WORLD_REQUIRE(garita_base45_encode(text, &text_len, cap, bytes, len) == GARITA_OK);
    WORLD_REQUIRE(text_len == cap);
    for (size_t i = 0; i < text_len; i++)
        WORLD_REQUIRE(garita_base45_has((unsigned char)text[i]));
    WORLD_REQUIRE(garita_base45_decode(again, &again_len, len, NULL, text, text_len) == GARITA_OK);
    WORLD_REQUIRE(again_len == len && (len == 0 || memcmp(again, bytes, len) == 0));
    free(text);
    free(again);
}

static void qr_text(const char *text, size_t len) {
    uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX];
    char again[GARITA_QR_TEXT_MAX];
    size_t bytes_len = 99, again_len = 99, fault_at = SIZE_MAX;
    garita_error e = garita_text_decode(bytes, &bytes_len, sizeof bytes, &fault_at, text, len);
    WORLD_REQUIRE((e == GARITA_E_NOT_OURS) == !garita_text_is_ours(text, len));
    if (e != GARITA_OK) {
        WORLD_REQUIRE(bytes_len == 0 && fault_at <= len);
        return;
    }
    WORLD_REQUIRE(garita_text_encode(again, &again_len, sizeof again, bytes, bytes_len) == GARITA_OK);
    WORLD_REQUIRE(again_len == len && memcmp(again, text, len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    decode_first((const char *)data, size);
    encode_first(data, size);
    qr_text((const char *)data, size);
    return 0;
}
