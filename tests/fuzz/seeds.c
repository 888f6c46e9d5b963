/* fuzz_seeds DIR: writes the inputs that the fuzzers start from, DIR/FUZZER/NAME. The same bytes in
 * every run.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "seeds.h"
#include "world.h"

#include <garita/authority.h>
#include <garita/base45.h>
#include <garita/node.h>
#include <garita/tip.h>

static const char *top;
static world w;

void seed(const char *fuzzer, const char *name, const void *bytes, size_t len) {
    char path[4096];
    WORLD_REQUIRE(mkdir(top, 0777) == 0 || errno == EEXIST);
    WORLD_REQUIRE(snprintf(path, sizeof path, "%s/%s", top, fuzzer) < (int)sizeof path);
    WORLD_REQUIRE(mkdir(path, 0777) == 0 || errno == EEXIST);
    WORLD_REQUIRE(snprintf(path, sizeof path, "%s/%s/%s", top, fuzzer, name) < (int)sizeof path);
    FILE *f = fopen(path, "wb");
    if (f == NULL) {
        perror(path);
        exit(1);
    }
    WORLD_REQUIRE(fwrite(bytes, 1, len, f) == len);
    WORLD_REQUIRE(fclose(f) == 0);
}

static void seed_text(const char *fuzzer, const char *name, const char *text) {
    seed(fuzzer, name, text, strlen(text));
}

/* --- pieces of msgpack by hand, canonical or not --- */

typedef struct bytes {
    uint8_t at[2 * GARITA_CREDENTIAL_BYTES_MAX];
    size_t len;
} bytes;

static void put(bytes *b, const void *what, size_t len) {
    WORLD_REQUIRE(len <= sizeof b->at - b->len);
    memcpy(b->at + b->len, what, len);
    b->len += len;
}

/* The map of a statement with more pairs behind it; its header is a fixmap's. */
static void with_pairs(bytes *out, const uint8_t *map, size_t map_len, uint8_t pairs,
                       const void *more, size_t more_len) {
    out->len = 0;
    put(out, map, map_len);
    out->at[0] = (uint8_t)(out->at[0] + pairs);
    put(out, more, more_len);
}

/* --- the fuzzers --- */

static size_t issue(uint8_t out[GARITA_CREDENTIAL_BYTES_MAX], const garita_credential *c,
                    const world_agency *by) {
    size_t len;
    garita_fault fault;
    WORLD_REQUIRE(garita_credential_issue(out, &len, GARITA_CREDENTIAL_BYTES_MAX, &fault, c,
                                          &by->signer) == GARITA_OK);
    return len;
}

/* One credential for every fuzzer that takes one. */
static void credential(const char *name, uint8_t agency, const uint8_t *statement, size_t len) {
    const uint8_t *map = statement + 1;
    size_t map_len = len - WORLD_ENVELOPE;
    bytes b = { .len = 0 };
    char text[GARITA_QR_TEXT_MAX];
    size_t text_len;
    seed("statement", name, statement, len);
    seed("reader", name, map, map_len);
    put(&b, &agency, 1);
    put(&b, map, map_len);
    seed("signed", name, b.at, b.len);
    WORLD_REQUIRE(garita_text_encode(text, &text_len, sizeof text, statement, len) == GARITA_OK);
    seed("verify", name, text, text_len);
    seed("text", name, text, text_len);
}

static void credentials(void) {
    uint8_t statement[GARITA_CREDENTIAL_BYTES_MAX], other[sizeof statement + 256];
    garita_credential c;
    bytes b;
    /* serials whose bits spell each status (judge.c) */
    static const uint32_t serials[] = { 1, 2, 4, 8, 16 + 8, 32 + 8, 64 + 8, GARITA_SERIAL_MAX - 3 };
    for (size_t i = 0; i < sizeof serials / sizeof serials[0]; i++) {
        char name[32];
        snprintf(name, sizeof name, "serial-%zu", i);
        credential(name, (uint8_t)(i % 4), statement, world_issue(statement, &w, i % 4, serials[i]));
    }
    world_credential(&c, 8 + 64, "Maquiladora de Tijuana, S.A. de C.V.");
    credential("employer-name", 0, statement, issue(statement, &c, &w.agencies[0]));
    c.employer_id = c.employer_name = (garita_utf8){ 0 };
    credential("no-employer", 0, statement, issue(statement, &c, &w.agencies[0]));
    c.programme = 3; /* nexus: not MEX's to give */
    credential("out-of-scope", 1, statement, issue(statement, &c, &w.agencies[1]));
    c.programme = WORLD_SENTRI;
    c.not_before = c.expires;
    credential("not-yet-valid", 0, statement, issue(statement, &c, &w.agencies[0]));
    c.not_before = c.expires = 20000;
    credential("expired", 0, statement, issue(statement, &c, &w.agencies[0]));

    world_credential(&c, 8 + 64, NULL);
    size_t len = issue(statement, &c, &w.agencies[0]), map_len = len - WORLD_ENVELOPE;
    static const struct {
        const char *name;
        uint8_t pairs, more_len;
        uint8_t more[16];
    } tails[] = {
        { "ignorable-key", 1, 3, { 64, 0xa1, 'x' } },
        { "ignorable-nested", 1, 10, { 127, 0x82, 0, 0x93, 0xc0, 0xc2, 0xe0, 64, 0xc4, 0 } },
        { "unknown-key", 1, 2, { 10, 0xc3 } },
        { "key-twice", 1, 2, { 9, 0xc0 } },
        { "not-minimal", 1, 4, { 64, 0xcd, 0, 1 } },
        { "float", 1, 6, { 64, 0xca, 0, 0, 0, 0 } },
        { "array32", 1, 6, { 64, 0xdd, 0xff, 0xff, 0xff, 0xff } },
        { "negative", 1, 4, { 64, 0xd1, 0x80, 0 } },
        { "trailing", 0, 1, { 0 } },
    };
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        with_pairs(&b, statement + 1, map_len, tails[i].pairs, tails[i].more, tails[i].more_len);
        size_t other_len = world_sign(other, b.at, b.len, GARITA_TYPE_CREDENTIAL,
                                      w.agencies[0].secret_key);
        credential(tails[i].name, 0, other, other_len);
    }
    statement[len - 1] ^= 1;
    credential("bad-signature", 0, statement, len);
    seed("statement", "truncated", statement, len / 2);
    seed_text("verify", "foreign", "HC1:6BFOXN*TS0BI$ZD4N9:9S6RCVN5");
    seed_text("verify", "altered", "gt1:6bfoxn");
    seed_text("verify", "empty", "");
}

/* Adds a map to a run as fuzz_trust.c reads it. */
static void run_put(bytes *run, uint8_t key, const uint8_t *statement, size_t len) {
    size_t map_len = len - WORLD_ENVELOPE;
    uint8_t header[3] = { key, (uint8_t)(map_len >> 8), (uint8_t)map_len };
    put(run, header, sizeof header);
    put(run, statement + 1, map_len);
}

static size_t certify(uint8_t out[GARITA_AUTHORITY_BYTES_MAX], const garita_authority *a,
                      const world_agency *by) {
    size_t len;
    garita_fault fault;
    WORLD_REQUIRE(garita_authority_issue(out, &len, GARITA_AUTHORITY_BYTES_MAX, &fault, a,
                                         &by->signer) == GARITA_OK);
    return len;
}

static void authorities(void) {
    uint8_t statements[4][GARITA_AUTHORITY_BYTES_MAX];
    size_t lens[4];
    world_agency keys[4] = { w.anchors[0], w.anchors[1] }; /* as in fuzz_trust.c */
    world_agency_make(&keys[2], 10);
    world_agency_make(&keys[3], 11);
    garita_authority a = { .serial = 9,
                           .has_start = true,
                           .not_before = 20454,
                           .expires = 27000,
                           .key_number = 1,
                           .name = { "Sub-agency", 10 },
                           .country = "USA" };
    memcpy(a.public_key, keys[3].public_key, sizeof a.public_key);
    garita_pin_default(&a.scope, "USA");
    a.scope.depth = 0;
    garita_scope_add_country(&a.scope, "MEX");

    /* an agency by its anchor, another below it, a further key of the anchor, and an anchor */
    static const uint8_t signers[4] = { 0, 2, 0, 1 };
    lens[0] = w.agencies[0].statement_len;
    memcpy(statements[0], w.agencies[0].statement, lens[0]);
    lens[1] = certify(statements[1], &a, &keys[2]);
    a.serial = 10;
    a.key_number = 2;
    memcpy(a.first_key, keys[0].public_key, sizeof a.first_key);
    lens[2] = certify(statements[2], &a, &keys[0]);
    lens[3] = w.anchors[1].statement_len;
    memcpy(statements[3], w.anchors[1].statement, lens[3]);
    bytes all = { .len = 0 };
    for (size_t i = 0; i < 4; i++) {
        char name[32];
        bytes one = { .len = 0 };
        snprintf(name, sizeof name, "authority-%zu", i);
        run_put(&one, signers[i], statements[i], lens[i]);
        run_put(&all, signers[i], statements[i], lens[i]);
        seed("statement", name, statements[i], lens[i]);
        seed("reader", name, statements[i] + 1, lens[i] - WORLD_ENVELOPE);
        seed("trust", name, one.at, one.len);
    }
    seed("trust", "chain", all.at, all.len);

    bytes ignorable;
    with_pairs(&ignorable, statements[3] + 1, lens[3] - WORLD_ENVELOPE, 1, "\x40\xc0", 2);
    lens[3] = world_sign(statements[3], ignorable.at, ignorable.len, GARITA_TYPE_AUTHORITY,
                         keys[1].secret_key);
    seed("statement", "authority-ignorable-key", statements[3], lens[3]);

    /* two agencies that certify each other, as deep as they can */
    static const uint8_t circle[5][2] = { { 0, 2 }, { 2, 3 }, { 3, 2 }, { 2, 3 }, { 3, 2 } };
    bytes deep = { .len = 0 };
    for (size_t i = 0; i < 5; i++) {
        a = (garita_authority){ .serial = (uint32_t)(20 + i),
                                .expires = 27000,
                                .key_number = 1,
                                .name = { "Circle", 6 },
                                .country = "USA" };
        memcpy(a.public_key, keys[circle[i][1]].public_key, sizeof a.public_key);
        garita_pin_default(&a.scope, "USA");
        run_put(&deep, circle[i][0], statements[0],
                certify(statements[0], &a, &keys[circle[i][0]]));
    }
    seed("trust", "circle", deep.at, deep.len);
}

static void values(void) {
    static const struct {
        const char *name, *bytes;
        size_t len;
    } all[] = {
#define VALUE(name, text) { name, text, sizeof text - 1 }
        VALUE("nil", "\xc0"),
        VALUE("uint8", "\xcc\x80"),
        VALUE("uint16", "\xcd\x01\x00"),
        VALUE("uint32", "\xce\x00\x01\x00\x00"),
        VALUE("uint64", "\xcf\x00\x00\x00\x01\x00\x00\x00\x00"),
        VALUE("int8", "\xd0\xdf"),
        VALUE("int16", "\xd1\xff\x7f"),
        VALUE("int32", "\xd2\xff\xff\x7f\xff"),
        VALUE("int64", "\xd3\xff\xff\xff\xff\x7f\xff\xff\xff"),
        VALUE("utf8", "\xaf\xc3\x91 \xe6\xbc\xa2 \xf0\x90\x80\x80 \xcd\x8f"),
        VALUE("surrogate", "\xa3\xed\xa0\x80"),
        VALUE("direction", "\xa3\xe2\x80\xae"),
        VALUE("str8", "\xd9\x20garita garita garita garita 1234"),
        VALUE("bin8", "\xc4\x02\x00\xff"),
        VALUE("arrays", "\x91\x91\x91\x91\x91\x91\x91\x91\x90"),
        VALUE("array16", "\xdc\x00\x10" "0123456789abcdef"),
        VALUE("map16", "\xde\x00\x10\0\0\1\0\2\0\3\0\4\0\5\0\6\0\7\0\10\0\11\0\12\0\13\0\14\0\15\0"
                       "\16\0\17\0"),
#undef VALUE
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        seed("reader", all[i].name, all[i].bytes, all[i].len);
}

static void texts(void) {
    /* RFC 9285, section 4.3 and 4.4 */
    static const char *const all[] = { "BB8", "%69 VD92EX0", "UJCLQE7W581", "QED8WEX0", "GGW", "FGW",
                                       "GT1:", "GT1:BB8", "Gt1:bb8", "00", "5U", "5V", ":::", "A" };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        char name[32];
        snprintf(name, sizeof name, "base45-%zu", i);
        seed_text("text", name, all[i]);
    }
}

static void files(void) {
    uint8_t file[GARITA_KEY_FILE_SIZE], one_seed[GARITA_SEED_SIZE] = { 5 };
    uint8_t random[GARITA_KEY_FILE_SALT_SIZE + GARITA_KEY_FILE_NONCE_SIZE] = { 9 };
    static const garita_kdf_cost cheap = { 1, 8192 };
    WORLD_REQUIRE(garita_key_file_seal(file, one_seed, NULL, 0, cheap, random) == GARITA_OK);
    seed("files", "clear", file, sizeof file);
    WORLD_REQUIRE(garita_key_file_seal(file, one_seed, "correct horse", 13, cheap, random) ==
                  GARITA_OK);
    seed("files", "sealed", file, sizeof file);
    WORLD_REQUIRE(garita_key_file_seal(file, one_seed, "another", 7, cheap, random) == GARITA_OK);
    seed("files", "wrong-passphrase", file, sizeof file);
    file[13] = 0xff;
    seed("files", "too-costly", file, sizeof file);
    char line[GARITA_PUBLIC_KEY_FILE_MAX];
    size_t len;
    garita_public_key_file public = { .name = "cbp-2026" };
    memcpy(public.public_key, w.anchors[0].public_key, sizeof public.public_key);
    garita_public_key_file_write(line, &len, &public);
    seed("files", "public", line, len);
    memcpy(line + len - 1, "\r\n", 2);
    seed("files", "public-crlf", line, len + 1);
    public.has_noise_key = true;
    garita_key_noise(NULL, public.noise_key, one_seed);
    garita_public_key_file_write(line, &len, &public);
    seed("files", "public-of-a-node", line, len);
}

/* Node statements, whole and as the maps that fuzz_node signs. */
static void nodes(void) {
    static const char *const addresses[] = { "sy1.example.net:7701", "192.0.2.1:7701",
                                             "[2001:db8::1]:7701", "[::ffff:192.0.2.1]:1" };
    uint8_t one_seed[GARITA_SEED_SIZE] = { 6 }, statement[GARITA_NODE_BYTES_MAX];
    garita_node n = { .serial = 7, .expires = 25000, .name = { "San Ysidro 1", 12 },
                      .country = "USA" };
    memcpy(n.public_key, w.anchors[1].public_key, sizeof n.public_key);
    garita_key_noise(NULL, n.noise_key, one_seed);
    for (size_t count = 0; count <= GARITA_NODE_ADDRESSES_MAX; count++) {
        char name[32];
        bytes map = { .len = 0 };
        uint8_t by = 0;
        size_t len;
        n.has_start = count % 2 != 0;
        n.not_before = n.has_start ? 20000 : 0;
        n.address_count = count;
        if (count > 0)
            n.addresses[count - 1] =
                (garita_utf8){ addresses[count - 1], strlen(addresses[count - 1]) };
        WORLD_REQUIRE(garita_node_issue(statement, &len, sizeof statement, NULL, &n,
                                        &w.agencies[0].signer) == GARITA_OK);
        snprintf(name, sizeof name, "node-%zu", count);
        seed("statement", name, statement, len);
        put(&map, &by, 1);
        put(&map, statement + 1, len - WORLD_ENVELOPE);
        seed("node", name, map.at, map.len);
    }
}

/* The pipe of a picture's child: texts, then an end. */
static void pipes(void) {
    static const char two[] = "\xff" "T\0\0\0\4GT1:" "T\0\0\0\3HC1" "E\0\0\0\1\0";
    static const char none[] = "\0" "E\0\0\0\1\1";
    static const char twice[] = "\1" "T\0\0\0\1AT\0\0\0\1A" "E\0\0\0\1\0";
    static const char crashed[] = "\2" "E\0\0\0\1\6";
    static const char too_long[] = "\2" "T\0\0\x1b\xb2" "A";
    seed("wire", "two", two, sizeof two - 1);
    seed("wire", "none", none, sizeof none - 1);
    seed("wire", "twice", twice, sizeof twice - 1);
    seed("wire", "crashed", crashed, sizeof crashed - 1);
    seed("wire", "too-long", too_long, sizeof too_long - 1);
}

static void claims(void) {
    static const char example[] =
        "{\"programme\":\"sentri\",\"holder\":{\"name\":\"MARÍA FERNANDA GARCÍA LÓPEZ\","
        "\"birth_date\":\"1988-04-02\",\"nationality\":\"MEX\",\"document\":{\"type\":\"passport\","
        "\"country\":\"MEX\",\"number\":\"G12345678\"}},\"not_before\":\"2026-01-01\","
        "\"expires\":\"2031-01-01\",\"employer\":{\"id\":\"IMMEX-1234-2006\",\"name\":\"M\"}}";
    static const char least[] =
        "{\"ref\":\"r1\",\"programme\":9,\"holder\":{\"name\":\"A\",\"birth_date\":\"1988\","
        "\"nationality\":\"D\",\"document\":{\"type\":1,\"country\":\"D\",\"number\":\"1\"}},"
        "\"not_before\":\"2026-01-01\",\"expires\":\"2026-01-01\"}";
    seed_text("claims", "example", example);
    seed_text("claims", "least", least);
    seed_text("claims", "empty-object", "{}");
    seed_text("claims", "misspelled", "{\"program\":\"sentry\",\"holder\":[]}");
    seed_text("claims", "twice", "{\"programme\":\"fast\",\"programme\":\"fast\"}");
}

static void fields(void) {
    static const char *const all[] = {
        "2026-01-01", "2028-02-29", "2149-06-06", "1970-01-01", "1988-04", "1988", "2026-02-30",
        "2026-01-01T00:00:00Z", "2026-12-31T23:59:60Z", "2026-01-01T00:00:00.250-08:00",
        "9999-12-31T23:59:59Z", "0123456789abcdef", "0123456789ABCDEF", "D", "MEX", "XXA", "QQQ",
        "MARÍA FERNANDA GARCÍA LÓPEZ", "Núñez-O'Higgins", "Müßig", "Щербаков", "محمد", "漢字",
        "I\xcc\x87stanbul", "Łódź Æsir Þór" };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        char name[32];
        snprintf(name, sizeof name, "field-%02zu", i);
        seed_text("fields", name, all[i]);
    }
}

static void decisions(void) {
    garita_decision d = { .kind = GARITA_DECISION_VERDICT, .has_moment = true, .moment = WORLD_NOW,
                          .lane = { "default", 7 }, .outcome = GARITA_REJECT, .reason = { "revoked", 7 },
                          .has_authority = true, .has_serial = true, .serial = 4711, .name = { "M", 1 } };
    const garita_decision acts[] = {
        { .kind = GARITA_DECISION_FLOOR, .had_floor = true, .floor_was = WORLD_NOW, .has_floor = true },
        { .kind = GARITA_DECISION_PRUNED, .pruned = 70000 },
    };
    uint8_t entry[GARITA_DECISION_BYTES_MAX], tip[GARITA_TIP_BYTES_MAX];
    size_t len;
    WORLD_REQUIRE(garita_decision_write(entry, &len, &d) == GARITA_OK);
    seed("decision", "verdict", entry, len);
    WORLD_REQUIRE(garita_decision_write(entry, &len, &acts[0]) == GARITA_OK);
    seed("decision", "floor", entry, len);
    WORLD_REQUIRE(garita_decision_write(entry, &len, &acts[1]) == GARITA_OK);
    seed("decision", "pruned", entry, len);

    world_agency node;
    garita_tip t = { .place.position = 300, .signed_at = WORLD_NOW };
    world_agency_make(&node, 7);
    WORLD_REQUIRE(garita_tip_issue(tip, &len, &t, node.public_key, node.secret_key) == GARITA_OK);
    seed("decision", "tip", tip, len);
    seed("statement", "tip", tip, len);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fputs("usage: fuzz_seeds DIR\n", stderr);
        return 64;
    }
    top = argv[1];
    world_make(&w, 4);
    credentials();
    authorities();
    values();
    texts();
    files();
    nodes();
    pipes();
    decisions();
    claims();
    fields();
    seeds_attestation();
    seeds_status();
    seeds_lane();
    seeds_policy();
    seeds_rule();
    seeds_channel();
    seeds_engine();
    world_free(&w);
    return 0;
}
