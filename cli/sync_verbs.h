/* cli/sync_verbs.h: the subverbs of `sync`. */
#ifndef GARITA_CLI_SYNC_VERBS_H
#define GARITA_CLI_SYNC_VERBS_H

#include "verbs.h"

/* Whether a list or bundle can be written there: output_file_check, and that standard output is not
 * wanted twice. */
exit_status sync_check_output(const struct context *context, const char *output);

struct sync_have_options {
    const char *output;
};
extern const struct option sync_have_options[];
exit_status sync_have_run(const struct context *context, const void *values, char *const *operands,
                          size_t operand_count);

struct sync_export_options {
    const char *output, *have;
};
extern const struct option sync_export_options[];
exit_status sync_export_run(const struct context *context, const void *values,
                            char *const *operands, size_t operand_count);

exit_status sync_import_run(const struct context *context, const void *values,
                            char *const *operands, size_t operand_count);

#endif
