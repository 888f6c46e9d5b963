/* A policy, written: FORMAT.md, "policy". */
#include <garita/policy.h>

#include <stdlib.h>
#include <string.h>

#include <garita/certlogic.h>

#include "policy_io.h"
#include "statement_io.h"
#include "writer.h"

static garita_error fail(garita_fault *fault, garita_error error, size_t at, const char *field)
{
    if (fault)
        *fault = (garita_fault){error, at, field};
    return error;
}

/* --- before it is written: what could not be read back, or would be read as something else --- */

static garita_error check_lane(garita_fault *fault, size_t index, const garita_lane *lane)
{
    /* more than these would be taken from behind the array, or be of a kind that no reader takes */
    for (size_t i = 0; i < lane->requirement_count; i++)
        if (lane->requirements[i].alternative_count > GARITA_ALTERNATIVES_MAX)
            return fail(fault, GARITA_E_RANGE, index, "lanes.requirements.alternatives");
    if (lane->denied_count > GARITA_DENIED_MAX)
        return fail(fault, GARITA_E_RANGE, index, "lanes.denied");
    for (size_t i = 0; i < lane->rule_count; i++) {
        garita_bytes rule = lane->rules[i].expression;
        garita_error e = garita_rule_check(NULL, rule.at, rule.len);
        if (e != GARITA_OK)
            return fail(fault, e, index, "lanes.rules.expression");
    }
    return GARITA_OK;
}

static garita_error check(garita_fault *fault, const garita_policy *policy)
{
    garita_error e = GARITA_OK;
    if (policy->lane_count == 0)
        return fail(fault, GARITA_E_EMPTY, 0, "lanes");
    if (policy->lane_count > GARITA_LANES_MAX)
        return fail(fault, GARITA_E_RANGE, 0, "lanes");
    for (size_t i = 0; i < policy->lane_count && e == GARITA_OK; i++)
        e = check_lane(fault, i, &policy->lanes[i]);
    return e;
}

/* --- parts --- */

static void write_pair(garita_writer *w, unsigned key, uint64_t value)
{
    garita_write_uint(w, key);
    garita_write_uint(w, value);
}

static void write_words(garita_writer *w, unsigned key, garita_words words)
{
    garita_write_uint(w, key);
    garita_write_map(w, 2);
    garita_write_uint(w, 0);
    garita_write_text(w, words.en);
    garita_write_uint(w, 1);
    garita_write_text(w, words.es);
}

static void write_list(garita_writer *w, unsigned key, size_t count)
{
    garita_write_uint(w, key);
    garita_write_array(w, count);
}

static void write_ages(garita_writer *w, unsigned key, const garita_lane_ages *ages)
{
    write_list(w, key, 3);
    garita_write_uint(w, (uint64_t)ages->issuer);
    garita_write_uint(w, (uint64_t)ages->between);
    garita_write_uint(w, (uint64_t)ages->anchor);
}

static void write_outcomes(garita_writer *w, const garita_lane_outcomes *outcomes)
{
    const garita_outcome each[] = {outcomes->suspended, outcomes->lane_mismatch,
                                   outcomes->attestation_expired, outcomes->employer_denied};
    const unsigned count = sizeof each / sizeof each[0];
    size_t said = 0;
    for (unsigned i = 0; i < count; i++)
        said += each[i] != GARITA_UNDECIDED;
    if (said == 0)
        return;
    garita_write_uint(w, 6);
    garita_write_map(w, said);
    for (unsigned i = 0; i < count; i++)
        if (each[i] != GARITA_UNDECIDED)
            write_pair(w, i + 1, each[i]);
}

static void write_requirement(garita_writer *w, const garita_requirement *requirement)
{
    garita_write_map(w, 3);
    write_words(w, 0, requirement->description);
    write_pair(w, 1, requirement->subjects);
    write_list(w, 2, requirement->alternative_count);
    for (size_t i = 0; i < requirement->alternative_count; i++) {
        garita_write_array(w, 2);
        garita_write_uint(w, requirement->alternatives[i].kind);
        garita_write_uint(w, (uint64_t)requirement->alternatives[i].max_age_s);
    }
}

static void write_rule(garita_writer *w, const garita_rule *rule)
{
    garita_write_map(w, 5);
    garita_write_uint(w, 0);
    garita_write_text(w, rule->id);
    write_words(w, 1, rule->description);
    write_pair(w, 2, rule->subjects);
    write_pair(w, 3, rule->otherwise);
    garita_write_uint(w, 4);
    garita_write_raw(w, rule->expression.at, rule->expression.len);
}

static void write_role(garita_writer *w, const garita_role *role)
{
    garita_write_map(w, role->employs ? 6 : 5);
    write_words(w, 0, role->title);
    write_pair(w, 1, role->subjects);
    write_pair(w, 2, role->programmes);
    write_pair(w, 3, role->fewest);
    write_pair(w, 4, role->most);
    if (role->employs) {
        garita_write_uint(w, 5);
        garita_write_bool(w, true);
    }
}

/* --- lanes --- */

static bool has_ages(const garita_lane_ages *ages)
{
    return ages->issuer != 0 || ages->between != 0 || ages->anchor != 0;
}

static bool has_outcomes(const garita_lane_outcomes *o)
{
    return o->suspended != GARITA_UNDECIDED || o->lane_mismatch != GARITA_UNDECIDED ||
           o->attestation_expired != GARITA_UNDECIDED || o->employer_denied != GARITA_UNDECIDED;
}

/* A name without its zero is too long, which the reader then says. */
static garita_utf8 name_of(const garita_lane *lane)
{
    const char *end = memchr(lane->name, '\0', sizeof lane->name);
    return (garita_utf8){lane->name, end ? (size_t)(end - lane->name) : sizeof lane->name};
}

static void write_lane(garita_writer *w, const garita_lane *lane)
{
    garita_write_map(w, 4u + lane->waives_serial_unknown + has_ages(&lane->reject_after) +
                            has_outcomes(&lane->outcomes) + (lane->requirement_count > 0) +
                            (lane->denied_count > 0) + (lane->rule_count > 0) +
                            (lane->role_count > 0));
    garita_write_uint(w, 0);
    garita_write_text(w, name_of(lane));
    write_words(w, 1, lane->title);
    write_pair(w, 2, lane->programmes);
    if (lane->waives_serial_unknown)
        write_pair(w, 3, 1);
    write_ages(w, 4, &lane->refer_after);
    if (has_ages(&lane->reject_after))
        write_ages(w, 5, &lane->reject_after);
    write_outcomes(w, &lane->outcomes);
    if (lane->requirement_count > 0)
        write_list(w, 7, lane->requirement_count);
    for (size_t i = 0; i < lane->requirement_count; i++)
        write_requirement(w, &lane->requirements[i]);
    if (lane->denied_count > 0)
        write_list(w, 8, lane->denied_count);
    for (size_t i = 0; i < lane->denied_count; i++)
        garita_write_text(w, lane->denied[i]);
    if (lane->rule_count > 0)
        write_list(w, 9, lane->rule_count);
    for (size_t i = 0; i < lane->rule_count; i++)
        write_rule(w, &lane->rules[i]);
    if (lane->role_count > 0)
        write_list(w, 10, lane->role_count);
    for (size_t i = 0; i < lane->role_count; i++)
        write_role(w, &lane->roles[i]);
}

static int by_name(const void *left, const void *right)
{
    const garita_lane *const *a = left, *const *b = right;
    return strncmp((*a)->name, (*b)->name, sizeof(*a)->name);
}

/* --- the whole --- */

/* The lanes in the order in which they are written, and where in the map each ends. */
typedef struct placing {
    const garita_lane *lanes[GARITA_LANES_MAX];
    size_t end[GARITA_LANES_MAX];
} placing;

static void write_map(garita_writer *w, placing *order, const garita_policy *p,
                      const garita_signer *signer)
{
    for (size_t i = 0; i < p->lane_count; i++)
        order->lanes[i] = &p->lanes[i];
    qsort(order->lanes, p->lane_count, sizeof order->lanes[0], by_name);
    garita_write_map(w, 10);
    garita_write_statement_keys(w, GARITA_TYPE_POLICY, signer);
    write_pair(w, 4, p->serial);
    write_pair(w, 5, (uint64_t)p->from);
    write_pair(w, 6, (uint64_t)p->until);
    garita_write_uint(w, 7);
    garita_write_text(w, (garita_utf8){p->country, strlen(p->country)});
    write_words(w, 8, p->title);
    write_list(w, 9, p->lane_count);
    for (size_t i = 0; i < p->lane_count; i++) {
        write_lane(w, order->lanes[i]);
        order->end[i] = w->len;
    }
}

/* The place in the map, as a reader gave it, becomes the number of the caller's lane. */
static void name_lane(garita_fault *fault, const placing *order, const garita_policy *policy)
{
    size_t i = 0;
    if (strncmp(fault->field, "lanes.", 6) != 0) {
        fault->at = 0;
        return;
    }
    /* offsets count from the envelope, one byte before; what is missing is missing at the end */
    while (i + 1 < policy->lane_count && fault->at > order->end[i])
        i++;
    fault->at = (size_t)(order->lanes[i] - policy->lanes);
}

/* The statement of a map that was read back. */
static garita_error sign_map(uint8_t **out, size_t *out_len, const garita_signer *signer,
                             const uint8_t *map, size_t map_len)
{
    size_t size = map_len + GARITA_ENVELOPE_SIZE;
    *out = malloc(size);
    if (!*out)
        return GARITA_E_NO_MEMORY;
    garita_error e =
        garita_statement_sign(*out, out_len, size, GARITA_TYPE_POLICY, signer, map, map_len);
    if (e != GARITA_OK) {
        free(*out);
        *out = NULL;
    }
    return e;
}

garita_error garita_policy_issue(uint8_t **out, size_t *out_len, garita_fault *fault,
                                 const garita_policy *policy, const garita_signer *signer)
{
    garita_writer w;
    placing order;
    *out = NULL;
    *out_len = 0;
    garita_error e = check(fault, policy);
    if (e != GARITA_OK)
        return e;
    uint8_t *map = malloc(GARITA_POLICY_BYTES_MAX);
    if (!map)
        return fail(fault, GARITA_E_NO_MEMORY, 0, "");
    garita_writer_start(&w, map, GARITA_POLICY_BYTES_MAX);
    write_map(&w, &order, policy, signer);
    garita_fault found = {.error = garita_writer_end(&w, NULL), .field = ""};
    if (found.error == GARITA_OK && garita_policy_check(&found, map, w.len) != GARITA_OK)
        name_lane(&found, &order, policy);
    if (found.error == GARITA_OK)
        found.error = sign_map(out, out_len, signer, map, w.len);
    free(map);
    if (fault)
        *fault = found;
    return found.error;
}
