#include <garita/head.h>

#include "i18n.h"
#include "report.h"
#include "sync_run.h"

/* Refusals that are told one by one; the others are only counted. A hostile bundle has a million.
 */
enum { TOLD_MAX = 20 };

static const char *kind_name(garita_message_kind kind)
{
    switch (kind) {
    case GARITA_MESSAGE_TAIL:
    case GARITA_MESSAGE_SNAPSHOT:
        return _("the head");
    case GARITA_MESSAGE_PROOF:
        return _("the proof of equivocation");
    case GARITA_MESSAGE_EVIDENCE:
        return _("the piece of evidence");
    case GARITA_MESSAGE_STATEMENT:
        return _("the statement");
    default:
        return _("the message");
    }
}

static const char *code_of(const garita_refusal *refusal)
{
    switch (refusal->kind) {
    case GARITA_REFUSED_MISMATCH:
        return garita_log_outcome_name(GARITA_LOG_MISMATCH);
    case GARITA_REFUSED_GAP:
        return garita_log_outcome_name(GARITA_LOG_GAP);
    case GARITA_REFUSED_REVOKED:
        return refusal->message == GARITA_MESSAGE_STATEMENT ? "revoked" : "issuer-revoked";
    default:
        return garita_error_name(refusal->error);
    }
}

/* Whether it was the log of the authority that did not take it, whose it certainly is. */
static bool is_of_log(const garita_refusal *refusal)
{
    return refusal->message == GARITA_MESSAGE_EVIDENCE && refusal->head.size > 0;
}

/* Null if there is nothing to do about it. */
static const char *hint_for(const garita_refusal *refusal)
{
    switch (refusal->kind) {
    case GARITA_REFUSED_MISMATCH:
        return _("the bundle was altered or put together wrongly: ask for another");
    case GARITA_REFUSED_GAP:
        return _("make a list here with \"garita sync have -o have.bin\", and have the bundle made "
                 "with --for have.bin");
    case GARITA_REFUSED_NEWER:
        return _("use the newer version of this program");
    case GARITA_REFUSED_DAMAGED:
        return is_of_log(refusal) ? NULL : _("damaged on the way, or forged: copy it again");
    default:
        return NULL;
    }
}

/* What stands in the bundle is not what it should be. */
static void add_message(struct buffer *out, const garita_refusal *refusal)
{
    const char *text = _(garita_error_text(refusal->error));

    if (is_of_log(refusal))
        buffer_add_format(out, _("%s: %s at byte %zu: %s"), refusal->authority->name,
                          kind_name(refusal->message), refusal->at, text);
    else if (refusal->authority != NULL)
        buffer_add_format(out, _("%s: what stands at byte %zu: %s"), refusal->authority->name,
                          refusal->at, text);
    else
        buffer_add_format(out, _("what stands at byte %zu: %s"), refusal->at, text);
}

static void add_text(struct buffer *out, const garita_refusal *refusal)
{
    const char *name = refusal->authority != NULL ? refusal->authority->name : "?";

    switch (refusal->kind) {
    case GARITA_REFUSED_MISMATCH:
        buffer_add_format(
            out,
            _("%s: what came with a head of %llu batches is not what the head commits "
              "to (%s: %s)"),
            name, (unsigned long long)refusal->head.size, refusal->fault.field,
            _(garita_error_text(refusal->error)));
        break;
    case GARITA_REFUSED_GAP:
        buffer_add_format(out,
                          _("%s: batches from number %llu on are missing; the bundle leads to %llu "
                            "batches from a later one"),
                          name, (unsigned long long)refusal->held,
                          (unsigned long long)refusal->head.size);
        break;
    case GARITA_REFUSED_REVOKED:
        if (refusal->message == GARITA_MESSAGE_STATEMENT)
            buffer_add_format(out,
                              _("%s: the statement at byte %zu has been revoked, or the key that "
                                "signed it has, and does not count"),
                              name, refusal->at);
        else
            buffer_add_format(
                out,
                _("%s: %s at byte %zu is signed with a key that has been revoked, and "
                  "does not count"),
                name, kind_name(refusal->message), refusal->at);
        break;
    case GARITA_REFUSED_FULL:
        if (refusal->message == GARITA_MESSAGE_END) {
            buffer_add_format(out,
                              _("ALARM: %s has suspended or revoked more than is kept for one "
                                "authority; nothing of this was taken"),
                              name);
            break;
        }
        add_message(out, refusal);
        break;
    default:
        add_message(out, refusal);
        break;
    }
}

void sync_refuse(struct sync_run *run, const garita_refusal *refusal)
{
    struct buffer text = {0};

    if (refusal->kind == GARITA_REFUSED_FOREIGN) {
        run->summary.foreign++;
        return;
    }
    if (refusal->kind == GARITA_REFUSED_OUTSIDE) {
        run->summary.outside++;
        return;
    }
    if (run->summary.refused++ >= TOLD_MAX)
        return;
    add_text(&text, refusal);
    progress_clear(&run->progress);
    report_failure(
        run->context,
        &(struct failure){EXIT_BAD_INPUT, code_of(refusal), run->source, 0, hint_for(refusal)},
        "%s", buffer_text(&text));
    buffer_free(&text);
}
