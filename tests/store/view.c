/* Reading a home that others change: one moment, and a digest that tells what matters from what
 * does not. */
#include "unit.h"

#include <garita/store.h>
#include <garita/store_carried.h>
#include <garita/store_decisions.h>
#include <garita/store_logs.h>
#include <garita/store_view.h>

#define assert_store(got, expected)                                                                \
    assert_string_equal(garita_store_error_name(got),                                              \
                        garita_store_error_name(GARITA_STORE_##expected))

static garita_store *writer, *reader;

static int set_up(void **state)
{
    static const uint8_t id[GARITA_HOME_ID_SIZE] = {1};
    char detail[GARITA_STORE_DETAIL_SIZE];
    garita_home facts;
    bool created;

    (void)state;
    assert_store(garita_store_create(&created, &facts, detail, "view", "USA", id), OK);
    assert_store(garita_store_open(&writer, detail, "view", GARITA_STORE_WRITE), OK);
    assert_store(garita_store_open(&reader, detail, "view", GARITA_STORE_READ), OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    garita_store_close(reader);
    garita_store_close(writer);
    return 0;
}

typedef struct knowledge {
    uint8_t bytes[GARITA_STORE_KNOWLEDGE_SIZE];
} knowledge;

static knowledge look(void)
{
    knowledge k;

    assert_store(garita_store_knowledge(reader, k.bytes), OK);
    return k;
}

static bool is_same(const knowledge *a, const knowledge *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static const uint8_t key[GARITA_PUBLIC_KEY_SIZE] = {7};
static const uint8_t statement[] = "a statement";

static void begin(void)
{
    assert_store(garita_store_begin(writer), OK);
}

static void commit(void)
{
    assert_store(garita_store_commit(writer), OK);
}

static void keep_pin(void)
{
    garita_scope scope;

    garita_pin_default(&scope, "USA");
    assert_store(garita_store_add_pin(writer, key, &scope, statement, sizeof statement), OK);
}

static void keep_trusted(void)
{
    assert_store(garita_store_add_trusted(writer, statement, sizeof statement), OK);
}

static const garita_log_added nothing;

static void keep_empty_log(void)
{
    garita_hash id = {{9}};
    garita_log log;

    assert_ok(garita_log_start(&log, &id));
    assert_store(garita_store_keep_log(writer, &log, key, &nothing), OK);
    garita_log_end(&log);
}

/* A revocation that no head of the log has reached. */
static void add_to_union(void)
{
    garita_hash id = {{9}};
    garita_log log;

    assert_store(garita_store_load_log(writer, &log, NULL, &id), OK);
    if (log.elsewhere == NULL)
        assert_ok(garita_set_new(&log.elsewhere));
    assert_ok(garita_set_put(log.elsewhere, 4711, GARITA_STANDING_REVOKED));
    assert_store(garita_store_keep_log(writer, &log, key, &nothing), OK);
    garita_log_end(&log);
}

static void keep_carried(void)
{
    const garita_carried carried = {.type = GARITA_TYPE_NODE, .serial = 1};

    assert_store(garita_store_add_carried(writer, &carried, statement, sizeof statement), OK);
}

static void keep_floor(void)
{
    assert_store(garita_store_raise_floor(writer, 1811851200), OK);
}

static void drop_floor(void)
{
    assert_store(garita_store_set_floor(writer, false, 0), OK);
}

static void remove_pin(void)
{
    assert_store(garita_store_remove_pin(writer, key), OK);
}

static void view_knowledge_changes_with_what_verdicts_depend_on(void **state)
{
    static void (*const changes[])(void) = {keep_pin,   keep_trusted, keep_empty_log, add_to_union,
                                            keep_floor, drop_floor,   remove_pin,     keep_carried};

    (void)state;
    for (size_t i = 0; i < COUNT(changes); i++) {
        knowledge before = look();
        int64_t version, after;
        assert_store(garita_store_version(reader, &version), OK);
        begin();
        changes[i]();
        commit();
        assert_store(garita_store_version(reader, &after), OK);
        assert_int_not_equal(version, after);
        knowledge now = look();
        assert_false(is_same(&before, &now));
        now = look();
        knowledge again = look();
        assert_true(is_same(&now, &again));
    }
}

/* A lane that logs each decision is not to make every other one read all logs anew. */
static void view_knowledge_stays_when_decisions_and_credentials_are_kept(void **state)
{
    const garita_decision decision = {.kind = GARITA_DECISION_FLOOR, .had_floor = true};
    const garita_register_entry entry = {.first_key = {7},
                                         .serial = 1,
                                         .key_number = 1,
                                         .type = GARITA_TYPE_CREDENTIAL,
                                         .bytes = statement,
                                         .bytes_len = sizeof statement};

    (void)state;
    knowledge before = look();
    begin();
    assert_store(garita_store_add_decision(writer, &decision), OK);
    assert_store(garita_store_register(writer, &entry), OK);
    commit();
    knowledge now = look();
    assert_true(is_same(&before, &now));
}

static bool count(void *context, const uint8_t *bytes, size_t bytes_len)
{
    (void)bytes;
    (void)bytes_len;
    ++*(size_t *)context;
    return true;
}

static size_t trusted(void)
{
    size_t n = 0;

    assert_store(garita_store_each_trusted(reader, count, &n), OK);
    return n;
}

static void view_hold_reads_one_moment_and_keeps_nobody_from_writing(void **state)
{
    (void)state;
    size_t before = trusted();
    assert_store(garita_store_hold(reader), OK);
    assert_int_equal(trusted(), before);
    begin();
    assert_store(garita_store_add_trusted(writer, (const uint8_t *)"another", 7), OK);
    commit();
    assert_int_equal(trusted(), before);
    garita_store_rollback(reader);
    assert_int_equal(trusted(), before + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(view_knowledge_changes_with_what_verdicts_depend_on),
        cmocka_unit_test(view_knowledge_stays_when_decisions_and_credentials_are_kept),
        cmocka_unit_test(view_hold_reads_one_moment_and_keeps_nobody_from_writing),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
