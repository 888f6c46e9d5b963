/* The view is drawn from the leaves up: each object's members stand together in the room, so that
 * room for all that an object may have is taken before any of them is drawn. */
#include "rule_view.h"

#include <assert.h>
#include <string.h>

#include <garita/date.h>
#include <garita/programme.h>

#include "clock.h"
#include "shown.h"

typedef struct canvas {
    garita_room *room;
    char *texts;
    size_t text_used;
} canvas;

/* An object with room for so many members, and how many it has. */
typedef struct object {
    garita_member *at;
    size_t most;
    size_t count;
} object;

static object begin(canvas *c, size_t most)
{
    garita_room *room = c->room;
    assert(most <= room->member_cap - room->member_used);
    object o = {&room->members[room->member_used], most, 0};
    room->member_used += most;
    return o;
}

static void put(object *o, const char *name, garita_value value)
{
    assert(o->count < o->most);
    o->at[o->count++] = (garita_member){{name, strlen(name)}, value};
}

static garita_value end(const object *o)
{
    return (garita_value){.kind = GARITA_VALUE_OBJECT, .as.object = {o->at, o->count}};
}

static garita_value *begin_array(canvas *c, size_t count)
{
    garita_room *room = c->room;
    assert(count <= room->value_cap - room->value_used);
    garita_value *at = &room->values[room->value_used];
    room->value_used += count;
    return at;
}

static garita_value array(const garita_value *at, size_t count)
{
    return (garita_value){.kind = GARITA_VALUE_ARRAY, .as.array = {at, count}};
}

/* --- values --- */

static garita_value text_value(garita_utf8 text)
{
    return (garita_value){.kind = GARITA_VALUE_TEXT, .as.text = text};
}

static garita_value name_value(const char *name)
{
    return text_value((garita_utf8){name, strlen(name)});
}

static garita_value number_value(int64_t number)
{
    return (garita_value){.kind = GARITA_VALUE_INTEGER, .as.integer = number};
}

static garita_value kept(canvas *c, const char *text)
{
    size_t len = strlen(text);
    char *at = c->texts + c->text_used;
    assert(len <= GARITA_VIEW_TEXT_MAX - c->text_used);
    memcpy(at, text, len);
    c->text_used += len;
    return text_value((garita_utf8){at, len});
}

static garita_value day_value(canvas *c, uint32_t day)
{
    char text[GARITA_DATE_TEXT_SIZE];
    garita_day_format(text, day);
    return kept(c, text);
}

static garita_value moment_value(canvas *c, int64_t moment)
{
    char text[GARITA_MOMENT_TEXT_SIZE];
    garita_moment_format(text, moment);
    return kept(c, text);
}

/* By a table's name, or its number if this program has no name for it. */
static garita_value code_value(garita_table table, uint8_t code)
{
    const garita_entry *entry = garita_entry_by_code(table, code);
    return entry ? name_value(entry->name) : number_value(code);
}

static garita_value programme_value(uint8_t code)
{
    const garita_programme *programme = garita_programme_by_code(code);
    return programme ? name_value(programme->name) : number_value(code);
}

static garita_value document_value(uint8_t code)
{
    const garita_document_type *type = garita_document_type_by_code(code);
    return type ? name_value(type->name) : number_value(code);
}

static garita_value issuer_value(canvas *c, const garita_issuer *issuer)
{
    object o = begin(c, 2);
    put(&o, "name", name_value(issuer->name));
    put(&o, "country", name_value(issuer->country));
    return end(&o);
}

/* --- the credential --- */

static void put_holder(canvas *c, object *out, const garita_credential *credential)
{
    char birth_date[GARITA_DATE_TEXT_SIZE];
    garita_birth_date_format(birth_date, credential->birth_date);
    object document = begin(c, 2);
    put(&document, "type", document_value(credential->document_type));
    put(&document, "country", text_value(credential->document_country));
    object holder = begin(c, 3);
    put(&holder, "birth_date", kept(c, birth_date));
    put(&holder, "nationality", text_value(credential->nationality));
    put(&holder, "document", end(&document));
    put(out, "holder", end(&holder));
    if (credential->employer_id.len == 0)
        return;
    object employer = begin(c, 1);
    put(&employer, "id", text_value(credential->employer_id));
    put(out, "employer", end(&employer));
}

static void put_company(canvas *c, object *out, const garita_credential *credential)
{
    object company = begin(c, 2);
    put(&company, "id", text_value(credential->company_id));
    put(&company, "country", text_value(credential->company_country));
    put(out, "company", end(&company));
}

static void put_vehicle(canvas *c, object *out, const garita_credential *credential)
{
    object vehicle = begin(c, 2);
    put(&vehicle, "country", text_value(credential->vehicle_country));
    put(&vehicle, "plate", text_value(credential->vehicle_plate));
    put(out, "vehicle", end(&vehicle));
}

static garita_value credential_value(canvas *c, const garita_verdict *v)
{
    const garita_credential *credential = &v->credential;
    object o = begin(c, 7);
    put(&o, "programme", programme_value(credential->programme));
    put(&o, "about", name_value(garita_subject_kind_name(credential->about)));
    put(&o, "issuer", issuer_value(c, v->issuer));
    put(&o, "not_before", day_value(c, credential->not_before));
    put(&o, "expires", day_value(c, credential->expires));
    switch (credential->about) {
    case GARITA_SUBJECT_HOLDER:
        put_holder(c, &o, credential);
        break;
    case GARITA_SUBJECT_COMPANY:
        put_company(c, &o, credential);
        break;
    case GARITA_SUBJECT_VEHICLE:
        put_vehicle(c, &o, credential);
        break;
    }
    return end(&o);
}

/* --- attestations --- */

static garita_value recognitions(canvas *c, const garita_attestation *a)
{
    size_t count = a->fact.trusted_trader.recognized_by_count;
    garita_value *at = begin_array(c, count);
    for (size_t i = 0; i < count; i++)
        at[i] = text_value(a->fact.trusted_trader.recognized_by[i]);
    return array(at, count);
}

static void put_facts(canvas *c, object *o, const garita_attestation *a)
{
    switch (a->kind) {
    case GARITA_ATTESTATION_VACCINATION:
        put(o, "product", text_value(a->fact.vaccination.product));
        put(o, "dose", number_value(a->fact.vaccination.dose));
        put(o, "doses", number_value(a->fact.vaccination.doses));
        put(o, "date", day_value(c, a->fact.vaccination.date));
        break;
    case GARITA_ATTESTATION_TEST:
        put(o, "type", code_value(GARITA_TABLE_TESTS, a->fact.test.type));
        put(o, "result", code_value(GARITA_TABLE_RESULTS, a->fact.test.result));
        put(o, "sampled_at", moment_value(c, a->fact.test.sampled_at));
        break;
    case GARITA_ATTESTATION_RECOVERY:
        put(o, "date", day_value(c, a->fact.recovery.date));
        break;
    case GARITA_ATTESTATION_ESSENTIAL_WORKER:
        put(o, "sector", code_value(GARITA_TABLE_SECTORS, a->fact.essential_worker.sector));
        put(o, "employer", text_value(a->fact.essential_worker.employer_id));
        put(o, "country", text_value(a->fact.essential_worker.country));
        put(o, "since", day_value(c, a->fact.essential_worker.since));
        break;
    case GARITA_ATTESTATION_LABOR_CERT:
        put(o, "scheme", text_value(a->fact.labor_cert.scheme));
        put(o, "level", text_value(a->fact.labor_cert.level));
        put(o, "since", day_value(c, a->fact.labor_cert.since));
        break;
    case GARITA_ATTESTATION_TRUSTED_TRADER:
        put(o, "scheme", programme_value(a->fact.trusted_trader.scheme));
        put(o, "tier", number_value(a->fact.trusted_trader.tier));
        if (a->fact.trusted_trader.recognized_by_count > 0)
            put(o, "recognized_by", recognitions(c, a));
        put(o, "since", day_value(c, a->fact.trusted_trader.since));
        break;
    }
}

static garita_value attestation_value(canvas *c, const garita_shown *shown)
{
    object o = begin(c, 5);
    put_facts(c, &o, &shown->attestation);
    put(&o, "issuer", issuer_value(c, shown->issuer));
    return end(&o);
}

/* The newest first; of two that are dated alike the higher serial, then the lower id: the order in
 * which they were scanned must not matter to a rule. */
static bool is_before(const garita_shown *a, const garita_shown *b)
{
    int64_t dated_a = garita_attestation_dated(&a->attestation);
    int64_t dated_b = garita_attestation_dated(&b->attestation);
    if (dated_a != dated_b)
        return dated_a > dated_b;
    if (a->attestation.serial != b->attestation.serial)
        return a->attestation.serial > b->attestation.serial;
    return memcmp(a->issuer->id.bytes, b->issuer->id.bytes, GARITA_ID_SIZE) < 0;
}

/* What is too old for every requirement that asks for its kind is not there for the rules either:
 * else a test of last year, which nobody need show, could speak for the one of this morning. */
static bool is_young_enough(const garita_shown *one, const garita_verdict *v,
                            const garita_setting *setting)
{
    const garita_lane *lane = setting->lane;
    bool is_wanted = false;
    for (size_t i = 0; i < lane->requirement_count; i++) {
        const garita_requirement *q = &lane->requirements[i];
        if ((q->subjects >> v->credential.about & 1) == 0)
            continue;
        garita_shown_fit fit = garita_shown_fits(one, q, &setting->clock);
        if (fit == GARITA_SHOWN_YOUNG)
            return true;
        is_wanted |= fit == GARITA_SHOWN_TOO_OLD;
    }
    return !is_wanted;
}

/* Those that are seen, in that order. */
static size_t order(const garita_shown *out[GARITA_SHOWN_MAX], const garita_verdict *v,
                    const garita_setting *setting, bool with_doubtful)
{
    size_t count = 0;
    for (size_t i = 0; i < v->shown_count; i++) {
        const garita_shown *one = &v->shown[i];
        if (!garita_shown_counts(one) && !(with_doubtful && garita_shown_is_doubtful(one)))
            continue;
        if (!is_young_enough(one, v, setting))
            continue;
        size_t at = count++;
        for (; at > 0 && is_before(one, out[at - 1]); at--)
            out[at] = out[at - 1];
        out[at] = one;
    }
    return count;
}

/* Those of one kind; absent if there is none. */
static void put_kind(canvas *c, object *out, const garita_entry *kind,
                     const garita_shown *const *ordered, size_t count)
{
    size_t of_kind = 0;
    for (size_t i = 0; i < count; i++)
        if ((unsigned)ordered[i]->attestation.kind == kind->code)
            of_kind++;
    if (of_kind == 0)
        return;
    garita_value *at = begin_array(c, of_kind);
    for (size_t i = 0, n = 0; i < count; i++)
        if ((unsigned)ordered[i]->attestation.kind == kind->code)
            at[n++] = attestation_value(c, ordered[i]);
    put(out, kind->name, array(at, of_kind));
}

static garita_value attestations_value(canvas *c, const garita_verdict *v,
                                       const garita_setting *setting, bool with_doubtful)
{
    const garita_shown *ordered[GARITA_SHOWN_MAX];
    size_t count = order(ordered, v, setting, with_doubtful), kind_count;
    const garita_entry *kinds = garita_entries(&kind_count, GARITA_TABLE_KINDS);
    object o = begin(c, kind_count);
    for (size_t i = 0; i < kind_count; i++)
        put_kind(c, &o, &kinds[i], ordered, count);
    return end(&o);
}

/* --- the lane and the time --- */

static garita_value lane_value(canvas *c, const garita_lane *lane)
{
    object o = begin(c, 2);
    put(&o, "name", name_value(lane->name));
    if (lane->country[0] != '\0')
        put(&o, "country", name_value(lane->country));
    return end(&o);
}

/* The first moment that has no text, of a year with five digits. */
#define YEAR_10000 INT64_C(253402300800)

/* With milliseconds, as the EU's rules have the time of validation. Absent if it has no text. */
static void put_now(canvas *c, object *out, const garita_clock *clock)
{
    char text[GARITA_MOMENT_TEXT_SIZE + sizeof ".000" - 1];
    if (!clock->is_known)
        return;
    int64_t now = garita_effective_now(clock);
    if (now < 0 || now >= YEAR_10000)
        return;
    garita_moment_format(text, now);
    memcpy(text + strlen(text) - 1, ".000Z", sizeof ".000Z");
    put(out, "now", kept(c, text));
}

void garita_rule_view_draw(garita_value *out, garita_room *room, char texts[GARITA_VIEW_TEXT_MAX],
                           const garita_verdict *verdict, const garita_setting *setting,
                           bool with_doubtful)
{
    canvas c = {.room = room, .texts = texts};
    assert(verdict->has_credential);
    object o = begin(&c, 4);
    put_now(&c, &o, &setting->clock);
    put(&o, "lane", lane_value(&c, setting->lane));
    put(&o, "credential", credential_value(&c, verdict));
    put(&o, "attestations", attestations_value(&c, verdict, setting, with_doubtful));
    *out = end(&o);
}

void garita_rule_view(garita_value *out, garita_room *room, char texts[GARITA_VIEW_TEXT_MAX],
                      const garita_verdict *verdict, const garita_setting *setting)
{
    garita_rule_view_draw(out, room, texts, verdict, setting, false);
}
