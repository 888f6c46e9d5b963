#include <garita/date.h>

#include "i18n.h"
#include "json_out.h"
#include "report.h"
#include "sync_run.h"
#include "sync_withdrawn.h"

/* --- a line about the log --- */

/* "41 batches, 120 revoked, 1 suspended, signed 2026-11-21T16:00:00Z" */
static void add_state(struct buffer *out, const garita_log *log)
{
    char moment[GARITA_MOMENT_TEXT_SIZE];

    garita_moment_format(moment, log->head.signed_at);
    buffer_add_format(out, P_("%lu batch", "%lu batches", log->head.size),
                      (unsigned long)log->head.size);
    buffer_add_format(out, _(", %lu revoked, %lu suspended, signed %s"),
                      (unsigned long)garita_set_revoked(log->set),
                      (unsigned long)garita_set_suspended(log->set), moment);
}

static void add_extended(struct buffer *out, const garita_taken *taken)
{
    uint64_t revoked = garita_set_revoked(taken->log->set);
    uint64_t newly = revoked > taken->revoked_before ? revoked - taken->revoked_before : 0;

    buffer_add_format(out, P_("%lu new batch", "%lu new batches", taken->batches),
                      (unsigned long)taken->batches);
    buffer_add_format(out, _(", %lu newly revoked; now "), (unsigned long)newly);
    add_state(out, taken->log);
}

/* Null if there is nothing to say of the log itself. */
static const char *line_of(struct buffer *out, const garita_taken *taken)
{
    const garita_log *log = taken->log;

    switch (taken->outcome) {
    case GARITA_LOG_OLDER:
        buffer_add_format(out, _("older than what is here (%llu of %llu batches), nothing changed"),
                          (unsigned long long)taken->older.size,
                          (unsigned long long)log->head.size);
        break;
    case GARITA_LOG_KNOWN:
        buffer_add_format(out, "%s ", _("known already:"));
        add_state(out, log);
        break;
    case GARITA_LOG_HEARTBEAT:
        buffer_add_format(out, "%s ", _("nothing new, and attested again:"));
        add_state(out, log);
        break;
    case GARITA_LOG_EXTENDED:
        if (taken->had_head) {
            add_extended(out, taken);
            break;
        }
        buffer_add_format(out, "%s ", _("new here:"));
        add_state(out, log);
        break;
    case GARITA_LOG_ADOPTED:
        buffer_add_format(out, "%s ", _("taken from a snapshot:"));
        add_state(out, log);
        break;
    default:
        return NULL;
    }
    return buffer_text(out);
}

/* --- what else is to be said of it --- */

/* Whether what this home holds of it now was signed by a clock that is ahead of this one. */
static bool is_ahead(const struct sync_run *run, const garita_taken *taken)
{
    garita_clock clock = context_clock(run->context);
    const garita_log *log = taken->log;

    return log->set != NULL && clock.is_known && garita_log_is_ahead(log, clock.now);
}

static void tell_ahead(const struct sync_run *run, const garita_taken *taken)
{
    char moment[GARITA_MOMENT_TEXT_SIZE];

    if (!is_ahead(run, taken))
        return;
    garita_moment_format(moment, taken->log->head.signed_at);
    report_warning(run->context,
                   _("%s: signed at %s, which this clock has not reached: until then its "
                     "credentials are at best referred. Is this clock right? See: garita clock"),
                   taken->authority->name, moment);
}

static void tell_alarms(const struct sync_run *run, const garita_taken *taken)
{
    const struct context *context = run->context;
    const char *name = taken->authority->name;

    if (taken->is_proof_new)
        report_warning(
            context,
            _("ALARM: %s has signed two histories of its revocations that cannot both "
              "be true. From now on its credentials are at best referred, and what is "
              "revoked in either history is revoked. Tell your supervisor. The proof is "
              "kept: \"garita audit\" shows it, and \"garita sync export\" passes it on"),
            name);
    else if (taken->is_contradicted)
        report_warning(
            context,
            _("%s has signed two histories of its revocations, as is known here already; "
              "what is revoked in either is revoked"),
            name);
    if (taken->set_differs_now)
        report_warning(context,
                       _("ALARM: %s has signed a state of its credentials that its own revocations "
                         "do not add up to. Its credentials are at best referred; what it revoked "
                         "counts. See: garita audit"),
                       name);
    if (taken->is_evidence_full || taken->is_evidence_unmade)
        report_warning(
            context,
            _("%s: not all of what its other history revoked can be passed on from here; "
              "give others this bundle too"),
            name);
    tell_ahead(run, taken);
    sync_withdrawn_tell(run, taken);
}

static void tell_people(const struct sync_run *run, const garita_taken *taken)
{
    const struct context *context = run->context;
    const char *name = taken->authority->name;
    struct buffer text = {0};
    const char *line = line_of(&text, taken);

    if (line != NULL)
        report_note(context, "%s: %s", name, line);
    if (taken->evidence > 0)
        report_note(context,
                    P_("%s: %lu batch of another of its histories revokes more",
                       "%s: %lu batches of another of its histories revoke more", taken->evidence),
                    name, (unsigned long)taken->evidence);
    if (run->is_confirmed)
        report_note(context,
                    _("%s: this home may sign for it again, and goes on past every serial that may "
                      "have been given elsewhere"),
                    name);
    if (run->is_unconfirmed)
        report_warning(
            context,
            _("%s: this bundle was made by this home itself, or by one that it is a copy "
              "of: it does not show what others have, and this home may still not sign "
              "for it; import one that a checkpoint has made"),
            name);
    buffer_free(&text);
}

/* --- as JSON --- */

static json_t *moment_or_null(const garita_log *log)
{
    char moment[GARITA_MOMENT_TEXT_SIZE];

    if (!log->has_head)
        return json_null();
    garita_moment_format(moment, log->head.signed_at);
    return json_string(moment);
}

static exit_status tell_json(const struct sync_run *run, const garita_taken *taken)
{
    const garita_log *log = taken->log;
    bool is_ended = log->set == NULL;
    char id[GARITA_ID_TEXT_SIZE];

    garita_id_format(id, &taken->authority->id);
    return json_out(
        run->context,
        json_pack(
            "{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:o, s:b, s:b, s:b, s:b, s:I, s:b, s:o}",
            "authority", id, "name", taken->authority->name, "outcome",
            garita_log_outcome_name(taken->outcome), "size", (json_int_t)log->head.size, "batches",
            (json_int_t)taken->batches, "revoked",
            (json_int_t)(is_ended ? 0 : garita_set_revoked(log->set)), "suspended",
            (json_int_t)(is_ended ? 0 : garita_set_suspended(log->set)), "union",
            (json_int_t)(log->elsewhere != NULL ? garita_set_revoked(log->elsewhere) : 0),
            "signed_at", moment_or_null(log), "ahead", (int)is_ahead(run, taken), "equivocated",
            (int)log->is_equivocated, "contradicted", (int)taken->is_contradicted, "set_differs",
            (int)log->set_differs, "evidence", (json_int_t)taken->evidence, "confirmed",
            (int)run->is_confirmed, "withdrawn", sync_withdrawn_json(run, taken)));
}

exit_status sync_tell(struct sync_run *run, const garita_taken *taken)
{
    exit_status status = EXIT_DONE;

    if (run->context->json)
        status = tell_json(run, taken);
    else
        tell_people(run, taken);
    tell_alarms(run, taken);
    return status;
}

/* --- the whole --- */

/* Something was wrong, and nothing else has changed anything. */
static bool took_nothing(const struct sync_run *run, bool is_cut)
{
    const struct sync_summary *summary = &run->summary;

    return (summary->refused > 0 || is_cut) &&
           summary->statements_added + summary->carried_added + summary->changed == 0;
}

static exit_status tell_summary_json(const struct sync_run *run, bool is_cut)
{
    const struct sync_summary *summary = &run->summary;

    return json_out(
        run->context,
        json_pack(
            "{s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "imported",
            (int)!took_nothing(run, is_cut), "statements", (json_int_t)summary->statements_added,
            "statements_known", (json_int_t)summary->statements_known, "carried",
            (json_int_t)summary->carried_added, "carried_known", (json_int_t)summary->carried_known,
            "dropped", (json_int_t)summary->carried_dropped, "authorities",
            (json_int_t)summary->authorities, "changed", (json_int_t)summary->changed, "batches",
            (json_int_t)summary->batches, "forked", (json_int_t)summary->forked, "foreign",
            (json_int_t)summary->foreign, "outside", (json_int_t)summary->outside, "refused",
            (json_int_t)summary->refused));
}

static void tell_summary_people(const struct sync_run *run, bool is_cut)
{
    const struct context *context = run->context;
    const struct sync_summary *summary = &run->summary;

    if (summary->statements_added > 0)
        report_note(context,
                    P_("%lu authority statement added", "%lu authority statements added",
                       summary->statements_added),
                    (unsigned long)summary->statements_added);
    if (summary->carried_added > 0)
        report_note(context,
                    P_("%lu statement about nodes or lanes added",
                       "%lu statements about nodes or lanes added", summary->carried_added),
                    (unsigned long)summary->carried_added);
    if (summary->carried_dropped > 0)
        report_note(context,
                    P_("%lu statement about nodes or lanes taken away: it gave way to a newer one, "
                       "or was withdrawn",
                       "%lu statements about nodes or lanes taken away: they gave way to newer "
                       "ones, or were withdrawn",
                       summary->carried_dropped),
                    (unsigned long)summary->carried_dropped);
    if (summary->foreign > 0)
        report_note(context,
                    P_("%lu message left out: of nobody whose chain reaches an anchor pinned here",
                       "%lu messages left out: of nobody whose chain reaches an anchor pinned here",
                       summary->foreign),
                    (unsigned long)summary->foreign);
    if (summary->outside > 0)
        report_note(context,
                    P_("%lu message left out: beyond what its anchor is pinned for",
                       "%lu messages left out: beyond what their anchors are pinned for",
                       summary->outside),
                    (unsigned long)summary->outside);
    if (took_nothing(run, is_cut))
        report_note(context, "%s", _("nothing was taken"));
    else if (summary->statements_added + summary->carried_added + summary->changed == 0)
        report_note(context, "%s", _("nothing new: nothing was changed"));
}

exit_status sync_tell_summary(const struct sync_run *run, bool is_cut)
{
    if (run->context->json)
        return tell_summary_json(run, is_cut);
    tell_summary_people(run, is_cut);
    return EXIT_DONE;
}
