/* cli/policy_verbs.h: the subverbs of `policy`. */
#ifndef GARITA_CLI_POLICY_VERBS_H
#define GARITA_CLI_POLICY_VERBS_H

#include "verbs.h"

exit_status policy_check_run(const struct context *context, const void *values,
                             char *const *operands, size_t operand_count);

exit_status policy_eval_run(const struct context *context, const void *values,
                            char *const *operands, size_t operand_count);

exit_status policy_diff_run(const struct context *context, const void *values,
                            char *const *operands, size_t operand_count);

struct policy_sign_options {
    const char *as, *output;
};
extern const struct option policy_sign_options[];
exit_status policy_sign_run(const struct context *context, const void *values,
                            char *const *operands, size_t operand_count);

exit_status policy_add_run(const struct context *context, const void *values, char *const *operands,
                           size_t operand_count);

exit_status policy_show_run(const struct context *context, const void *values,
                            char *const *operands, size_t operand_count);

#endif
