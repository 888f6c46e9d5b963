/* cli/trust_verbs.h: the subverbs of `trust`. */
#ifndef GARITA_CLI_TRUST_VERBS_H
#define GARITA_CLI_TRUST_VERBS_H

#include "verbs.h"

struct trust_add_options {
    bool anchor;
    const char *countries, *programmes, *types;
};
extern const struct option trust_add_options[];
exit_status trust_add_run(const struct context *context, const void *values, char *const *operands,
                          size_t operand_count);

exit_status trust_list_run(const struct context *context, const void *values, char *const *operands,
                           size_t operand_count);

exit_status trust_remove_run(const struct context *context, const void *values,
                             char *const *operands, size_t operand_count);

#endif
