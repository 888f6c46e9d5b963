#include <garita/attestation.h>

#include <string.h>

#include <sodium.h>

#include "company_id.h"
#include "subject.h"

/* --- kinds --- */

static const char *const kind_names[] = {
    [GARITA_SUBJECT_HOLDER] = "holder",
    [GARITA_SUBJECT_COMPANY] = "company",
    [GARITA_SUBJECT_VEHICLE] = "vehicle",
};

static const size_t kind_count = sizeof kind_names / sizeof kind_names[0];

const char *garita_subject_kind_name(uint64_t kind)
{
    return kind < kind_count ? kind_names[kind] : NULL;
}

int garita_subject_kind_by_name(const char *name, size_t name_len)
{
    for (size_t i = 0; i < kind_count; i++)
        if (strlen(kind_names[i]) == name_len && memcmp(kind_names[i], name, name_len) == 0)
            return (int)i;
    return -1;
}

garita_utf8 garita_credential_who(const garita_credential *credential)
{
    switch (credential->about) {
    case GARITA_SUBJECT_HOLDER:
        return credential->name;
    case GARITA_SUBJECT_COMPANY:
        return credential->company_name;
    case GARITA_SUBJECT_VEHICLE:
        return credential->vehicle_plate;
    }
    return (garita_utf8){0};
}

/* --- numbers and plates --- */

/* Printers and typists put what they like between letters and digits: only those count. -1 when
 * there is none left. */
static int next_plain(garita_utf8 *text)
{
    while (text->len > 0) {
        char c = *text->at++;
        text->len--;
        if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
            return c;
    }
    return -1;
}

static bool is_plain_equal(garita_utf8 a, garita_utf8 b)
{
    int of_a, of_b;
    do {
        of_a = next_plain(&a);
        of_b = next_plain(&b);
    } while (of_a == of_b && of_a >= 0);
    return of_a == of_b;
}

bool garita_document_equal(const garita_credential *a, const garita_credential *b)
{
    return a->document_type == b->document_type &&
           a->document_country.len == b->document_country.len &&
           memcmp(a->document_country.at, b->document_country.at, a->document_country.len) == 0 &&
           is_plain_equal(a->document_number, b->document_number);
}

const char *garita_subject_vague_field(const garita_credential *credential)
{
    garita_utf8 number = credential->document_number, plate = credential->vehicle_plate;
    garita_company_id_cursor id = {.rest = credential->company_id};
    switch (credential->about) {
    case GARITA_SUBJECT_HOLDER:
        return next_plain(&number) < 0 ? "holder.document.number" : NULL;
    case GARITA_SUBJECT_COMPANY:
        return garita_company_id_next(&id) < 0 ? "company.id" : NULL;
    case GARITA_SUBJECT_VEHICLE:
        break;
    }
    return next_plain(&plate) < 0 ? "vehicle.plate" : NULL;
}

/* --- digests --- */

typedef struct message {
    crypto_hash_sha256_state hash;
    uint8_t due[128]; /* not hashed yet: most messages whole */
    size_t due_len;
} message;

static void put(message *m, uint8_t byte)
{
    if (m->due_len == sizeof m->due) {
        crypto_hash_sha256_update(&m->hash, m->due, m->due_len);
        m->due_len = 0;
    }
    m->due[m->due_len++] = byte;
}

/* With its NUL, which keeps it from what follows: no text of a statement holds one. */
static void put_text(message *m, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        put(m, (uint8_t)text[i]);
    put(m, 0);
}

static void put_plain(message *m, garita_utf8 text)
{
    for (int c; (c = next_plain(&text)) >= 0;)
        put(m, (uint8_t)c);
}

static void put_company_id(message *m, garita_utf8 id)
{
    garita_company_id_cursor cursor = {.rest = id};
    for (int c; (c = garita_company_id_next(&cursor)) >= 0;)
        put(m, (uint8_t)c);
}

static void put_holder(message *m, const garita_credential *c)
{
    put(m, c->document_type);
    put_text(m, c->document_country.at, c->document_country.len);
    put_plain(m, c->document_number);
    put(m, 0);
    for (int shift = 24; shift >= 0; shift -= 8)
        put(m, (uint8_t)(c->birth_date >> shift));
}

void garita_subject_of(garita_subject *out, const garita_credential *credential)
{
    static const char prefix[] = "garita/v1/";
    const char *about = kind_names[credential->about];
    uint8_t digest[crypto_hash_sha256_BYTES];
    message m = {.due_len = 0};
    crypto_hash_sha256_init(&m.hash);
    for (size_t i = 0; prefix[i] != '\0'; i++)
        put(&m, (uint8_t)prefix[i]);
    put_text(&m, about, strlen(about));
    switch (credential->about) {
    case GARITA_SUBJECT_HOLDER:
        put_holder(&m, credential);
        break;
    case GARITA_SUBJECT_COMPANY:
        put_text(&m, credential->company_country.at, credential->company_country.len);
        put_company_id(&m, credential->company_id);
        break;
    case GARITA_SUBJECT_VEHICLE:
        put_text(&m, credential->vehicle_country.at, credential->vehicle_country.len);
        put_plain(&m, credential->vehicle_plate);
        break;
    }
    crypto_hash_sha256_update(&m.hash, m.due, m.due_len);
    crypto_hash_sha256_final(&m.hash, digest);
    memcpy(out->bytes, digest, GARITA_SUBJECT_SIZE);
}

bool garita_subject_equal(const garita_subject *a, const garita_subject *b)
{
    return memcmp(a->bytes, b->bytes, GARITA_SUBJECT_SIZE) == 0;
}

void garita_subject_format(char out[GARITA_SUBJECT_TEXT_SIZE], const garita_subject *subject)
{
    sodium_bin2hex(out, GARITA_SUBJECT_TEXT_SIZE, subject->bytes, GARITA_SUBJECT_SIZE);
}

garita_error garita_subject_parse(garita_subject *out, const char *text, size_t text_len)
{
    size_t len;
    *out = (garita_subject){0};
    if (text_len != 2 * (size_t)GARITA_SUBJECT_SIZE ||
        sodium_hex2bin(out->bytes, GARITA_SUBJECT_SIZE, text, text_len, NULL, &len, NULL) != 0 ||
        len != GARITA_SUBJECT_SIZE) {
        *out = (garita_subject){0};
        return GARITA_E_RANGE;
    }
    return GARITA_OK;
}
