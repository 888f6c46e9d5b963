/* Credentials: what an issuer may write and a reader takes, field by field. */
#include <garita/credential.h>

#include <stdlib.h>

#include <msgpack/pack.h>
#include <msgpack/sbuffer.h>

#include "unit.h"
#include "world.h"
#include "writer.h"

static party signer;

static int set_up(void **state)
{
    (void)state;
    party_make(&signer, 20);
    return 0;
}

static garita_error decode(garita_credential *out, garita_fault *fault, const blob *b)
{
    static uint8_t scratch[GARITA_SCRATCH_SIZE(GARITA_CREDENTIAL_BYTES_MAX)];
    garita_peek peek;
    garita_verified verified;
    assert_ok(garita_statement_peek(&peek, fault, GARITA_TYPE_CREDENTIAL, b->bytes, b->len));
    assert_ok(
        garita_statement_verify(&verified, &peek, signer.public_key, scratch, sizeof scratch));
    return garita_credential_decode(out, fault, &verified);
}

static void assert_utf8_equal(garita_utf8 a, garita_utf8 b)
{
    assert_int_equal(a.len, b.len);
    if (a.len > 0)
        assert_memory_equal(a.at, b.at, a.len);
}

static void assert_credential_equal(const garita_credential *a, const garita_credential *b)
{
    assert_int_equal(a->serial, b->serial);
    assert_int_equal(a->not_before, b->not_before);
    assert_int_equal(a->expires, b->expires);
    assert_int_equal(a->programme, b->programme);
    assert_utf8_equal(a->name, b->name);
    assert_int_equal(a->birth_date, b->birth_date);
    assert_utf8_equal(a->nationality, b->nationality);
    assert_int_equal(a->document_type, b->document_type);
    assert_utf8_equal(a->document_country, b->document_country);
    assert_utf8_equal(a->document_number, b->document_number);
    assert_utf8_equal(a->employer_id, b->employer_id);
    assert_utf8_equal(a->employer_name, b->employer_name);
    assert_int_equal(a->about, b->about);
    assert_utf8_equal(a->company_id, b->company_id);
    assert_utf8_equal(a->company_name, b->company_name);
    assert_utf8_equal(a->company_country, b->company_country);
    assert_utf8_equal(a->vehicle_country, b->vehicle_country);
    assert_utf8_equal(a->vehicle_plate, b->vehicle_plate);
    assert_utf8_equal(a->vehicle_description, b->vehicle_description);
}

/* --- issue, then decode --- */

static void credential_comes_back_as_it_was_issued(void **state)
{
    (void)state;
    static const char *const employers[][2] = {
        {NULL, NULL}, {"IMMEX-1234-2006", NULL}, {"IMMEX-1234-2006", "Maquiladora del Norte"}};
    for (size_t i = 0; i < COUNT(employers); i++) {
        garita_credential c, again;
        garita_fault fault;
        garita_peek peek;
        blob b, twice;
        world_credential(&c, 1, employers[i][1]);
        c.employer_id = utf8(employers[i][0]);
        issue(&b, &signer, &c);
        issue(&twice, &signer, &c);
        assert_int_equal(b.len, twice.len); /* signing is deterministic */
        assert_memory_equal(b.bytes, twice.bytes, b.len);
        assert_ok(decode(&again, &fault, &b));
        assert_credential_equal(&again, &c);
        assert_ok(garita_credential_inspect(&again, &peek, &fault, b.bytes, b.len));
        assert_credential_equal(&again, &c);
        assert_true(garita_id_equal(&peek.signer, &signer.signer.id));
        assert_int_equal(peek.key_number, 1);
    }
}

static void credential_has_the_bytes_of_the_format_s_example(void **state)
{
    (void)state;
    garita_credential c;
    blob b,
        head = blob_hex("92 89 00 01 01 02 02 c4 08"),
        middle = blob_hex("03 01 04 01 05 cd4fe6 06 cd5708 07 01 08 84 00 be 4d4152"),
        end = blob_hex("01 ce012f59d2 02 a34d4558 03 83 00 01 01 a34d4558 02 a9 473132333435363738"
                       "c440");
    world_credential(&c, 1, NULL);
    c.employer_id = utf8(NULL);
    issue(&b, &signer, &c);
    assert_memory_equal(b.bytes, head.bytes, head.len);
    assert_memory_equal(b.bytes + head.len, signer.signer.id.bytes, 8);
    assert_memory_equal(b.bytes + head.len + 8, middle.bytes, middle.len);
    assert_memory_equal(b.bytes + b.len - 64 - end.len, end.bytes, end.len);
}

/* The issue's own bound: what is printed must scan. */
static void example_credential_is_at_most_190_bytes(void **state)
{
    (void)state;
    garita_credential c;
    blob b;
    world_credential(&c, 1, NULL);
    issue(&b, &signer, &c);
    assert_true(b.len <= 190);
}

/* --- bounds, each side --- */

static void of_holder(garita_credential *out)
{
    world_credential(out, 1, "Maquiladora");
}

static void of_company(garita_credential *out)
{
    *out = (garita_credential){.about = GARITA_SUBJECT_COMPANY,
                               .serial = 1,
                               .not_before = day("2026-01-01"),
                               .expires = day("2031-01-01"),
                               .programme = 5,
                               .company_id = utf8("CTPAT-00012345"),
                               .company_name = utf8("Transportes del Norte"),
                               .company_country = utf8("MEX")};
}

static void of_vehicle(garita_credential *out)
{
    *out = (garita_credential){.about = GARITA_SUBJECT_VEHICLE,
                               .serial = 1,
                               .not_before = day("2026-01-01"),
                               .expires = day("2031-01-01"),
                               .programme = 1,
                               .vehicle_country = utf8("MEX"),
                               .vehicle_plate = utf8("AB-12-345"),
                               .vehicle_description = utf8("Nissan Versa, gray")};
}

static char long_text[GARITA_HOLDER_NAME_BYTES_MAX + 2];

static garita_utf8 text_of(size_t len)
{
    memset(long_text, 'A', sizeof long_text);
    return (garita_utf8){long_text, len};
}

#define assert_issue(member, value, expected, expected_field)                                      \
    assert_issue_of(of_holder, member, value, expected, expected_field)

#define assert_issue_of(maker, member, value, expected, expected_field)                            \
    do {                                                                                           \
        garita_credential c, again;                                                                \
        garita_fault fault;                                                                        \
        blob b;                                                                                    \
        size_t len = 9;                                                                            \
        maker(&c);                                                                                 \
        c.member = value;                                                                          \
        garita_error e =                                                                           \
            garita_credential_issue(b.bytes, &len, sizeof b.bytes, &fault, &c, &signer.signer);    \
        assert_error(e, expected);                                                                 \
        assert_error(fault.error, expected);                                                       \
        assert_string_equal(fault.field, expected_field);                                          \
        assert_true((e == GARITA_OK) == (len > 0));                                                \
        if (e == GARITA_OK) {                                                                      \
            b.len = len;                                                                           \
            assert_ok(decode(&again, &fault, &b));                                                 \
            assert_credential_equal(&again, &c);                                                   \
        }                                                                                          \
    } while (0)

static void credential_bounds_its_numbers(void **state)
{
    (void)state;
    assert_issue(serial, 0, RANGE, "serial");
    assert_issue(serial, 1, OK, "");
    assert_issue(serial, 0xffffffff, OK, "");
    assert_issue(not_before, 0, OK, "");
    assert_issue(expires, 65535, OK, "");
    assert_issue(expires, 65536, RANGE, "expires");
    assert_issue(not_before, 65536, RANGE, "not_before");
    assert_issue(programme, 0, OK, "");
    assert_issue(programme, 62, OK, "");
    assert_issue(programme, 63, RANGE, "programme");
    assert_issue(document_type, 0, RANGE, "holder.document.type");
    assert_issue(document_type, 1, OK, "");
    assert_issue(document_type, 63, OK, "");
    assert_issue(document_type, 64, RANGE, "holder.document.type");
}

static void credential_ends_no_earlier_than_it_begins(void **state)
{
    (void)state;
    assert_issue(expires, c.not_before, OK, "");
    assert_issue(expires, c.not_before - 1, DATE_ORDER, "expires");
}

static void credential_bounds_its_texts(void **state)
{
    (void)state;
    assert_issue(name, text_of(200), OK, "");
    assert_issue(name, text_of(201), RANGE, "holder.name");
    assert_issue(name, text_of(0), EMPTY, "holder.name");
    assert_issue(name, utf8(NULL), EMPTY, "holder.name");
    assert_issue(document_number, text_of(24), OK, "");
    assert_issue(document_number, text_of(25), RANGE, "holder.document.number");
    assert_issue(document_number, utf8(NULL), EMPTY, "holder.document.number");
    assert_issue(employer_id, text_of(64), OK, "");
    assert_issue(employer_id, text_of(65), RANGE, "employer.id");
    assert_issue(employer_name, text_of(128), OK, "");
    assert_issue(employer_name, text_of(129), RANGE, "employer.name");
    assert_issue(employer_name, utf8(NULL), OK, "");
    assert_issue(employer_name, utf8("A"), OK, "");
}

static void credential_has_no_employer_s_name_without_its_id(void **state)
{
    (void)state;
    assert_issue(employer_id, utf8(NULL), EMPTY, "employer.id");
}

static void credential_wants_countries_of_the_icao_form(void **state)
{
    (void)state;
    assert_issue(nationality, utf8("D"), OK, "");
    assert_issue(nationality, utf8("ZZZ"), OK, ""); /* a reader does not ask the table */
    assert_issue(nationality, utf8("usa"), COUNTRY, "holder.nationality");
    assert_issue(nationality, utf8("US"), COUNTRY, "holder.nationality");
    assert_issue(nationality, utf8("E"), COUNTRY, "holder.nationality");
    assert_issue(nationality, utf8("USAX"), RANGE, "holder.nationality");
    assert_issue(nationality, utf8(NULL), EMPTY, "holder.nationality");
    assert_issue(document_country, utf8("MX1"), COUNTRY, "holder.document.country");
    assert_issue(document_country, utf8("D"), OK, "");
    assert_issue(document_country, utf8(NULL), EMPTY, "holder.document.country");
}

static void credential_wants_a_birth_date_of_the_calendar(void **state)
{
    (void)state;
    assert_issue(birth_date, 19880400, OK, "");
    assert_issue(birth_date, 19880000, OK, "");
    assert_issue(birth_date, 19880431, DATE, "holder.birth_date");
    assert_issue(birth_date, 19880002, DATE, "holder.birth_date");
    assert_issue(birth_date, 18491231, DATE, "holder.birth_date");
    assert_issue(birth_date, 0, DATE, "holder.birth_date");
    assert_issue(birth_date, 0xffffffff, DATE, "holder.birth_date");
}

static void credential_wants_characters_that_documents_have_in_their_number(void **state)
{
    (void)state;
    assert_issue(document_number, utf8("AZ09 -./<"), OK, "");
    for (char one = ' '; one <= '~'; one++) {
        char number[4] = {'A', one, 'B', 0};
        bool good = (one >= 'A' && one <= 'Z') || (one >= '0' && one <= '9') ||
                    strchr(" -./<", one) != NULL;
        if (good)
            assert_issue(document_number, utf8(number), OK, "");
        else
            assert_issue(document_number, utf8(number), RANGE, "holder.document.number");
    }
    assert_issue(document_number, utf8("AÑ1"), RANGE, "holder.document.number");
}

static void credential_refuses_unsafe_text_in_every_field(void **state)
{
    (void)state;
    assert_issue(name, utf8("ANA\nREJECT"), UNSAFE_TEXT, "holder.name");
    assert_issue(name, utf8("ANA\u202eTCEJER"), UNSAFE_TEXT, "holder.name");
    assert_issue(name, utf8("ANA\xff"), UTF8, "holder.name");
    assert_issue(employer_id, utf8("A\u2066"), UNSAFE_TEXT, "employer.id");
    assert_issue(employer_name, utf8("A\x7f"), UNSAFE_TEXT, "employer.name");
    assert_issue(document_number, utf8("A\tB"), UNSAFE_TEXT, "holder.document.number");
}

static void credential_about_a_company_or_a_vehicle_comes_back(void **state)
{
    (void)state;
    assert_issue_of(of_company, serial, 7, OK, "");
    assert_issue_of(of_vehicle, serial, 7, OK, "");
    assert_issue_of(of_vehicle, vehicle_description, utf8(NULL), OK, "");
}

static void credential_bounds_what_it_says_of_a_company(void **state)
{
    (void)state;
    assert_issue_of(of_company, company_id, text_of(64), OK, "");
    assert_issue_of(of_company, company_id, text_of(65), RANGE, "company.id");
    assert_issue_of(of_company, company_id, utf8(NULL), EMPTY, "company.id");
    assert_issue_of(of_company, company_id, utf8("A\u2066"), UNSAFE_TEXT, "company.id");
    assert_issue_of(of_company, company_name, text_of(128), OK, "");
    assert_issue_of(of_company, company_name, text_of(129), RANGE, "company.name");
    assert_issue_of(of_company, company_name, utf8(NULL), EMPTY, "company.name");
    assert_issue_of(of_company, company_country, utf8("D"), OK, "");
    assert_issue_of(of_company, company_country, utf8("US"), COUNTRY, "company.country");
    assert_issue_of(of_company, company_country, utf8(NULL), EMPTY, "company.country");
}

static void credential_bounds_what_it_says_of_a_vehicle(void **state)
{
    (void)state;
    assert_issue_of(of_vehicle, vehicle_plate, text_of(16), OK, "");
    assert_issue_of(of_vehicle, vehicle_plate, text_of(17), RANGE, "vehicle.plate");
    assert_issue_of(of_vehicle, vehicle_plate, utf8(NULL), EMPTY, "vehicle.plate");
    for (char one = ' '; one <= '~'; one++) {
        char plate[4] = {'A', one, '1', 0};
        bool good =
            (one >= 'A' && one <= 'Z') || (one >= '0' && one <= '9') || one == ' ' || one == '-';
        if (good)
            assert_issue_of(of_vehicle, vehicle_plate, utf8(plate), OK, "");
        else
            assert_issue_of(of_vehicle, vehicle_plate, utf8(plate), RANGE, "vehicle.plate");
    }
    assert_issue_of(of_vehicle, vehicle_country, utf8("mex"), COUNTRY, "vehicle.country");
    assert_issue_of(of_vehicle, vehicle_country, utf8(NULL), EMPTY, "vehicle.country");
    assert_issue_of(of_vehicle, vehicle_description, text_of(64), OK, "");
    assert_issue_of(of_vehicle, vehicle_description, text_of(65), RANGE, "vehicle.description");
}

static void credential_gives_an_employer_to_nobody_but_a_holder(void **state)
{
    (void)state;
    assert_issue_of(of_company, employer_id, utf8("IMMEX"), SHAPE, "employer");
    assert_issue_of(of_vehicle, employer_id, utf8("IMMEX"), SHAPE, "employer");
}

/* Texts of any length come to an error, and nothing is written behind the map's room. */
static void credential_refuses_texts_longer_than_any_statement(void **state)
{
    (void)state;
    char *text = malloc(70000);
    memset(text, 'A', 70000);
    for (size_t len = 1800; len < 70000; len = len < 2200 ? len + 1 : 2 * len) {
        garita_credential c;
        garita_fault fault;
        blob b;
        world_credential(&c, 1, NULL);
        c.name = (garita_utf8){text, len};
        garita_error e =
            garita_credential_issue(b.bytes, &b.len, sizeof b.bytes, &fault, &c, &signer.signer);
        assert_true(e == GARITA_E_RANGE || e == GARITA_E_TOO_LONG);
        assert_true(len < GARITA_CREDENTIAL_BYTES_MAX || e == GARITA_E_TOO_LONG);
        assert_true(strlen(fault.field) > 0);
        assert_int_equal(fault.error, e);
        assert_int_equal(b.len, 0);
    }
    free(text);
}

static void writer_takes_what_fits_and_then_no_more(void **state)
{
    (void)state;
    uint8_t *room = malloc(5);
    garita_writer w;
    garita_writer_start(&w, room, 5);
    garita_write_text(&w, utf8("ABCD"));
    assert_false(w.overflowed);
    assert_int_equal(w.len, 5);
    garita_write_uint(&w, 0);
    assert_true(w.overflowed);
    garita_writer_start(&w, room, 5);
    garita_write_text(&w, utf8("ABCDE"));
    assert_true(w.overflowed);
    garita_write_uint(&w, 0); /* would fit, but not in its place */
    assert_true(w.overflowed);
    free(room);
}

static void issue_writes_nothing_that_does_not_fit(void **state)
{
    (void)state;
    garita_credential c;
    garita_fault fault;
    blob b;
    size_t len;
    world_credential(&c, 1, NULL);
    issue(&b, &signer, &c);
    uint8_t *small = malloc(b.len);
    memset(small, 0xaa, b.len);
    for (size_t cap = 0; cap < b.len; cap++) {
        len = 9;
        assert_error(garita_credential_issue(small, &len, cap, &fault, &c, &signer.signer),
                     NO_SPACE);
        assert_int_equal(len, 0);
        assert_int_equal(small[0], 0xaa);
    }
    assert_ok(garita_credential_issue(small, &len, b.len, &fault, &c, &signer.signer));
    assert_memory_equal(small, b.bytes, b.len);
    free(small);
}

/* --- keys, with msgpack-c as the writer --- */

enum { TOP, HOLDER, DOCUMENT, EMPLOYER, LEVELS };

/* How a map differs from a good credential's. */
typedef struct change {
    int level;
    int drop;                /* a key that is left out, or -1 */
    int add;                 /* a key that comes last in its map, or -1 */
    const char *added_value; /* in hexadecimal digits; null is nil */
    int replace;             /* a key whose value is replaced, or -1 */
    const char *replacement;
} change;

#define NO_CHANGE ((change){.drop = -1, .add = -1, .replace = -1})

typedef struct writer {
    msgpack_packer p;
    const change *c;
    int level;
} writer;

static void put_hex(writer *w, const char *hex)
{
    blob b = blob_hex(hex == NULL ? "c0" : hex);
    w->p.callback(w->p.data, (const char *)b.bytes, b.len);
}

static void open_map(writer *w, int level, size_t keys)
{
    bool changed = w->c->level == level;
    w->level = level;
    msgpack_pack_map(&w->p, keys - (changed && w->c->drop >= 0) + (changed && w->c->add >= 0));
}

/* Whether the caller is to write the value of this key. */
static bool put_key(writer *w, int level, int key)
{
    bool changed = w->c->level == level;
    if (changed && w->c->drop == key)
        return false;
    msgpack_pack_int(&w->p, key);
    if (!changed || w->c->replace != key)
        return true;
    put_hex(w, w->c->replacement);
    return false;
}

static void close_map(writer *w, int level)
{
    if (w->c->level == level && w->c->add >= 0) {
        msgpack_pack_int(&w->p, w->c->add);
        put_hex(w, w->c->added_value);
    }
}

static void put_number(writer *w, int level, int key, uint64_t n)
{
    if (put_key(w, level, key))
        msgpack_pack_uint64(&w->p, n);
}

static void put_text(writer *w, int level, int key, const char *text)
{
    if (put_key(w, level, key))
        msgpack_pack_str_with_body(&w->p, text, strlen(text));
}

static void write_changed(blob *out, const change *c)
{
    msgpack_sbuffer buffer;
    writer w = {.c = c};
    msgpack_sbuffer_init(&buffer);
    msgpack_packer_init(&w.p, &buffer, msgpack_sbuffer_write);
    open_map(&w, TOP, 10);
    put_number(&w, TOP, 0, 1);
    put_number(&w, TOP, 1, 2);
    if (put_key(&w, TOP, 2))
        msgpack_pack_bin_with_body(&w.p, signer.signer.id.bytes, 8);
    put_number(&w, TOP, 3, 1);
    put_number(&w, TOP, 4, 77);
    put_number(&w, TOP, 5, 20454);
    put_number(&w, TOP, 6, 22280);
    put_number(&w, TOP, 7, 1);
    if (put_key(&w, TOP, 8)) {
        open_map(&w, HOLDER, 4);
        put_text(&w, HOLDER, 0, "ANA");
        put_number(&w, HOLDER, 1, 19880402);
        put_text(&w, HOLDER, 2, "MEX");
        if (put_key(&w, HOLDER, 3)) {
            open_map(&w, DOCUMENT, 3);
            put_number(&w, DOCUMENT, 0, 1);
            put_text(&w, DOCUMENT, 1, "MEX");
            put_text(&w, DOCUMENT, 2, "G1");
            close_map(&w, DOCUMENT);
        }
        close_map(&w, HOLDER);
    }
    if (put_key(&w, TOP, 9)) {
        open_map(&w, EMPLOYER, 2);
        put_text(&w, EMPLOYER, 0, "IMMEX");
        put_text(&w, EMPLOYER, 1, "Norte");
        close_map(&w, EMPLOYER);
    }
    close_map(&w, TOP);
    sign(out, &signer, GARITA_TYPE_CREDENTIAL, buffer.data, buffer.size);
    msgpack_sbuffer_destroy(&buffer);
}

static garita_fault read_changed(garita_credential *out, const change *c)
{
    blob b;
    garita_fault fault;
    write_changed(&b, c);
    garita_error e = garita_credential_inspect(out, NULL, &fault, b.bytes, b.len);
    assert_int_equal(e, fault.error);
    if (e != GARITA_OK)
        assert_true(out->serial == 0 && out->name.at == NULL && out->document_number.len == 0);
    return fault;
}

static void credential_written_by_another_program_is_read(void **state)
{
    (void)state;
    change none = NO_CHANGE;
    garita_credential c;
    none.level = -1;
    assert_ok(read_changed(&c, &none).error);
    assert_int_equal(c.serial, 77);
    assert_utf8_equal(c.employer_name, utf8("Norte"));
}

static void credential_refuses_unknown_critical_keys_at_every_level(void **state)
{
    (void)state;
    static const int first_unknown[LEVELS] = {12, 4, 3, 2};
    for (int level = TOP; level < LEVELS; level++) {
        garita_credential out;
        change c = NO_CHANGE;
        c.level = level;
        for (c.add = first_unknown[level]; c.add <= 63; c.add++)
            assert_error(read_changed(&out, &c).error, UNKNOWN_KEY);
    }
}

static void credential_ignores_keys_64_to_127_at_every_level(void **state)
{
    (void)state;
    for (int level = TOP; level < LEVELS; level++) {
        garita_credential out;
        change c = NO_CHANGE;
        c.level = level;
        c.added_value = "82 00 91 a0 7f c4 01 ff";
        for (c.add = 64; c.add <= 127; c.add++) {
            assert_ok(read_changed(&out, &c).error);
            assert_int_equal(out.serial, 77);
            assert_utf8_equal(out.employer_name, utf8("Norte"));
        }
        c.add = 128;
        assert_error(read_changed(&out, &c).error, RANGE);
        c.add = 64;
        c.added_value = "cc 01";
        assert_error(read_changed(&out, &c).error, NOT_MINIMAL);
        c.added_value = "a1 0a";
        assert_error(read_changed(&out, &c).error, UNSAFE_TEXT);
    }
}

static void credential_bounds_the_depth_of_what_it_ignores(void **state)
{
    (void)state;
    static const unsigned depth_of[LEVELS] = {1, 2, 3, 2};
    for (int level = TOP; level < LEVELS; level++) {
        garita_credential out;
        char nested[2 * GARITA_CREDENTIAL_DEPTH_MAX + 1] = {0};
        change c = NO_CHANGE;
        c.level = level;
        c.add = 64;
        c.added_value = nested;
        unsigned deepest = GARITA_CREDENTIAL_DEPTH_MAX - depth_of[level];
        for (unsigned i = 0; i < deepest; i++)
            memcpy(nested + 2 * i, i + 1 < deepest ? "91" : "90", 2);
        assert_ok(read_changed(&out, &c).error);
        memcpy(nested + 2 * deepest - 2, "9190", 4);
        assert_error(read_changed(&out, &c).error, DEPTH);
    }
}

static void credential_refuses_a_missing_key_at_every_level(void **state)
{
    (void)state;
    static const struct {
        int level, key;
        const char *field;
    } keys[] = {
        {TOP, 0, "version"},
        {TOP, 1, "type"},
        {TOP, 2, "authority id"},
        {TOP, 3, "key number"},
        {TOP, 4, ""},
        {TOP, 5, ""},
        {TOP, 6, ""},
        {TOP, 7, ""},
        {TOP, 8, ""},
        {HOLDER, 0, "holder"},
        {HOLDER, 1, "holder"},
        {HOLDER, 2, "holder"},
        {HOLDER, 3, "holder"},
        {DOCUMENT, 0, "holder.document"},
        {DOCUMENT, 1, "holder.document"},
        {DOCUMENT, 2, "holder.document"},
        {EMPLOYER, 0, "employer"},
    };
    for (size_t i = 0; i < COUNT(keys); i++) {
        garita_credential out;
        change c = NO_CHANGE;
        c.level = keys[i].level;
        c.drop = keys[i].key;
        garita_fault fault = read_changed(&out, &c);
        assert_error(fault.error, MISSING_KEY);
        assert_string_equal(fault.field, keys[i].field);
    }
}

/* One thing: a holder, a company or a vehicle. */
static void credential_is_about_one_thing(void **state)
{
    (void)state;
    static const struct {
        int key;
        const char *value;
    } others[] = {{10, "83 00 a143 01 a144 02 a3555341"}, {11, "82 00 a3555341 01 a141"}};
    for (size_t i = 0; i < COUNT(others); i++) {
        garita_credential out;
        change c = NO_CHANGE;
        c.level = TOP;
        c.add = others[i].key;
        c.added_value = others[i].value;
        garita_fault fault = read_changed(&out, &c);
        assert_error(fault.error, SHAPE);
        assert_string_equal(fault.field, "");
        c.drop = 8; /* and now an employer of what is no person */
        fault = read_changed(&out, &c);
        assert_error(fault.error, SHAPE);
        assert_string_equal(fault.field, "employer");
    }
}

static void credential_reads_the_maps_of_companies_and_vehicles_strictly(void **state)
{
    (void)state;
    static const struct {
        int key;
        const char *value;
        garita_error error;
        const char *field;
    } maps[] = {
        {10, "82 01 a144 02 a3555341", GARITA_E_MISSING_KEY, "company"},
        {10, "82 00 a143 02 a3555341", GARITA_E_MISSING_KEY, "company"},
        {10, "82 00 a143 01 a144", GARITA_E_MISSING_KEY, "company"},
        {10, "84 00 a143 01 a144 02 a3555341 03 00", GARITA_E_UNKNOWN_KEY, "company"},
        {10, "84 00 a143 01 a144 02 a3555341 40 00", GARITA_E_SHAPE, "employer"},
        {10, "a143", GARITA_E_WRONG_KIND, "company"},
        {10, "83 00 01 01 a144 02 a3555341", GARITA_E_WRONG_KIND, "company.id"},
        {10, "83 00 a143 01 90 02 a3555341", GARITA_E_WRONG_KIND, "company.name"},
        {10, "83 00 a143 01 a144 02 c0", GARITA_E_WRONG_KIND, "company.country"},
        {11, "81 01 a141", GARITA_E_MISSING_KEY, "vehicle"},
        {11, "81 00 a3555341", GARITA_E_MISSING_KEY, "vehicle"},
        {11, "83 00 a3555341 01 a141 03 00", GARITA_E_UNKNOWN_KEY, "vehicle"},
        {11, "83 00 a3555341 01 a141 02 a0", GARITA_E_EMPTY, "vehicle.description"},
        {11, "83 00 a3555341 01 a141 7f 00", GARITA_E_SHAPE, "employer"},
        {11, "c0", GARITA_E_WRONG_KIND, "vehicle"},
        {11, "82 00 01 01 a141", GARITA_E_WRONG_KIND, "vehicle.country"},
        {11, "82 00 a3555341 01 ff", GARITA_E_WRONG_KIND, "vehicle.plate"},
        {11, "83 00 a3555341 01 a141 02 c3", GARITA_E_WRONG_KIND, "vehicle.description"},
    };
    for (size_t i = 0; i < COUNT(maps); i++) {
        garita_credential out;
        change c = NO_CHANGE;
        c.level = TOP;
        c.drop = 8;
        c.add = maps[i].key;
        c.added_value = maps[i].value;
        garita_fault fault = read_changed(&out, &c);
        assert_string_equal(garita_error_name(fault.error), garita_error_name(maps[i].error));
        assert_string_equal(fault.field, maps[i].field);
    }
}

static void credential_may_lack_the_employer_and_its_name(void **state)
{
    (void)state;
    garita_credential out;
    change c = NO_CHANGE;
    c.drop = 9;
    assert_ok(read_changed(&out, &c).error);
    assert_int_equal(out.employer_id.len, 0);
    c.level = EMPLOYER;
    c.drop = 1;
    assert_ok(read_changed(&out, &c).error);
    assert_int_equal(out.employer_name.len, 0);
    assert_utf8_equal(out.employer_id, utf8("IMMEX"));
}

static void credential_refuses_a_value_of_another_kind_in_every_field(void **state)
{
    (void)state;
    static const int keys[LEVELS] = {9, 3, 2, 1}; /* the last of each level */
    static const char *const names[LEVELS][10] = {
        {"version", "type", "authority id", "key number", "serial", "not_before", "expires",
         "programme", "holder", "employer"},
        {"holder.name", "holder.birth_date", "holder.nationality", "holder.document"},
        {"holder.document.type", "holder.document.country", "holder.document.number"},
        {"employer.id", "employer.name"},
    };
    for (int level = TOP; level < LEVELS; level++)
        for (int key = 0; key <= keys[level]; key++) {
            static const char *const kinds[] = {"c0", "c3", "ff", "90"};
            for (size_t i = 0; i < COUNT(kinds); i++) {
                garita_credential out;
                change c = NO_CHANGE;
                c.level = level;
                c.replace = key;
                c.replacement = kinds[i];
                garita_fault fault = read_changed(&out, &c);
                assert_error(fault.error, WRONG_KIND);
                assert_string_equal(fault.field, names[level][key]);
            }
        }
}

static void credential_refuses_numbers_that_only_fit_if_cut(void **state)
{
    (void)state;
    static const struct {
        int level, key;
    } numbers[] = {{TOP, 4}, {TOP, 5}, {TOP, 6}, {TOP, 7}, {HOLDER, 1}, {DOCUMENT, 0}};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        garita_credential out;
        change c = NO_CHANGE;
        c.level = numbers[i].level;
        c.replace = numbers[i].key;
        c.replacement = "cf 0000000100005001"; /* 2^32 + 20,481 */
        assert_error(read_changed(&out, &c).error, RANGE);
    }
}

static void credential_refuses_trailing_bytes_in_its_map(void **state)
{
    (void)state;
    garita_credential c, out;
    garita_fault fault;
    blob b, longer;
    world_credential(&c, 1, NULL);
    issue(&b, &signer, &c);
    memmove(b.bytes, b.bytes + 1, b.len - 67);
    b.bytes[b.len - 67] = 0xc0;
    sign(&longer, &signer, GARITA_TYPE_CREDENTIAL, b.bytes, b.len - 66);
    assert_error(decode(&out, &fault, &longer), TRAILING);
    assert_int_equal(fault.at, longer.len - 67);
}

/* Where a flaw is: the offset is in the statement, not in the map. */
static void credential_says_where_it_is_wrong(void **state)
{
    (void)state;
    garita_credential c, out;
    garita_fault fault;
    blob b;
    world_credential(&c, 1, NULL);
    issue(&b, &signer, &c);
    uint8_t *number = b.bytes;
    while (memcmp(number, "G12345678", 9) != 0)
        number++;
    number[4] = '*';
    assert_error(garita_credential_inspect(&out, NULL, &fault, b.bytes, b.len), RANGE);
    assert_string_equal(fault.field, "holder.document.number");
    assert_int_equal(fault.at, number + 4 - b.bytes);
}

/* All such are one to who tells subjects apart. */
static void credential_is_not_issued_about_punctuation(void **state)
{
    (void)state;
    static const struct {
        garita_subject_kind about;
        const char *text, *field;
    } cases[] = {
        {GARITA_SUBJECT_HOLDER, "-", "holder.document.number"},
        {GARITA_SUBJECT_HOLDER, "<< /.", "holder.document.number"},
        {GARITA_SUBJECT_COMPANY, "---", "company.id"},
        {GARITA_SUBJECT_COMPANY, "\xe2\x80\x94", "company.id"},
        {GARITA_SUBJECT_VEHICLE, " - ", "vehicle.plate"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const garita_utf8 text = {cases[i].text, strlen(cases[i].text)};
        uint8_t out[GARITA_CREDENTIAL_BYTES_MAX];
        size_t len;
        garita_fault fault;
        garita_credential c;
        world_credential(&c, 1, NULL);
        if (cases[i].about == GARITA_SUBJECT_HOLDER)
            c.document_number = text;
        else
            c = (garita_credential){.about = cases[i].about,
                                    .serial = 1,
                                    .not_before = c.not_before,
                                    .expires = c.expires,
                                    .programme = c.programme,
                                    .company_id = text,
                                    .company_name = {"Sin nombre", 10},
                                    .company_country = {"MEX", 3},
                                    .vehicle_country = {"MEX", 3},
                                    .vehicle_plate = text};
        assert_int_equal(
            garita_credential_issue(out, &len, sizeof out, &fault, &c, &signer.signer),
            GARITA_E_RANGE);
        assert_int_equal(len, 0);
        assert_string_equal(fault.field, cases[i].field);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(credential_comes_back_as_it_was_issued),
        cmocka_unit_test(credential_has_the_bytes_of_the_format_s_example),
        cmocka_unit_test(example_credential_is_at_most_190_bytes),
        cmocka_unit_test(credential_bounds_its_numbers),
        cmocka_unit_test(credential_ends_no_earlier_than_it_begins),
        cmocka_unit_test(credential_bounds_its_texts),
        cmocka_unit_test(credential_has_no_employer_s_name_without_its_id),
        cmocka_unit_test(credential_wants_countries_of_the_icao_form),
        cmocka_unit_test(credential_wants_a_birth_date_of_the_calendar),
        cmocka_unit_test(credential_wants_characters_that_documents_have_in_their_number),
        cmocka_unit_test(credential_refuses_unsafe_text_in_every_field),
        cmocka_unit_test(credential_about_a_company_or_a_vehicle_comes_back),
        cmocka_unit_test(credential_bounds_what_it_says_of_a_company),
        cmocka_unit_test(credential_bounds_what_it_says_of_a_vehicle),
        cmocka_unit_test(credential_gives_an_employer_to_nobody_but_a_holder),
        cmocka_unit_test(credential_refuses_texts_longer_than_any_statement),
        cmocka_unit_test(writer_takes_what_fits_and_then_no_more),
        cmocka_unit_test(issue_writes_nothing_that_does_not_fit),
        cmocka_unit_test(credential_written_by_another_program_is_read),
        cmocka_unit_test(credential_refuses_unknown_critical_keys_at_every_level),
        cmocka_unit_test(credential_ignores_keys_64_to_127_at_every_level),
        cmocka_unit_test(credential_bounds_the_depth_of_what_it_ignores),
        cmocka_unit_test(credential_refuses_a_missing_key_at_every_level),
        cmocka_unit_test(credential_is_about_one_thing),
        cmocka_unit_test(credential_is_not_issued_about_punctuation),
        cmocka_unit_test(credential_reads_the_maps_of_companies_and_vehicles_strictly),
        cmocka_unit_test(credential_may_lack_the_employer_and_its_name),
        cmocka_unit_test(credential_refuses_a_value_of_another_kind_in_every_field),
        cmocka_unit_test(credential_refuses_numbers_that_only_fit_if_cut),
        cmocka_unit_test(credential_refuses_trailing_bytes_in_its_map),
        cmocka_unit_test(credential_says_where_it_is_wrong),
    };
    if (garita_init() != GARITA_OK)
        return 1;
    return cmocka_run_group_tests(tests, set_up, NULL);
}
