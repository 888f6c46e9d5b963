/* What a verdict costs beyond its signature check: QR text to verdict in process (Base45, reading,
 * finding the authority among 20, judging) against one bare crypto_sign_verify_detached of the same
 * size. Target: at most 1.10.
 */
#include <stdio.h>

#include <sodium.h>

#include "bench.h"

enum { CREDENTIALS = 1000, ROUNDS = 31 };

typedef struct card {
    char text[512];
    size_t text_len;
    uint8_t message[512]; /* what is signed: prefix and map */
    size_t message_len;
    uint8_t signature[GARITA_SIGNATURE_SIZE];
    const uint8_t *public_key;
} card;

static card cards[CREDENTIALS];

static void make_cards(const world *w) {
    static const char prefix[] = "garita/v1/credential"; /* its zero is part of it */
    for (size_t i = 0; i < CREDENTIALS; i++) {
        card *c = &cards[i];
        uint8_t statement[GARITA_CREDENTIAL_BYTES_MAX];
        size_t agency = i % WORLD_AGENCIES_MAX;
        size_t len = world_issue(statement, w, agency, (uint32_t)(100000 + i));
        WORLD_REQUIRE(garita_text_encode(c->text, &c->text_len, sizeof c->text, statement, len) ==
                      GARITA_OK);
        c->message_len = sizeof prefix + len - WORLD_ENVELOPE;
        WORLD_REQUIRE(c->message_len <= sizeof c->message);
        memcpy(c->message, prefix, sizeof prefix);
        memcpy(c->message + sizeof prefix, statement + 1, len - WORLD_ENVELOPE);
        memcpy(c->signature, statement + len - GARITA_SIGNATURE_SIZE, GARITA_SIGNATURE_SIZE);
        c->public_key = w->agencies[agency].public_key;
    }
}

static double bare(void) {
    double since = bench_now_s();
    for (size_t i = 0; i < CREDENTIALS; i++)
        WORLD_REQUIRE(crypto_sign_verify_detached(cards[i].signature, cards[i].message,
                                                  cards[i].message_len, cards[i].public_key) == 0);
    return (bench_now_s() - since) / CREDENTIALS;
}

static double verdicts(const garita_setting *setting) {
    static garita_verdict v;
    double since = bench_now_s();
    for (size_t i = 0; i < CREDENTIALS; i++) {
        garita_verify_text(&v, setting, cards[i].text, cards[i].text_len);
        WORLD_REQUIRE(v.outcome == GARITA_ACCEPT);
    }
    return (bench_now_s() - since) / CREDENTIALS;
}

int main(void) {
    static world w;
    double bare_s[ROUNDS], verdict_s[ROUNDS];
    world_make(&w, WORLD_AGENCIES_MAX);
    make_cards(&w);
    garita_setting setting = world_setting(&w, "any");
    bare();
    verdicts(&setting);
    for (size_t i = 0; i < ROUNDS; i++) {
        bare_s[i] = bare();
        verdict_s[i] = verdicts(&setting);
    }
    double b = bench_median(bare_s, ROUNDS), v = bench_median(verdict_s, ROUNDS);
    printf("%zu characters of QR text, %d authorities, lane any, %d rounds of %d in turns, medians\n",
           cards[0].text_len, WORLD_AGENCIES_MAX, ROUNDS, CREDENTIALS);
    printf("bare signature check  %8.2f us\n", b * 1e6);
    printf("text to verdict       %8.2f us\n", v * 1e6);
    printf("ratio                 %8.3f    (target: at most 1.10)\n", v / b);
    world_free(&w);
    return 0;
}
