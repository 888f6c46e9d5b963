/* cli/policy_mistakes.h: what is wrong with a policy file: all of it, each with its place, what it
 * is, and what to do.
 */
#ifndef GARITA_CLI_POLICY_MISTAKES_H
#define GARITA_CLI_POLICY_MISTAKES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"
#include "context.h"
#include "exit_status.h"
#include "json_place.h"

/* Nobody mends more at once. */
enum { POLICY_MISTAKES_MAX = 200 };

struct policy_mistake {
    const char *code;      /* stable: an error's name, "unknown-field", "missing-field", … */
    bool is_warning;       /* the policy can be signed all the same */
    unsigned line;         /* of the file, from 1; 0: not known */
    struct buffer place;   /* a JSON pointer; empty: the whole */
    struct buffer message; /* translated; does not name the place */
    struct buffer hint;    /* what to do; may be empty */
};

/* Zero it before first use. */
struct policy_mistakes {
    struct policy_mistake *at;
    size_t count, cap;
    size_t error_count; /* those that are no warnings, and those that were not kept */
    size_t left_out;    /* beyond POLICY_MISTAKES_MAX */
    bool out_of_memory;
};

void policy_mistakes_free(struct policy_mistakes *mistakes); /* an empty one is allowed */

/* Adds one about this place. The code is static. */
void policy_mistakes_add(struct policy_mistakes *mistakes, const struct json_place *place,
                         const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same, of a warning. */
void policy_mistakes_warn(struct policy_mistakes *mistakes, const struct json_place *place,
                          const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Goes on with the place of the newest: a JSON pointer relative to it. */
void policy_mistakes_go_on(struct policy_mistakes *mistakes, const char *pointer);

/* Adds to what the newest says is to be done. */
void policy_mistakes_advise(struct policy_mistakes *mistakes, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Finds the lines in the text that the places are of, puts the mistakes in their order, the
 * warnings last. */
void policy_mistakes_finish(struct policy_mistakes *mistakes, const char *text, size_t text_len);

/* Reports all of them as of this file: EXIT_BAD_INPUT if there is one that is no warning, else
 * EXIT_DONE. With --json warnings are objects {"warning":CODE,…} on out. */
exit_status policy_mistakes_report(const struct context *context,
                                   const struct policy_mistakes *mistakes, const char *source);

#endif
