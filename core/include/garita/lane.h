/* garita/lane.h: what a lane asks of who passes: built in, or as a policy says it
 * (core/FORMAT.md, "policy").
 */
#ifndef GARITA_LANE_H
#define GARITA_LANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/credential.h>
#include <garita/limits.h>
#include <garita/statement.h>
#include <garita/trust.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How a verdict comes out; worse is greater. */
typedef enum garita_outcome {
    GARITA_UNDECIDED = 0, /* never a result: a verdict that nobody filled */
    GARITA_ACCEPT,
    GARITA_REFER,
    GARITA_REJECT,
    GARITA_NO_VERDICT /* there was no credential to judge: no-qr, foreign-qr */
} garita_outcome;

/* A text for people in both languages; len 0 of both: none. */
typedef struct garita_words {
    garita_utf8 en, es;
} garita_words;

/* Ages in seconds. Zero means no limit. */
typedef struct garita_lane_ages {
    int64_t issuer;  /* the log of who signed the credential */
    int64_t between; /* logs of authorities between it and the anchor */
    int64_t anchor;  /* the anchor's own log */
} garita_lane_ages;

/* One of the ways to meet a requirement. */
typedef struct garita_alternative {
    uint8_t kind;      /* of attestation */
    int64_t max_age_s; /* since it is dated; 0: as long as it is in force itself */
} garita_alternative;

/* Attestations of which one must be there. */
typedef struct garita_requirement {
    garita_words description; /* "a vaccination of the last nine months, or a test of the last 72 h" */
    uint8_t subjects;         /* of whom it is asked: a set */
    size_t alternative_count; /* 1 to GARITA_ALTERNATIVES_MAX */
    garita_alternative alternatives[GARITA_ALTERNATIVES_MAX];
} garita_requirement;

/* A rule that must give true. */
typedef struct garita_rule {
    garita_utf8 id;           /* "full-course": for people and logs */
    garita_words description; /* what it asks: the officer reads it when it fails */
    uint8_t subjects;         /* to whom it applies: a set */
    garita_outcome otherwise; /* REFER or REJECT, when it gives false; an error is REFER */
    garita_bytes expression;  /* garita/certlogic.h; checked */
} garita_rule;

/* A part of a party. */
typedef struct garita_role {
    garita_words title;  /* "driver", "conductor" */
    uint8_t subjects;    /* a set */
    uint64_t programmes; /* a set */
    uint8_t fewest;      /* 0 to GARITA_PARTY_MAX */
    uint8_t most;        /* 1 to GARITA_PARTY_MAX */
    bool employs;        /* it is the employer that each holder's credential in the party names */
} garita_role;

/* What the policy says where the table of reasons leaves it to it. Zero: as the table has it. */
typedef struct garita_lane_outcomes {
    garita_outcome suspended;           /* REFER, or REJECT */
    garita_outcome lane_mismatch;       /* REJECT, or REFER */
    garita_outcome attestation_expired; /* REJECT, or REFER */
    garita_outcome employer_denied;     /* REJECT, or REFER */
} garita_lane_outcomes;

/* All that it points at belongs to the policy that it is of, or is static. */
typedef struct garita_lane {
    char name[GARITA_LANE_NAME_BYTES_MAX + 1];
    char country[GARITA_COUNTRY_SIZE]; /* empty of a built-in lane */
    garita_words title;
    uint64_t programmes; /* accepted here; bit n: programme n */
    bool waives_status_missing;
    bool waives_serial_unknown;
    bool waives_freshness;
    bool waives_policy;  /* of any: whoever comes, whatever it is about */
    bool lacks_policy;   /* a policy named it, but none is in force: refer policy-missing */
    garita_lane_ages refer_after;  /* older status is refer status-stale */
    garita_lane_ages reject_after; /* older still is reject status-stale */
    garita_lane_outcomes outcomes;
    size_t requirement_count;
    const garita_requirement *requirements;
    size_t denied_count;
    const garita_utf8 *denied; /* ids of employers and companies */
    size_t rule_count;
    const garita_rule *rules;
    size_t role_count; /* 0: each holder passes by itself; companies and vehicles only beside one */
    const garita_role *roles;
} garita_lane;

/* A built-in lane ("default", "any"), or null. */
const garita_lane *garita_lane_builtin(const char *name);

/* Whether an id is among those that a lane denies, by garita_company_id_equal. */
bool garita_lane_denies(const garita_lane *lane, garita_utf8 id);

/* Whether two ids of employers or companies, valid UTF-8, name the same. Letters are compared
 * without case and without accents, as the machine-readable zone spells them (garita/name.h), and
 * what is neither letter nor digit is skipped: "IMMEX 1234-2006" is "immex-1234-2006", "Ñandú" is
 * "NANDU". Characters that the zone's tables lack are compared as they are; letters of two scripts
 * that only look alike differ. Two of which nothing is left to compare do not name the same: an id of
 * len 0 is nobody's. */
bool garita_company_id_equal(garita_utf8 a, garita_utf8 b);

#ifdef __cplusplus
}
#endif

#endif
