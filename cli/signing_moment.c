#include "signing_moment.h"

#include <garita/date.h>
#include <garita/limits.h>

#include "buffer.h"
#include "i18n.h"
#include "report.h"

/* A head that promises more than any counts for is due when that is over. */
static int64_t due(const garita_head *head)
{
    int64_t latest = head->signed_at + GARITA_DUE_ANCHOR_S;

    return head->next_due < latest ? head->next_due : latest;
}

exit_status signing_moment_check(const struct context *context, const char *name,
                                 const garita_head *newest, int64_t now)
{
    int64_t late_s = now - due(newest);
    char moment[GARITA_MOMENT_TEXT_SIZE];
    struct buffer hint = {0};

    if (context->has_now || late_s <= SIGNING_SILENCE_MAX_S)
        return EXIT_DONE;
    garita_moment_format(moment, now);
    buffer_add_format(&hint,
                      _("set the clock. If it is right, say so with --now %s: a head from the "
                        "future cannot be taken back"),
                      moment);
    exit_status status = report_failure(
        context, &(struct failure){EXIT_NOT_ALLOWED, "clock-doubtful", NULL, 0, buffer_text(&hint)},
        _("nothing is signed: the clock says %s, %lld days after the day by which %s was to sign "
          "its next head"),
        moment, (long long)(late_s / 86400), name);
    buffer_free(&hint);
    return status;
}
