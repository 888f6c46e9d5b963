/* garita/verify.h: the one pipeline from QR text to verdict. Pure: trust, status and time come in,
 * a verdict comes out; no I/O, no clock, no allocation.
 */
#ifndef GARITA_VERIFY_H
#define GARITA_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/batch.h>
#include <garita/credential.h>
#include <garita/error.h>
#include <garita/limits.h>
#include <garita/trust.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum garita_outcome {
    GARITA_UNDECIDED = 0, /* never a result: a verdict that nobody filled */
    GARITA_ACCEPT,
    GARITA_REFER,
    GARITA_REJECT,
    GARITA_NO_VERDICT /* there was no credential to judge: no-qr, foreign-qr */
} garita_outcome;

/* The reasons in the order of the stages. X(constant, code, stage, usual outcome) */
#define GARITA_REASONS(X)                                                                          \
    X(NO_QR, "no-qr", FORM, NO_VERDICT)                                                            \
    X(FOREIGN_QR, "foreign-qr", FORM, NO_VERDICT)                                                  \
    X(MALFORMED, "malformed", FORM, REJECT)                                                        \
    X(UNSUPPORTED_VERSION, "unsupported-version", FORM, REJECT)                                    \
    X(UNKNOWN_ISSUER, "unknown-issuer", CHAIN, REJECT)                                             \
    X(ISSUER_NOT_YET_VALID, "issuer-not-yet-valid", CHAIN, REJECT)                                 \
    X(ISSUER_EXPIRED, "issuer-expired", CHAIN, REJECT)                                             \
    X(ISSUER_REVOKED, "issuer-revoked", CHAIN, REJECT)                                             \
    X(BAD_SIGNATURE, "bad-signature", SIGNATURE, REJECT)                                           \
    X(OUT_OF_SCOPE, "out-of-scope", SCOPE, REJECT)                                                 \
    X(REVOKED, "revoked", REVOCATION, REJECT)                                                      \
    X(NOT_YET_VALID, "not-yet-valid", DATES, REJECT)                                               \
    X(EXPIRED, "expired", DATES, REJECT)                                                           \
    X(SUSPENDED, "suspended", STATUS, REFER)                                                       \
    X(ISSUER_EQUIVOCATED, "issuer-equivocated", STATUS, REFER)                                     \
    X(SERIAL_UNKNOWN, "serial-unknown", STATUS, REFER)                                             \
    X(STATUS_MISSING, "status-missing", STATUS, REFER)                                             \
    X(STATUS_STALE, "status-stale", FRESHNESS, REFER)                                              \
    X(CLOCK_BEHIND, "clock-behind", FRESHNESS, REFER)                                              \
    X(CLOCK_UNKNOWN, "clock-unknown", FRESHNESS, REFER)                                            \
    X(LANE_MISMATCH, "lane-mismatch", POLICY, REJECT)                                              \
    X(INTERNAL_ERROR, "internal-error", POLICY, REFER)                                             \
    X(OK, "ok", POLICY, ACCEPT)

typedef enum garita_reason {
    GARITA_REASON_NONE = 0, /* of an undecided verdict */
#define GARITA_REASON_ENUM(constant, code, stage, outcome) GARITA_REASON_##constant,
    GARITA_REASONS(GARITA_REASON_ENUM)
#undef GARITA_REASON_ENUM
} garita_reason;

/* The stages, in order; each is one check of the verdict. X(constant, name) */
#define GARITA_STAGES(X)                                                                           \
    X(FORM, "form")                                                                                \
    X(CHAIN, "chain")                                                                              \
    X(SIGNATURE, "signature")                                                                      \
    X(SCOPE, "scope")                                                                              \
    X(REVOCATION, "revocation")                                                                    \
    X(DATES, "dates")                                                                              \
    X(STATUS, "status")                                                                            \
    X(FRESHNESS, "freshness")                                                                      \
    X(POLICY, "policy")

typedef enum garita_stage {
#define GARITA_STAGE_ENUM(constant, name) GARITA_STAGE_##constant,
    GARITA_STAGES(GARITA_STAGE_ENUM)
#undef GARITA_STAGE_ENUM
    GARITA_STAGE_COUNT
} garita_stage;

typedef enum garita_check_result {
    GARITA_CHECK_SKIP = 0, /* not reached, or waived by the lane */
    GARITA_CHECK_PASS,
    GARITA_CHECK_FAIL
} garita_check_result;

typedef struct garita_check {
    garita_check_result result;
    garita_reason reason; /* the first that failed this stage; NONE if none did */
} garita_check;

const char *garita_outcome_name(garita_outcome outcome); /* "accept", "refer", "reject", "none" */
const char *garita_reason_code(garita_reason reason);
const char *garita_stage_name(garita_stage stage);

/* --- the lane --- */

/* Ages in seconds. Zero means no limit. */
typedef struct garita_lane_ages {
    int64_t issuer;  /* the log of who signed the credential */
    int64_t between; /* logs of authorities between it and the anchor */
    int64_t anchor;  /* the anchor's own log */
} garita_lane_ages;

typedef struct garita_lane {
    const char *name;
    uint64_t programmes; /* accepted here; bit n: programme n */
    bool waives_status_missing;
    bool waives_serial_unknown;
    bool waives_freshness;
    garita_lane_ages refer_after;  /* older status is refer status-stale */
    garita_lane_ages reject_after; /* older still is reject status-stale */
} garita_lane;

/* A built-in lane ("default", "any"), or null. */
const garita_lane *garita_lane_builtin(const char *name);

/* --- status: what is known of an authority's log --- */

/* What is known of one serial, and of the log that it would be in. */
typedef struct garita_status {
    garita_standing standing; /* counts even without a head: known revocations never fall */
    bool equivocated;         /* the authority has shown two histories */
    bool has_head;
    uint32_t issued;   /* highest serial assigned, by the newest head */
    int64_t signed_at; /* moments, of the newest head */
    int64_t next_due;
} garita_status;

/* Where statuses come from. look_up fills *out (zeroed before the call) for a serial in the log of
 * authority; it must not allocate or block. */
typedef struct garita_status_source {
    const void *context;
    void (*look_up)(const void *context, garita_status *out, const garita_issuer *authority,
                    uint32_t serial);
} garita_status_source;

typedef struct garita_clock {
    bool is_known; /* false: no clock could be read */
    int64_t now;   /* moment */
    bool has_floor;
    int64_t floor; /* the newest time attested by enough authorities */
} garita_clock;

/* Where a log stands in the chain that a credential is judged by. */
typedef enum garita_place {
    GARITA_PLACE_ISSUER,
    GARITA_PLACE_BETWEEN,
    GARITA_PLACE_ANCHOR
} garita_place;

/* What a lane makes of the age of a log's newest head, whatever it waives. */
typedef enum garita_freshness {
    GARITA_TOO_STALE = 0, /* past its second limit */
    GARITA_STALE,
    GARITA_FRESH
} garita_freshness;

/* status has a head, and the clock is known. */
garita_freshness garita_status_freshness(const garita_status *status, const garita_lane *lane,
                                         garita_place place, const garita_clock *clock);

/* --- the verdict --- */

/* All that a verdict depends on besides the text. */
typedef struct garita_setting {
    const garita_trust *trust;
    const garita_lane *lane;
    const garita_status_source *status; /* null: no log is known */
    garita_clock clock;
} garita_setting;

typedef struct garita_verdict {
    garita_outcome outcome;
    garita_reason reason; /* the first that gives the outcome */
    garita_check checks[GARITA_STAGE_COUNT];
    garita_fault fault; /* if the form stage failed: what was wrong, and where */
    bool has_signer;    /* the form allowed to read who claims to have signed */
    garita_id signer;   /* a claim until the signature stage has passed */
    uint8_t key_number;
    const garita_issuer *issuer; /* in the trust set, once the signature is good; else null */
    bool has_credential;         /* signature good and claims read; else credential is zero */
    garita_credential credential;
    bool has_status_age;
    int64_t status_age_s; /* of the newest head of the issuer's log */
    /* The statement's bytes, which credential points into: do not copy or move a verdict. */
    size_t bytes_len;
    uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX];
} garita_verdict;

/* Judges the text of one QR code (no line ending). A text that is not ours is GARITA_NO_VERDICT,
 * foreign-qr. */
void garita_verify_text(garita_verdict *out, const garita_setting *setting, const char *text,
                        size_t text_len);

/* Judges a statement's bytes. */
void garita_verify_statement(garita_verdict *out, const garita_setting *setting,
                             const uint8_t *bytes, size_t bytes_len);

#ifdef __cplusplus
}
#endif

#endif
