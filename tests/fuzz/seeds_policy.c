/* Policies, as fuzz_policy takes them: whose key, and a map. */
#include "seeds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <garita/policy.h>

#include "world.h"

#define WORDS(text)                                                                                \
    {                                                                                              \
        {text, sizeof text - 1},                                                                   \
        {                                                                                          \
            text, sizeof text - 1                                                                  \
        }                                                                                          \
    }

static const garita_requirement requirements[] = {
    {.description = WORDS("asked"),
     .subjects = 1,
     .alternative_count = 2,
     .alternatives = {{1, 23328000}, {2, 0}}},
};
static const garita_utf8 denied[] = {{"CTPAT-1", 7}, {"IMMEX", 5}};
/* {"===":[{"var":"a"},1]}, {"!":[["x"]]} */
static const garita_rule rules[] = {
    {.id = {"one", 3},
     .description = WORDS("rule"),
     .subjects = 1,
     .otherwise = GARITA_REJECT,
     .expression = {(const uint8_t *)"\x81\x03\x92\x81\x01\xa1\x61\x01", 8}},
    {.id = {"two", 3},
     .description = WORDS("rule"),
     .subjects = 7,
     .otherwise = GARITA_REFER,
     .expression = {(const uint8_t *)"\x81\x0f\x91\x91\xa1\x78", 6}},
};
static const garita_role roles[] = {
    {.title = WORDS("driver"), .subjects = 1, .programmes = 0x10, .fewest = 1, .most = 2},
    {.title = WORDS("carrier"), .subjects = 2, .programmes = 0x30, .most = 1, .employs = true},
};

/* What a lane has of these, by the bits of a number. */
static garita_lane lane_of(const char *name, unsigned parts)
{
    garita_lane lane = {.title = WORDS("lane"), .programmes = 0x30};
    memcpy(lane.name, name, strlen(name));
    lane.refer_after.issuer = 86400;
    lane.waives_serial_unknown = (parts & 1) != 0;
    lane.reject_after.anchor = (parts & 2) != 0 ? 1 : 0;
    lane.outcomes.suspended = (parts & 4) != 0 ? GARITA_REJECT : GARITA_UNDECIDED;
    lane.requirement_count = (parts & 8) != 0 ? 1 : 0;
    lane.requirements = requirements;
    lane.denied_count = (parts & 16) != 0 ? 2 : 0;
    lane.denied = denied;
    lane.rule_count = (parts & 32) != 0 ? 2 : 0;
    lane.rules = rules;
    lane.role_count = (parts & 64) != 0 ? 2 : 0;
    lane.roles = roles;
    return lane;
}

static void seed_policy(const char *name, uint8_t by, const garita_policy *p,
                        const garita_signer *signer)
{
    uint8_t *statement;
    size_t len;
    WORLD_REQUIRE(garita_policy_issue(&statement, &len, NULL, p, signer) == GARITA_OK);
    size_t map_len = len - WORLD_ENVELOPE;
    uint8_t *input = malloc(1 + map_len);
    WORLD_REQUIRE(input != NULL);
    input[0] = by;
    memcpy(input + 1, statement + 1, map_len);
    seed("policy", name, input, 1 + map_len);
    free(input);
    free(statement);
}

void seeds_policy(void)
{
    static world w;
    world_make(&w, 1);
    static const unsigned parts[] = {0, 1, 2, 4, 8, 16, 32, 64, 127};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        garita_lane lanes[] = {lane_of("a", parts[i]), lane_of("otay-mesa/1", 0)};
        garita_policy p = {.serial = 7,
                           .from = 1,
                           .until = 2000000000,
                           .country = "USA",
                           .title = WORDS("policy"),
                           .lane_count = i % 2 + 1,
                           .lanes = lanes};
        char name[32];
        snprintf(name, sizeof name, "parts-%u", parts[i]);
        seed_policy(name, 0, &p, &w.anchors[0].signer);
        snprintf(name, sizeof name, "agency-%u", parts[i]);
        seed_policy(name, 2, &p, &w.agencies[0].signer);
    }
    world_free(&w);
}
