#include "policy_loopholes.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <garita/attestation.h>

#include "i18n.h"

/* The path of {"var": PATH}; null of anything else. */
static const char *path_of(const json_t *expression)
{
    return json_string_value(json_object_get(expression, "var"));
}

/* What stands behind a prefix; null of a text that does not begin with it. */
static const char *behind(const char *text, const char *prefix)
{
    size_t len = strlen(prefix);

    return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

/* --- what a rule reads --- */

/* A fact of a kind of attestation. A reduce over the kind's list reads it as the current one's. */
struct fact {
    uint8_t kind;
    const char *list;    /* "attestations.test" */
    const char *current; /* "current.result" */
    const char *name;    /* "result" */
};

static const struct fact facts[] = {
    {GARITA_ATTESTATION_TEST, "attestations.test", "current.result", "result"},
    {GARITA_ATTESTATION_VACCINATION, "attestations.vaccination", "current.dose", "dose"},
};

/* Which of the two ways a rule goes: to one by its index, or through the list. */
struct reading {
    bool is_indexed;
    bool has_list, has_current;
};

static void note_path(struct reading *reading, const struct fact *fact, const char *path)
{
    const char *rest = behind(path, fact->list);

    reading->has_current |= strcmp(path, fact->current) == 0;
    if (rest == NULL)
        return;
    reading->has_list |= *rest == '\0';
    if (*rest == '.') {
        rest += 1 + strspn(rest + 1, "0123456789");
        reading->is_indexed |= *rest == '.' && strcmp(rest + 1, fact->name) == 0;
    }
}

static void note_reading(struct reading *reading, const struct fact *fact, const json_t *expression)
{
    const char *name, *path = path_of(expression);
    json_t *value;

    if (path != NULL)
        note_path(reading, fact, path);
    for (size_t i = 0; json_is_array(expression) && i < json_array_size(expression); i++)
        note_reading(reading, fact, json_array_get(expression, i));
    json_object_foreach((json_t *)(uintptr_t)expression, name, value)
        note_reading(reading, fact, value);
}

/* Those kinds of subject for which a rule of the lane reads a fact: a set. */
static uint8_t subjects_read(const garita_lane *lane, const json_t *rules, const struct fact *fact)
{
    uint8_t subjects = 0;

    for (size_t i = 0; i < lane->rule_count; i++) {
        struct reading reading = {0};
        if (lane->rules[i].expression.len == 0) /* refused */
            continue;
        note_reading(&reading, fact, json_object_get(json_array_get(rules, i), "expression"));
        if (reading.is_indexed || (reading.has_list && reading.has_current))
            subjects |= lane->rules[i].subjects;
    }
    return subjects;
}

/* --- a lane --- */

static void warn_of_fact(struct policy_mistakes *mistakes, const struct json_place *place,
                         const struct fact *fact)
{
    if (fact->kind == GARITA_ATTESTATION_TEST)
        policy_mistakes_warn(mistakes, place, "result-unread", "%s",
                             _("a positive test meets it too: no rule reads its result"));
    else
        policy_mistakes_warn(mistakes, place, "dose-unread", "%s",
                             _("one dose of two meets it too: no rule reads which dose it is"));
    policy_mistakes_advise(mistakes, _("a rule of this lane has to look at {\"var\": \"%s.0.%s\"}"),
                           fact->list, fact->name);
}

void policy_loopholes_check_lane(struct policy_mistakes *mistakes, const struct json_place *place,
                                 const garita_lane *lane, const json_t *value)
{
    const struct json_place requirements = {place, "attestations", 0};
    const json_t *rules = json_object_get(value, "rules");

    for (size_t f = 0; f < sizeof facts / sizeof facts[0]; f++) {
        const uint8_t subjects = subjects_read(lane, rules, &facts[f]);
        for (size_t i = 0; i < lane->requirement_count; i++) {
            const garita_requirement *requirement = &lane->requirements[i];
            const struct json_place at = {&requirements, NULL, i}, any_of = {&at, "any_of", 0};
            if ((requirement->subjects & ~subjects) == 0)
                continue;
            for (size_t j = 0; j < requirement->alternative_count; j++) {
                const struct json_place alternative = {&any_of, NULL, j};
                if (requirement->alternatives[j].kind == facts[f].kind)
                    warn_of_fact(mistakes, &alternative, &facts[f]);
            }
        }
    }
}

/* --- two that are missing --- */

/* What has given true where an expression is evaluated: the first of an operation's operands. */
struct guard {
    const struct guard *outer;
    const json_t *operands;
    size_t count;
};

/* Whether a condition that gave true says that there is a value at the path. */
static bool needs(const json_t *condition, const char *path)
{
    const json_t *operands = json_object_get(condition, "and");
    const char *needed = path_of(condition);

    if (needed != NULL) {
        const char *rest = behind(path, needed);
        return rest != NULL && (*rest == '\0' || *rest == '.');
    }
    for (size_t i = 0; i < json_array_size(operands); i++)
        if (needs(json_array_get(operands, i), path))
            return true;
    return false;
}

static bool is_guarded(const struct guard *guard, const char *path)
{
    for (; guard != NULL; guard = guard->outer)
        for (size_t i = 0; i < guard->count; i++)
            if (needs(json_array_get(guard->operands, i), path))
                return true;
    return false;
}

static void check_equal(struct policy_mistakes *mistakes, const struct json_place *place,
                        const struct guard *guard, const json_t *operands)
{
    const char *a = path_of(json_array_get(operands, 0));
    const char *b = path_of(json_array_get(operands, 1));

    if (a == NULL || b == NULL || is_guarded(guard, a) || is_guarded(guard, b))
        return;
    policy_mistakes_warn(mistakes, place, "equal-when-missing", "%s",
                         _("two values that are missing are equal: this is true without them"));
    policy_mistakes_advise(mistakes,
                           _("guard it: {\"if\": [{\"var\": \"%s\"}, {\"===\": …}, false]}"), a);
}

static void check(struct policy_mistakes *mistakes, const struct json_place *place,
                  const struct guard *guard, const json_t *expression);

/* In "if" the condition guards what follows it, not the else; in "and" each is guarded by all
 * before. */
static void check_operands(struct policy_mistakes *mistakes, const struct json_place *place,
                           const struct guard *outer, const char *operation, const json_t *operands)
{
    const bool is_if = strcmp(operation, "if") == 0, is_and = strcmp(operation, "and") == 0;

    for (size_t i = 0; i < json_array_size(operands); i++) {
        const struct json_place at = {place, NULL, i};
        const struct guard guard = {outer, operands, is_and || (is_if && i == 1) ? i : 0};
        check(mistakes, &at, &guard, json_array_get(operands, i));
    }
}

static void check(struct policy_mistakes *mistakes, const struct json_place *place,
                  const struct guard *guard, const json_t *expression)
{
    const char *operation;
    json_t *operands;

    for (size_t i = 0; json_is_array(expression) && i < json_array_size(expression); i++) {
        const struct json_place at = {place, NULL, i};
        check(mistakes, &at, guard, json_array_get(expression, i));
    }
    json_object_foreach((json_t *)(uintptr_t)expression, operation, operands)
    {
        const struct json_place at = {place, operation, 0};
        if (strcmp(operation, "===") == 0)
            check_equal(mistakes, &at, guard, operands);
        check_operands(mistakes, &at, guard, operation, operands);
    }
}

void policy_loopholes_check_rule(struct policy_mistakes *mistakes, const struct json_place *place,
                                 const json_t *expression)
{
    check(mistakes, place, NULL, expression);
}

/* --- ids --- */

void policy_loopholes_check_id(struct policy_mistakes *mistakes, const struct json_place *place,
                               garita_utf8 id)
{
    for (size_t i = 0; i < id.len; i++) {
        if ((unsigned char)id.at[i] < 0x80)
            continue;
        policy_mistakes_warn(mistakes, place, "beyond-ascii", "%s",
                             _("this id is compared without accents, as passports spell names"));
        policy_mistakes_advise(mistakes, "%s",
                               _("letters of other scripts that look the same are different"));
        return;
    }
}
