#include "authority_logs.h"

#include <stdlib.h>

#include "authorities.h"
#include "report.h"

exit_status authority_logs_make(const struct context *context, struct authority_logs *out,
                                const garita_trust *trust, const garita_book *book)
{
    struct authorities authorities;

    *out = (struct authority_logs){0};
    if (!authorities_of(&authorities, trust))
        return report_no_memory(context);
    out->at = calloc(authorities.count + 1, sizeof *out->at);
    for (size_t i = 0; out->at != NULL && i < authorities.count; i++) {
        struct authority_log *each = &out->at[out->count++];
        each->authority = authorities.at[i];
        each->log = garita_book_log(book, each->authority);
        garita_log_id(&each->id, each->authority);
    }
    authorities_free(&authorities);
    return out->at != NULL ? EXIT_DONE : report_no_memory(context);
}

void authority_logs_free(struct authority_logs *logs)
{
    free(logs->at);
    *logs = (struct authority_logs){0};
}
