/* cli/log_verbs.h: the subverbs of `log`, the lane's log of decisions. */
#ifndef GARITA_CLI_LOG_VERBS_H
#define GARITA_CLI_LOG_VERBS_H

#include "verbs.h"

struct log_show_options {
    const char *from, *until;
};
extern const struct option log_show_options[];
exit_status log_show_run(const struct context *context, const void *values, char *const *operands,
                         size_t operand_count);

struct log_verify_options {
    const char *tip, *key;
};
extern const struct option log_verify_options[];
exit_status log_verify_run(const struct context *context, const void *values, char *const *operands,
                           size_t operand_count);

struct log_tip_options {
    const char *output;
};
extern const struct option log_tip_options[];
exit_status log_tip_run(const struct context *context, const void *values, char *const *operands,
                        size_t operand_count);

struct log_prune_options {
    const char *older_than;
};
extern const struct option log_prune_options[];
exit_status log_prune_run(const struct context *context, const void *values, char *const *operands,
                          size_t operand_count);

#endif
