/* Nodes: what an authority may say of one, and whose word it is. */
#include <garita/node.h>

#include <stdlib.h>

#include <msgpack/pack.h>
#include <msgpack/sbuffer.h>

#include "unit.h"

static party anchor, agency, agency_second, stranger, machine;

static int set_up(void **state)
{
    (void)state;
    party_make(&anchor, 60);
    party_make(&agency, 61);
    party_rotate(&agency_second, &agency, 2, 62);
    party_make(&stranger, 63);
    party_make(&machine, 64);
    return 0;
}

static garita_node usual_node(void)
{
    garita_node n = {
        .serial = 7,
        .expires = day("2031-01-31"),
        .name = utf8("San Ysidro 1"),
        .country = "USA",
        .address_count = 2,
        .addresses = {utf8("sy1.example.net:7701"), utf8("[2001:db8::1]:7701")},
    };
    memcpy(n.public_key, machine.public_key, sizeof n.public_key);
    garita_key_noise(NULL, n.noise_key, machine.secret_key);
    return n;
}

static bool texts_equal(garita_utf8 a, garita_utf8 b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

static void assert_nodes_equal(const garita_node *a, const garita_node *b)
{
    assert_int_equal(a->serial, b->serial);
    assert_int_equal(a->has_start, b->has_start);
    assert_int_equal(a->not_before, b->not_before);
    assert_int_equal(a->expires, b->expires);
    assert_memory_equal(a->public_key, b->public_key, sizeof a->public_key);
    assert_memory_equal(a->noise_key, b->noise_key, sizeof a->noise_key);
    assert_true(texts_equal(a->name, b->name));
    assert_string_equal(a->country, b->country);
    assert_int_equal(a->address_count, b->address_count);
    for (size_t i = 0; i < a->address_count; i++)
        assert_true(texts_equal(a->addresses[i], b->addresses[i]));
}

static void issue_node(blob *out, const party *by, const garita_node *n)
{
    garita_fault fault;
    assert_ok(garita_node_issue(out->bytes, &out->len, sizeof out->bytes, &fault, n, &by->signer));
}

static garita_error decode(garita_node *out, garita_fault *fault, const blob *b, const party *by)
{
    static uint8_t scratch[GARITA_SCRATCH_SIZE(GARITA_NODE_BYTES_MAX)];
    garita_peek peek;
    garita_verified verified;
    assert_ok(garita_statement_peek(&peek, fault, GARITA_TYPE_NODE, b->bytes, b->len));
    assert_ok(garita_statement_verify(&verified, &peek, by->public_key, scratch, sizeof scratch));
    return garita_node_decode(out, fault, &verified);
}

/* --- issue, then decode --- */

static void node_comes_back_as_it_was_issued(void **state)
{
    (void)state;
    garita_node n = usual_node(), again;
    garita_fault fault;
    garita_peek peek;
    blob b, twice;
    for (unsigned variant = 0; variant < 4; variant++) {
        n.has_start = (variant & 1) != 0;
        n.not_before = n.has_start ? day("2026-01-01") : 0;
        n.address_count = (variant & 2) != 0 ? 0 : 2;
        issue_node(&b, &agency_second, &n);
        issue_node(&twice, &agency_second, &n);
        assert_int_equal(b.len, twice.len);
        assert_memory_equal(b.bytes, twice.bytes, b.len);
        assert_ok(decode(&again, &fault, &b, &agency_second));
        assert_nodes_equal(&n, &again);
        assert_ok(garita_node_inspect(&again, &peek, &fault, b.bytes, b.len));
        assert_nodes_equal(&n, &again);
        assert_true(garita_id_equal(&peek.signer, &agency.signer.id));
        assert_int_equal(peek.key_number, 2);
        assert_error(garita_node_inspect(&again, NULL, &fault, b.bytes, b.len - 1), ENVELOPE);
        assert_int_equal(again.serial, 0);
    }
}

/* --- bounds, each side --- */

#define assert_issue(change, expected, expected_field)                                             \
    do {                                                                                           \
        garita_node n = usual_node(), again;                                                       \
        garita_fault fault;                                                                        \
        blob b;                                                                                    \
        change;                                                                                    \
        garita_error e =                                                                           \
            garita_node_issue(b.bytes, &b.len, sizeof b.bytes, &fault, &n, &agency.signer);        \
        assert_error(e, expected);                                                                 \
        assert_error(fault.error, expected);                                                       \
        assert_string_equal(fault.field, expected_field);                                          \
        assert_true((e == GARITA_OK) == (b.len > 0));                                              \
        if (e == GARITA_OK) {                                                                      \
            assert_ok(decode(&again, &fault, &b, &agency));                                        \
            assert_nodes_equal(&n, &again);                                                        \
        }                                                                                          \
    } while (0)

static void node_bounds_its_fields(void **state)
{
    (void)state;
    char longest[GARITA_AUTHORITY_NAME_BYTES_MAX + 2] = {0};
    memset(longest, 'n', sizeof longest - 1);
    assert_issue(n.serial = 0, RANGE, "serial");
    assert_issue(n.serial = 1, OK, "");
    assert_issue(n.serial = GARITA_SERIAL_MAX, OK, "");
    assert_issue(n.expires = GARITA_DAY_MAX, OK, "");
    assert_issue(n.expires = GARITA_DAY_MAX + 1, RANGE, "expires");
    assert_issue((n.has_start = true, n.not_before = n.expires), OK, "");
    assert_issue((n.has_start = true, n.not_before = n.expires + 1), DATE_ORDER, "expires");
    assert_issue((n.has_start = true, n.not_before = GARITA_DAY_MAX + 1), RANGE, "not_before");
    assert_issue(n.name = utf8(""), EMPTY, "name");
    assert_issue(n.name = utf8(longest), RANGE, "name");
    assert_issue((longest[GARITA_AUTHORITY_NAME_BYTES_MAX] = '\0', n.name = utf8(longest)), OK, "");
    assert_issue(n.name = utf8("a\nb"), UNSAFE_TEXT, "name");
    assert_issue(n.name = utf8("\xff"), UTF8, "name");
    assert_issue(memcpy(n.country, "D\0", 2), OK, "");
    assert_issue(memcpy(n.country, "usa", 3), COUNTRY, "country");
    assert_issue(memcpy(n.country, "US", 3), COUNTRY, "country");
    assert_issue(n.country[0] = '\0', EMPTY, "country");
    assert_issue(memset(n.public_key, 0, sizeof n.public_key), BAD_KEY, "public key");
    assert_issue(memset(n.noise_key, 0, sizeof n.noise_key), BAD_KEY, "noise key");
    assert_issue(n.addresses[1] = utf8("no port"), RANGE, "addresses");
    assert_issue(n.addresses[0] = utf8(""), EMPTY, "addresses");
    assert_issue((n.address_count = 4, n.addresses[2] = n.addresses[3] = utf8("a:1")), OK, "");
}

static void the_largest_node_is_within_its_bound(void **state)
{
    (void)state;
    char name[GARITA_AUTHORITY_NAME_BYTES_MAX + 1] = {0};
    char address[GARITA_NODE_ADDRESS_BYTES_MAX + 1] = {0};
    garita_node n = usual_node();
    party old = agency;
    blob b;
    memset(name, 'n', sizeof name - 1);
    memset(address, 'a', sizeof address - 1);
    address[60] = address[120] = '.';
    memcpy(address + sizeof address - 3, ":1", 2);
    n.serial = GARITA_SERIAL_MAX;
    n.has_start = true;
    n.not_before = n.expires = GARITA_DAY_MAX;
    n.name = utf8(name);
    n.address_count = GARITA_NODE_ADDRESSES_MAX;
    for (size_t i = 0; i < n.address_count; i++)
        n.addresses[i] = utf8(address);
    old.signer.key_number = GARITA_KEY_NUMBER_MAX;
    issue_node(&b, &old, &n);
    print_message("the longest node statement: %zu bytes\n", b.len);
    assert_true(b.len <= GARITA_NODE_BYTES_MAX);
    garita_node again;
    assert_ok(garita_node_inspect(&again, NULL, NULL, b.bytes, b.len));
    assert_nodes_equal(&n, &again);
}

static void issue_writes_nothing_that_does_not_fit(void **state)
{
    (void)state;
    garita_node n = usual_node();
    garita_fault fault;
    blob b;
    issue_node(&b, &agency, &n);
    for (size_t cap = 0; cap < b.len; cap++) {
        size_t len = 1;
        uint8_t *out = malloc(cap + 1);
        assert_error(garita_node_issue(out, &len, cap, &fault, &n, &agency.signer), NO_SPACE);
        assert_int_equal(len, 0);
        free(out);
    }
}

/* --- keys that are missing, or that nobody knows --- */

/* A node's map with the keys from 4 on of a bit set, and another key and value behind them. */
static blob map_of(uint32_t keys, int extra)
{
    msgpack_sbuffer buffer;
    msgpack_packer p;
    garita_node n = usual_node();
    blob out;
    size_t count = 4;
    for (unsigned key = 4; key <= 11; key++)
        count += keys >> key & 1;
    msgpack_sbuffer_init(&buffer);
    msgpack_packer_init(&p, &buffer, msgpack_sbuffer_write);
    msgpack_pack_map(&p, count + (extra >= 0));
    for (unsigned key = 0; key < 2; key++) {
        msgpack_pack_unsigned_int(&p, key);
        msgpack_pack_unsigned_int(&p, key == 0 ? 1 : GARITA_TYPE_NODE);
    }
    msgpack_pack_unsigned_int(&p, 2);
    msgpack_pack_bin(&p, 8);
    msgpack_pack_bin_body(&p, agency.signer.id.bytes, 8);
    msgpack_pack_unsigned_int(&p, 3);
    msgpack_pack_unsigned_int(&p, 1);
    for (unsigned key = 4; key <= 11; key++) {
        if ((keys >> key & 1) == 0)
            continue;
        msgpack_pack_unsigned_int(&p, key);
        if (key == 7 || key == 8) {
            msgpack_pack_bin(&p, 32);
            msgpack_pack_bin_body(&p, key == 7 ? n.public_key : n.noise_key, 32);
        } else if (key == 9 || key == 10) {
            msgpack_pack_str(&p, 3);
            msgpack_pack_str_body(&p, "USA", 3);
        } else if (key == 11) {
            msgpack_pack_array(&p, 1);
            msgpack_pack_str(&p, 3);
            msgpack_pack_str_body(&p, "a:1", 3);
        } else {
            msgpack_pack_unsigned_int(&p, key);
        }
    }
    if (extra >= 0) {
        msgpack_pack_unsigned_int(&p, (unsigned)extra);
        msgpack_pack_unsigned_int(&p, 0);
    }
    sign(&out, &agency, GARITA_TYPE_NODE, buffer.data, buffer.size);
    msgpack_sbuffer_destroy(&buffer);
    return out;
}

static void node_needs_its_keys_and_takes_no_others(void **state)
{
    (void)state;
    const uint32_t all = 0xff0, optional = 1u << 5 | 1u << 11;
    garita_node n;
    garita_fault fault;
    for (unsigned key = 3; key <= 11; key++) {
        blob b = map_of(key == 3 ? all : all & ~(1u << key), -1);
        if (key == 3 || (optional >> key & 1) != 0)
            assert_ok(decode(&n, &fault, &b, &agency));
        else
            assert_error(decode(&n, &fault, &b, &agency), MISSING_KEY);
    }
    static const int others[] = {12, 63, 64, 127};
    for (size_t i = 0; i < COUNT(others); i++) {
        blob b = map_of(all, others[i]);
        assert_error(decode(&n, &fault, &b, &agency), UNKNOWN_KEY);
        assert_int_equal(n.serial, 0);
    }
    blob b = map_of(all, 128);
    assert_error(decode(&n, &fault, &b, &agency), RANGE);
}

static void addresses_are_one_to_four(void **state)
{
    (void)state;
    for (unsigned count = 0; count <= 6; count++) {
        blob b = map_of(0x7f0, -1), out;
        garita_node n;
        garita_fault fault;
        uint8_t map[600];
        garita_peek peek;
        assert_ok(garita_statement_peek(&peek, NULL, GARITA_TYPE_NODE, b.bytes, b.len));
        memcpy(map, peek.map, peek.map_len);
        size_t len = peek.map_len;
        map[0]++;
        map[len++] = 11;
        map[len++] = (uint8_t)(0x90 + count);
        for (unsigned i = 0; i < count; i++) {
            memcpy(map + len,
                   "\xa3"
                   "a:1",
                   4);
            len += 4;
        }
        sign(&out, &agency, GARITA_TYPE_NODE, map, len);
        garita_error e = decode(&n, &fault, &out, &agency);
        if (count == 0)
            assert_error(e, EMPTY);
        else if (count > GARITA_NODE_ADDRESSES_MAX)
            assert_error(e, RANGE);
        else
            assert_ok(e);
        assert_int_equal(n.address_count, e == GARITA_OK ? count : 0);
    }
}

/* --- who signed it --- */

static garita_trust *usual_trust(void)
{
    garita_trust *trust;
    assert_ok(garita_trust_new(&trust));
    pin(trust, &anchor, (grant){.serial = 1, .countries = "CAN USA"});
    return trust;
}

static const garita_issuer *signer_of(garita_error *e, const garita_trust *trust, const blob *b)
{
    garita_node n;
    memset(&n, 0xee, sizeof n);
    const garita_issuer *r = garita_node_signer(&n, e, trust, NULL, b->bytes, b->len);
    assert_true((*e == GARITA_OK) == (r != NULL));
    assert_true((n.serial != 0) == (r != NULL));
    return r;
}

static void node_is_whose_key_certified_it(void **state)
{
    (void)state;
    garita_trust *trust = usual_trust();
    garita_node n = usual_node();
    garita_error e;
    blob b, forged;
    const garita_issuer *record = add(trust, &anchor, &agency, (grant){.serial = 2});
    issue_node(&b, &agency, &n);
    assert_ptr_equal(signer_of(&e, trust, &b), record);
    issue_node(&b, &stranger, &n);
    assert_null(signer_of(&e, trust, &b));
    assert_error(e, UNKNOWN_ISSUER);
    /* a stranger's signature under the agency's id */
    party liar = stranger;
    liar.signer.id = agency.signer.id;
    issue_node(&forged, &liar, &n);
    assert_null(signer_of(&e, trust, &forged));
    assert_error(e, BAD_SIGNATURE);
    /* what it has signed as something else */
    garita_peek peek;
    issue_node(&b, &agency, &n);
    assert_ok(garita_statement_peek(&peek, NULL, GARITA_TYPE_NODE, b.bytes, b.len));
    sign(&forged, &agency, GARITA_TYPE_HEAD, peek.map, peek.map_len);
    assert_null(signer_of(&e, trust, &forged));
    assert_error(e, BAD_SIGNATURE);
    b.bytes[b.len - 1] ^= 1;
    assert_null(signer_of(&e, trust, &b));
    assert_error(e, BAD_SIGNATURE);
    garita_trust_free(trust);
}

static void node_needs_the_type_and_the_country(void **state)
{
    (void)state;
    garita_trust *trust = usual_trust();
    garita_node n = usual_node();
    garita_error e;
    blob b;
    add(trust, &anchor, &agency,
        (grant){.serial = 2, .types = GARITA_TYPES_ALL & ~(1u << GARITA_TYPE_NODE)});
    issue_node(&b, &agency, &n);
    assert_null(signer_of(&e, trust, &b));
    assert_error(e, OUT_OF_SCOPE);
    /* a renewal that allows it, in another country only */
    add(trust, &anchor, &agency, (grant){.serial = 3, .country = "CAN", .countries = "CAN"});
    assert_null(signer_of(&e, trust, &b));
    assert_error(e, OUT_OF_SCOPE);
    memcpy(n.country, "CAN", 4);
    issue_node(&b, &agency, &n);
    const garita_issuer *r = signer_of(&e, trust, &b);
    assert_non_null(r);
    assert_int_equal(r->serial, 3);
    memcpy(n.country, "MEX", 4);
    issue_node(&b, &anchor, &n);
    assert_null(signer_of(&e, trust, &b));
    assert_error(e, OUT_OF_SCOPE);
    garita_trust_free(trust);
}

static void a_node_that_cannot_be_read_is_told_only_of_those_who_signed_it(void **state)
{
    (void)state;
    garita_trust *trust = usual_trust();
    garita_error e;
    blob b = map_of(0xff0, 12);
    assert_null(signer_of(&e, trust, &b));
    assert_error(e, UNKNOWN_ISSUER);
    add(trust, &anchor, &agency, (grant){.serial = 2});
    assert_null(signer_of(&e, trust, &b));
    assert_error(e, UNKNOWN_KEY);
    b.bytes[b.len - 1] ^= 1;
    assert_null(signer_of(&e, trust, &b));
    assert_error(e, BAD_SIGNATURE);
    garita_trust_free(trust);
}

static void each_authority_that_has_the_key_is_found_once(void **state)
{
    (void)state;
    garita_trust *trust = usual_trust();
    party other;
    party_make(&other, 65);
    pin(trust, &other, (grant){.serial = 1, .countries = "USA"});
    const garita_issuer *first = add(trust, &anchor, &agency, (grant){.serial = 2});
    add(trust, &anchor, &agency, (grant){.serial = 3, .until = "2044-01-01"}); /* a renewal */
    const garita_issuer *second = add(trust, &other, &agency, (grant){.serial = 2});
    garita_node n = usual_node(), out;
    garita_error e;
    blob b;
    issue_node(&b, &agency, &n);
    assert_ptr_equal(garita_node_signer(&out, &e, trust, NULL, b.bytes, b.len), first);
    assert_ptr_equal(garita_node_signer(&out, &e, trust, first, b.bytes, b.len), second);
    assert_null(garita_node_signer(&out, &e, trust, second, b.bytes, b.len));
    assert_ok(e);
    assert_nodes_equal(&out, &n); /* left alone */
    garita_trust_free(trust);
}

static void node_is_in_force_by_its_days(void **state)
{
    (void)state;
    garita_node n = usual_node();
    assert_int_equal(garita_node_from(&n), INT64_MIN);
    assert_int_equal(garita_node_until(&n), moment("2031-02-01T12:00:00Z"));
    n.has_start = true;
    n.not_before = day("2026-01-01");
    assert_int_equal(garita_node_from(&n), moment("2026-01-01T00:00:00Z"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(node_comes_back_as_it_was_issued),
        cmocka_unit_test(node_bounds_its_fields),
        cmocka_unit_test(the_largest_node_is_within_its_bound),
        cmocka_unit_test(issue_writes_nothing_that_does_not_fit),
        cmocka_unit_test(node_needs_its_keys_and_takes_no_others),
        cmocka_unit_test(addresses_are_one_to_four),
        cmocka_unit_test(node_is_whose_key_certified_it),
        cmocka_unit_test(node_needs_the_type_and_the_country),
        cmocka_unit_test(a_node_that_cannot_be_read_is_told_only_of_those_who_signed_it),
        cmocka_unit_test(each_authority_that_has_the_key_is_found_once),
        cmocka_unit_test(node_is_in_force_by_its_days),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, NULL);
}
