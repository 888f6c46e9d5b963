#include "scan_party.h"

#include <string.h>

#include <sodium.h>

#include "advice.h"
#include "i18n.h"
#include "verdict_findings.h"
#include "verdict_json.h"
#include "verdict_party.h"
#include "verdict_rows.h"

void party_clear(struct party *party)
{
    sodium_memzero(party->members, party->count * sizeof party->members[0]);
    sodium_memzero(party->verdicts, party->count * sizeof party->verdicts[0]);
    party->count = 0;
    party->is_given = false;
    party->former = (struct former){0};
}

size_t party_find(const struct party *party, const garita_subject *subject)
{
    for (size_t i = 0; i < party->count; i++)
        if (party->members[i].has_subject &&
            garita_subject_equal(&party->members[i].subject, subject))
            return i;
    return GARITA_PARTY_NOBODY;
}

void party_set_single(struct party *party, const struct code *code, garita_outcome outcome)
{
    struct party_member *member = &party->members[0];

    party_clear(party);
    if (!scan_code_bytes(member->bytes, &member->len, code))
        return;
    member->origin = code->origin;
    member->has_subject = scan_code_subject(&member->subject, member->bytes, member->len);
    party->count = 1;
    party->is_given = true;
    party->former = (struct former){outcome, code->origin.line};
}

static void verify(garita_verdict *out, const garita_setting *setting,
                   const struct party_member *member)
{
    garita_verify_statement(out, setting, member->bytes, member->len);
}

static void point_at(const garita_verdict *out[GARITA_PARTY_MAX], const struct party *party)
{
    for (size_t i = 0; i < party->count; i++)
        out[i] = &party->verdicts[i];
}

/* The member that is shown once more: by whom it is about, or the very same code where there is no
 * telling. */
static size_t find_again(const struct party *party, const struct party_member *taken)
{
    const garita_verdict *verdicts[GARITA_PARTY_MAX];

    point_at(verdicts, party);
    if (taken->has_subject)
        return garita_party_find(verdicts, party->count, &party->newcomer);
    for (size_t i = 0; i < party->count; i++)
        if (party->members[i].len == taken->len &&
            memcmp(party->members[i].bytes, taken->bytes, taken->len) == 0)
            return i;
    return GARITA_PARTY_NOBODY;
}

/* Judges a code by itself. Whether it is somebody's, forged or not; one that is only damaged is to
 * be shown again. */
static bool is_member(struct party *party, struct party_member *taken,
                      const garita_setting *setting)
{
    verify(&party->newcomer, setting, taken);
    taken->has_subject = party->newcomer.has_credential;
    taken->subject = party->newcomer.subject;
    return party->newcomer.has_signer && party->newcomer.outcome != GARITA_NO_VERDICT;
}

static bool has_no_place(const garita_verdict *verdict, const garita_setting *setting)
{
    struct finding findings[FINDINGS_MAX];
    size_t count = verdict_findings(findings, verdict, setting);

    for (size_t i = 0; i < count; i++)
        if (findings[i].reason == GARITA_REASON_LANE_MISMATCH)
            return true;
    return false;
}

/* What a member's code is to the party; makes room in it for one that begins another. */
static enum party_taken place_of(struct party *party, size_t *index,
                                 const struct party_member *taken, const garita_setting *setting,
                                 bool is_strict)
{
    *index = find_again(party, taken);
    if (*index != GARITA_PARTY_NOBODY)
        return PARTY_REPLACED;
    if (is_strict && has_no_place(&party->newcomer, setting))
        return PARTY_NO_PLACE;
    if (party->is_given)
        party_clear(party);
    return party->count < GARITA_PARTY_MAX ? PARTY_NEW : PARTY_FULL;
}

enum party_taken party_take(struct party *party, size_t *index, const struct code *code,
                            const struct scan *scan, bool is_strict)
{
    garita_setting setting = scan_setting(scan);
    struct party_member taken = {.origin = code->origin};
    enum party_taken what = PARTY_NO_MEMBER;

    setting.is_member = true;
    *index = GARITA_PARTY_NOBODY;
    if (scan_code_bytes(taken.bytes, &taken.len, code) && is_member(party, &taken, &setting))
        what = place_of(party, index, &taken, &setting, is_strict);
    if (what == PARTY_NEW)
        *index = party->count++;
    if (what == PARTY_NEW || what == PARTY_REPLACED) {
        party->members[*index] = taken;
        verify(&party->verdicts[*index], &setting, &party->members[*index]);
    }
    sodium_memzero(&party->newcomer, sizeof party->newcomer);
    sodium_memzero(&taken, sizeof taken);
    return what;
}

void party_judge(struct party *party, struct shelf *shelf, garita_setting *setting,
                 const struct scan *scan)
{
    const garita_verdict *verdicts[GARITA_PARTY_MAX];
    garita_shown beside[GARITA_SHOWN_MAX];

    *setting = scan_setting(scan);
    setting->is_member = true;
    for (size_t i = 0; i < party->count; i++) {
        const struct party_member *member = &party->members[i];
        setting->beside = beside;
        setting->beside_count =
            member->has_subject ? shelf_judge(beside, shelf, setting, &member->subject) : 0;
        verify(&party->verdicts[i], setting, member);
        if (party->verdicts[i].has_credential)
            shelf_use(shelf, &member->subject);
    }
    sodium_memzero(beside, sizeof beside);
    setting->beside = NULL;
    setting->beside_count = 0;
    point_at(verdicts, party);
    garita_party_judge(&party->judged, setting->lane, verdicts, party->count, scan->party);
}

static struct remarks remarks_of(const garita_setting *setting, const struct scan *scan)
{
    return (struct remarks){
        .setting = setting, .policy = scan->lane.policy, .explains = scan->explains};
}

static void add_verdict(const struct party *party, struct outlet *outlet,
                        const struct remarks *remarks, const struct scan *scan,
                        enum scan_style style)
{
    const garita_verdict *verdicts[GARITA_PARTY_MAX];
    struct origin origins[GARITA_PARTY_MAX];
    const struct screen screen = scan_screen(scan);

    point_at(verdicts, party);
    for (size_t i = 0; i < party->count; i++)
        origins[i] = party->members[i].origin;
    if (scan->context->json)
        verdict_json_add_party(&outlet->out, &party->judged, verdicts, origins, remarks);
    else
        verdict_party_add(&outlet->out, &party->judged, verdicts, remarks, &screen,
                          style == SCAN_STYLE_BIG);
}

void party_give(struct party *party, bool is_known, struct outlet *outlet,
                const garita_setting *setting, const struct scan *scan, enum scan_style style)
{
    struct remarks remarks = remarks_of(setting, scan);
    struct buffer hint = {0};

    if (party->judged.cause != GARITA_PARTY_NOBODY)
        advice_add_hint(&hint, &party->verdicts[party->judged.cause], setting,
                        home_watch_view(scan->home)->book);
    remarks.hint = hint.len > 0 ? buffer_text(&hint) : NULL;
    remarks.is_again = party->is_given;
    remarks.is_known = is_known;
    remarks.again_line = party->former.line;
    tally_add_verdict(&outlet->tally, party->judged.outcome);
    for (size_t i = 0; i < party->count; i++)
        scan_log_note_member(&outlet->entries, scan->log, &party->judged, &party->verdicts[i],
                             setting);
    add_verdict(party, outlet, &remarks, scan, style);
    party->is_given = true;
    party->former.outcome = party->judged.outcome;
    buffer_free(&hint);
}

void party_tell(const struct party *party, size_t index, bool is_replaced, struct outlet *outlet,
                const garita_setting *setting, const struct scan *scan, enum scan_style style)
{
    struct remarks remarks = remarks_of(setting, scan);
    const struct screen screen = scan_screen(scan);
    const garita_verdict *verdicts[GARITA_PARTY_MAX];

    point_at(verdicts, party);
    remarks.origin = party->members[index].origin;
    if (is_replaced)
        remarks.hint = _("this one was shown before: what was shown last counts");
    if (scan->context->json)
        verdict_json_add_member(&outlet->out, &party->judged, verdicts[index], &remarks);
    else
        verdict_party_add_member(&outlet->out, &party->judged, verdicts, index, &remarks, &screen,
                                 style == SCAN_STYLE_BIG);
    if (scan->is_typed && !scan->context->json && style == SCAN_STYLE_BIG)
        verdict_rows_add_sentence(
            &outlet->out, _("Enter alone ends this party as it is, and begins another."), &screen);
}
