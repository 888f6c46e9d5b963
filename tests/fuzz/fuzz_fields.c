/* The texts that people and claims files write: dates, moments, ids, countries, and names. */
#include "fuzz.h"

#include <garita/country.h>
#include <garita/date.h>
#include <garita/name.h>

static void dates(const char *text, size_t len) {
    uint32_t day, birth;
    int64_t moment, moment_again;
    char day_text[GARITA_DATE_TEXT_SIZE], moment_text[GARITA_MOMENT_TEXT_SIZE];
    if (garita_day_parse(&day, text, len) == GARITA_OK) {
        WORLD_REQUIRE(day <= GARITA_DAY_MAX);
        garita_day_format(day_text, day);
        WORLD_REQUIRE(strlen(day_text) == len && memcmp(day_text, text, len) == 0);
    }
    if (garita_birth_date_parse(&birth, text, len) == GARITA_OK) {
        WORLD_REQUIRE(garita_birth_date_check(birth) == GARITA_OK);
        garita_birth_date_format(day_text, birth);
        WORLD_REQUIRE(strlen(day_text) == len && memcmp(day_text, text, len) == 0);
    }
    if (garita_moment_parse(&moment, text, len) == GARITA_OK) {
        garita_moment_format(moment_text, moment);
        WORLD_REQUIRE(garita_moment_parse(&moment_again, moment_text, strlen(moment_text)) ==
                      GARITA_OK);
        WORLD_REQUIRE(moment == moment_again);
    }
}

static void numbers(const uint8_t *data, size_t size) {
    uint32_t number, again;
    char text[GARITA_DATE_TEXT_SIZE];
    if (size < sizeof number)
        return;
    memcpy(&number, data, sizeof number);
    if (garita_birth_date_check(number) == GARITA_OK) {
        garita_birth_date_format(text, number);
        WORLD_REQUIRE(garita_birth_date_parse(&again, text, strlen(text)) == GARITA_OK);
        WORLD_REQUIRE(again == number);
    }
    garita_day_format(text, number % (GARITA_DAY_MAX + 1));
    WORLD_REQUIRE(garita_day_parse(&again, text, strlen(text)) == GARITA_OK);
    WORLD_REQUIRE(again == number % (GARITA_DAY_MAX + 1));
}

static void ids_and_countries(const char *text, size_t len) {
    garita_id id, again;
    char id_text[GARITA_ID_TEXT_SIZE];
    if (garita_id_parse(&id, text, len) == GARITA_OK) {
        garita_id_format(id_text, &id);
        WORLD_REQUIRE(garita_id_parse(&again, id_text, strlen(id_text)) == GARITA_OK);
        WORLD_REQUIRE(garita_id_equal(&id, &again));
    }
    if (garita_country_is_known(text, len))
        WORLD_REQUIRE(garita_country_is_wellformed(text, len));
}

/* garita_name_mrz asks for valid UTF-8: what the reader lets through as a text is that. */
static void name(const uint8_t *data, size_t size) {
    if (size == 0 || size > GARITA_HOLDER_NAME_BYTES_MAX)
        return;
    uint8_t map[512], statement[sizeof map + WORLD_ENVELOPE];
    size_t len = 0;
    static const uint8_t before[] = { 0x89, 0, 1, 1, 2, 2, 0xc4, 8, 0, 0, 0, 0, 0, 0, 0, 0, 3, 1,
                                      4,    1, 5, 1, 6, 2, 7,    1, 8, 0x84, 0 };
    static const uint8_t after[] = { 1, 0xce, 0x01, 0x2f, 0x59, 0xd2, 2, 0xa1, 'D', 3, 0x83,
                                     0, 1,    1,    0xa1, 'D',  2,    0xa1, '1' };
    memcpy(map, before, sizeof before);
    len = sizeof before;
    if (size < 32) {
        map[len++] = (uint8_t)(0xa0 + size);
    } else {
        map[len++] = 0xd9;
        map[len++] = (uint8_t)size;
    }
    memcpy(map + len, data, size);
    len += size;
    memcpy(map + len, after, sizeof after);
    len += sizeof after;
    static const uint8_t secret_key[GARITA_SECRET_KEY_SIZE] = { 1 };
    len = world_sign(statement, map, len, GARITA_TYPE_CREDENTIAL, secret_key);
    garita_credential credential;
    garita_fault fault;
    garita_error e = garita_credential_inspect(&credential, NULL, &fault, statement, len);
    WORLD_REQUIRE(e == GARITA_OK || e == GARITA_E_UTF8 || e == GARITA_E_UNSAFE_TEXT);
    if (e != GARITA_OK)
        return;

    char *out = malloc(GARITA_MRZ_NAME_MAX);
    WORLD_REQUIRE(out != NULL);
    size_t out_len = 99;
    e = garita_name_mrz(out, &out_len, credential.name.at, credential.name.len);
    WORLD_REQUIRE(strlen(out) == out_len);
    WORLD_REQUIRE(e == GARITA_OK || (e == GARITA_E_UNTRANSLATABLE && out_len == 0));
    for (size_t i = 0; i < out_len; i++)
        WORLD_REQUIRE((out[i] >= 'A' && out[i] <= 'Z') || out[i] == '<');
    /* No filler at the ends, no two in a row: the comparison is of names, not of padding. */
    WORLD_REQUIRE(out_len == 0 || (out[0] != '<' && out[out_len - 1] != '<'));
    WORLD_REQUIRE(strstr(out, "<<") == NULL);
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    /* A copy of the exact size: a byte read behind it is found. */
    char *text = malloc(size + 1);
    WORLD_REQUIRE(text != NULL);
    memcpy(text + 1, data, size);
    dates(text + 1, size);
    ids_and_countries(text + 1, size);
    free(text);
    numbers(data, size);
    name(data, size);
    return 0;
}
