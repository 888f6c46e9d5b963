/* cli/report.h: failures and notes, for people on standard error, for programs on standard output.
 *
 * Whatever a message says of a file or a statement is made safe for a terminal here (safe_text.h).
 */
#ifndef GARITA_CLI_REPORT_H
#define GARITA_CLI_REPORT_H

#include <stdint.h>

#include <garita/error.h>

#include "buffer.h"
#include "context.h"
#include "exit_status.h"

struct failure {
    exit_status status;
    const char *code;   /* stable, such as "not-found"; in --json "error" */
    const char *source; /* the file or input that it is about; null if none */
    uint64_t line;      /* of source, from 1; 0 if none */
    const char *hint;   /* what to do about it, translated; null if there is nothing to say */
};

/* Reports a failure and returns its status, so that a verb can end with
 *   return report_failure(context, &(struct failure){ EXIT_NOT_FOUND, "not-found", path, 0, hint },
 *                         _("there is no file %s"), path);
 * For people: "garita: error: MESSAGE" and "hint: HINT" on err. With --json: one line on out,
 * {"error":CODE,"message":MESSAGE,"source":TEXT|null,"line":N|null} and, if there is one, "hint".
 */
exit_status report_failure(const struct context *context, const struct failure *failure,
                           const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same, into text instead of onto a stream: a line with its line feed. */
void report_failure_text(struct buffer *out, const struct context *context,
                         const struct failure *failure, const char *message);

/* "garita: warning: …" or "garita: …" on err, with --json too: they are for people. */
void report_warning(const struct context *context, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void report_note(const struct context *context, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Out of memory: status 74. */
exit_status report_no_memory(const struct context *context);

#endif
