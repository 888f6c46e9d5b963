/* cli/policy_check.h: whether a policy file may be signed: it has no mistake, and each of its
 * examples gets the verdict that it must.
 */
#ifndef GARITA_CLI_POLICY_CHECK_H
#define GARITA_CLI_POLICY_CHECK_H

#include "context.h"
#include "exit_status.h"
#include "policy_json.h"

/* How much is told. */
typedef enum policy_check_telling {
    POLICY_CHECK_ALL,     /* each example, and what came of it */
    POLICY_CHECK_MISTAKES /* only what is wrong: mistakes, warnings, examples that failed */
} policy_check_telling;

/* Reads a file into *out, which the caller frees, and checks it. EXIT_DONE; EXIT_BAD_INPUT after
 * every mistake has been reported; or another status after a report. now is the moment that "until"
 * is held against. */
exit_status policy_check_file(const struct context *context, struct policy_json *out,
                              const char *path, policy_check_telling telling, int64_t now);

#endif
