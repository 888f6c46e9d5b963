/* How large a SENTRI credential is with a vaccination and a designation as an essential worker, in
 * one code: target at most version 17 at error correction M. Beside it the EU's digital certificate
 * of the same vaccination alone: a COSE_Sign1 (RFC 9052) over a CBOR web token, packed by zlib, in
 * Base45 (the EU's "Technical Specifications for Digital Green Certificates", volumes 1 and 3).
 */
#include <stdio.h>

#include <sodium.h>
#include <zlib.h>

#include <garita/base45.h>
#include <garita/date.h>
#include <garita/packet.h>
#include <garita/qr_draw.h>

#include "bench.h"

enum { SERIAL = 100000, BYTES = 1024 };

static garita_utf8 utf8(const char *text) {
    return (garita_utf8){ text, strlen(text) };
}

static uint32_t day(const char *text) {
    uint32_t out;
    WORLD_REQUIRE(garita_day_parse(&out, text, strlen(text)) == GARITA_OK);
    return out;
}

static int version_of(const char *text, size_t len, garita_qr_ecc ecc) {
    garita_qr qr;
    WORLD_REQUIRE(garita_qr_encode(&qr, text, len, ecc) == GARITA_OK);
    return qr.version;
}

static void show(const char *what, size_t bytes, const char *text, size_t len) {
    printf("%-52s %4zu bytes, %4zu characters, QR version %2d at M, %2d at Q\n", what, bytes, len,
           version_of(text, len, GARITA_QR_ECC_M), version_of(text, len, GARITA_QR_ECC_Q));
}

/* --- ours --- */

static size_t issue(uint8_t out[GARITA_ATTESTATION_BYTES_MAX], garita_attestation *a,
                    const garita_credential *of, const world *w, size_t agency) {
    size_t len;
    garita_fault fault;
    a->serial = SERIAL;
    garita_subject_of(&a->subject, of);
    WORLD_REQUIRE(garita_attestation_issue(out, &len, GARITA_ATTESTATION_BYTES_MAX, &fault, a,
                                           &w->agencies[agency].signer) == GARITA_OK);
    return len;
}

static void show_joined(const char *what, const garita_parts *parts) {
    uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX];
    char text[GARITA_QR_TEXT_MAX];
    size_t len, text_len;
    WORLD_REQUIRE(garita_packet_join(bytes, &len, sizeof bytes, parts) == GARITA_OK);
    WORLD_REQUIRE(garita_text_encode(text, &text_len, sizeof text, bytes, len) == GARITA_OK);
    show(what, len, text, text_len);
}

static void show_ours(const world *w) {
    uint8_t card[GARITA_CREDENTIAL_BYTES_MAX];
    uint8_t vaccinated[GARITA_ATTESTATION_BYTES_MAX], essential[GARITA_ATTESTATION_BYTES_MAX];
    garita_credential holder;
    garita_parts parts = { 0 };
    world_credential(&holder, SERIAL, NULL);
    garita_attestation vaccination = {
        .kind = GARITA_ATTESTATION_VACCINATION, .expires = day("2027-05-01"),
        .fact.vaccination = { utf8("EU/1/20/1528"), 2, 2, day("2026-05-01") }
    };
    garita_attestation worker = {
        .kind = GARITA_ATTESTATION_ESSENTIAL_WORKER, .expires = day("2027-05-01"),
        .fact.essential_worker = { .since = day("2026-01-01"), .sector = 11,
                                   .employer_id = holder.employer_id, .country = utf8("MEX") }
    };

    parts.attestations[0] = (garita_bytes){ vaccinated, issue(vaccinated, &vaccination, &holder, w,
                                                              2) };
    parts.attestation_count = 1;
    show_joined("a vaccination alone", &parts);
    parts.attestations[0] = (garita_bytes){ essential, issue(essential, &worker, &holder, w, 1) };
    show_joined("a designation alone", &parts);
    parts.attestation_count = 0;
    parts.credential = (garita_bytes){ card, world_issue(card, w, 0, SERIAL) };
    show_joined("SENTRI, employer by id", &parts);
    parts.attestations[0] = (garita_bytes){ vaccinated, issue(vaccinated, &vaccination, &holder, w,
                                                              2) };
    parts.attestation_count = 1;
    show_joined("SENTRI and the vaccination", &parts);
    parts.attestations[1] = (garita_bytes){ essential, issue(essential, &worker, &holder, w, 1) };
    parts.attestation_count = 2;
    show_joined("SENTRI, vaccination, designation (target: 17 at M)", &parts);
}

/* --- the EU's: CBOR (RFC 8949) in its shortest form --- */

typedef struct cbor {
    size_t len;
    uint8_t at[BYTES];
} cbor;

static void add(cbor *to, const void *bytes, size_t len) {
    WORLD_REQUIRE(len <= sizeof to->at - to->len);
    memcpy(to->at + to->len, bytes, len);
    to->len += len;
}

enum { UNSIGNED = 0, NEGATIVE = 1, BIN = 2, TEXT = 3, ARRAY = 4, MAP = 5, TAG = 6 };

static void head(cbor *to, unsigned major, uint32_t n) {
    uint8_t out[5] = { (uint8_t)(major << 5) };
    size_t width = n < 24 ? 0 : n <= 0xff ? 1 : n <= 0xffff ? 2 : 4;
    static const uint8_t kinds[] = { 0, 24, 25, 0, 26 };
    out[0] = (uint8_t)(out[0] | (width == 0 ? n : kinds[width]));
    for (size_t i = 0; i < width; i++)
        out[1 + i] = (uint8_t)(n >> 8 * (width - 1 - i));
    add(to, out, 1 + width);
}

static void bin(cbor *to, const void *bytes, size_t len) {
    head(to, BIN, (uint32_t)len);
    add(to, bytes, len);
}

static void text(cbor *to, const char *t) {
    head(to, TEXT, (uint32_t)strlen(t));
    add(to, t, strlen(t));
}

static void pair(cbor *to, const char *name, const char *value) {
    text(to, name);
    text(to, value);
}

static void number(cbor *to, const char *name, uint32_t value) {
    text(to, name);
    head(to, UNSIGNED, value);
}

/* One vaccination of the same person and product, in version 1.3.0 of the schema. */
static void add_hcert(cbor *to) {
    head(to, MAP, 4);
    pair(to, "ver", "1.3.0");
    text(to, "nam");
    head(to, MAP, 4);
    pair(to, "fn", "GARCÍA LÓPEZ");
    pair(to, "fnt", "GARCIA<LOPEZ");
    pair(to, "gn", "MARÍA FERNANDA");
    pair(to, "gnt", "MARIA<FERNANDA");
    pair(to, "dob", "1988-04-02");
    text(to, "v");
    head(to, ARRAY, 1);
    head(to, MAP, 10);
    pair(to, "tg", "840539006");    /* COVID-19 */
    pair(to, "vp", "1119349007");   /* mRNA vaccine */
    pair(to, "mp", "EU/1/20/1528"); /* the product */
    pair(to, "ma", "ORG-100030215");
    number(to, "dn", 2);
    number(to, "sd", 2);
    pair(to, "dt", "2026-05-01");
    pair(to, "co", "MX");
    pair(to, "is", "Secretaría de Salud");
    pair(to, "ci", "URN:UVCI:01:MX:187/37512422923");
}

static void make_dcc(cbor *out) {
    static const uint8_t seed[randombytes_SEEDBYTES] = { 5 };
    uint8_t random[8 + 64]; /* a key's id, and a signature: nothing that could be compressed */
    cbor header = { 0 }, token = { 0 };
    randombytes_buf_deterministic(random, sizeof random, seed);
    head(&header, MAP, 2);
    head(&header, UNSIGNED, 1); /* alg */
    head(&header, NEGATIVE, 6); /* -7, ES256 */
    head(&header, UNSIGNED, 4); /* kid */
    bin(&header, random, 8);
    head(&token, MAP, 4);
    head(&token, UNSIGNED, 1); /* iss */
    text(&token, "MX");
    head(&token, UNSIGNED, 4); /* exp */
    head(&token, UNSIGNED, 1809129600);
    head(&token, UNSIGNED, 6); /* iat */
    head(&token, UNSIGNED, 1777593600);
    head(&token, NEGATIVE, 259); /* -260, hcert */
    head(&token, MAP, 1);
    head(&token, UNSIGNED, 1);
    add_hcert(&token);
    head(out, TAG, 18); /* COSE_Sign1 */
    head(out, ARRAY, 4);
    bin(out, header.at, header.len);
    head(out, MAP, 0);
    bin(out, token.at, token.len);
    bin(out, random + 8, 64);
}

static void show_dcc(void) {
    cbor dcc = { 0 };
    uint8_t packed[BYTES];
    uLongf packed_len = sizeof packed;
    char code[4 + 3 * BYTES] = "HC1:";
    size_t len;
    make_dcc(&dcc);
    WORLD_REQUIRE(compress2(packed, &packed_len, dcc.at, dcc.len, 9) == Z_OK);
    WORLD_REQUIRE(garita_base45_encode(code + 4, &len, sizeof code - 4, packed, packed_len) ==
                  GARITA_OK);
    printf("the EU's certificate, %zu bytes before zlib:\n", dcc.len);
    show("the same vaccination alone", packed_len, code, 4 + len);
}

int main(void) {
    static world w;
    world_make(&w, 3);
    puts("serials 100,000:");
    show_ours(&w);
    show_dcc();
    world_free(&w);
    return 0;
}
