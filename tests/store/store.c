#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include <garita/programme.h>
#include <garita/store.h>

#define assert_store(got, expected)                                                                \
    assert_string_equal(garita_store_error_name(got),                                              \
                        garita_store_error_name(GARITA_STORE_##expected))

/* --- a home of its own for each test, below the working directory --- */

static char home[64];
static char detail[GARITA_STORE_DETAIL_SIZE];
static const uint8_t home_id[GARITA_HOME_ID_SIZE] = {1, 2, 3};

static int set_up(void **state)
{
    static unsigned count;

    (void)state;
    snprintf(home, sizeof home, "home-%u/below", count++);
    return 0;
}

static const char *in_home(const char *name)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/%s", home, name);
    return path;
}

static bool make(const char *country, garita_home *facts)
{
    bool created;

    assert_store(garita_store_create(&created, facts, detail, home, country, home_id), OK);
    return created;
}

static garita_store *open_home(garita_store_mode mode)
{
    garita_store *store;

    assert_store(garita_store_open(&store, detail, home, mode), OK);
    return store;
}

static garita_store *make_and_open(void)
{
    garita_home facts;

    assert_true(make("USA", &facts));
    return open_home(GARITA_STORE_WRITE);
}

static garita_store_error open_error(garita_store_mode mode)
{
    garita_store *store;
    garita_store_error error = garita_store_open(&store, detail, home, mode);

    assert_null(store);
    return error;
}

/* Runs SQL past the store, as damage or another program would. */
static void sql(const char *text)
{
    sqlite3 *db;
    char *message = NULL;

    assert_int_equal(sqlite3_open(in_home(GARITA_STORE_FILE), &db), SQLITE_OK);
    if (sqlite3_exec(db, text, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", text, message);
    sqlite3_close(db);
}

static void write_file(const char *path, const void *bytes, size_t len)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void copy_file(const char *from, const char *to)
{
    static uint8_t bytes[1 << 20];
    FILE *file = fopen(from, "rb");

    assert_non_null(file);
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    write_file(to, bytes, len);
}

static mode_t mode_of(const char *path)
{
    struct stat info;

    assert_int_equal(stat(path, &info), 0);
    return info.st_mode & 07777;
}

/* --- the home --- */

static void a_home_is_made_once(void **state)
{
    garita_home first, second;
    static const uint8_t other_id[GARITA_HOME_ID_SIZE] = {9};
    bool created;

    (void)state;
    assert_true(make("USA", &first));
    assert_memory_equal(first.id, home_id, sizeof home_id);
    assert_string_equal(first.country, "USA");
    assert_store(garita_store_create(&created, &second, detail, home, "MEX", other_id), OK);
    assert_false(created);
    assert_memory_equal(second.id, home_id, sizeof home_id);
    assert_string_equal(second.country, "USA");
    assert_int_equal(mode_of(home), 0700);
    assert_int_equal(mode_of(in_home(GARITA_STORE_FILE)), 0600);

    garita_store *store = open_home(GARITA_STORE_READ);
    assert_string_equal(garita_store_home(store)->country, "USA");
    garita_store_close(store);
}

static void a_home_half_made_is_completed(void **state)
{
    garita_home facts;

    (void)state;
    assert_true(make("", &facts));
    write_file(in_home(GARITA_STORE_FILE), "", 0);
    assert_store(open_error(GARITA_STORE_WRITE), NO_HOME);
    assert_store(open_error(GARITA_STORE_READ), NO_HOME);
    assert_true(make("CAN", &facts));
    assert_string_equal(facts.country, "CAN");
}

static void no_home_is_said_to_be_none(void **state)
{
    (void)state;
    assert_store(open_error(GARITA_STORE_WRITE), NO_HOME);
    assert_store(open_error(GARITA_STORE_READ), NO_HOME);
    assert_int_equal(access(home, F_OK), -1);
    home[0] = '\0';
    assert_store(open_error(GARITA_STORE_WRITE), NO_HOME);
}

static void other_files_are_not_homes(void **state)
{
    garita_home facts;
    bool created;

    (void)state;
    assert_true(make("", &facts));
    write_file(in_home(GARITA_STORE_FILE), "not a database, but long enough to have been one", 48);
    assert_store(open_error(GARITA_STORE_READ), NOT_A_HOME);
    assert_store(garita_store_create(&created, &facts, detail, home, "", home_id), NOT_A_HOME);

    assert_int_equal(unlink(in_home(GARITA_STORE_FILE)), 0);
    sql("CREATE TABLE somebody_elses (a); PRAGMA user_version = 1");
    assert_store(open_error(GARITA_STORE_READ), NOT_A_HOME);
    assert_store(open_error(GARITA_STORE_WRITE), NOT_A_HOME);

    assert_int_equal(unlink(in_home(GARITA_STORE_FILE)), 0);
    assert_int_equal(mkdir(in_home(GARITA_STORE_FILE), 0700), 0);
    assert_store(open_error(GARITA_STORE_READ), NOT_A_HOME);
}

static void a_newer_home_is_left_alone(void **state)
{
    garita_home facts;
    bool created;

    (void)state;
    assert_true(make("", &facts));
    sql("PRAGMA user_version = 1000");
    assert_store(open_error(GARITA_STORE_READ), NEWER);
    assert_store(open_error(GARITA_STORE_WRITE), NEWER);
    assert_store(garita_store_create(&created, &facts, detail, home, "", home_id), NEWER);
}

static void damage_is_found(void **state)
{
    static const uint8_t garbage[4096] = {0xaa, 0xbb};
    garita_home facts;

    (void)state;
    assert_true(make("", &facts));
    /* The first page holds the schema; its header stays. */
    int fd = open(in_home(GARITA_STORE_FILE), O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, garbage, sizeof garbage - 100, 100), sizeof garbage - 100);
    close(fd);
    assert_store(open_error(GARITA_STORE_READ), CORRUPT);
    assert_store(open_error(GARITA_STORE_WRITE), CORRUPT);
    assert_true(detail[0] != '\0');
}

/* --- reading what cannot be written --- */

static void a_reader_cannot_write(void **state)
{
    garita_store_close(make_and_open());
    garita_store *store = open_home(GARITA_STORE_READ);

    (void)state;
    assert_store(garita_store_add_trusted(store, (const uint8_t *)"x", 1), READ_ONLY);
    garita_store_close(store);
}

/* Root may write anywhere; the test is for whoever may not. */
static uid_t drop_rights(void)
{
    uid_t user = geteuid();

    if (user == 0) {
        assert_int_equal(chown(home, 65534, 65534), 0);
        assert_int_equal(chown(in_home(GARITA_STORE_FILE), 65534, 65534), 0);
        assert_int_equal(seteuid(65534), 0);
    }
    return user;
}

static void regain_rights(uid_t user)
{
    assert_int_equal(seteuid(user), 0);
    chmod(home, 0700);
}

static void a_read_only_home_can_be_read(void **state)
{
    garita_store *store;

    (void)state;
    garita_store_close(make_and_open());
    assert_int_equal(chmod(in_home(GARITA_STORE_FILE), 0400), 0);
    assert_int_equal(chmod(home, 0500), 0);
    uid_t user = drop_rights();
    garita_store_error reading = garita_store_open(&store, detail, home, GARITA_STORE_READ);
    garita_store_error writing = open_error(GARITA_STORE_WRITE);
    regain_rights(user);
    if (reading == GARITA_STORE_DENIED && user == 0) {
        print_message("another user cannot reach this directory\n");
        skip();
    }
    assert_store(reading, OK);
    assert_string_equal(garita_store_home(store)->country, "USA");
    assert_true(writing == GARITA_STORE_READ_ONLY || writing == GARITA_STORE_DENIED);
    garita_store_close(store);
}

/* Copied from under a writer: the store, and the part of it that lies in the log. */
static void a_read_only_copy_that_was_not_closed_is_refused(void **state)
{
    garita_store *store = make_and_open();
    garita_store_error error;
    char origin[sizeof home];

    (void)state;
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_add_trusted(store, (const uint8_t *)"x", 1), OK);
    assert_store(garita_store_commit(store), OK);
    memcpy(origin, home, sizeof home);
    set_up(NULL);
    char parent[sizeof home];
    snprintf(parent, sizeof parent, "%.*s", (int)(strlen(home) - strlen("/below")), home);
    assert_int_equal(mkdir(parent, 0755), 0);
    assert_int_equal(mkdir(home, 0700), 0);
    char from[128];
    snprintf(from, sizeof from, "%s/" GARITA_STORE_FILE, origin);
    copy_file(from, in_home(GARITA_STORE_FILE));
    snprintf(from, sizeof from, "%s/" GARITA_STORE_FILE "-wal", origin);
    copy_file(from, in_home(GARITA_STORE_FILE "-wal"));
    chmod(in_home(GARITA_STORE_FILE), 0444);
    chmod(in_home(GARITA_STORE_FILE "-wal"), 0444);
    chmod(home, 0555);
    uid_t user = drop_rights();
    error = open_error(GARITA_STORE_READ);
    regain_rights(user);
    garita_store_close(store);
    if (error == GARITA_STORE_DENIED && user == 0)
        skip();
    assert_store(error, NEEDS_RECOVERY);
}

/* --- transactions --- */

static void what_was_rolled_back_is_gone(void **state)
{
    garita_store *store = make_and_open();

    (void)state;
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_add_trusted(store, (const uint8_t *)"x", 1), OK);
    garita_store_rollback(store);
    garita_store_rollback(store);
    assert_store(garita_store_remove_trusted(store, (const uint8_t *)"x", 1), ABSENT);
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_add_trusted(store, (const uint8_t *)"x", 1), OK);
    assert_store(garita_store_add_trusted(store, (const uint8_t *)"x", 1), EXISTS);
    garita_store_close(store);

    store = open_home(GARITA_STORE_WRITE);
    assert_store(garita_store_remove_trusted(store, (const uint8_t *)"x", 1), ABSENT);
    garita_store_close(store);
}

/* --- the register --- */

static garita_register_entry entry(uint8_t authority, uint32_t serial, const char *ref,
                                   const char *bytes)
{
    garita_register_entry out = {
        .serial = serial,
        .key_number = 1,
        .type = GARITA_TYPE_CREDENTIAL,
        .issued = 1000,
        .ref = utf8(ref),
        .bytes = (const uint8_t *)bytes,
        .bytes_len = strlen(bytes),
    };
    memset(out.first_key, authority, sizeof out.first_key);
    return out;
}

static uint32_t next_serial(garita_store *store, uint8_t authority)
{
    uint8_t first_key[GARITA_PUBLIC_KEY_SIZE];
    uint32_t serial = 0;

    memset(first_key, authority, sizeof first_key);
    assert_store(garita_store_next_serial(store, &serial, first_key), OK);
    return serial;
}

static void enter(garita_store *store, const garita_register_entry *e)
{
    assert_store(garita_store_begin(store), OK);
    assert_int_equal(next_serial(store, e->first_key[0]), e->serial);
    assert_store(garita_store_register(store, e), OK);
    assert_store(garita_store_commit(store), OK);
}

static void serials_are_dense_for_each_authority(void **state)
{
    garita_store *store = make_and_open();
    garita_register_entry entries[] = {
        entry(1, 1, NULL, "one"),
        entry(1, 2, "a", "two"),
        entry(2, 1, "a", "other one"),
        entry(1, 3, NULL, "three"),
    };
    garita_register_entry got;

    (void)state;
    for (size_t i = 0; i < COUNT(entries); i++)
        enter(store, &entries[i]);
    garita_store_close(store);

    store = open_home(GARITA_STORE_WRITE);
    for (size_t i = 0; i < COUNT(entries); i++) {
        assert_store(garita_store_get_serial(store, &got, entries[i].first_key, entries[i].serial),
                     OK);
        assert_int_equal(got.bytes_len, entries[i].bytes_len);
        assert_memory_equal(got.bytes, entries[i].bytes, got.bytes_len);
        assert_int_equal(got.ref.len, entries[i].ref.len);
        assert_int_equal(got.issued, 1000);
        assert_int_equal(got.type, GARITA_TYPE_CREDENTIAL);
    }
    assert_store(garita_store_get_serial(store, &got, entries[0].first_key, 4), ABSENT);
    assert_store(garita_store_get_ref(store, &got, entries[0].first_key, utf8("a")), OK);
    assert_int_equal(got.serial, 2);
    assert_store(garita_store_get_ref(store, &got, entries[2].first_key, utf8("a")), OK);
    assert_int_equal(got.serial, 1);
    assert_store(garita_store_get_ref(store, &got, entries[0].first_key, utf8("b")), ABSENT);
    garita_store_close(store);
}

static void a_ref_is_used_once(void **state)
{
    garita_store *store = make_and_open();
    garita_register_entry first = entry(1, 1, "a", "one");
    garita_register_entry second = entry(1, 2, "a", "two");

    (void)state;
    enter(store, &first);
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_register(store, &second), EXISTS);
    second.ref = utf8("b");
    assert_store(garita_store_register(store, &second), OK);
    assert_store(garita_store_commit(store), OK);
    garita_store_close(store);
}

static void a_serial_rolled_back_is_the_next_again(void **state)
{
    garita_store *store = make_and_open();
    garita_register_entry first = entry(1, 1, NULL, "one");

    (void)state;
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_register(store, &first), OK);
    assert_int_equal(next_serial(store, 1), 2);
    garita_store_rollback(store);
    assert_store(garita_store_begin(store), OK);
    assert_int_equal(next_serial(store, 1), 1);
    garita_store_close(store);
}

static void the_last_serial_is_the_last(void **state)
{
    garita_store *store = make_and_open();
    garita_register_entry first = entry(1, 1, NULL, "one");
    garita_register_entry last = entry(1, GARITA_SERIAL_MAX, NULL, "last");
    uint32_t serial;

    (void)state;
    enter(store, &first);
    sql("UPDATE signer SET next_serial = 4294967295");
    enter(store, &last);
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_next_serial(store, &serial, first.first_key), NO_SERIAL);
    garita_store_close(store);
}

/* A counter set back, as by a row of an older copy: what it would reuse is seen. */
static void a_counter_behind_the_register_is_damage(void **state)
{
    garita_store *store = make_and_open();
    garita_register_entry first = entry(1, 1, NULL, "one");
    garita_register_entry second = entry(1, 2, NULL, "two");
    uint32_t serial;

    (void)state;
    enter(store, &first);
    enter(store, &second);
    sql("UPDATE signer SET next_serial = 2");
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_next_serial(store, &serial, first.first_key), CORRUPT);
    garita_store_close(store);
}

static void the_tables_refuse_two_statements_with_one_serial(void **state)
{
    sqlite3 *db;
    garita_store *store = make_and_open();
    garita_register_entry first = entry(1, 1, NULL, "one");

    (void)state;
    enter(store, &first);
    garita_store_close(store);
    assert_int_equal(sqlite3_open(in_home(GARITA_STORE_FILE), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "INSERT INTO register VALUES (1, 1, 1, 2, 0, NULL, x'00', NULL)",
                                  NULL, NULL, NULL),
                     SQLITE_CONSTRAINT);
    sqlite3_close(db);
}

/* --- trust --- */

struct seen {
    size_t count;
    garita_error errors[8];
    bool pins[8];
};

static void see(void *context, const garita_store_misfit *misfit)
{
    struct seen *seen = context;

    assert_true(seen->count < COUNT(seen->errors));
    assert_true(misfit->bytes_len > 0);
    seen->errors[seen->count] = misfit->error;
    seen->pins[seen->count++] = misfit->is_pin;
}

static garita_trust *load(garita_store *store, struct seen *seen)
{
    garita_trust *trust;

    memset(seen, 0, sizeof *seen);
    assert_store(garita_store_load_trust(store, &trust, see, seen), OK);
    return trust;
}

struct people {
    party anchor, agency, office;
    blob anchor_statement, agency_statement, office_statement;
};

static void make_people(struct people *p)
{
    party_make(&p->anchor, 1);
    party_make(&p->agency, 2);
    party_make(&p->office, 3);
    certify(&p->anchor_statement, &p->anchor, &p->anchor, (grant){.serial = 1});
    certify(&p->agency_statement, &p->anchor, &p->agency, (grant){.serial = 2, .depth = 2});
    certify(&p->office_statement, &p->agency, &p->office, (grant){.serial = 1});
}

static void add_pin(garita_store *store, const struct people *p, const garita_scope *scope)
{
    assert_store(garita_store_add_pin(store, p->anchor.public_key, scope, p->anchor_statement.bytes,
                                      p->anchor_statement.len),
                 OK);
}

static void add_statement(garita_store *store, const blob *statement)
{
    assert_store(garita_store_add_trusted(store, statement->bytes, statement->len), OK);
}

static void trust_is_what_was_pinned_and_added(void **state)
{
    struct people p;
    struct seen seen;
    garita_scope wide, got;
    uint8_t statement[GARITA_AUTHORITY_BYTES_MAX];
    size_t statement_len;
    garita_store *store = make_and_open();

    (void)state;
    make_people(&p);
    wide = scope_of("CAN MEX USA", 6, GARITA_TYPES_ALL, GARITA_CHAIN_DEPTH_MAX);
    assert_store(garita_store_begin(store), OK);
    assert_store(
        garita_store_get_pin(store, &got, statement, &statement_len, p.anchor.public_key), ABSENT);
    add_pin(store, &p, &wide);
    assert_store(garita_store_add_pin(store, p.anchor.public_key, &wide, p.anchor_statement.bytes,
                                      p.anchor_statement.len),
                 EXISTS);
    /* A child before its parent. */
    add_statement(store, &p.office_statement);
    add_statement(store, &p.agency_statement);
    assert_store(garita_store_commit(store), OK);

    assert_store(
        garita_store_get_pin(store, &got, statement, &statement_len, p.anchor.public_key), OK);
    assert_memory_equal(&got, &wide, sizeof wide);
    assert_int_equal(statement_len, p.anchor_statement.len);
    assert_memory_equal(statement, p.anchor_statement.bytes, statement_len);
    garita_trust *trust = load(store, &seen);
    assert_int_equal(seen.count, 0);
    assert_int_equal(garita_trust_count(trust), 3);
    assert_memory_equal(&garita_trust_get(trust, 0)->scope, &wide, sizeof wide);
    const garita_issuer *office = garita_trust_find(trust, NULL, &p.office.signer.id, 1);
    assert_non_null(office);
    assert_int_equal(office->level, 2);
    garita_trust_free(trust);
    garita_store_close(store);
}

static void a_pin_is_renewed_with_its_scope_and_place(void **state)
{
    static const uint8_t renewal[] = "renewal";
    struct people p;
    garita_scope wide, got;
    uint8_t statement[GARITA_AUTHORITY_BYTES_MAX];
    size_t statement_len;
    garita_store *store = make_and_open();

    (void)state;
    make_people(&p);
    wide = scope_of("MEX USA", 6, GARITA_TYPES_ALL, GARITA_CHAIN_DEPTH_MAX);
    assert_store(garita_store_begin(store), OK);
    assert_store(
        garita_store_renew_pin(store, p.anchor.public_key, renewal, sizeof renewal), ABSENT);
    add_pin(store, &p, &wide);
    assert_store(garita_store_renew_pin(store, p.anchor.public_key, renewal, sizeof renewal), OK);
    assert_store(garita_store_commit(store), OK);
    assert_store(
        garita_store_get_pin(store, &got, statement, &statement_len, p.anchor.public_key), OK);
    assert_memory_equal(&got, &wide, sizeof wide);
    assert_int_equal(statement_len, sizeof renewal);
    assert_memory_equal(statement, renewal, sizeof renewal);
    garita_store_close(store);
}

static void what_does_not_fit_is_told_of(void **state)
{
    struct people p;
    struct seen seen;
    garita_scope elsewhere;
    garita_store *store = make_and_open();

    (void)state;
    make_people(&p);
    garita_pin_default(&elsewhere, "MEX");
    assert_store(garita_store_begin(store), OK);
    add_statement(store, &p.agency_statement);
    add_pin(store, &p, &elsewhere);
    assert_store(garita_store_commit(store), OK);
    garita_trust *trust = load(store, &seen);
    assert_int_equal(seen.count, 2);
    assert_true(seen.pins[0]);
    assert_error(seen.errors[0], OUT_OF_SCOPE);
    assert_false(seen.pins[1]);
    assert_error(seen.errors[1], UNKNOWN_ISSUER);
    assert_int_equal(garita_trust_count(trust), 0);
    garita_trust_free(trust);
    garita_store_close(store);
}

static void what_this_home_signed_counts_for_signing_only(void **state)
{
    struct people p;
    struct seen seen = {0};
    garita_trust *trust;
    garita_store *store = make_and_open();
    garita_register_entry anchor = {.serial = 1, .key_number = 1, .type = GARITA_TYPE_AUTHORITY};
    garita_register_entry agency;

    (void)state;
    make_people(&p);
    memcpy(anchor.first_key, p.anchor.public_key, sizeof anchor.first_key);
    agency = anchor;
    anchor.bytes = p.anchor_statement.bytes;
    anchor.bytes_len = p.anchor_statement.len;
    agency.serial = 2;
    agency.bytes = p.agency_statement.bytes;
    agency.bytes_len = p.agency_statement.len;
    assert_store(garita_store_begin(store), OK);
    assert_store(garita_store_register(store, &anchor), OK);
    assert_store(garita_store_register(store, &agency), OK);
    assert_store(garita_store_commit(store), OK);

    trust = load(store, &seen);
    assert_int_equal(garita_trust_count(trust), 0);
    garita_trust_free(trust);
    assert_store(garita_store_load_signers(store, &trust, see, &seen), OK);
    assert_int_equal(seen.count, 0);
    assert_int_equal(garita_trust_count(trust), 2);
    assert_int_equal(garita_trust_get(trust, 0)->scope.programmes,
                     garita_programmes_of_country("USA"));
    assert_non_null(garita_trust_find(trust, NULL, &p.agency.signer.id, 1));
    garita_trust_free(trust);
    garita_store_close(store);
}

static void a_pin_can_be_taken_back(void **state)
{
    struct people p;
    struct seen seen;
    garita_scope scope;
    garita_store *store = make_and_open();

    (void)state;
    make_people(&p);
    garita_pin_default(&scope, "USA");
    assert_store(garita_store_begin(store), OK);
    add_pin(store, &p, &scope);
    assert_store(garita_store_remove_pin(store, p.anchor.public_key), OK);
    assert_store(garita_store_remove_pin(store, p.anchor.public_key), ABSENT);
    assert_store(garita_store_commit(store), OK);
    garita_trust *trust = load(store, &seen);
    assert_int_equal(garita_trust_count(trust), 0);
    garita_trust_free(trust);
    garita_store_close(store);
}

static void a_pin_that_cannot_be_read_is_damage(void **state)
{
    struct people p;
    struct seen seen = {0};
    garita_trust *trust;
    garita_scope scope;
    garita_store *store = make_and_open();

    (void)state;
    make_people(&p);
    garita_pin_default(&scope, "USA");
    assert_store(garita_store_begin(store), OK);
    add_pin(store, &p, &scope);
    assert_store(garita_store_commit(store), OK);
    sql("UPDATE pin SET countries = 'usa'");
    assert_store(garita_store_load_trust(store, &trust, see, &seen), CORRUPT);
    assert_null(trust);
    garita_store_close(store);
}

static void errors_have_names(void **state)
{
    (void)state;
    assert_string_equal(garita_store_error_name(GARITA_STORE_DISK_FULL), "disk-full");
    assert_string_equal(garita_store_error_name((garita_store_error)999), "?");
    assert_string_equal(garita_store_error_text((garita_store_error)999), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_home_is_made_once, set_up),
        cmocka_unit_test_setup(a_home_half_made_is_completed, set_up),
        cmocka_unit_test_setup(no_home_is_said_to_be_none, set_up),
        cmocka_unit_test_setup(other_files_are_not_homes, set_up),
        cmocka_unit_test_setup(a_newer_home_is_left_alone, set_up),
        cmocka_unit_test_setup(damage_is_found, set_up),
        cmocka_unit_test_setup(a_reader_cannot_write, set_up),
        cmocka_unit_test_setup(a_read_only_home_can_be_read, set_up),
        cmocka_unit_test_setup(a_read_only_copy_that_was_not_closed_is_refused, set_up),
        cmocka_unit_test_setup(what_was_rolled_back_is_gone, set_up),
        cmocka_unit_test_setup(serials_are_dense_for_each_authority, set_up),
        cmocka_unit_test_setup(a_ref_is_used_once, set_up),
        cmocka_unit_test_setup(a_serial_rolled_back_is_the_next_again, set_up),
        cmocka_unit_test_setup(the_last_serial_is_the_last, set_up),
        cmocka_unit_test_setup(a_counter_behind_the_register_is_damage, set_up),
        cmocka_unit_test_setup(the_tables_refuse_two_statements_with_one_serial, set_up),
        cmocka_unit_test_setup(trust_is_what_was_pinned_and_added, set_up),
        cmocka_unit_test_setup(a_pin_is_renewed_with_its_scope_and_place, set_up),
        cmocka_unit_test_setup(what_does_not_fit_is_told_of, set_up),
        cmocka_unit_test_setup(what_this_home_signed_counts_for_signing_only, set_up),
        cmocka_unit_test_setup(a_pin_can_be_taken_back, set_up),
        cmocka_unit_test_setup(a_pin_that_cannot_be_read_is_damage, set_up),
        cmocka_unit_test(errors_have_names),
    };

    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
