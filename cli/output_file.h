/* cli/output_file.h: a result in a file, whole or not at all, and never over another.
 *
 * The bytes go to a file without a name in the same directory, reach the disk, and only then get
 * the name, by a link that fails where the name is taken. A crash, a full disk or kill -9 at any
 * moment leaves either nothing or the whole.
 */
#ifndef GARITA_CLI_OUTPUT_FILE_H
#define GARITA_CLI_OUTPUT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "context.h"
#include "exit_status.h"

typedef enum output_kind {
    OUTPUT_TEXT,
    OUTPUT_BINARY /* refused on a terminal */
} output_kind;

/* Modes: what the umask leaves of it is what the file gets. */
#define OUTPUT_MODE_PUBLIC ((mode_t)0666)
#define OUTPUT_MODE_SECRET ((mode_t)0600)

/* Whether a later output_file_write to path has a chance: asked before work begins, so that nothing
 * is signed or counted for a result that cannot be stored. Returns EXIT_DONE, or after a report
 * EXIT_EXISTS (the name is taken), EXIT_NOT_FOUND (no such directory), EXIT_IO (it cannot be
 * written) or EXIT_USAGE (binary on a terminal). "-" is standard output. */
exit_status output_file_check(const struct context *context, const char *path, output_kind kind);

/* Writes bytes as path. Returns as above; on a failure there is no such file, and no other. */
exit_status output_file_write(const struct context *context, const char *path, output_kind kind,
                              mode_t mode, const void *bytes, size_t bytes_len);

#endif
