#include "policy_example.h"

#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "policy_fields.h"
#include "policy_loopholes.h"

static void free_member(struct policy_member *member)
{
    for (size_t i = 0; i < member->attestation_count; i++)
        claims_free(&member->attestations[i]);
    free(member->attestations);
    claims_free(&member->claims);
}

void policy_examples_free(struct policy_examples *examples)
{
    for (size_t i = 0; i < examples->count; i++) {
        struct policy_example *one = &examples->at[i];
        for (size_t j = 0; j < one->member_count; j++)
            free_member(&one->members[j]);
        free(one->members);
    }
    free(examples->at);
    *examples = (struct policy_examples){0};
}

int64_t policy_examples_first(const struct policy_examples *examples)
{
    int64_t first = INT64_MAX;

    for (size_t i = 0; i < examples->count; i++)
        first = examples->at[i].at < first ? examples->at[i].at : first;
    return first;
}

int64_t policy_examples_last(const struct policy_examples *examples)
{
    int64_t last = INT64_MIN;

    for (size_t i = 0; i < examples->count; i++)
        last = examples->at[i].at > last ? examples->at[i].at : last;
    return last;
}

/* --- memory --- */

static void *take(struct policy_mistakes *mistakes, size_t count, size_t size)
{
    void *out = calloc(count, size);

    if (out == NULL) {
        mistakes->out_of_memory = true;
        mistakes->error_count++;
    }
    return out;
}

/* --- members --- */

/* What the reader of claims found: it names the field itself. */
static void refuse_claims(struct policy_mistakes *mistakes, const struct json_place *place,
                          struct claims_fault *fault)
{
    policy_mistakes_add(mistakes, place, fault->code, "%s", buffer_text(&fault->message));
    if (fault->hint.len > 0)
        policy_mistakes_advise(mistakes, "%s", buffer_text(&fault->hint));
    claims_fault_free(fault);
}

/* Whether an attestation's claims say themselves whom they are about: somebody else, to show what
 * becomes of what is not one's own. */
static bool names_subject(const json_t *value)
{
    return json_object_get(value, "holder") != NULL || json_object_get(value, "company") != NULL ||
           json_object_get(value, "subject") != NULL;
}

static void check_employer(struct policy_mistakes *mistakes, const struct json_place *place,
                           garita_utf8 employer_id)
{
    const struct json_place employer = {place, "employer", 0}, id = {&employer, "id", 0};

    policy_loopholes_check_id(mistakes, &id, employer_id);
}

static void read_attestation(struct claims *out, struct policy_mistakes *mistakes,
                             const struct json_place *place, json_t *value,
                             const garita_subject *subject)
{
    struct claims_fault fault = {0};

    if (!policy_fields_is_object(mistakes, place, value))
        return;
    if (policy_fields_need(mistakes, place, value, "attestation") == NULL)
        return;
    bool is_good = names_subject(value) ? claims_take(out, &fault, value)
                                        : claims_take_attestation(out, &fault, value, subject);
    if (!is_good)
        refuse_claims(mistakes, place, &fault);
    else if (out->type == GARITA_TYPE_ATTESTATION &&
             out->attestation.kind == GARITA_ATTESTATION_ESSENTIAL_WORKER)
        check_employer(mistakes, place, out->attestation.fact.essential_worker.employer_id);
}

static void read_attestations(struct policy_member *out, struct policy_mistakes *mistakes,
                              const struct json_place *place, const json_t *value)
{
    garita_subject subject;

    if (value == NULL || !policy_fields_list(mistakes, place, value, 0, GARITA_SHOWN_MAX))
        return;
    size_t count = json_array_size(value);
    if (count == 0)
        return;
    out->attestations = take(mistakes, count, sizeof *out->attestations);
    if (out->attestations == NULL)
        return;
    garita_subject_of(&subject, &out->claims.credential);
    for (size_t i = 0; i < count; i++) {
        const struct json_place at = {place, NULL, i};
        read_attestation(&out->attestations[i], mistakes, &at, json_array_get(value, i), &subject);
        out->attestation_count = i + 1;
    }
}

static void read_status(struct policy_member *out, struct policy_mistakes *mistakes,
                        const struct json_place *place, const json_t *value)
{
    static const char *const names[] = {"active", "suspended", "revoked", NULL};
    static const garita_standing standings[] = {GARITA_STANDING_ACTIVE, GARITA_STANDING_SUSPENDED,
                                                GARITA_STANDING_REVOKED};
    size_t index;

    if (value != NULL && policy_fields_choice(&index, mistakes, place, value, names))
        out->standing = standings[index];
}

/* The claims of a credential, without what an example says beside them. */
static void read_claims(struct policy_member *out, struct policy_mistakes *mistakes,
                        const struct json_place *place, const json_t *value)
{
    struct claims_fault fault = {0};
    json_t *claims = json_copy((json_t *)(uintptr_t)value);

    if (claims == NULL) {
        mistakes->out_of_memory = true;
        mistakes->error_count++;
        return;
    }
    json_object_del(claims, "attestations");
    json_object_del(claims, "status");
    if (!claims_take(&out->claims, &fault, claims))
        refuse_claims(mistakes, place, &fault);
    json_decref(claims);
}

static void read_member(struct policy_member *out, struct policy_mistakes *mistakes,
                        const struct json_place *place, const json_t *value)
{
    const struct json_place status = {place, "status", 0},
                            attestations = {place, "attestations", 0},
                            company = {place, "company", 0}, company_id = {&company, "id", 0};
    size_t before = mistakes->error_count;

    if (!policy_fields_is_object(mistakes, place, value))
        return;
    if (json_object_get(value, "attestation") != NULL) {
        policy_mistakes_add(mistakes, place, garita_error_name(GARITA_E_WRONG_TYPE), "%s",
                            _("an attestation does not travel by itself"));
        policy_mistakes_advise(
            mistakes, "%s", _("put it into the \"attestations\" of the member that it is about"));
        return;
    }
    read_claims(out, mistakes, place, value);
    read_status(out, mistakes, &status, json_object_get(value, "status"));
    check_employer(mistakes, place, out->claims.credential.employer_id);
    policy_loopholes_check_id(mistakes, &company_id, out->claims.credential.company_id);
    if (mistakes->error_count == before)
        read_attestations(out, mistakes, &attestations, json_object_get(value, "attestations"));
}

static void read_members(struct policy_example *out, struct policy_mistakes *mistakes,
                         const struct json_place *place, const json_t *value)
{
    if (!policy_fields_list(mistakes, place, value, 1, GARITA_PARTY_MAX))
        return;
    size_t count = json_array_size(value);
    out->members = take(mistakes, count, sizeof *out->members);
    if (out->members == NULL)
        return;
    for (size_t i = 0; i < count; i++) {
        const struct json_place at = {place, NULL, i};
        read_member(&out->members[i], mistakes, &at, json_array_get(value, i));
        out->member_count = i + 1;
    }
}

/* --- an example --- */

static void read_lane(struct policy_example *out, struct policy_mistakes *mistakes,
                      const struct json_place *place, const json_t *value,
                      const garita_policy *policy)
{
    const char *names[GARITA_LANES_MAX + 1];
    size_t count = 0, index;

    for (size_t i = 0; i < policy->lane_count; i++)
        if (policy->lanes[i].name[0] != '\0')
            names[count++] = policy->lanes[i].name;
    names[count] = NULL;
    /* Of a policy whose lanes could not be read nobody knows which there are. */
    if (count < policy->lane_count || count == 0)
        return;
    if (policy_fields_choice(&index, mistakes, place, value, names))
        out->lane = names[index];
}

static void read_expected(struct policy_example *out, struct policy_mistakes *mistakes,
                          const struct json_place *place, const json_t *value)
{
    static const char *const fields[] = {"verdict", "reason", NULL};
    static const char *const reasons[] = {
#define CODE(constant, code, stage, outcome) code,
        GARITA_REASONS(CODE)
#undef CODE
            NULL};
    const struct json_place verdict = {place, "verdict", 0}, reason = {place, "reason", 0};
    size_t index;

    policy_fields_object(mistakes, place, value, fields);
    if (!json_is_object(value))
        return;
    bool has_verdict =
        policy_fields_outcome(&out->outcome, mistakes, &verdict,
                              policy_fields_need(mistakes, place, value, "verdict"), true);
    if (!policy_fields_choice(&index, mistakes, &reason,
                              policy_fields_need(mistakes, place, value, "reason"), reasons))
        return;
    out->reason = (garita_reason)(index + 1); /* NONE is before the first */
    if (has_verdict && (out->outcome == GARITA_ACCEPT) != (out->reason == GARITA_REASON_OK))
        policy_mistakes_add(mistakes, &reason, garita_error_name(GARITA_E_RANGE), "%s",
                            _("\"ok\" goes with \"accept\", and with nothing else"));
}

/* {"en","es"}, or one text for both: nobody but the author reads it. */
static void read_name(garita_words *out, struct policy_mistakes *mistakes,
                      const struct json_place *place, const json_t *value)
{
    if (json_is_string(value)) {
        if (policy_fields_text(&out->en, mistakes, place, value, GARITA_DESCRIPTION_BYTES_MAX))
            out->es = out->en;
    } else {
        policy_fields_words(out, mistakes, place, value, GARITA_DESCRIPTION_BYTES_MAX);
    }
}

static void read_example(struct policy_example *out, struct policy_mistakes *mistakes,
                         const struct json_place *place, const json_t *value,
                         const garita_policy *policy)
{
    static const char *const fields[] = {"name", "lane", "at", "party", "members", "expect", NULL};
    const struct json_place name = {place, "name", 0}, lane = {place, "lane", 0},
                            at = {place, "at", 0}, party = {place, "party", 0},
                            members = {place, "members", 0}, expect = {place, "expect", 0};

    policy_fields_object(mistakes, place, value, fields);
    if (!json_is_object(value))
        return;
    read_name(&out->name, mistakes, &name, policy_fields_need(mistakes, place, value, "name"));
    read_lane(out, mistakes, &lane, policy_fields_need(mistakes, place, value, "lane"), policy);
    policy_fields_moment(&out->at, mistakes, &at, policy_fields_need(mistakes, place, value, "at"));
    policy_fields_number(&out->party, mistakes, &party, json_object_get(value, "party"), 1,
                         GARITA_PARTY_MAX);
    read_members(out, mistakes, &members, policy_fields_need(mistakes, place, value, "members"));
    read_expected(out, mistakes, &expect, policy_fields_need(mistakes, place, value, "expect"));
}

void policy_examples_read(struct policy_examples *out, struct policy_mistakes *mistakes,
                          const struct json_place *place, const json_t *value,
                          const garita_policy *policy)
{
    if (value == NULL || !policy_fields_list(mistakes, place, value, 0, POLICY_EXAMPLES_MAX))
        return;
    size_t count = json_array_size(value);
    if (count == 0)
        return;
    out->at = take(mistakes, count, sizeof *out->at);
    if (out->at == NULL)
        return;
    for (size_t i = 0; i < count; i++) {
        const struct json_place at = {place, NULL, i};
        read_example(&out->at[i], mistakes, &at, json_array_get(value, i), policy);
        out->count = i + 1;
    }
}
