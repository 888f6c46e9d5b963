/* cli/verbs.h: what `garita` can do. One file defines each verb; cli/verbs.c lists them. */
#ifndef GARITA_CLI_VERBS_H
#define GARITA_CLI_VERBS_H

#include <stdbool.h>
#include <stddef.h>

#include "context.h"
#include "exit_status.h"
#include "options.h"

struct verb;

/* Runs a verb. options is the verb's own struct of values, filled; operands are as many as the verb
 * asks for. A failure has been reported when this returns. */
typedef exit_status (*verb_run)(const struct context *context, const void *options,
                                char *const *operands, size_t operand_count);

struct verb {
    const char *name;
    const char *summary; /* N_(): one line without a full stop */
    /* The lines of the usage, each "garita NAME …", LF between; not translated. */
    const char *synopsis;
    /* N_(): what it does, in a few lines, and then examples that can be typed as they stand. */
    const char *help;
    const struct verb *subverbs;  /* ends with a null name; such a verb has only the texts above */
    const struct option *options; /* ends with OPTION_END; null for none but the common ones */
    size_t options_size;          /* of the struct of values; 0 for none */
    size_t operands_min, operands_max; /* SIZE_MAX: any number */
    bool needs_home;                   /* context->home must be known (it need not exist) */
    verb_run run;
};

/* clang-format off */
#define VERB_END { .name = NULL }
/* clang-format on */

extern const struct verb verb_init;
extern const struct verb verb_key;
extern const struct verb verb_authority;
extern const struct verb verb_node;
extern const struct verb verb_trust;
extern const struct verb verb_issue;
extern const struct verb verb_join;
extern const struct verb verb_revoke;
extern const struct verb verb_suspend;
extern const struct verb verb_reinstate;
extern const struct verb verb_head;
extern const struct verb verb_inspect;
extern const struct verb verb_scan;
extern const struct verb verb_sync;
extern const struct verb verb_audit;
extern const struct verb verb_log;
extern const struct verb verb_status;
extern const struct verb verb_peers;
extern const struct verb verb_clock;
extern const struct verb verb_doctor;
extern const struct verb verb_policy;

/* All of them, in the order in which somebody meets them; null ends the list. */
extern const struct verb *const verbs[];

#endif
