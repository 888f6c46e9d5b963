#include <garita/decision.h>

#include <assert.h>
#include <string.h>

#include <sodium.h>

#include "reader.h"
#include "writer.h"

enum {
    KEY_KIND = 0,
    KEY_MOMENT = 1,
    KEY_LANE = 2,
    KEY_OUTCOME = 3,
    KEY_REASON = 4,
    KEY_AUTHORITY = 5,
    KEY_SERIAL = 6,
    KEY_NAME = 7,
    KEY_FLOOR_WAS = 8,
    KEY_FLOOR = 9,
    KEY_PRUNED = 10,

    DEPTH_MAX = 1
};

#define KEY_BIT(key) (UINT64_C(1) << (key))

/* What each kind must have, and what it may. */
static const struct kind {
    const char *name;
    uint64_t required;
    uint64_t allowed;
} kinds[] = {
    [GARITA_DECISION_VERDICT] = {"verdict",
                                 KEY_BIT(KEY_LANE) | KEY_BIT(KEY_OUTCOME) | KEY_BIT(KEY_REASON),
                                 KEY_BIT(KEY_LANE) | KEY_BIT(KEY_OUTCOME) | KEY_BIT(KEY_REASON) |
                                     KEY_BIT(KEY_AUTHORITY) | KEY_BIT(KEY_SERIAL) |
                                     KEY_BIT(KEY_NAME)},
    [GARITA_DECISION_FLOOR] = {"floor", 0, KEY_BIT(KEY_FLOOR_WAS) | KEY_BIT(KEY_FLOOR)},
    [GARITA_DECISION_PRUNED] = {"pruned", KEY_BIT(KEY_PRUNED), KEY_BIT(KEY_PRUNED)},
};

static bool is_kind(uint64_t kind)
{
    return kind < sizeof kinds / sizeof kinds[0] && kinds[kind].name != NULL;
}

const char *garita_decision_kind_name(uint64_t kind)
{
    return is_kind(kind) ? kinds[kind].name : NULL;
}

static bool is_moment(int64_t moment)
{
    return moment >= 0 && moment <= GARITA_MOMENT_MAX;
}

void garita_decision_of_verdict(garita_decision *out, const garita_verdict *verdict,
                                const char *lane, const garita_clock *clock, bool with_name)
{
    const char *reason = garita_reason_code(verdict->reason);

    assert(verdict->outcome != GARITA_NO_VERDICT);
    *out = (garita_decision){
        .kind = GARITA_DECISION_VERDICT,
        .has_moment = clock->is_known && is_moment(clock->now),
        .lane = {lane, strlen(lane)},
        .outcome = verdict->outcome,
        .reason = {reason, strlen(reason)},
        .has_authority = verdict->has_signer,
        .has_serial = verdict->has_credential,
    };
    if (out->has_moment)
        out->moment = clock->now;
    if (out->has_authority)
        out->authority = verdict->signer;
    if (out->has_serial)
        out->serial = verdict->credential.serial;
    if (out->has_serial && with_name)
        out->name = garita_credential_who(&verdict->credential);
}

/* --- reading --- */

static uint64_t read_number(garita_reader *r, const char *field, uint64_t min, uint64_t max)
{
    uint64_t n;
    r->field = field;
    garita_reader_uint(r, &n, min, max);
    return n;
}

static int64_t read_moment(garita_reader *r, const char *field)
{
    return (int64_t)read_number(r, field, 0, GARITA_MOMENT_MAX);
}

static void read_text(garita_reader *r, const char *field, garita_utf8 *out, size_t bytes_max)
{
    r->field = field;
    garita_reader_text(r, out, bytes_max);
}

/* The kind comes first: what else there may be depends on it. */
static const struct kind *read_kind(garita_reader *r, garita_container *map, garita_decision *out)
{
    unsigned key;
    size_t at = r->at;
    r->field = "kind";
    if (!garita_reader_key(r, map, &key) || key != KEY_KIND) {
        garita_reader_fail(r, GARITA_E_MISSING_KEY, at);
        return &kinds[0];
    }
    at = r->at;
    uint64_t kind = read_number(r, "kind", 0, UINT64_MAX);
    if (!is_kind(kind)) {
        garita_reader_fail(r, GARITA_E_UNKNOWN_TYPE, at);
        return &kinds[0];
    }
    out->kind = (garita_decision_kind)kind;
    return &kinds[kind];
}

static void read_value(garita_reader *r, garita_decision *out, unsigned key)
{
    switch (key) {
    case KEY_MOMENT:
        out->has_moment = true;
        out->moment = read_moment(r, "moment");
        break;
    case KEY_LANE:
        read_text(r, "lane", &out->lane, GARITA_LANE_NAME_BYTES_MAX);
        break;
    case KEY_OUTCOME:
        out->outcome = (garita_outcome)read_number(r, "verdict", GARITA_ACCEPT, GARITA_REJECT);
        break;
    case KEY_REASON:
        read_text(r, "reason", &out->reason, GARITA_REASON_BYTES_MAX);
        break;
    case KEY_AUTHORITY: {
        const uint8_t *id;
        r->field = "authority";
        out->has_authority = garita_reader_bin(r, &id, GARITA_ID_SIZE);
        if (out->has_authority)
            memcpy(out->authority.bytes, id, GARITA_ID_SIZE);
        break;
    }
    case KEY_SERIAL:
        out->has_serial = true;
        out->serial = (uint32_t)read_number(r, "serial", 1, GARITA_SERIAL_MAX);
        break;
    case KEY_NAME:
        read_text(r, "name", &out->name, GARITA_HOLDER_NAME_BYTES_MAX);
        break;
    case KEY_FLOOR_WAS:
        out->had_floor = true;
        out->floor_was = read_moment(r, "floor_was");
        break;
    case KEY_FLOOR:
        out->has_floor = true;
        out->floor = read_moment(r, "floor");
        break;
    default:
        assert(key == KEY_PRUNED);
        out->pruned = read_number(r, "pruned", 1, GARITA_DECISIONS_MAX);
        break;
    }
}

garita_error garita_decision_read(garita_decision *out, garita_fault *fault, const uint8_t *bytes,
                                  size_t bytes_len)
{
    garita_reader r;
    garita_container map;
    unsigned key;
    *out = (garita_decision){0};
    garita_reader_start(&r, bytes, bytes_len, 0, DEPTH_MAX);
    if (bytes_len > GARITA_DECISION_BYTES_MAX)
        garita_reader_fail(&r, GARITA_E_TOO_LONG, GARITA_DECISION_BYTES_MAX);
    garita_reader_map(&r, &map);
    const struct kind *kind = read_kind(&r, &map, out);
    uint64_t allowed = kind->allowed | KEY_BIT(KEY_MOMENT);
    while (garita_reader_key(&r, &map, &key)) {
        r.field = "";
        if (key <= GARITA_KEY_CRITICAL_MAX && (allowed & KEY_BIT(key)) != 0)
            read_value(&r, out, key);
        else
            garita_reader_unlisted(&r, &map, key, false);
        r.field = "";
    }
    garita_reader_leave(&r, &map, kind->required);
    /* A serial is somebody's, and a name is a credential's. */
    if (garita_reader_ok(&r) &&
        ((out->has_serial && !out->has_authority) || (out->name.len > 0 && !out->has_serial)))
        garita_reader_fail(&r, GARITA_E_MISSING_KEY, r.at);
    garita_reader_end(&r);
    if (fault)
        *fault = r.fault;
    if (!garita_reader_ok(&r))
        *out = (garita_decision){0};
    return r.fault.error;
}

/* --- writing --- */

static void write_key_uint(garita_writer *w, unsigned key, uint64_t value)
{
    garita_write_uint(w, key);
    garita_write_uint(w, value);
}

static void write_key_text(garita_writer *w, unsigned key, garita_utf8 text)
{
    garita_write_uint(w, key);
    garita_write_text(w, text);
}

static void write_verdict(garita_writer *w, const garita_decision *d)
{
    write_key_text(w, KEY_LANE, d->lane);
    write_key_uint(w, KEY_OUTCOME, (uint64_t)d->outcome);
    write_key_text(w, KEY_REASON, d->reason);
    if (d->has_authority) {
        garita_write_uint(w, KEY_AUTHORITY);
        garita_write_bin(w, d->authority.bytes, GARITA_ID_SIZE);
    }
    if (d->has_serial)
        write_key_uint(w, KEY_SERIAL, d->serial);
    if (d->name.len > 0)
        write_key_text(w, KEY_NAME, d->name);
}

static size_t pairs_of(const garita_decision *d)
{
    size_t pairs = 1 + (size_t)d->has_moment;
    if (d->kind == GARITA_DECISION_VERDICT)
        pairs += 3 + (size_t)d->has_authority + (size_t)d->has_serial + (d->name.len > 0 ? 1 : 0);
    if (d->kind == GARITA_DECISION_FLOOR)
        pairs += (size_t)d->had_floor + (size_t)d->has_floor;
    if (d->kind == GARITA_DECISION_PRUNED)
        pairs += 1;
    return pairs;
}

garita_error garita_decision_write(uint8_t out[GARITA_DECISION_BYTES_MAX], size_t *out_len,
                                   const garita_decision *decision)
{
    garita_writer w;
    garita_decision again;
    *out_len = 0;
    garita_writer_start(&w, out, GARITA_DECISION_BYTES_MAX);
    garita_write_map(&w, pairs_of(decision));
    write_key_uint(&w, KEY_KIND, (uint64_t)decision->kind);
    if (decision->has_moment)
        write_key_uint(&w, KEY_MOMENT, (uint64_t)decision->moment);
    if (decision->kind == GARITA_DECISION_VERDICT)
        write_verdict(&w, decision);
    if (decision->had_floor)
        write_key_uint(&w, KEY_FLOOR_WAS, (uint64_t)decision->floor_was);
    if (decision->has_floor)
        write_key_uint(&w, KEY_FLOOR, (uint64_t)decision->floor);
    if (decision->kind == GARITA_DECISION_PRUNED)
        write_key_uint(&w, KEY_PRUNED, decision->pruned);
    garita_error e = garita_writer_end(&w, NULL);
    if (e == GARITA_OK)
        e = garita_decision_read(&again, NULL, out, w.len);
    if (e == GARITA_OK)
        *out_len = w.len;
    return e;
}

/* --- the chain --- */

/* Each hash begins with its own words, so that no beginning can pass for an entry. */
static const char begin_prefix[] = "garita/v1/decisions";
static const char entry_prefix[] = "garita/v1/decision";

void garita_decision_begin(garita_decision_place *out,
                           const uint8_t home[GARITA_DECISION_HOME_SIZE])
{
    crypto_hash_sha256_state state;
    out->position = 0;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const uint8_t *)begin_prefix, sizeof begin_prefix);
    crypto_hash_sha256_update(&state, home, GARITA_DECISION_HOME_SIZE);
    crypto_hash_sha256_final(&state, out->hash.bytes);
}

void garita_decision_advance(garita_decision_place *place, const uint8_t *entry, size_t entry_len)
{
    crypto_hash_sha256_state state;
    assert(place->position < GARITA_DECISIONS_MAX);
    place->position++;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const uint8_t *)entry_prefix, sizeof entry_prefix);
    crypto_hash_sha256_update(&state, place->hash.bytes, GARITA_HASH_SIZE);
    crypto_hash_sha256_update(&state, entry, entry_len);
    crypto_hash_sha256_final(&state, place->hash.bytes);
}
