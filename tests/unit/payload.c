/* What a node says of itself in a handshake. */
#include "channel/payload.h"

#include <stdio.h>
#include <stdlib.h>

#include <garita/bundle.h>
#include <garita/node.h>

#include "unit.h"

enum { KEPT_MAX = 16, TOLD_MAX = ENGINE_PAYLOAD_STATEMENTS - 1 };

static party anchor, other_anchor, agencies[4], anchor_key, stranger;

/* A home: what it trusts, and the statements that it keeps. */
static struct home {
    garita_trust *trust;
    size_t count;
    blob kept[KEPT_MAX];
    bool fails; /* when it is read */
    size_t reads;
} home;

static const grant anchor_grant = {.serial = 1, .countries = "CAN MEX USA"};

static int set_up(void **state)
{
    (void)state;
    party_make(&anchor, 40);
    party_make(&other_anchor, 41);
    party_rotate(&anchor_key, &anchor, 2, 42);
    for (unsigned i = 0; i < COUNT(agencies); i++)
        party_make(&agencies[i], 50 + i);
    party_make(&stranger, 90);
    home = (struct home){.count = 0};
    assert_ok(garita_trust_new(&home.trust));
    pin(home.trust, &anchor, anchor_grant);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    garita_trust_free(home.trust);
    return 0;
}

/* Certifies, trusts and keeps it. Returns the statement. */
static const blob *keep(const party *by, const party *subject, grant g)
{
    blob *b = &home.kept[home.count++];
    assert_true(home.count <= KEPT_MAX);
    certify(b, by, subject, g);
    assert_ok(garita_trust_add(home.trust, NULL, NULL, b->bytes, b->len));
    return b;
}

static bool each(void *context, payload_visit visit, void *visitor)
{
    struct home *h = context;
    h->reads++;
    for (size_t i = h->count; !h->fails && i > 0; i--) {
        uint8_t *copy = exact_copy(h->kept[i - 1].bytes, h->kept[i - 1].len);
        bool goes_on = visit(visitor, copy, h->kept[i - 1].len);
        free(copy);
        if (!goes_on)
            break;
    }
    return !h->fails;
}

static blob node_by(const party *by, const char *name)
{
    blob out;
    garita_fault fault;
    garita_node n = {.serial = 77, .expires = day("2040-12-31"), .name = utf8(name)};
    uint8_t seed[GARITA_SEED_SIZE] = {9}, secret[GARITA_SECRET_KEY_SIZE];
    garita_key_pair(secret, n.public_key, seed);
    garita_key_noise(NULL, n.noise_key, seed);
    memcpy(n.country, "USA", sizeof n.country);
    assert_ok(garita_node_issue(out.bytes, &out.len, sizeof out.bytes, &fault, &n, &by->signer));
    return out;
}

/* The payload says exactly these, in this order. */
static void assert_told(const blob *node, size_t count, const blob *const *expected)
{
    static uint8_t bundle[GARITA_BUNDLE_HEADER_SIZE + ENGINE_PAYLOAD_MAX + 2];
    static const uint8_t header[] = {'g', 'a', 'r', 'i', 't', 'a', '-', 'b', 1};
    uint8_t *payload = malloc(ENGINE_PAYLOAD_MAX); /* no byte more */
    size_t len;
    garita_bundle_reader reader;
    garita_message m;
    assert_non_null(payload);
    assert_true(payload_build(payload, &len, home.trust, (garita_bytes){node->bytes, node->len},
                              each, &home));
    memcpy(bundle, header, sizeof header);
    memcpy(bundle + sizeof header, payload, len);
    memset(bundle + sizeof header + len, 0, 2); /* END */
    free(payload);
    assert_ok(garita_bundle_open(&reader, bundle, sizeof header + len + 2));
    for (size_t i = 0; i <= count; i++) {
        const blob *b = i == 0 ? node : expected[i - 1];
        assert_ok(garita_bundle_next(&reader, &m, NULL));
        assert_int_equal(m.kind, GARITA_MESSAGE_STATEMENT);
        assert_int_equal(m.bytes.len, b->len);
        assert_memory_equal(m.bytes.at, b->bytes, b->len);
    }
    assert_ok(garita_bundle_next(&reader, &m, NULL));
    assert_int_equal(m.kind, GARITA_MESSAGE_END);
}

static void chain_leads_up_to_below_the_anchor(void **state)
{
    (void)state;
    const blob *chain[4];
    const party *by = &anchor;
    for (unsigned i = 0; i < 4; i++) {
        chain[3 - i] = keep(by, &agencies[i], (grant){.serial = 2 + i, .depth = (uint8_t)(3 - i)});
        by = &agencies[i];
    }
    blob node = node_by(&agencies[3], "deepest");
    assert_told(&node, 4, chain);
    node = node_by(&agencies[0], "upper");
    assert_told(&node, 1, chain + 3);
    node = node_by(&anchor, "top"); /* its peer has pinned what certifies it */
    assert_told(&node, 0, NULL);
}

static void an_anchors_further_key_is_told(void **state)
{
    (void)state;
    const blob *key = keep(&anchor, &anchor_key, (grant){.serial = 2});
    const blob *agency = keep(&anchor_key, &agencies[0], (grant){.serial = 3, .depth = 1});
    blob node = node_by(&agencies[0], "below both");
    assert_told(&node, 2, (const blob *const[]){agency, key});
}

static void longest_chain_fits(void **state)
{
    (void)state;
    static const char name[] = "sixty-four bytes of name, as long as any name that there may be";
    const blob *chain[5];
    chain[4] = keep(&anchor, &anchor_key, (grant){.serial = 2, .name = name});
    const party *by = &anchor_key;
    for (unsigned i = 0; i < 4; i++) {
        chain[3 - i] = keep(by, &agencies[i],
                            (grant){.serial = 3 + i,
                                    .name = name,
                                    .countries = "CAN MEX USA",
                                    .depth = (uint8_t)(3 - i)});
        by = &agencies[i];
    }
    blob node = node_by(by, name);
    assert_told(&node, 5, chain);
}

static void renewal_that_is_in_force_longest_comes_first(void **state)
{
    (void)state;
    const blob *old = keep(&anchor, &agencies[0], (grant){.serial = 2, .until = "2026-12-31"});
    const blob *renewed = keep(&anchor, &agencies[0], (grant){.serial = 3, .until = "2044-12-31"});
    const blob *between = keep(&anchor, &agencies[0], (grant){.serial = 4, .until = "2030-12-31"});
    blob node = node_by(&agencies[0], "renewed");
    assert_told(&node, 3, (const blob *const[]){renewed, between, old});
}

static void no_more_chains_than_a_few_are_told(void **state)
{
    (void)state;
    const blob *chains[TOLD_MAX];
    char until[16];
    for (unsigned i = 0; i < TOLD_MAX + 3; i++) {
        snprintf(until, sizeof until, "%u-12-31", 2030 + i);
        const blob *b = keep(&anchor, &agencies[0], (grant){.serial = 2 + i, .until = until});
        if (i >= 3)
            chains[TOLD_MAX + 2 - i] = b;
    }
    blob node = node_by(&agencies[0], "often renewed");
    assert_told(&node, TOLD_MAX, chains);
}

static void two_anchors_share_what_is_below_them(void **state)
{
    (void)state;
    pin(home.trust, &other_anchor, anchor_grant);
    const blob *one = keep(&anchor, &agencies[0], (grant){.serial = 2, .depth = 1});
    const blob *two =
        keep(&other_anchor, &agencies[0], (grant){.serial = 2, .depth = 1, .until = "2030-12-31"});
    const blob *leaf = keep(&agencies[0], &agencies[1], (grant){.serial = 5});
    blob node = node_by(&agencies[1], "joint");
    assert_told(&node, 3, (const blob *const[]){leaf, one, two});
}

static void who_may_certify_no_nodes_is_not_told(void **state)
{
    (void)state;
    keep(&anchor, &agencies[0], (grant){.serial = 2, .types = 1u << GARITA_TYPE_CREDENTIAL});
    keep(&anchor, &agencies[1], (grant){.serial = 3, .country = "MEX", .countries = "MEX"});
    blob node = node_by(&agencies[0], "no nodes");
    assert_told(&node, 0, NULL);
    node = node_by(&agencies[1], "not in the USA");
    assert_told(&node, 0, NULL);
    node = node_by(&stranger, "unknown");
    assert_told(&node, 0, NULL);
    assert_int_equal(home.reads, 0);
}

/* Of a chain that is not kept whole nothing is told. */
static void broken_chain_is_not_told(void **state)
{
    (void)state;
    keep(&anchor, &agencies[0], (grant){.serial = 2, .depth = 1});
    keep(&agencies[0], &agencies[1], (grant){.serial = 3});
    blob node = node_by(&agencies[1], "gap");
    home.kept[0].bytes[home.kept[0].len - 1] ^= 1; /* bit rot */
    assert_told(&node, 0, NULL);
}

/* And what stood in it is told with the next chain that has it. */
static void broken_chain_takes_nothing_from_another(void **state)
{
    (void)state;
    pin(home.trust, &other_anchor, anchor_grant);
    keep(&anchor, &agencies[0], (grant){.serial = 2, .depth = 1});
    const blob *other =
        keep(&other_anchor, &agencies[0], (grant){.serial = 2, .depth = 1, .until = "2030-12-31"});
    const blob *leaf = keep(&agencies[0], &agencies[1], (grant){.serial = 5});
    blob node = node_by(&agencies[1], "joint");
    home.kept[0].bytes[home.kept[0].len - 1] ^= 1; /* of the chain that would come first */
    assert_told(&node, 2, (const blob *const[]){leaf, other});
}

static void home_that_cannot_be_read_says_nothing(void **state)
{
    (void)state;
    uint8_t payload[ENGINE_PAYLOAD_MAX];
    size_t len = 1;
    keep(&anchor, &agencies[0], (grant){.serial = 2});
    blob node = node_by(&agencies[0], "node");
    home.fails = true;
    assert_false(payload_build(payload, &len, home.trust, (garita_bytes){node.bytes, node.len},
                               each, &home));
    assert_int_equal(len, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(chain_leads_up_to_below_the_anchor, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_anchors_further_key_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(longest_chain_fits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(renewal_that_is_in_force_longest_comes_first, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(no_more_chains_than_a_few_are_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_anchors_share_what_is_below_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_may_certify_no_nodes_is_not_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(broken_chain_is_not_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(broken_chain_takes_nothing_from_another, set_up, tear_down),
        cmocka_unit_test_setup_teardown(home_that_cannot_be_read_says_nothing, set_up, tear_down),
    };
    return garita_init() == GARITA_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
