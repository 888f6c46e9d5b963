/* cli/authority_verbs.h: the subverbs of `authority`. */
#ifndef GARITA_CLI_AUTHORITY_VERBS_H
#define GARITA_CLI_AUTHORITY_VERBS_H

#include "verbs.h"

struct authority_anchor_options {
    const char *name, *country, *until, *output;
};
extern const struct option authority_anchor_options[];
exit_status authority_anchor_run(const struct context *context, const void *values,
                                 char *const *operands, size_t operand_count);

struct authority_certify_options {
    const char *as, *subject, *name, *country, *programmes, *types, *countries, *depth, *rotates,
        *from, *until, *output;
};
extern const struct option authority_certify_options[];
exit_status authority_certify_run(const struct context *context, const void *values,
                                  char *const *operands, size_t operand_count);

#endif
