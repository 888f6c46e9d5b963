#include "policy_vars.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "i18n.h"
#include "nearest.h"

/* All that garita_rule_view shows, down to what has no parts; # is any index. */
static const char *const paths[] = {
    "now",
    "lane.name",
    "lane.country",
    "credential.programme",
    "credential.about",
    "credential.issuer.name",
    "credential.issuer.country",
    "credential.not_before",
    "credential.expires",
    "credential.holder.birth_date",
    "credential.holder.nationality",
    "credential.holder.document.type",
    "credential.holder.document.country",
    "credential.employer.id",
    "credential.company.id",
    "credential.company.country",
    "credential.vehicle.country",
    "credential.vehicle.plate",
    "attestations.vaccination.#.product",
    "attestations.vaccination.#.dose",
    "attestations.vaccination.#.doses",
    "attestations.vaccination.#.date",
    "attestations.vaccination.#.issuer.name",
    "attestations.vaccination.#.issuer.country",
    "attestations.test.#.type",
    "attestations.test.#.result",
    "attestations.test.#.sampled_at",
    "attestations.test.#.issuer.name",
    "attestations.test.#.issuer.country",
    "attestations.recovery.#.date",
    "attestations.recovery.#.issuer.name",
    "attestations.recovery.#.issuer.country",
    "attestations.essential-worker.#.sector",
    "attestations.essential-worker.#.employer",
    "attestations.essential-worker.#.country",
    "attestations.essential-worker.#.since",
    "attestations.essential-worker.#.issuer.name",
    "attestations.essential-worker.#.issuer.country",
    "attestations.labor-cert.#.scheme",
    "attestations.labor-cert.#.level",
    "attestations.labor-cert.#.since",
    "attestations.labor-cert.#.issuer.name",
    "attestations.labor-cert.#.issuer.country",
    "attestations.trusted-trader.#.scheme",
    "attestations.trusted-trader.#.tier",
    "attestations.trusted-trader.#.recognized_by.#",
    "attestations.trusted-trader.#.since",
    "attestations.trusted-trader.#.issuer.name",
    "attestations.trusted-trader.#.issuer.country",
};

enum { PATHS = sizeof paths / sizeof paths[0], PART_SIZE = 32 };

static bool is_index(const char *part, size_t len)
{
    return len > 0 && strspn(part, "0123456789") >= len;
}

/* How far a path goes along with a known one: the bytes of both, and whether the whole asked one is
 * a part of the known one. */
struct match {
    size_t asked, known;
    bool is_whole;
};

static struct match match(const char *asked, const char *known)
{
    struct match out = {0};

    for (;;) {
        const char *a = asked + out.asked;
        const char *k = known + out.known;
        size_t a_len = strcspn(a, "."), k_len = strcspn(k, ".");
        bool is_same = (k_len == 1 && k[0] == '#') ? is_index(a, a_len)
                                                   : a_len == k_len && memcmp(a, k, a_len) == 0;
        if (!is_same)
            return out;
        if (a[a_len] == '\0') {
            out.is_whole = true;
            return out;
        }
        out.asked += a_len + 1;
        out.known += k_len;
        if (known[out.known] == '\0')
            return out;
        out.known++;
    }
}

/* The name that was meant where the path leaves all known ones. */
static void advise(struct policy_mistakes *mistakes, const char *asked, size_t at)
{
    char parts[PATHS][PART_SIZE];
    char typed[PART_SIZE] = "";
    size_t len = strcspn(asked + at, ".");

    if (len >= sizeof typed)
        return;
    memcpy(typed, asked + at, len);
    struct nearest meant = nearest_to(typed);
    for (size_t i = 0; i < PATHS; i++) {
        const struct match one = match(asked, paths[i]);
        const char *next = paths[i] + one.known;
        size_t next_len = strcspn(next, ".");
        if (one.asked != at || next_len == 0 || next_len >= PART_SIZE || next[0] == '#')
            continue;
        memcpy(parts[i], next, next_len);
        parts[i][next_len] = '\0';
        nearest_offer(&meant, parts[i]);
    }
    if (meant.best != NULL)
        policy_mistakes_advise(mistakes, _("did you mean \"%s\"?"), meant.best);
}

static void check_path(struct policy_mistakes *mistakes, const struct json_place *place,
                       const char *asked)
{
    static const char *const free_parts[] = {"", "current", "accumulator"};
    size_t first = strcspn(asked, "."), furthest = 0;

    for (size_t i = 0; i < sizeof free_parts / sizeof free_parts[0]; i++)
        if (first == strlen(free_parts[i]) && memcmp(asked, free_parts[i], first) == 0)
            return;
    for (size_t i = 0; i < PATHS; i++) {
        const struct match one = match(asked, paths[i]);
        if (one.is_whole)
            return;
        furthest = one.asked > furthest ? one.asked : furthest;
    }
    policy_mistakes_warn(mistakes, place, "unknown-path",
                         _("no rule ever sees \"%s\": it is always null"), asked);
    advise(mistakes, asked, furthest);
}

void policy_vars_check(struct policy_mistakes *mistakes, const struct json_place *place,
                       const json_t *expression)
{
    const char *name;
    json_t *value;

    for (size_t i = 0; json_is_array(expression) && i < json_array_size(expression); i++) {
        const struct json_place at = {place, NULL, i};
        policy_vars_check(mistakes, &at, json_array_get(expression, i));
    }
    json_object_foreach((json_t *)(uintptr_t)expression, name, value)
    {
        const struct json_place at = {place, name, 0};
        if (strcmp(name, "var") == 0 && json_is_string(value))
            check_path(mistakes, &at, json_string_value(value));
        else
            policy_vars_check(mistakes, &at, value);
    }
}
