#include "judge.h"

#include <garita/packet.h>

/* What is known of a serial, spelled by its bits, so that the fuzzer finds every combination. */
static void look_up(const void *context, garita_status *out, const garita_issuer *authority,
                    uint32_t serial) {
    (void)context;
    if (authority->level == 0) { /* below, the levels above shall not drown what the serial says */
        out->has_head = true;
        out->issued = GARITA_SERIAL_MAX;
        out->signed_at = WORLD_NOW - 60;
        out->next_due = WORLD_NOW + 3600;
        return;
    }
    out->standing = (garita_standing)(serial & 3u) <= GARITA_STANDING_REVOKED
                        ? (garita_standing)(serial & 3u)
                        : GARITA_STANDING_ACTIVE;
    out->equivocated = (serial & 4u) != 0;
    out->has_head = (serial & 8u) != 0;
    out->issued = (serial & 16u) != 0 ? serial - 1 : GARITA_SERIAL_MAX;
    out->signed_at = WORLD_NOW + ((serial & 32u) != 0 ? 3600 : -3600);
    out->next_due = WORLD_NOW + ((serial & 64u) != 0 ? 3600 : -1800);
}

static const garita_status_source status_by_bits = { NULL, look_up };

/* The statement in the code: all of it, or a packet's. */
static garita_bytes credential_of(const garita_verdict *v) {
    garita_parts parts;
    WORLD_REQUIRE(garita_packet_split(&parts, NULL, v->bytes, v->bytes_len) == GARITA_OK);
    return parts.credential;
}

/* What counts must have been signed by who may, and be this subject's. */
static void require_shown(const garita_verdict *v, const garita_shown *s) {
    WORLD_REQUIRE(s->outcome == GARITA_ACCEPT || s->outcome == GARITA_REFER ||
                  s->outcome == GARITA_REJECT);
    WORLD_REQUIRE((s->outcome == GARITA_ACCEPT) == (s->reason == GARITA_REASON_OK));
    WORLD_REQUIRE(s->outcome != GARITA_ACCEPT || s->is_readable);
    if (!s->is_readable)
        return;
    WORLD_REQUIRE(s->issuer != NULL);
    WORLD_REQUIRE(world_is_signed(s->statement.at, s->statement.len, GARITA_TYPE_ATTESTATION,
                                  s->issuer->public_key));
    WORLD_REQUIRE(!v->has_credential ||
                  garita_subject_equal(&s->attestation.subject, &v->subject));
    if (s->outcome != GARITA_ACCEPT)
        return;
    WORLD_REQUIRE(garita_attestation_in_scope(&s->attestation, &s->issuer->scope));
    WORLD_REQUIRE(garita_attestation_dated(&s->attestation) <= WORLD_NOW + GARITA_CLOCK_SKEW_S);
    WORLD_REQUIRE(WORLD_NOW < (s->attestation.expires + INT64_C(1)) * 86400 + 43200);
}

/* An accept by a policy: what was asked is there. */
static void require_asked(const garita_setting *setting, const garita_verdict *v) {
    const garita_lane *lane = setting->lane;
    for (size_t i = 0; i < lane->requirement_count; i++) {
        const garita_requirement_result *r = &v->requirements[i];
        if ((lane->requirements[i].subjects >> v->credential.about & 1) == 0)
            continue;
        WORLD_REQUIRE(r->is_asked && r->is_met && r->shown < v->shown_count);
        WORLD_REQUIRE(v->shown[r->shown].outcome == GARITA_ACCEPT);
    }
    for (size_t i = 0; i < lane->rule_count; i++)
        WORLD_REQUIRE(v->rules[i].outcome == GARITA_ACCEPT);
    WORLD_REQUIRE(v->denied.len == 0);
}

static void require_sound(const garita_setting *setting, const garita_verdict *v) {
    bool any_failed = false;
    WORLD_REQUIRE(v->outcome != GARITA_UNDECIDED);
    WORLD_REQUIRE(v->shown_count <= GARITA_SHOWN_MAX);
    for (size_t i = 0; i < v->shown_count; i++)
        require_shown(v, &v->shown[i]);
    if (v->outcome == GARITA_NO_VERDICT && v->reason == GARITA_REASON_NONE) {
        WORLD_REQUIRE(v->shown_count > 0 && !v->has_credential && v->issuer == NULL);
        return;
    }
    WORLD_REQUIRE(v->reason != GARITA_REASON_NONE);
    WORLD_REQUIRE(v->reason != GARITA_REASON_INTERNAL_ERROR);
    WORLD_REQUIRE((v->outcome == GARITA_ACCEPT) == (v->reason == GARITA_REASON_OK));
    for (size_t i = 0; i < GARITA_STAGE_COUNT; i++) {
        const garita_check *c = &v->checks[i];
        WORLD_REQUIRE((c->result == GARITA_CHECK_FAIL) == (c->reason != GARITA_REASON_NONE));
        any_failed = any_failed || c->result == GARITA_CHECK_FAIL;
    }
    WORLD_REQUIRE(any_failed == (v->outcome != GARITA_ACCEPT));

    bool is_formed = v->checks[GARITA_STAGE_FORM].result == GARITA_CHECK_PASS;
    bool is_signed = v->checks[GARITA_STAGE_SIGNATURE].result == GARITA_CHECK_PASS;
    WORLD_REQUIRE(is_signed == (v->issuer != NULL));
    WORLD_REQUIRE(v->has_credential == (is_formed && is_signed));
    if (!is_formed)
        WORLD_REQUIRE(v->outcome == GARITA_NO_VERDICT || v->fault.error != GARITA_OK);
    if (!is_signed) {
        WORLD_REQUIRE(v->outcome == GARITA_REJECT || v->outcome == GARITA_NO_VERDICT);
        return;
    }
    WORLD_REQUIRE(v->has_signer && garita_id_equal(&v->signer, &v->issuer->id) &&
                  v->key_number == v->issuer->key_number);
    if (v->has_credential) {
        garita_bytes statement = credential_of(v);
        require_one_encoding(statement.at, statement.len, GARITA_TYPE_CREDENTIAL);
    }
    if (v->outcome != GARITA_ACCEPT)
        return;
    require_asked(setting, v);

    const garita_credential *c = &v->credential;
    WORLD_REQUIRE(v->has_credential);
    WORLD_REQUIRE(garita_scope_has_type(&v->issuer->scope, GARITA_TYPE_CREDENTIAL));
    WORLD_REQUIRE((v->issuer->scope.programmes >> c->programme & 1) == 1);
    WORLD_REQUIRE(setting->clock.is_known);
    WORLD_REQUIRE(c->not_before * INT64_C(86400) <= WORLD_NOW);
    WORLD_REQUIRE(WORLD_NOW < (c->expires + INT64_C(1)) * 86400 + 43200);
    WORLD_REQUIRE(v->issuer->in_force_from <= WORLD_NOW && WORLD_NOW < v->issuer->in_force_until);
    bool waives = setting->lane->waives_status_missing;
    WORLD_REQUIRE(waives || setting->status != NULL);
    if (setting->status != NULL) {
        garita_status status = { 0 };
        look_up(NULL, &status, v->issuer, c->serial);
        WORLD_REQUIRE(status.standing == GARITA_STANDING_ACTIVE && !status.equivocated);
        WORLD_REQUIRE(waives || (status.has_head && c->serial <= status.issued &&
                                 status.signed_at <= WORLD_NOW && WORLD_NOW <= status.next_due));
    }
}

/* A lane that asks for a test, and that it be of a type that has a name; any in all else. */
static void policy_lane(garita_lane *out) {
    /* {"===": [{"var": "attestations.test.0.type"}, "naat"]} */
    static const uint8_t expression[] = "\x81\x03\x92\x81\x01\xb8"
                                        "attestations.test.0.type\xa4naat";
    static const garita_requirement requirement = {
        .subjects = 1 << GARITA_SUBJECT_HOLDER,
        .alternative_count = 1,
        .alternatives = { { GARITA_ATTESTATION_TEST, 7200 } }
    };
    static const garita_rule rule = { .subjects = GARITA_SUBJECTS_ALL,
                                      .otherwise = GARITA_REJECT,
                                      .expression = { expression, sizeof expression - 1 } };
    static const garita_role role = { .subjects = GARITA_SUBJECTS_ALL,
                                      .programmes = UINT64_MAX,
                                      .fewest = 1,
                                      .most = 1 };
    static const garita_utf8 denied = { "Denied 1", 8 };
    *out = *garita_lane_builtin("any");
    out->waives_policy = false;
    out->requirements = &requirement;
    out->rules = &rule;
    out->roles = &role;
    out->denied = &denied;
    out->requirement_count = out->rule_count = out->role_count = out->denied_count = 1;
}

static int severity(garita_outcome outcome) {
    switch (outcome) {
    case GARITA_ACCEPT: return 0;
    case GARITA_REFER: return 1;
    default: return 2;
    }
}

/* One of text and bytes is null. */
static void judge(const world *w, const char *text, size_t text_len, const uint8_t *bytes,
                  size_t bytes_len) {
    /* a null lane is policy_lane's */
    static const struct {
        const char *lane;
        bool has_status, has_clock;
    } settings[] = { { "any", false, true },
                     { "default", false, true },
                     { NULL, false, true },
                     { "any", true, true },
                     { "default", true, true },
                     { NULL, true, true },
                     { "any", true, false } };
    static garita_verdict v;
    garita_lane by_policy;
    policy_lane(&by_policy);
    int severities[3] = { 0, 0, 0 }; /* of the first three */
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        garita_setting setting = world_setting(w, settings[i].lane ? settings[i].lane : "any");
        if (settings[i].lane == NULL)
            setting.lane = &by_policy;
        if (settings[i].has_status)
            setting.status = &status_by_bits;
        if (!settings[i].has_clock)
            setting.clock = (garita_clock){ 0 };
        if (text != NULL)
            garita_verify_text(&v, &setting, text, text_len);
        else
            garita_verify_statement(&v, &setting, bytes, bytes_len);
        require_sound(&setting, &v);
        if (i < 3)
            severities[i] = severity(v.outcome);
        if (i > 0 || v.issuer == NULL)
            continue;
        /* Whoever is named as the issuer did sign this, says libsodium by itself. */
        garita_bytes statement = credential_of(&v);
        WORLD_REQUIRE(world_is_signed(statement.at, statement.len, GARITA_TYPE_CREDENTIAL,
                                      v.issuer->public_key));
        if (bytes != NULL)
            WORLD_REQUIRE(v.bytes_len == bytes_len && memcmp(v.bytes, bytes, bytes_len) == 0);
    }
    WORLD_REQUIRE(severities[0] <= severities[1]); /* "any" only waives */
    WORLD_REQUIRE(severities[0] <= severities[2]);
}

void judge_text(const world *w, const char *text, size_t text_len) {
    judge(w, text, text_len, NULL, 0);
}

void judge_statement(const world *w, const uint8_t *bytes, size_t bytes_len) {
    judge(w, NULL, 0, bytes, bytes_len);
}
