/* What a home carries for others: which of two statements is kept, and whose it is. */
#include <garita/carried.h>

#include <stdlib.h>

#include <msgpack/pack.h>
#include <msgpack/sbuffer.h>

#include "unit.h"

static party anchor, agency, other, machine, second_machine;
static garita_trust *trust;
static const garita_issuer *agency_record;

static int set_up(void **state)
{
    (void)state;
    party_make(&anchor, 70);
    party_make(&agency, 71);
    party_make(&other, 72);
    party_make(&machine, 73);
    party_make(&second_machine, 74);
    assert_ok(garita_trust_new(&trust));
    pin(trust, &anchor, (grant){.serial = 1, .countries = "USA"});
    agency_record = add(trust, &anchor, &agency, (grant){.serial = 2, .depth = 1});
    add(trust, &anchor, &other,
        (grant){.serial = 3, .depth = 1, .types = GARITA_TYPES_ALL & ~(1u << GARITA_TYPE_POLICY)});
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    garita_trust_free(trust);
    return 0;
}

static blob node_of(const party *by, const party *subject, uint32_t serial, const char *name)
{
    garita_node n = {
        .serial = serial, .expires = day("2031-01-31"), .name = utf8(name), .country = "USA"};
    blob out;
    memcpy(n.public_key, subject->public_key, sizeof n.public_key);
    garita_key_noise(NULL, n.noise_key, subject->secret_key);
    assert_ok(garita_node_issue(out.bytes, &out.len, sizeof out.bytes, NULL, &n, &by->signer));
    return out;
}

/* A policy of a later version: a serial, and something under a key that nobody here knows. */
static blob policy_of(const party *by, uint32_t serial, unsigned key, const char *value)
{
    msgpack_sbuffer buffer;
    msgpack_packer p;
    blob out;
    msgpack_sbuffer_init(&buffer);
    msgpack_packer_init(&p, &buffer, msgpack_sbuffer_write);
    msgpack_pack_map(&p, 5 + (serial != 0));
    msgpack_pack_unsigned_int(&p, 0);
    msgpack_pack_unsigned_int(&p, 1);
    msgpack_pack_unsigned_int(&p, 1);
    msgpack_pack_unsigned_int(&p, GARITA_TYPE_POLICY);
    msgpack_pack_unsigned_int(&p, 2);
    msgpack_pack_bin(&p, 8);
    msgpack_pack_bin_body(&p, by->signer.id.bytes, 8);
    msgpack_pack_unsigned_int(&p, 3);
    msgpack_pack_unsigned_int(&p, by->signer.key_number);
    if (serial != 0) {
        msgpack_pack_unsigned_int(&p, 4);
        msgpack_pack_unsigned_int(&p, serial);
    }
    msgpack_pack_unsigned_int(&p, key);
    msgpack_pack_str(&p, strlen(value));
    msgpack_pack_str_body(&p, value, strlen(value));
    sign(&out, by, GARITA_TYPE_POLICY, buffer.data, buffer.size);
    msgpack_sbuffer_destroy(&buffer);
    return out;
}

static garita_error read(garita_carried *out, const blob *b)
{
    const garita_issuer *signer;
    garita_hash log;
    memset(out, 0xee, sizeof *out);
    garita_error e = garita_carried_read(out, &signer, trust, NULL, b->bytes, b->len);
    assert_true((e == GARITA_OK) == (signer != NULL));
    if (signer != NULL) {
        garita_log_id(&log, signer);
        assert_true(garita_hash_equal(&log, &out->log));
    } else {
        assert_int_equal(out->serial, 0);
    }
    return e;
}

static garita_carried must_read(const blob *b)
{
    garita_carried out;
    assert_ok(read(&out, b));
    return out;
}

static void a_node_is_read_with_its_key(void **state)
{
    (void)state;
    blob b = node_of(&agency, &machine, 9, "One");
    garita_carried c = must_read(&b);
    garita_digest digest;
    assert_int_equal(c.type, GARITA_TYPE_NODE);
    assert_int_equal(c.serial, 9);
    assert_memory_equal(c.subject, machine.public_key, sizeof c.subject);
    garita_digest_of(&digest, b.bytes, b.len);
    assert_memory_equal(&c.digest, &digest, sizeof digest);
}

/* Only its reader needs to understand a policy. */
static void a_policy_of_a_later_version_is_read(void **state)
{
    (void)state;
    static const uint8_t none[GARITA_PUBLIC_KEY_SIZE];
    blob b = policy_of(&agency, 9, 63, "whatever");
    garita_carried c = must_read(&b);
    assert_int_equal(c.type, GARITA_TYPE_POLICY);
    assert_int_equal(c.serial, 9);
    assert_memory_equal(c.subject, none, sizeof none);
}

static void what_is_wrong_in_itself_is_refused(void **state)
{
    (void)state;
    garita_carried c;
    blob b = policy_of(&agency, 0, 63, "no serial");
    assert_error(read(&c, &b), MISSING_KEY);
    b = policy_of(&agency, 9, 128, "a key that does not exist");
    assert_error(read(&c, &b), RANGE);
    b = policy_of(&agency, 9, 3, "out of order");
    assert_error(read(&c, &b), KEY_ORDER);
    b = policy_of(&agency, 9, 63, "a\nb");
    assert_error(read(&c, &b), UNSAFE_TEXT);
    b = policy_of(&agency, 9, 63, "altered");
    b.bytes[b.len - 1] ^= 1;
    assert_error(read(&c, &b), BAD_SIGNATURE);
    b = policy_of(&machine, 9, 63, "a stranger's");
    assert_error(read(&c, &b), UNKNOWN_ISSUER);
    b = policy_of(&other, 9, 63, "not its to say");
    assert_error(read(&c, &b), OUT_OF_SCOPE);
    b = node_of(&agency, &machine, 9, "One");
    b.len--;
    assert_error(read(&c, &b), ENVELOPE);
    b.len = 0;
    assert_error(read(&c, &b), TRUNCATED);
}

static void other_types_are_not_carried(void **state)
{
    (void)state;
    garita_carried c;
    blob b;
    certify(&b, &agency, &machine, (grant){.serial = 9});
    assert_error(read(&c, &b), WRONG_TYPE);
}

/* One space of serials: what an authority said of another has this one. */
static void a_serial_that_an_authority_has_is_taken(void **state)
{
    (void)state;
    garita_carried c;
    blob b = node_of(&anchor, &machine, 3, "One");
    assert_error(read(&c, &b), SERIAL_TAKEN);
    b = node_of(&anchor, &machine, 1, "One"); /* the anchor's own */
    assert_error(read(&c, &b), SERIAL_TAKEN);
    b = policy_of(&anchor, 2, 63, "");
    assert_true(b.len > 0);
    b = policy_of(&anchor, 2, 63, "x");
    assert_error(read(&c, &b), SERIAL_TAKEN);
    b = node_of(&agency, &machine, 3, "One"); /* another space */
    assert_ok(read(&c, &b));
}

static void the_newer_word_about_a_node_takes_the_place_of_the_older(void **state)
{
    (void)state;
    blob b = node_of(&agency, &machine, 9, "One");
    garita_carried one = must_read(&b);
    b = node_of(&agency, &machine, 10, "One, moved");
    garita_carried moved = must_read(&b);
    b = node_of(&agency, &machine, 9, "Another");
    garita_carried twin = must_read(&b);
    b = node_of(&agency, &second_machine, 11, "Two");
    garita_carried two = must_read(&b);
    b = node_of(&agency, &second_machine, 9, "Two");
    garita_carried same_serial = must_read(&b);
    b = node_of(&other, &machine, 9, "One");
    garita_carried others = must_read(&b);
    assert_int_equal(garita_carried_compare(&one, &one), GARITA_CARRIED_SAME);
    assert_int_equal(garita_carried_compare(&moved, &one), GARITA_CARRIED_NEWER);
    assert_int_equal(garita_carried_compare(&one, &moved), GARITA_CARRIED_OLDER);
    assert_int_equal(garita_carried_compare(&twin, &one), GARITA_CARRIED_TWIN);
    assert_int_equal(garita_carried_compare(&same_serial, &one), GARITA_CARRIED_TWIN);
    assert_int_equal(garita_carried_compare(&two, &one), GARITA_CARRIED_APART);
    assert_int_equal(garita_carried_compare(&others, &one), GARITA_CARRIED_APART);
}

static void policies_stand_beside_each_other(void **state)
{
    (void)state;
    blob b = policy_of(&agency, 9, 63, "now");
    garita_carried now = must_read(&b);
    b = policy_of(&agency, 10, 63, "from next year");
    garita_carried later = must_read(&b);
    b = policy_of(&agency, 10, 63, "another tale");
    garita_carried twin = must_read(&b);
    b = node_of(&agency, &machine, 10, "One");
    garita_carried node = must_read(&b);
    assert_int_equal(garita_carried_compare(&later, &now), GARITA_CARRIED_APART);
    assert_int_equal(garita_carried_compare(&now, &later), GARITA_CARRIED_APART);
    assert_int_equal(garita_carried_compare(&twin, &later), GARITA_CARRIED_TWIN);
    assert_int_equal(garita_carried_compare(&node, &later), GARITA_CARRIED_TWIN);
    assert_int_equal(garita_carried_compare(&node, &now), GARITA_CARRIED_APART);
}

/* --- which are kept --- */

static uint64_t draw(uint64_t *seed, uint64_t below)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*seed >> 33) % below;
}

static garita_hash numbered(uint8_t kind, uint64_t number)
{
    garita_hash out = {{kind}};
    memcpy(out.bytes + 8, &number, sizeof number);
    return out;
}

static garita_carried carried_of(garita_type type, unsigned anchor_no, unsigned branch,
                                 unsigned log, uint32_t serial, uint64_t digest)
{
    garita_carried out = {.type = type,
                          .log = numbered(1, anchor_no * 10000 + branch * 100 + log),
                          .branch = numbered(2, anchor_no * 10000 + branch * 100),
                          .anchor = numbered(3, anchor_no),
                          .serial = serial};
    garita_hash spread;
    garita_merkle_leaf(&spread, (const uint8_t *)&digest, sizeof digest);
    memcpy(&out.digest, &spread, sizeof out.digest);
    if (type == GARITA_TYPE_NODE)
        memcpy(out.subject, &digest, sizeof digest);
    return out;
}

static garita_carried_ruling place(garita_carried_list *list, garita_carried comes)
{
    garita_carried_ruling out;
    size_t before = list->count;
    assert_true(garita_carried_place(&out, list, &comes));
    assert_int_equal(list->count, before + out.is_kept - out.gone_count);
    assert_true(out.is_kept || out.gone_count == 0);
    return out;
}

static size_t count_of(const garita_carried_list *list, const garita_hash *log)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        count += garita_hash_equal(&list->at[i].log, log);
    return count;
}

static void of_one_serial_the_lower_digest_stays(void **state)
{
    (void)state;
    for (unsigned is_swapped = 0; is_swapped < 2; is_swapped++) {
        garita_carried_list list = {0};
        garita_carried low = carried_of(GARITA_TYPE_NODE, 1, 1, 1, 9, 1);
        garita_carried high = carried_of(GARITA_TYPE_POLICY, 1, 1, 1, 9, 2);
        memset(&low.digest, 1, sizeof low.digest);
        memset(&high.digest, 2, sizeof high.digest);
        garita_carried_ruling ruling = place(&list, is_swapped ? high : low);
        assert_true(ruling.is_kept && !ruling.has_twin);
        ruling = place(&list, is_swapped ? low : high);
        assert_true(ruling.has_twin);
        assert_int_equal(ruling.is_kept, is_swapped);
        assert_int_equal(list.count, 1);
        assert_memory_equal(&list.at[0], &low, sizeof low);
        ruling = place(&list, low);
        assert_true(ruling.is_known && !ruling.is_kept);
        garita_carried_list_free(&list);
    }
}

/* Older than another about its node, it does not come back by its digest. */
static void an_older_one_puts_out_no_twin(void **state)
{
    (void)state;
    garita_carried_list list = {0};
    garita_carried older = carried_of(GARITA_TYPE_NODE, 1, 1, 1, 9, 1), newer = older;
    garita_carried twin = carried_of(GARITA_TYPE_NODE, 1, 1, 1, 9, 2);
    newer.serial = 10;
    memset(&newer.digest, 7, sizeof newer.digest);
    memset(&older.digest, 1, sizeof older.digest);
    memset(&twin.digest, 2, sizeof twin.digest);
    assert_true(place(&list, newer).is_kept);
    assert_true(place(&list, twin).is_kept);
    garita_carried_ruling ruling = place(&list, older);
    assert_true(ruling.has_twin && !ruling.is_kept);
    assert_int_equal(list.count, 2);
    garita_carried_list_free(&list);
}

/* A hostile branch certifies as many authorities as it likes, each of which fills its share. */
static void a_branch_fills_its_own_share_alone(void **state)
{
    (void)state;
    garita_carried_list list = {0};
    uint64_t digest = 0;
    garita_carried honest = carried_of(GARITA_TYPE_NODE, 1, 1, 1, 1, 1u << 30);
    garita_carried beside = carried_of(GARITA_TYPE_NODE, 1, 2, 99, 1, 1u << 29);
    assert_true(place(&list, honest).is_kept);
    assert_true(place(&list, beside).is_kept);
    for (uint32_t i = 0; i < GARITA_NODES_PER_ANCHOR_MAX - 2; i++) {
        unsigned branch = i < GARITA_NODES_PER_ANCHOR_MAX / 2 ? 2 : 3;
        garita_carried one = carried_of(GARITA_TYPE_NODE, 1, branch, i % 50, 1 + i / 50, ++digest);
        assert_true(garita_carried_list_add(&list, &one));
    }
    garita_carried_list_sort(&list);
    for (uint32_t i = 0; i < 300; i++)
        place(&list, carried_of(GARITA_TYPE_NODE, 1, 2 + i % 3, i % 60, 500 + i, ++digest));
    assert_int_equal(list.count, GARITA_NODES_PER_ANCHOR_MAX);
    assert_int_equal(count_of(&list, &honest.log), 1);
    assert_int_equal(count_of(&list, &beside.log), 1);
    /* Another anchor's do not count, nor does another type. */
    assert_true(place(&list, carried_of(GARITA_TYPE_NODE, 2, 1, 1, 1, 1u << 28)).is_kept);
    assert_true(place(&list, carried_of(GARITA_TYPE_POLICY, 1, 2, 1, 200, 1u << 27)).is_kept);
    garita_carried_list_free(&list);
}

static void of_who_has_most_the_lowest_serial_goes(void **state)
{
    (void)state;
    garita_carried_list list = {0};
    uint64_t digest = 0;
    for (unsigned log = 1; log <= 4; log++)
        for (uint32_t serial = 11; serial <= 17; serial++)
            assert_true(
                place(&list, carried_of(GARITA_TYPE_POLICY, 1, 1, log, serial, ++digest)).is_kept);
    for (uint32_t serial = 11; serial <= 14; serial++)
        assert_true(
            place(&list, carried_of(GARITA_TYPE_POLICY, 1, 1, 5, serial, ++digest)).is_kept);
    assert_int_equal(list.count, GARITA_POLICIES_PER_BRANCH_MAX);
    garita_carried_ruling ruling =
        place(&list, carried_of(GARITA_TYPE_POLICY, 1, 1, 5, 5, ++digest));
    assert_int_equal(ruling.gone_count, 1);
    assert_int_equal(ruling.gone[0].serial, 11);
    garita_carried fourth = carried_of(GARITA_TYPE_POLICY, 1, 1, 4, 1, ++digest);
    assert_memory_equal(&ruling.gone[0].log, &fourth.log, sizeof fourth.log);
    ruling = place(&list, carried_of(GARITA_TYPE_POLICY, 1, 1, 3, 1, ++digest));
    assert_true(ruling.is_full);
    garita_carried_list_free(&list);
}

enum { HEARD = 700, HOMES = 3 };

static void shuffle(garita_carried *at, size_t count, uint64_t *seed)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = (size_t)draw(seed, i);
        garita_carried kept = at[j];
        at[j] = at[i - 1];
        at[i - 1] = kept;
    }
}

static bool is_equal(const garita_carried_list *a, const garita_carried_list *b)
{
    for (size_t i = 0; i < a->count && a->count == b->count; i++)
        if (memcmp(&a->at[i].digest, &b->at[i].digest, sizeof(garita_digest)) != 0)
            return false;
    return a->count == b->count;
}

/* Gives one list what another has, as it was before. Whether anything changed. */
static bool give(garita_carried_list *to, const garita_carried_list *from)
{
    bool has_changed = false;
    garita_carried_list given = {0};
    for (size_t i = 0; i < from->count; i++)
        assert_true(garita_carried_list_add(&given, &from->at[i]));
    for (size_t i = 0; i < given.count; i++)
        has_changed = place(to, given.at[i]).is_kept || has_changed;
    garita_carried_list_free(&given);
    return has_changed;
}

/* Twins, renewed nodes, and shares that are too small: each home hears a part of it, in an order of
 * its own; then they tell each other what they keep, until nobody learns anything. */
static void all_keep_the_same_in_the_end(void **state)
{
    (void)state;
    for (uint64_t round = 1; round <= 20; round++) {
        uint64_t seed = round;
        static garita_carried heard[HEARD];
        garita_carried_list lists[HOMES] = {0};
        for (size_t i = 0; i < HEARD; i++) {
            garita_type type = draw(&seed, 4) == 0 ? GARITA_TYPE_NODE : GARITA_TYPE_POLICY;
            heard[i] = carried_of(type, 1 + (unsigned)draw(&seed, 2), (unsigned)draw(&seed, 6),
                                  (unsigned)draw(&seed, 6), 1 + (uint32_t)draw(&seed, 40), i + 1);
            memset(heard[i].subject, 0, sizeof heard[i].subject);
            if (type == GARITA_TYPE_NODE)
                heard[i].subject[0] = (uint8_t)(1 + draw(&seed, 3));
        }
        for (size_t home = 0; home < HOMES; home++) {
            shuffle(heard, HEARD, &seed);
            for (size_t i = 0; i < (home == 0 ? HEARD : HEARD / 2); i++)
                place(&lists[home], heard[i]);
        }
        unsigned passes = 0;
        for (bool is_moving = true; is_moving; passes++) {
            is_moving = false;
            for (size_t i = 0; i < HOMES * HOMES; i++)
                if (i / HOMES != i % HOMES)
                    is_moving = give(&lists[i / HOMES], &lists[i % HOMES]) || is_moving;
            assert_true(passes < 100);
        }
        for (size_t home = 1; home < HOMES; home++)
            assert_true(is_equal(&lists[0], &lists[home]));
        for (size_t home = 0; home < HOMES; home++)
            garita_carried_list_free(&lists[home]);
    }
}

static void each_authority_that_has_the_key_is_found(void **state)
{
    (void)state;
    const garita_issuer *second = add(trust, &other, &agency, (grant){.serial = 5});
    (void)second;
    const garita_issuer *signer;
    garita_carried c;
    blob b = node_of(&agency, &machine, 9, "One");
    assert_ok(garita_carried_read(&c, &signer, trust, NULL, b.bytes, b.len));
    assert_ptr_equal(signer, agency_record);
    assert_ok(garita_carried_read(&c, &signer, trust, signer, b.bytes, b.len));
    assert_ptr_equal(signer, second);
    assert_ok(garita_carried_read(&c, &signer, trust, signer, b.bytes, b.len));
    assert_null(signer);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
        TEST(a_node_is_read_with_its_key),
        TEST(a_policy_of_a_later_version_is_read),
        TEST(what_is_wrong_in_itself_is_refused),
        TEST(other_types_are_not_carried),
        TEST(a_serial_that_an_authority_has_is_taken),
        TEST(the_newer_word_about_a_node_takes_the_place_of_the_older),
        TEST(policies_stand_beside_each_other),
        TEST(each_authority_that_has_the_key_is_found),
        TEST(of_one_serial_the_lower_digest_stays),
        TEST(an_older_one_puts_out_no_twin),
        TEST(a_branch_fills_its_own_share_alone),
        TEST(of_who_has_most_the_lowest_serial_goes),
        TEST(all_keep_the_same_in_the_end),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
