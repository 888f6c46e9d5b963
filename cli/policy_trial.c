#include "policy_trial.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include <garita/date.h>
#include <garita/programme.h>

/* Who is concerned by the programmes that there are. */
static const char *const neighbours[] = {"USA", "MEX", "CAN"};

enum { DAY_S = 86400 };

/* A credential or an attestation of the example that runs. */
struct policy_trial_statement {
    size_t len;
    uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX];
};

/* --- the world --- */

static void end_run(struct policy_trial *trial)
{
    garita_policies_free(trial->policies);
    garita_book_free(trial->book);
    free(trial->verdicts);
    free(trial->statements);
    free(trial->shown);
    trial->policies = NULL;
    trial->book = NULL;
    trial->verdicts = NULL;
    trial->statements = NULL;
    trial->shown = NULL;
}

void policy_trial_close(struct policy_trial *trial)
{
    end_run(trial);
    for (size_t i = 0; i < trial->country_count; i++) {
        sodium_free(trial->countries[i].anchor_key);
        sodium_free(trial->countries[i].agency_key);
    }
    garita_trust_free(trial->trust);
    free(trial->events);
    free(trial->statement);
    *trial = (struct policy_trial){0};
}

static void add_country(struct policy_trial *trial, const char *country)
{
    for (size_t i = 0; i < trial->country_count; i++)
        if (strcmp(trial->countries[i].country, country) == 0)
            return;
    struct policy_trial_country *one = &trial->countries[trial->country_count++];
    memcpy(one->country, country, strlen(country) + 1);
}

static struct policy_trial_country *find_country(struct policy_trial *trial, garita_utf8 country)
{
    for (size_t i = 0; i < trial->country_count; i++)
        if (strlen(trial->countries[i].country) == country.len &&
            memcmp(trial->countries[i].country, country.at, country.len) == 0)
            return &trial->countries[i];
    return NULL;
}

/* All that there is, in all countries of this world. */
static garita_scope whole_scope(const struct policy_trial *trial)
{
    garita_scope scope = {.types = GARITA_TYPES_ALL, .depth = GARITA_CHAIN_DEPTH_MAX};
    size_t count;
    const garita_programme *programmes = garita_programmes(&count);

    for (size_t i = 0; i < count; i++)
        scope.programmes |= UINT64_C(1) << programmes[i].code;
    for (size_t i = 0; i < trial->country_count; i++)
        garita_scope_add_country(&scope, trial->countries[i].country);
    return scope;
}

static uint8_t *make_key(uint8_t public_key[GARITA_PUBLIC_KEY_SIZE])
{
    uint8_t *key = sodium_malloc(GARITA_SECRET_KEY_SIZE);

    if (key != NULL)
        crypto_sign_keypair(public_key, key);
    return key;
}

/* What both statements of a country have in common: in force at any moment. */
static garita_authority authority_of(const char *name, const char *country, uint32_t serial)
{
    garita_authority out = {
        .serial = serial, .expires = GARITA_DAY_MAX, .key_number = 1, .name = {name, strlen(name)}};

    memcpy(out.country, country, strlen(country) + 1);
    return out;
}

static garita_error make_anchor(struct policy_trial *trial, struct policy_trial_country *country,
                                garita_id *id)
{
    const garita_scope scope = whole_scope(trial);
    garita_authority authority = authority_of("Anchor", country->country, 1);
    uint8_t bytes[GARITA_AUTHORITY_BYTES_MAX];
    size_t len;

    country->anchor_key = make_key(authority.public_key);
    if (country->anchor_key == NULL)
        return GARITA_E_NO_MEMORY;
    garita_key_id(id, authority.public_key);
    const garita_signer signer = {*id, 1, country->anchor_key};
    garita_error error =
        garita_authority_issue(bytes, &len, sizeof bytes, NULL, &authority, &signer);
    return error == GARITA_OK
               ? garita_trust_pin(trial->trust, &country->anchor, NULL, &scope, bytes, len)
               : error;
}

static garita_error make_agency(struct policy_trial *trial, struct policy_trial_country *country,
                                const garita_id *anchor_id)
{
    garita_authority authority = authority_of("Agency", country->country, 2);
    uint8_t bytes[GARITA_AUTHORITY_BYTES_MAX];
    size_t len;

    country->agency_key = make_key(authority.public_key);
    if (country->agency_key == NULL)
        return GARITA_E_NO_MEMORY;
    authority.scope = whole_scope(trial);
    authority.scope.depth = 0;
    const garita_signer signer = {*anchor_id, 1, country->anchor_key};
    garita_error error =
        garita_authority_issue(bytes, &len, sizeof bytes, NULL, &authority, &signer);
    return error == GARITA_OK ? garita_trust_add(trial->trust, &country->agency, NULL, bytes, len)
                              : error;
}

static garita_error make_world(struct policy_trial *trial, const char *country)
{
    garita_error error = garita_trust_new(&trial->trust);

    trial->events = calloc(GARITA_BATCH_EVENTS_MAX, sizeof *trial->events);
    if (trial->events == NULL)
        return GARITA_E_NO_MEMORY;
    add_country(trial, country);
    for (size_t i = 0; i < sizeof neighbours / sizeof neighbours[0]; i++)
        add_country(trial, neighbours[i]);
    for (size_t i = 0; i < trial->country_count && error == GARITA_OK; i++) {
        garita_id id;
        error = make_anchor(trial, &trial->countries[i], &id);
        if (error == GARITA_OK)
            error = make_agency(trial, &trial->countries[i], &id);
    }
    return error;
}

static garita_signer agency_signer(const struct policy_trial_country *country)
{
    return (garita_signer){country->agency->id, country->agency->key_number, country->agency_key};
}

garita_error policy_trial_open(struct policy_trial *out, garita_fault *fault,
                               const garita_policy *policy, int64_t from, int64_t until)
{
    garita_policy dated = *policy;
    garita_error error = make_world(out, policy->country);

    *fault = (garita_fault){.field = ""};
    if (error != GARITA_OK)
        return error;
    dated.serial = 1;
    dated.from = from;
    dated.until = until;
    const garita_signer signer = agency_signer(&out->countries[0]);
    return garita_policy_issue(&out->statement, &out->statement_len, fault, &dated, &signer);
}

/* --- who issues what --- */

/* The policy's own country if the programme is one of its, else the first whose it is. */
static struct policy_trial_country *issuer_of(struct policy_trial *trial, unsigned programme)
{
    const garita_programme *entry = garita_programme_by_code(programme);
    struct policy_trial_country *out = NULL;

    for (size_t i = 0; entry != NULL && entry->anchors[i] != NULL; i++) {
        const char *name = entry->anchors[i];
        struct policy_trial_country *one = find_country(trial, (garita_utf8){name, strlen(name)});
        if (one == &trial->countries[0] || out == NULL)
            out = one;
    }
    return out != NULL ? out : &trial->countries[0];
}

/* A designation is by the country that it names. */
static struct policy_trial_country *attester_of(struct policy_trial *trial,
                                                const garita_attestation *attestation)
{
    struct policy_trial_country *one = NULL;

    if (attestation->kind == GARITA_ATTESTATION_ESSENTIAL_WORKER)
        one = find_country(trial, attestation->fact.essential_worker.country);
    return one != NULL ? one : issuer_of(trial, garita_attestation_programme(attestation));
}

/* Events of one run, by who publishes them. */
struct publishing {
    garita_event events[POLICY_TRIAL_COUNTRIES][GARITA_PARTY_MAX];
    size_t counts[POLICY_TRIAL_COUNTRIES];
};

static garita_error issue_member(struct policy_trial *trial, struct policy_trial_statement *out,
                                 garita_fault *fault, struct publishing *publishing,
                                 const struct policy_member *member)
{
    garita_credential credential = member->claims.credential;
    struct policy_trial_country *by = issuer_of(trial, credential.programme);
    const garita_signer signer = agency_signer(by);
    size_t index = (size_t)(by - trial->countries);

    credential.serial = ++by->issued;
    if (member->standing != GARITA_STANDING_ACTIVE)
        publishing->events[index][publishing->counts[index]++] =
            (garita_event){credential.serial, (uint8_t)member->standing, GARITA_CAUSE_UNSPECIFIED};
    return garita_credential_issue(out->bytes, &out->len, sizeof out->bytes, fault, &credential,
                                   &signer);
}

static garita_error issue_attestation(struct policy_trial *trial,
                                      struct policy_trial_statement *out, garita_fault *fault,
                                      const struct claims *claims)
{
    garita_attestation attestation = claims->attestation;
    struct policy_trial_country *by = attester_of(trial, &attestation);
    const garita_signer signer = agency_signer(by);

    attestation.serial = ++by->issued;
    return garita_attestation_issue(out->bytes, &out->len, sizeof out->bytes, fault, &attestation,
                                    &signer);
}

/* All statements of an example: first the members' credentials, then all attestations. */
static garita_error issue_all(struct policy_trial *trial, garita_fault *fault, size_t *member,
                              size_t *attestation, struct publishing *publishing,
                              const struct policy_example *example)
{
    struct policy_trial_statement *out = trial->statements;
    garita_error error = GARITA_OK;

    *attestation = SIZE_MAX;
    for (size_t i = 0; i < example->member_count && error == GARITA_OK; i++) {
        *member = i;
        error = issue_member(trial, out++, fault, publishing, &example->members[i]);
    }
    for (size_t i = 0; i < example->member_count && error == GARITA_OK; i++) {
        *member = i;
        for (size_t j = 0; j < example->members[i].attestation_count && error == GARITA_OK; j++) {
            *attestation = j;
            error = issue_attestation(trial, out++, fault, &example->members[i].attestations[j]);
        }
    }
    return error;
}

/* --- status logs --- */

/* Publishes events, if there are any, and a head of this moment, and puts the log into the book. */
static garita_error publish(struct policy_trial *trial, const garita_issuer *authority,
                            const uint8_t *key, uint32_t issued, int64_t now, garita_event *events,
                            size_t event_count)
{
    const garita_signer signer = {authority->id, authority->key_number, key};
    uint8_t batch[1024]; /* GARITA_PARTY_MAX events take a few bytes each */
    size_t len;
    garita_hash id;
    garita_log log;

    garita_log_id(&id, authority);
    garita_error error = garita_log_start(&log, &id);
    if (error != GARITA_OK)
        return error;
    if (event_count > 0)
        error = garita_batch_encode(batch, &len, sizeof batch,
                                    now < GARITA_BATCH_TIME_MIN ? GARITA_BATCH_TIME_MIN : now,
                                    events, event_count);
    if (error == GARITA_OK && event_count > 0)
        error = garita_log_append(&log, trial->events, batch, len);
    if (error == GARITA_OK)
        error = garita_log_sign(&log, issued, now, DAY_S, &signer);
    if (error == GARITA_OK)
        error = garita_book_put(trial->book, &log);
    if (error != GARITA_OK)
        garita_log_end(&log);
    return error;
}

static garita_error publish_all(struct policy_trial *trial, int64_t now,
                                struct publishing *publishing)
{
    garita_error error = garita_book_new(&trial->book, trial->trust);

    for (size_t i = 0; i < trial->country_count && error == GARITA_OK; i++) {
        struct policy_trial_country *country = &trial->countries[i];
        error = publish(trial, country->anchor, country->anchor_key, 2, now, NULL, 0);
        if (error == GARITA_OK)
            error = publish(trial, country->agency, country->agency_key, country->issued, now,
                            publishing->events[i], publishing->counts[i]);
    }
    if (error == GARITA_OK)
        garita_book_settle(trial->book);
    return error;
}

/* --- what was found --- */

static struct policy_finding *find(struct policy_result *out, size_t member, garita_reason reason)
{
    struct policy_finding *one = &out->findings[out->finding_count];

    if (out->finding_count < POLICY_FINDINGS_MAX)
        out->finding_count++;
    *one = (struct policy_finding){.member = member, .reason = reason};
    return one;
}

static void find_requirements(struct policy_result *out, size_t member, const garita_lane *lane,
                              const garita_verdict *verdict)
{
    for (size_t i = 0; i < lane->requirement_count; i++) {
        const garita_requirement_result *result = &verdict->requirements[i];
        if (!result->is_asked || result->is_met)
            continue;
        out->requirements_lacked |= 1u << i;
        find(out, member,
             result->has_expired ? GARITA_REASON_ATTESTATION_EXPIRED
                                 : GARITA_REASON_ATTESTATION_MISSING)
            ->words = lane->requirements[i].description;
    }
}

static void find_rules(struct policy_result *out, size_t member, const garita_lane *lane,
                       const garita_verdict *verdict)
{
    for (size_t i = 0; i < lane->rule_count; i++) {
        const garita_rule_result *result = &verdict->rules[i];
        if (!result->is_asked || result->outcome == GARITA_ACCEPT)
            continue;
        out->rules_failed |= UINT64_C(1) << i;
        struct policy_finding *one = find(out, member, GARITA_REASON_RULE_FAILED);
        one->rule = lane->rules[i].id;
        one->words = lane->rules[i].description;
        one->error = result->error;
    }
}

/* Whether a reason is told with more than itself by the above. */
static bool is_told(garita_reason reason)
{
    return reason == GARITA_REASON_ATTESTATION_MISSING ||
           reason == GARITA_REASON_ATTESTATION_EXPIRED || reason == GARITA_REASON_RULE_FAILED ||
           reason == GARITA_REASON_EMPLOYER_DENIED || reason == GARITA_REASON_PARTY_INCOMPLETE;
}

static void find_in_member(struct policy_result *out, size_t member, const garita_lane *lane,
                           const garita_verdict *verdict)
{
    if (verdict->reason != GARITA_REASON_OK && !is_told(verdict->reason))
        find(out, member, verdict->reason);
    if (verdict->denied.len > 0)
        find(out, member, GARITA_REASON_EMPLOYER_DENIED)->denied = verdict->denied;
    find_requirements(out, member, lane, verdict);
    find_rules(out, member, lane, verdict);
    for (size_t i = 0; i < verdict->shown_count; i++)
        if (verdict->shown[i].outcome != GARITA_ACCEPT)
            find(out, member, verdict->shown[i].reason)->kind =
                (int)verdict->shown[i].attestation.kind;
}

/* What the party lacks; of one who comes alone too. A member that fits nowhere has been told of. */
static void find_missing(struct policy_result *out, size_t member, const garita_lane *lane,
                         const garita_party *party)
{
    size_t before = out->finding_count;

    for (size_t i = 0; i < lane->role_count; i++) {
        if (party->missing[i] == 0)
            continue;
        struct policy_finding *one = find(out, member, GARITA_REASON_PARTY_INCOMPLETE);
        one->words = lane->roles[i].title;
        one->missing = party->missing[i];
    }
    if (party->count < party->expected)
        find(out, member, GARITA_REASON_PARTY_INCOMPLETE)->missing = party->expected - party->count;
    if (party->lacks_employer && party->unemployed != GARITA_PARTY_NOBODY)
        find(out, party->unemployed, GARITA_REASON_PARTY_INCOMPLETE)->is_unemployed = true;
    if (!party->is_complete && out->finding_count == before)
        find(out, member, GARITA_REASON_PARTY_INCOMPLETE);
}

/* --- judging --- */

/* One who comes alone: the verdict itself has looked at what is missing. */
static void judge_alone(struct policy_result *out, const garita_lane *lane,
                        const garita_verdict *const *members)
{
    garita_party party;

    out->outcome = members[0]->outcome;
    out->reason = members[0]->reason;
    garita_party_judge(&party, lane, members, 1, 0);
    find_missing(out, 0, lane, &party);
}

static void judge(struct policy_result *out, struct policy_trial *trial,
                  const struct policy_example *example, const garita_setting *setting)
{
    const garita_verdict *members[GARITA_PARTY_MAX];
    garita_party party;

    for (size_t i = 0; i < example->member_count; i++) {
        const struct policy_trial_statement *statement = &trial->statements[i];
        garita_verify_statement(&trial->verdicts[i], setting, statement->bytes, statement->len);
        members[i] = &trial->verdicts[i];
        find_in_member(out, i, setting->lane, members[i]);
    }
    if (!setting->is_member) {
        judge_alone(out, setting->lane, members);
        return;
    }
    garita_party_judge(&party, setting->lane, members, example->member_count, example->party);
    out->outcome = party.outcome;
    out->reason = party.reason;
    find_missing(out, POLICY_TRIAL_PARTY, setting->lane, &party);
}

/* Adds the policy, and looks the lane up as a checkpoint of its country does. */
static garita_error choose_lane(bool *has_lane, struct policy_trial *trial, const char *name,
                                const garita_clock *clock)
{
    garita_policies_added added;
    garita_error error = garita_policies_new(&trial->policies, trial->trust, trial->book,
                                             trial->countries[0].country);

    if (error == GARITA_OK)
        error =
            garita_policies_add(trial->policies, &added, trial->statement, trial->statement_len);
    if (error == GARITA_OK)
        *has_lane = garita_policies_lane(&trial->lane, NULL, trial->policies, name, clock) !=
                    GARITA_LANE_UNKNOWN;
    return error;
}

static bool take_room(struct policy_trial *trial, const struct policy_example *example,
                      size_t *shown_count)
{
    size_t attestations = 0;

    for (size_t i = 0; i < example->member_count; i++)
        attestations += example->members[i].attestation_count;
    *shown_count = attestations;
    trial->verdicts = calloc(example->member_count, sizeof *trial->verdicts);
    trial->statements = calloc(example->member_count + attestations, sizeof *trial->statements);
    trial->shown = calloc(attestations + 1, sizeof *trial->shown);
    return trial->verdicts != NULL && trial->statements != NULL && trial->shown != NULL;
}

garita_error policy_trial_run(struct policy_result *out, garita_fault *fault, size_t *member,
                              size_t *attestation, struct policy_trial *trial,
                              const struct policy_example *example)
{
    const garita_clock clock = {.is_known = true, .now = example->at};
    struct publishing publishing = {0};
    size_t shown_count;

    *out = (struct policy_result){0};
    *fault = (garita_fault){.field = ""};
    end_run(trial);
    /* The policy itself is the first statement of its agency. */
    for (size_t i = 0; i < trial->country_count; i++)
        trial->countries[i].issued = i == 0;
    if (!take_room(trial, example, &shown_count))
        return GARITA_E_NO_MEMORY;
    garita_error error = issue_all(trial, fault, member, attestation, &publishing, example);
    if (error == GARITA_OK)
        error = publish_all(trial, example->at, &publishing);
    if (error == GARITA_OK)
        error = choose_lane(&out->has_lane, trial, example->lane, &clock);
    if (error != GARITA_OK || !out->has_lane)
        return error;

    garita_setting setting = {.trust = trial->trust,
                              .lane = &trial->lane,
                              .status = garita_book_status(trial->book),
                              .clock = clock,
                              .is_member = example->party > 0 || example->member_count > 1};
    for (size_t i = 0; i < shown_count; i++) {
        const struct policy_trial_statement *one = &trial->statements[example->member_count + i];
        garita_verify_attestation(&trial->shown[i], &setting, one->bytes, one->len);
    }
    setting.beside = trial->shown;
    setting.beside_count = shown_count;
    judge(out, trial, example, &setting);
    return GARITA_OK;
}
