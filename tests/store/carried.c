/* What a home carries for others, and archives. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include <sqlite3.h>

#include <garita/store_carried.h>

#define assert_store(got, expected)                                                                \
    assert_string_equal(garita_store_error_name(got),                                              \
                        garita_store_error_name(GARITA_STORE_##expected))

static char home[64];
static garita_store *store;

static void open_home(void)
{
    char detail[GARITA_STORE_DETAIL_SIZE];

    assert_store(garita_store_open(&store, detail, home, GARITA_STORE_WRITE), OK);
}

static int set_up(void **state)
{
    static unsigned count;
    static const uint8_t id[GARITA_HOME_ID_SIZE] = {1};
    char detail[GARITA_STORE_DETAIL_SIZE];
    garita_home facts;
    bool created;

    (void)state;
    snprintf(home, sizeof home, "carried-%u", count++);
    assert_store(garita_store_create(&created, &facts, detail, home, "USA", id), OK);
    assert_true(created);
    open_home();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    garita_store_close(store);
    store = NULL;
    return 0;
}

static void sql(const char *text)
{
    char path[128];
    sqlite3 *db;

    snprintf(path, sizeof path, "%s/" GARITA_STORE_FILE, home);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* --- statements: their bytes are the caller's matter --- */

static garita_carried carried_of(const char *text, garita_type type, uint32_t serial)
{
    garita_carried out = {.type = type, .serial = serial};

    memset(&out.log, 0x11, sizeof out.log);
    memset(&out.branch, 0x12, sizeof out.branch);
    memset(&out.anchor, 0x13, sizeof out.anchor);
    if (type == GARITA_TYPE_NODE)
        memset(out.subject, 0x22, sizeof out.subject);
    garita_digest_of(&out.digest, (const uint8_t *)text, strlen(text));
    return out;
}

static garita_store_error add_one(const char *text, uint32_t serial)
{
    garita_carried carried = carried_of(text, GARITA_TYPE_NODE, serial);

    return garita_store_add_carried(store, &carried, (const uint8_t *)text, strlen(text));
}

static garita_store_error remove_one(const char *text)
{
    garita_carried carried = carried_of(text, GARITA_TYPE_NODE, 1);

    return garita_store_remove_carried(store, &carried.digest);
}

struct seen {
    char texts[256]; /* a space behind each */
    size_t stop_after;
};

static bool see(void *context, const garita_carried *carried, garita_bytes statement)
{
    struct seen *seen = context;
    char text[32] = "";

    assert_true(statement.len < sizeof text);
    memcpy(text, statement.at, statement.len);
    garita_carried expected = carried_of(text, carried->type, carried->serial);
    assert_memory_equal(&carried->digest, &expected.digest, sizeof expected.digest);
    assert_memory_equal(&carried->log, &expected.log, sizeof expected.log);
    assert_memory_equal(&carried->branch, &expected.branch, sizeof expected.branch);
    assert_memory_equal(&carried->anchor, &expected.anchor, sizeof expected.anchor);
    assert_memory_equal(carried->subject, expected.subject, sizeof expected.subject);
    snprintf(seen->texts + strlen(seen->texts), sizeof seen->texts - strlen(seen->texts), "%s:%u ",
             text, (unsigned)carried->serial);
    return seen->stop_after == 0 || --seen->stop_after > 0;
}

static void assert_seen(const char *expected, size_t stop_after)
{
    struct seen seen = {.stop_after = stop_after};

    assert_store(garita_store_each_carried(store, see, &seen), OK);
    assert_string_equal(seen.texts, expected);
}

/* What a peer asks for by the thousand is a look into an index. */
static void assert_looked_up(const char *query, const char *index)
{
    char path[128], text[256];
    sqlite3 *db;
    sqlite3_stmt *plan;
    bool is_by_index = false;

    snprintf(path, sizeof path, "%s/" GARITA_STORE_FILE, home);
    snprintf(text, sizeof text, "EXPLAIN QUERY PLAN %s", query);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &plan, NULL), SQLITE_OK);
    while (sqlite3_step(plan) == SQLITE_ROW) {
        const char *detail = (const char *)sqlite3_column_text(plan, 3);
        assert_true(strncmp(detail, "SCAN", 4) != 0);
        is_by_index = is_by_index || strstr(detail, index) != NULL;
    }
    assert_true(is_by_index);
    assert_int_equal(sqlite3_finalize(plan), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void what_is_asked_for_is_looked_up(void **state)
{
    (void)state;
    assert_looked_up("SELECT * FROM carried WHERE digest = ?1", "sqlite_autoindex_carried_1");
    assert_looked_up("SELECT * FROM trusted WHERE digest = ?1", "trusted_digest");
    assert_looked_up("SELECT * FROM register WHERE digest = ?1", "register_digest");
    assert_looked_up("SELECT serial FROM register JOIN signer ON signer = number"
                     " WHERE first_key = ?1 AND type = 6 ORDER BY serial",
                     "register_node");
}

struct gotten {
    char text[32];
};

static bool get(void *context, const garita_carried *carried, garita_bytes statement)
{
    struct gotten *gotten = context;

    (void)carried;
    assert_true(statement.len < sizeof gotten->text);
    memcpy(gotten->text, statement.at, statement.len);
    return true;
}

static void one_is_found_by_its_digest(void **state)
{
    struct gotten gotten = {0};
    garita_carried two = carried_of("two", GARITA_TYPE_NODE, 2);

    (void)state;
    assert_store(garita_store_get_carried(store, &two.digest, get, &gotten), ABSENT);
    assert_store(garita_store_begin(store), OK);
    assert_store(add_one("one", 1), OK);
    assert_store(add_one("two", 2), OK);
    assert_store(garita_store_commit(store), OK);
    assert_store(garita_store_get_carried(store, &two.digest, get, &gotten), OK);
    assert_string_equal(gotten.text, "two");
    sql("UPDATE carried SET branch = zeroblob(32) WHERE serial = 2");
    assert_store(garita_store_get_carried(store, &two.digest, get, &gotten), ABSENT);
}

static void what_is_added_is_there_until_it_is_removed(void **state)
{
    garita_carried policy = carried_of("policy", GARITA_TYPE_POLICY, 9);

    (void)state;
    assert_seen("", 0);
    assert_store(garita_store_begin(store), OK);
    assert_store(add_one("a", 1), OK);
    assert_store(add_one("b", 2), OK);
    assert_store(add_one("a", 1), EXISTS);
    assert_store(garita_store_add_carried(store, &policy, (const uint8_t *)"policy", 6), OK);
    assert_store(garita_store_commit(store), OK);
    garita_store_close(store);
    open_home();
    assert_seen("a:1 b:2 policy:9 ", 0);
    assert_seen("a:1 b:2 ", 2);
    assert_store(garita_store_begin(store), OK);
    assert_store(remove_one("a"), OK);
    assert_store(remove_one("a"), ABSENT);
    assert_seen("b:2 policy:9 ", 0);
    garita_store_rollback(store);
    assert_seen("a:1 b:2 policy:9 ", 0);
}

/* One row of every column that can rot: it is as if it had never come, and heals when it comes. */
static void what_the_disk_has_altered_is_not_there(void **state)
{
    static const char *const changes[] = {
        "UPDATE carried SET statement = x'7a' WHERE serial = 2",
        "UPDATE carried SET serial = 3 WHERE serial = 2",
        "UPDATE carried SET type = 5 WHERE serial = 2",
        "UPDATE carried SET log = zeroblob(32) WHERE serial = 2",
        "UPDATE carried SET subject = zeroblob(32) WHERE serial = 2",
        "UPDATE carried SET seal = zeroblob(16) WHERE serial = 2",
    };
    uint64_t whole, damaged;

    (void)state;
    assert_store(garita_store_begin(store), OK);
    assert_store(add_one("a", 1), OK);
    assert_store(add_one("b", 2), OK);
    assert_store(garita_store_commit(store), OK);
    for (size_t i = 0; i < COUNT(changes); i++) {
        sql(changes[i]);
        assert_seen("a:1 ", 0);
        assert_store(garita_store_count_carried(store, &whole, &damaged), OK);
        assert_int_equal(whole, 1);
        assert_int_equal(damaged, 1);
        assert_store(garita_store_begin(store), OK);
        assert_store(add_one("b", 2), OK);
        assert_store(add_one("b", 2), EXISTS);
        assert_store(garita_store_commit(store), OK);
        assert_seen("a:1 b:2 ", 0);
    }
    assert_store(garita_store_count_carried(store, &whole, &damaged), OK);
    assert_int_equal(whole, 2);
    assert_int_equal(damaged, 0);
}

static void a_home_becomes_an_archive_and_stays_one(void **state)
{
    bool is_archive = true;

    (void)state;
    assert_store(garita_store_is_archive(store, &is_archive), OK);
    assert_false(is_archive);
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_set_archive(store, true), OK);
    assert_store(garita_store_commit(store), OK);
    garita_store_close(store);
    open_home();
    assert_store(garita_store_is_archive(store, &is_archive), OK);
    assert_true(is_archive);
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_set_archive(store, false), OK);
    garita_store_rollback(store);
    assert_store(garita_store_is_archive(store, &is_archive), OK);
    assert_true(is_archive);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
        TEST(what_is_added_is_there_until_it_is_removed),
        TEST(one_is_found_by_its_digest),
        TEST(what_is_asked_for_is_looked_up),
        TEST(what_the_disk_has_altered_is_not_there),
        TEST(a_home_becomes_an_archive_and_stays_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
