#include "scan_desk.h"

#include <string.h>

#include <sodium.h>

#include <garita/packet.h>

#include "i18n.h"
#include "scan_memory.h"
#include "scan_party.h"
#include "scan_shelf.h"
#include "verdict_json.h"
#include "verdict_rows.h"
#include "verdict_shown.h"
#include "verdict_text.h"

struct scan_desk {
    struct shelf shelf;
    struct party party;       /* so far, or that was judged last */
    struct shelf_slot pushed; /* room for what the shelf has none for */
};

struct scan_desk *scan_desk_open(void)
{
    return scan_memory_take(sizeof(struct scan_desk));
}

void scan_desk_close(struct scan_desk *desk)
{
    scan_memory_give(desk, sizeof *desk);
}

/* --- what is beside a credential --- */

/* Whom a credential in a code claims to be about. */
static bool subject_of(garita_subject *out, const struct code *code)
{
    uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX];
    size_t len = 0;

    bool is_there = scan_code_bytes(bytes, &len, code) && scan_code_subject(out, bytes, len);
    sodium_memzero(bytes, len);
    return is_there;
}

size_t scan_desk_beside(garita_shown out[GARITA_SHOWN_MAX], const struct scan_desk *desk,
                        const garita_setting *setting, const struct code *code)
{
    garita_subject subject;

    if (desk->shelf.count == 0 || !subject_of(&subject, code))
        return 0;
    return shelf_judge(out, &desk->shelf, setting, &subject);
}

void scan_desk_use(struct scan_desk *desk, const garita_subject *subject)
{
    shelf_use(&desk->shelf, subject);
}

/* --- attestations --- */

/* That nobody here is whom an attestation is about. */
static void say_waiting(struct buffer *out, const struct scan *scan, const struct shelf_slot *slot)
{
    const garita_setting setting = scan_setting(scan);
    garita_shown shown;

    garita_verify_attestation(&shown, &setting, slot->bytes, slot->len);
    buffer_add_text(out, _("no credential was shown that this attestation belongs to: "));
    verdict_shown_add_text(out, &shown);
    sodium_memzero(&shown, sizeof shown);
}

static void fail_waiting(struct outlet *outlet, const struct scan *scan,
                         const struct shelf_slot *slot)
{
    struct buffer message = {0};

    say_waiting(&message, scan, slot);
    scan_failure(outlet, scan,
                 &(struct failure){EXIT_BAD_INPUT, "credential-missing", slot->origin.source,
                                   slot->origin.line,
                                   _("scan the credential of whom it is about too")},
                 buffer_text(&message));
    buffer_free(&message);
}

/* Beside a verdict it is no failure: another's attestation has changed nothing. */
static void warn_waiting(const struct scan *scan, const struct shelf_slot *slot)
{
    struct buffer message = {0};

    verdict_rows_add_origin(&message, &slot->origin);
    buffer_add_text(&message, ": ");
    say_waiting(&message, scan, slot);
    report_warning(scan->context, "%s", buffer_text(&message));
    buffer_free(&message);
}

static void fail_unreadable(struct outlet *outlet, const struct scan *scan, const struct code *code,
                            garita_error error)
{
    struct buffer message = {0};

    buffer_add_format(&message, _("this attestation cannot be read: %s"),
                      _(garita_error_text(error)));
    scan_failure(outlet, scan,
                 &(struct failure){EXIT_BAD_INPUT, garita_error_name(error), code->origin.source,
                                   code->origin.line, NULL},
                 buffer_text(&message));
    buffer_free(&message);
}

static void put(struct outlet *outlet, const struct scan *scan, const struct code *code,
                garita_bytes statement)
{
    struct scan_desk *desk = scan->desk;
    garita_fault fault;

    if (!shelf_put(&desk->shelf, &fault, &desk->pushed, &code->origin, statement))
        fail_unreadable(outlet, scan, code, fault.error);
    if (desk->pushed.len > 0 && !atomic_load(&desk->pushed.is_used))
        fail_waiting(outlet, scan, &desk->pushed);
    sodium_memzero(&desk->pushed, sizeof desk->pushed);
}

/* Puts the attestations of a code on the shelf. */
static void take_attestations(struct outlet *outlet, const struct scan *scan,
                              const struct code *code)
{
    uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX];
    size_t len = 0;
    garita_parts parts;
    garita_fault fault = {.error = GARITA_E_BASE45};

    if (!scan_code_bytes(bytes, &len, code) ||
        garita_packet_split(&parts, &fault, bytes, len) != GARITA_OK)
        fail_unreadable(outlet, scan, code, fault.error);
    else if (parts.attestation_count == 0) /* it only begins like one */
        put(outlet, scan, code, (garita_bytes){bytes, len});
    else
        for (size_t i = 0; i < parts.attestation_count; i++)
            put(outlet, scan, code, parts.attestations[i]);
    sodium_memzero(bytes, len);
}

static void tell_waiting(struct outlet *outlet, const struct scan *scan,
                         const struct shelf_slot *slot, enum scan_style style)
{
    const garita_setting setting = scan_setting(scan);
    const struct screen screen = scan_screen(scan);
    garita_shown shown;

    garita_verify_attestation(&shown, &setting, slot->bytes, slot->len);
    if (scan->context->json) {
        verdict_json_add_waiting(&outlet->out, &shown, &slot->origin);
    } else {
        struct buffer text = {0};
        if (style == SCAN_STYLE_BIG && scan->context->out_is_terminal)
            verdict_text_add_hold(&outlet->out, &screen);
        verdict_shown_add_text(&text, &shown);
        buffer_add_text(&text, " [");
        verdict_rows_add_origin(&text, &slot->origin);
        buffer_add_format(&text, "] %s", _("waits for its credential: scan that too"));
        verdict_rows_add_sentence(&outlet->out, buffer_text(&text), &screen);
        buffer_free(&text);
    }
    sodium_memzero(&shown, sizeof shown);
}

/* Whether it has been used, and not by whom is on the desk now. */
static bool is_over(const void *context, const struct shelf_slot *slot)
{
    const struct party *party = context;

    return atomic_load(&slot->is_used) && party_find(party, &slot->subject) == GARITA_PARTY_NOBODY;
}

static void forget_used(struct scan_desk *desk)
{
    shelf_clear(&desk->shelf, is_over, &desk->party);
}

/* --- the verdict again, with more to go by --- */

static void give_again(struct outlet *outlet, struct tally *total, const struct scan *scan,
                       const struct origin *origin, bool is_known, enum scan_style style)
{
    struct party *party = &scan->desk->party;
    garita_setting setting;

    tally_take_back(total, party->former.outcome);
    if (scan->party > 0) {
        party_judge(party, &scan->desk->shelf, &setting, scan);
        party_give(party, is_known, outlet, &setting, scan, style);
        party->former.line = origin->line;
        return;
    }
    const struct party_member *member = &party->members[0];
    const struct code code = {.kind = CODE_STATEMENT,
                              .origin = member->origin,
                              .at = (const char *)member->bytes,
                              .len = member->len};
    scan_code_again(outlet, scan, &code, origin, style, &party->former);
}

static void tell_more(struct outlet *outlet, const struct scan *scan, size_t index,
                      enum scan_style style)
{
    struct party *party = &scan->desk->party;
    garita_setting setting;

    party_judge(party, &scan->desk->shelf, &setting, scan);
    party_tell(party, index, false, outlet, &setting, scan, style);
}

/* Answers what was put on the shelf since the last answer, and belongs to no credential of the
 * codes that came with it. */
static void answer_new(struct outlet *outlet, struct tally *total, const struct scan *scan,
                       enum scan_style style, bool is_quiet)
{
    struct scan_desk *desk = scan->desk;
    const struct shelf_slot *joined = NULL;
    size_t whose = GARITA_PARTY_NOBODY;

    for (size_t i = 0; i < desk->shelf.count; i++) {
        struct shelf_slot *slot = &desk->shelf.slots[i];
        if (!slot->is_new)
            continue;
        slot->is_new = false;
        if (atomic_load(&slot->is_used))
            continue;
        size_t index = party_find(&desk->party, &slot->subject);
        if (index != GARITA_PARTY_NOBODY) {
            whose = index;
            joined = slot;
        } else if (!is_quiet) {
            tell_waiting(outlet, scan, slot, style);
        }
    }
    if (joined == NULL)
        return;
    const struct origin origin = joined->origin;
    if (desk->party.is_given)
        give_again(outlet, total, scan, &origin, false, style);
    else if (!is_quiet)
        tell_more(outlet, scan, whose, style);
}

/* --- credentials --- */

static void fail_full(struct outlet *outlet, const struct scan *scan, const struct code *code)
{
    struct buffer message = {0};

    buffer_add_format(&message, _("a party has no more than %d members; this one is not in it"),
                      GARITA_PARTY_MAX);
    scan_failure(
        outlet, scan,
        &(struct failure){EXIT_BAD_INPUT, "full", code->origin.source, code->origin.line, NULL},
        buffer_text(&message));
    buffer_free(&message);
}

/* Takes a code into the party, and says who is still missing, or the verdict. */
static void show_to_party(struct outlet *outlet, struct tally *total, const struct scan *scan,
                          const struct code *code, const struct manner *manner,
                          enum scan_style style)
{
    struct scan_desk *desk = scan->desk;
    struct party *party = &desk->party;
    garita_setting setting;
    const bool was_given = party->is_given;
    size_t index;

    enum party_taken taken = party_take(party, &index, code, scan, !manner->is_quiet);
    if (taken == PARTY_NO_MEMBER || taken == PARTY_NO_PLACE)
        scan_code(outlet, scan, code, style);
    if (taken == PARTY_FULL)
        fail_full(outlet, scan, code);
    if (was_given && taken == PARTY_NEW)
        forget_used(desk);
    if (was_given && taken == PARTY_REPLACED)
        give_again(outlet, total, scan, &code->origin, true, style);
    if (index == GARITA_PARTY_NOBODY || party->is_given || manner->is_quiet)
        return;
    party_judge(party, &desk->shelf, &setting, scan);
    if (party->count >= scan->party) {
        party_give(party, false, outlet, &setting, scan, style);
        party->former.line = code->origin.line;
    } else {
        party_tell(party, index, taken == PARTY_REPLACED, outlet, &setting, scan, style);
    }
}

static bool show_party(const struct scan *scan, struct tally *total, const struct code *codes,
                       size_t count, const struct manner *manner)
{
    struct outlet outlet = {0};
    bool is_written = true;

    for (size_t i = 0; i < count && is_written; i++) {
        const struct code *code = &codes[i];
        if (code->kind == CODE_FAILURE)
            buffer_add(scan->context->json ? &outlet.out : &outlet.err, code->at, code->len);
        else if (!code->is_attestation)
            show_to_party(&outlet, total, scan, code, manner,
                          scan_style_of(scan, code, manner->is_only));
        is_written = outlet_flush(&outlet, total, scan);
    }
    outlet_free(&outlet);
    return is_written;
}

/* Shows those that are no attestations. */
static bool show_credentials(const struct scan *scan, struct tally *total, struct scan_crew *crew,
                             const struct code *codes, size_t count, const struct manner *manner)
{
    struct scan_last last;

    if (scan->party > 0)
        return show_party(scan, total, codes, count, manner);
    bool is_written = scan_crew_judge(crew, total, &last, codes, count, manner->is_only);
    if (last.code != NULL) {
        party_set_single(&scan->desk->party, last.code, last.outcome);
        forget_used(scan->desk);
    }
    return is_written;
}

/* --- both --- */

static bool show_together(const struct scan *scan, struct tally *total, struct scan_crew *crew,
                          const struct code *codes, size_t count, const struct manner *manner)
{
    struct outlet outlet = {0};

    for (size_t i = 0; i < count; i++)
        if (codes[i].is_attestation)
            take_attestations(&outlet, scan, &codes[i]);
    bool is_written = outlet_flush(&outlet, total, scan) &&
                      show_credentials(scan, total, crew, codes, count, manner);
    if (is_written) {
        const struct code like = {.is_line = false};
        answer_new(&outlet, total, scan, scan_style_of(scan, &like, manner->is_only),
                   manner->is_quiet);
        is_written = outlet_flush(&outlet, total, scan);
    }
    outlet_free(&outlet);
    return is_written;
}

static bool show_attestation(const struct scan *scan, struct tally *total, const struct code *code,
                             const struct manner *manner)
{
    struct outlet outlet = {0};

    take_attestations(&outlet, scan, code);
    answer_new(&outlet, total, scan, scan_style_of(scan, code, manner->is_only), manner->is_quiet);
    bool is_written = outlet_flush(&outlet, total, scan);
    outlet_free(&outlet);
    return is_written;
}

/* How many of these codes, from the first, can be judged by several threads: none behind one that
 * is an attestation, or that has some on the shelf, which are forgotten behind it. So the answers
 * do not depend on what came in one piece. */
static size_t run_of(const struct scan_desk *desk, const struct code *codes, size_t count)
{
    const bool has_used = shelf_has_used(&desk->shelf);
    garita_subject subject;
    size_t run = 0;

    while (run < count && !codes[run].is_attestation) {
        const struct code *code = &codes[run++];
        if (has_used || (desk->shelf.count > 0 && subject_of(&subject, code) &&
                         shelf_has(&desk->shelf, &subject)))
            break;
    }
    return run;
}

static bool show_in_order(const struct scan *scan, struct tally *total, struct scan_crew *crew,
                          const struct code *codes, size_t count, const struct manner *manner)
{
    bool is_written = true;

    for (size_t at = 0; at < count && is_written;) {
        size_t run = run_of(scan->desk, codes + at, count - at);
        if (run > 0)
            is_written = show_credentials(scan, total, crew, codes + at, run, manner);
        else
            is_written = show_attestation(scan, total, &codes[at++], manner);
        at += run;
    }
    return is_written;
}

bool scan_desk_show(struct scan *scan, struct tally *total, struct scan_crew *crew,
                    struct code *codes, size_t count, const struct manner *manner)
{
    if (count == 0)
        return true;
    scan_refresh(scan);
    for (size_t i = 0; i < count; i++)
        codes[i].is_attestation = scan_code_is_attestation(&codes[i]);
    return manner->is_together ? show_together(scan, total, crew, codes, count, manner)
                               : show_in_order(scan, total, crew, codes, count, manner);
}

/* --- the end --- */

/* Judges a party as it is, if its verdict has not been given. */
static void give_rest(struct outlet *outlet, const struct scan *scan, bool is_only)
{
    struct scan_desk *desk = scan->desk;
    const struct code like = {.is_line = false};
    garita_setting setting;

    if (scan->party == 0 || desk->party.count == 0 || desk->party.is_given)
        return;
    party_judge(&desk->party, &desk->shelf, &setting, scan);
    party_give(&desk->party, false, outlet, &setting, scan, scan_style_of(scan, &like, is_only));
}

bool scan_desk_begin_anew(struct scan *scan, struct tally *total)
{
    struct outlet outlet = {0};

    if (scan->party == 0 || scan->desk->party.count == 0)
        return true;
    scan_refresh(scan);
    give_rest(&outlet, scan, true);
    bool is_written = outlet_flush(&outlet, total, scan);
    report_note(scan->context, "%s", _("the next code begins another party"));
    party_clear(&scan->desk->party);
    forget_used(scan->desk);
    outlet_free(&outlet);
    return is_written;
}

bool scan_desk_end(struct scan *scan, struct tally *total, bool is_only)
{
    struct scan_desk *desk = scan->desk;
    struct outlet outlet = {0};

    scan_refresh(scan);
    give_rest(&outlet, scan, is_only);
    bool has_verdict = total->verdicts + outlet.tally.verdicts > 0;
    for (size_t i = 0; i < desk->shelf.count && !has_verdict; i++)
        if (!atomic_load(&desk->shelf.slots[i].is_used))
            fail_waiting(&outlet, scan, &desk->shelf.slots[i]);
    bool is_written = outlet_flush(&outlet, total, scan);
    for (size_t i = 0; i < desk->shelf.count && has_verdict; i++)
        if (!atomic_load(&desk->shelf.slots[i].is_used))
            warn_waiting(scan, &desk->shelf.slots[i]);
    outlet_free(&outlet);
    return is_written;
}
