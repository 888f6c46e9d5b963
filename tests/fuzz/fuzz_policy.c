/* Policies behind a good signature: the input is a map, signed here by whom its first byte says.
 * What is read is written in exactly these bytes, whoever is found to have signed it may, and a
 * lane is ruled by nothing but a policy that names it, is in force, and can be read.
 */
#include "signers.h"

#include <garita/book.h>
#include <garita/certlogic.h>
#include <garita/policies.h>

static signers s;
static garita_book *book;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    signers_make(&s);
    WORLD_REQUIRE(garita_book_new(&book, s.w.trust) == GARITA_OK);
    return 0;
}

static void require_lane(const garita_lane *lane, const char *country)
{
    WORLD_REQUIRE(garita_lane_name_is_wellformed(lane->name, strlen(lane->name)));
    WORLD_REQUIRE(strcmp(lane->country, country) == 0);
    for (size_t i = 0; i < lane->rule_count; i++) {
        garita_bytes rule = lane->rules[i].expression;
        WORLD_REQUIRE(garita_rule_check(NULL, rule.at, rule.len) == GARITA_OK);
        WORLD_REQUIRE(oracle_ask(rule.at, rule.len).is_canonical);
    }
    for (size_t i = 0; i < lane->denied_count; i++)
        WORLD_REQUIRE(garita_lane_denies(lane, lane->denied[i]));
    for (size_t i = 0; i < lane->role_count; i++)
        WORLD_REQUIRE(lane->roles[i].fewest <= lane->roles[i].most &&
                      (lane->roles[i].programmes & ~lane->programmes) == 0);
}

/* What was read says the same when it is written again. */
static void require_one_policy(const garita_policy *p, const uint8_t *statement, size_t len,
                               const garita_signer *signer)
{
    uint8_t *again;
    size_t again_len;
    garita_fault fault;
    WORLD_REQUIRE(p->from < p->until && p->lane_count >= 1 && p->lane_count <= GARITA_LANES_MAX);
    for (size_t i = 0; i < p->lane_count; i++)
        require_lane(&p->lanes[i], p->country);
    WORLD_REQUIRE(garita_policy_issue(&again, &again_len, &fault, p, signer) == GARITA_OK);
    WORLD_REQUIRE(again_len == len && memcmp(again + 1, statement + 1, len - WORLD_ENVELOPE) == 0);
    free(again);
}

static void require_signers(const garita_policy *p, const uint8_t *statement, size_t len)
{
    garita_error e;
    const garita_issuer *r = NULL;
    size_t found = 0;
    while ((r = garita_policy_signer(NULL, &e, s.w.trust, r, statement, len)) != NULL) {
        WORLD_REQUIRE(p && e == GARITA_OK && found++ < garita_trust_count(s.w.trust));
        WORLD_REQUIRE(world_is_signed(statement, len, GARITA_TYPE_POLICY, r->public_key));
        WORLD_REQUIRE(garita_scope_has_type(&r->scope, GARITA_TYPE_POLICY));
        WORLD_REQUIRE(garita_scope_has_country(&r->scope, p->country));
    }
}

/* Beside one policy that can be read, of serial 1,000 and the first anchor: lane "a", always. */
static void require_choice(const garita_policy *p, const uint8_t *statement, size_t len,
                           int64_t now)
{
    static const garita_words title = {{"e", 1}, {"s", 1}};
    garita_lane usual = {.name = "a", .title = title};
    garita_policy first = {.serial = 1000,
                           .until = GARITA_MOMENT_MAX,
                           .country = "USA",
                           .title = title,
                           .lane_count = 1,
                           .lanes = &usual};
    garita_clock clock = {.is_known = true, .now = now};
    garita_policies *policies;
    garita_policies_added added;
    const garita_policies_entry *entry;
    garita_lane lane;
    uint8_t *bytes;
    size_t bytes_len;
    WORLD_REQUIRE(garita_policies_new(&policies, s.w.trust, book, "USA") == GARITA_OK);
    WORLD_REQUIRE(garita_policy_issue(&bytes, &bytes_len, NULL, &first, &s.keys[0].signer) ==
                  GARITA_OK);
    WORLD_REQUIRE(garita_policies_add(policies, &added, bytes, bytes_len) == GARITA_OK &&
                  added.fate == GARITA_POLICIES_ADDED);
    free(bytes);
    WORLD_REQUIRE(garita_policies_add(policies, &added, statement, len) == GARITA_OK);
    WORLD_REQUIRE(added.fate != GARITA_POLICIES_ADDED || (p && strcmp(p->country, "USA") == 0));
    WORLD_REQUIRE(added.fate != GARITA_POLICIES_UNREADABLE || !p);
    WORLD_REQUIRE(garita_policies_count(policies) >= 1 && garita_policies_count(policies) <= 3);

    const char *name = p ? p->lanes[p->lane_count / 2].name : "a";
    garita_lane_standing standing = garita_policies_lane(&lane, &entry, policies, name, &clock);
    if (standing == GARITA_LANE_RULED)
        WORLD_REQUIRE(entry->policy && entry->from <= now && now < entry->until &&
                      !lane.lacks_policy && strcmp(lane.name, name) == 0);
    else if (standing == GARITA_LANE_LACKING)
        WORLD_REQUIRE(!entry && lane.lacks_policy && lane.programmes != 0);
    if (standing == GARITA_LANE_UNKNOWN)
        WORLD_REQUIRE(added.fate < GARITA_POLICIES_UNREADABLE && strcmp(name, "a") != 0);
    garita_policies_free(policies);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    garita_policy *p;
    if (size == 0 || size > 8192)
        return 0;
    uint8_t *statement = malloc(size - 1 + WORLD_ENVELOPE);
    WORLD_REQUIRE(statement != NULL);
    size_t len = world_sign(statement, data + 1, size - 1, GARITA_TYPE_POLICY,
                            s.keys[data[0] % SIGNERS].secret_key);
    if (garita_policy_inspect(&p, NULL, NULL, statement, len) == GARITA_OK) {
        garita_peek peek;
        WORLD_REQUIRE(garita_statement_peek(&peek, NULL, GARITA_TYPE_POLICY, statement, len) ==
                      GARITA_OK);
        garita_signer signer = {peek.signer, peek.key_number, s.keys[0].secret_key};
        require_one_policy(p, statement, len, &signer);
    }
    require_signers(p, statement, len);
    require_choice(p, statement, len, p ? p->from : 0);
    require_choice(p, statement, len, p ? p->until : INT64_MAX);
    garita_policy_free(p);
    free(statement);
    return 0;
}
