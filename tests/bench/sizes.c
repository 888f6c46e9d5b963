/* How large the contract's example credential is: as a statement, as text, as a QR code. Targets: at
 * most 190 bytes, and version 10 at error correction M.
 */
#include <stdio.h>

#include <garita/qr_draw.h>

#include "bench.h"

static void show(const char *what, const world *w, const char *employer_name) {
    uint8_t statement[GARITA_CREDENTIAL_BYTES_MAX];
    char text[GARITA_QR_TEXT_MAX];
    size_t len, text_len;
    garita_credential c;
    garita_fault fault;
    garita_qr qr;
    world_credential(&c, 100000, employer_name);
    WORLD_REQUIRE(garita_credential_issue(statement, &len, sizeof statement, &fault, &c,
                                          &w->agencies[0].signer) == GARITA_OK);
    WORLD_REQUIRE(garita_text_encode(text, &text_len, sizeof text, statement, len) == GARITA_OK);
    WORLD_REQUIRE(garita_qr_encode(&qr, text, text_len, GARITA_QR_ECC_M) == GARITA_OK);
    printf("%-24s %4zu bytes, %4zu characters, QR version %d\n", what, len, text_len, qr.version);
}

int main(void) {
    static world w;
    world_make(&w, 1);
    puts("the contract's example, serial 100,000 (targets: 190 bytes, version 10 at M)");
    show("employer by id", &w, NULL);
    show("employer with its name", &w, "Maquiladora de Tijuana, S.A. de C.V.");
    world_free(&w);
    return 0;
}
