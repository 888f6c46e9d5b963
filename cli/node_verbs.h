/* cli/node_verbs.h: the subverbs of `node`. */
#ifndef GARITA_CLI_NODE_VERBS_H
#define GARITA_CLI_NODE_VERBS_H

#include "verbs.h"

struct node_certify_options {
    const char *as, *subject, *name, *country, *from, *until, *output;
    struct option_list addresses;
};
extern const struct option node_certify_options[];
exit_status node_certify_run(const struct context *context, const void *values,
                             char *const *operands, size_t operand_count);

#endif
