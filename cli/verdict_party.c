#include "verdict_party.h"

#include "advice.h"
#include "big_word.h"
#include "i18n.h"
#include "safe_text.h"
#include "verdict_compare.h"
#include "verdict_findings.h"
#include "verdict_rows.h"
#include "verdict_text.h"

static void add_role(struct buffer *out, const garita_party *party, size_t index,
                     const garita_lane *lane)
{
    if (party->role[index] == GARITA_PARTY_NOBODY)
        return;
    const garita_utf8 title = verdict_words(&lane->roles[party->role[index]].title);
    safe_text_add(out, title.at, title.len);
    buffer_add_text(out, ": ");
}

/* "✗ REFER suspended: company: Otay Mesa Imports, Inc., …" */
static void add_member(struct buffer *out, const garita_party *party,
                       const garita_verdict *const *members, size_t index,
                       const struct remarks *remarks, const struct screen *screen)
{
    const garita_verdict *member = members[index];
    struct buffer text = {0};

    buffer_add_text(&text, member->outcome == GARITA_ACCEPT ? "✓ " : "✗ ");
    if (member->outcome != GARITA_ACCEPT) {
        verdict_rows_add_bold(&text, advice_word(member->outcome), screen->has_color);
        buffer_add_char(&text, ' ');
        verdict_rows_add_reason(&text, member);
        buffer_add_text(&text, member->has_credential ? ": " : "");
    }
    if (member->has_credential) {
        add_role(&text, party, index, remarks->setting->lane);
        verdict_compare_add_line(&text, &member->credential);
    }
    if (verdict_is_unchecked(member))
        verdict_rows_add_remark(&text, _("revocation not checked"));
    verdict_rows_add_findings(&text, member, remarks->setting);
    verdict_rows_add_row(out, &text, screen);
    verdict_rows_add_explanation(out, member, remarks, screen);
}

/* "Otay Mesa Imports, Inc.: The credential is suspended." */
static void add_why_of_member(struct buffer *out, const garita_verdict *member,
                              const garita_setting *setting)
{
    if (member->has_credential) {
        verdict_compare_add_name(out, &member->credential);
        buffer_add_text(out, ": ");
    }
    advice_add_why(out, member, setting);
}

/* " 1 too many." */
static void add_too_many(struct buffer *out, const garita_party *party)
{
    if (party->expected == 0 || party->count <= party->expected)
        return;
    size_t more = party->count - party->expected;
    buffer_add_char(out, ' ');
    buffer_add_format(out, P_("%zu too many.", "%zu too many.", more), more);
}

/* What is wrong with the party as a whole. */
static void add_why_of_all(struct buffer *out, const garita_party *party,
                           const garita_verdict *const *members, const garita_lane *lane)
{
    struct buffer missing = {0};

    advice_add_missing(&missing, party, lane, members);
    if (party->own_reason == GARITA_REASON_LANE_MISMATCH)
        buffer_add_text(out, _("Not all of the party are for this lane."));
    if (party->own_reason == GARITA_REASON_LANE_MISMATCH && missing.len > 0)
        buffer_add_char(out, ' ');
    if (missing.len > 0)
        buffer_add_format(out, _("The party is not complete. Missing: %s."), buffer_text(&missing));
    else if (party->own_reason != GARITA_REASON_LANE_MISMATCH)
        buffer_add_text(out, _("There are more in the party than the lane or --party allow."));
    add_too_many(out, party);
    buffer_free(&missing);
}

/* The reason's sentence, and beside one member's that of all. */
static void add_why_of_party(struct buffer *out, const garita_party *party,
                             const garita_verdict *const *members, const struct remarks *remarks,
                             const struct screen *screen)
{
    struct buffer text = {0};

    if (party->outcome == GARITA_ACCEPT)
        buffer_add_text(&text, _("The party is complete, and each credential is genuine and in "
                                 "force."));
    else if (party->cause != GARITA_PARTY_NOBODY)
        add_why_of_member(&text, members[party->cause], remarks->setting);
    else
        add_why_of_all(&text, party, members, remarks->setting->lane);
    verdict_rows_add_paragraph(out, &text, true, screen);
    if (party->cause == GARITA_PARTY_NOBODY || party->own_outcome == GARITA_ACCEPT)
        return;
    buffer_add_text(&text, "✗ ");
    add_why_of_all(&text, party, members, remarks->setting->lane);
    verdict_rows_add_row(out, &text, screen);
}

static void add_next_of_party(struct buffer *out, const garita_party *party,
                              const garita_verdict *const *members, const garita_setting *setting,
                              const struct screen *screen)
{
    if (party->outcome == GARITA_ACCEPT)
        verdict_rows_add_sentence(
            out, _("Compare the data above with the persons, the papers and the plate."), screen);
    else if (party->cause != GARITA_PARTY_NOBODY)
        verdict_rows_add_next(out, members[party->cause], setting, screen);
    else
        verdict_rows_add_sentence(out, advice_do(party->reason), screen);
}

static void add_party_heading(struct buffer *out, const garita_party *party,
                              const struct remarks *remarks, const struct screen *screen)
{
    struct buffer text = {0};

    verdict_rows_add_bold(&text, advice_word(party->outcome), screen->has_color);
    buffer_add_format(&text, "  %s  [", garita_reason_code(party->reason));
    /* TRANSLATORS: "party: 2 of 3" */
    buffer_add_format(&text, _("party: %zu of %zu"), party->count, party->expected);
    buffer_add_char(&text, ']');
    if (remarks->is_known)
        buffer_add_format(&text, "  %s", _("was shown already"));
    else if (remarks->is_again)
        buffer_add_format(&text, "  %s", _("in the place of the verdict before"));
    verdict_rows_add_paragraph(out, &text, false, screen);
}

void verdict_party_add(struct buffer *out, const garita_party *party,
                       const garita_verdict *const *members, const struct remarks *remarks,
                       const struct screen *screen, bool is_big)
{
    if (is_big)
        buffer_add_char(out, '\n');
    for (size_t i = 0; i < party->count; i++)
        add_member(out, party, members, i, remarks, screen);
    if (is_big)
        big_word_add(out, advice_word(party->outcome), party->outcome, screen->has_color,
                     screen->terminal);
    add_party_heading(out, party, remarks, screen);
    add_why_of_party(out, party, members, remarks, screen);
    add_next_of_party(out, party, members, remarks->setting, screen);
    if (remarks->hint != NULL)
        verdict_rows_add_hint(out, remarks->hint, screen);
}

/* Its data, as of one that is alone, under a sign that says that this is not all. */
static void add_big_member(struct buffer *out, const garita_verdict *member,
                           const struct remarks *remarks, const struct screen *screen)
{
    struct buffer text = {0};

    buffer_add_char(out, '\n');
    verdict_rows_add_explanation(out, member, remarks, screen);
    if (member->has_credential)
        verdict_rows_add_data(out, member, remarks, screen);
    verdict_rows_add_checks(out, member, screen);
    verdict_text_add_hold(out, screen);
    if (member->outcome == GARITA_ACCEPT)
        return;
    buffer_add_format(&text, "%s  ", advice_word(member->outcome));
    verdict_rows_add_reason(&text, member);
    buffer_add_text(&text, ": ");
    add_why_of_member(&text, member, remarks->setting);
    verdict_rows_add_paragraph(out, &text, true, screen);
}

void verdict_party_add_member(struct buffer *out, const garita_party *party,
                              const garita_verdict *const *members, size_t index,
                              const struct remarks *remarks, const struct screen *screen,
                              bool is_big)
{
    struct buffer text = {0};
    struct buffer missing = {0};

    if (is_big)
        add_big_member(out, members[index], remarks, screen);
    else
        add_member(out, party, members, index, remarks, screen);
    advice_add_missing(&missing, party, remarks->setting->lane, members);
    buffer_add_format(&text, _("party: %zu of %zu"), party->count, party->expected);
    if (missing.len > 0)
        buffer_add_format(&text, _("; still missing: %s"), buffer_text(&missing));
    verdict_rows_add_paragraph(out, &text, true, screen);
    buffer_free(&missing);
    if (remarks->hint != NULL)
        verdict_rows_add_hint(out, remarks->hint, screen);
}
