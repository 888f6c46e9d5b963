/* cli/options.h: the options of a verb, as a table, and the reader of a command line.
 *
 *   struct scan_options { const char *lane; uint64_t jobs; bool frames; };
 *   static const struct option options[] = {
 *       OPTION_TEXT("lane", 0, "NAME", struct scan_options, lane, N_("judge by this lane")),
 *       OPTION_NUMBER("jobs", 0, "N", struct scan_options, jobs, 1, 64, N_("use N threads")),
 *       OPTION_FLAG("frames", 0, struct scan_options, frames, N_("read a stream of pictures")),
 *       OPTION_END
 *   };
 */
#ifndef GARITA_CLI_OPTIONS_H
#define GARITA_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "context.h"
#include "exit_status.h"

typedef enum option_kind {
    OPTION_KIND_FLAG,   /* the field is a bool */
    OPTION_KIND_TEXT,   /* a const char *, into the command line */
    OPTION_KIND_NUMBER, /* a uint64_t, decimal, from min to max */
    OPTION_KIND_LIST    /* a struct option_list: may be given up to max times */
} option_kind;

enum { OPTION_LIST_MAX = 4 };

/* The values of an option that may be given several times, in their order. */
struct option_list {
    size_t count;
    const char *at[OPTION_LIST_MAX]; /* into the command line */
};

struct option {
    const char *name;  /* without the two dashes; null ends a table */
    char letter;       /* the short form, or 0 */
    const char *value; /* what the help calls the value; null for a flag */
    option_kind kind;
    size_t offset; /* of the field in the struct of values */
    uint64_t min, max;
    const char *help; /* N_() */
};

/* A field of a struct of values is zero until its option is given. */
/* clang-format off */
#define OPTION_FLAG(name, letter, type, field, help) \
    { name, letter, NULL, OPTION_KIND_FLAG, offsetof(type, field), 0, 0, help }
#define OPTION_TEXT(name, letter, value, type, field, help) \
    { name, letter, value, OPTION_KIND_TEXT, offsetof(type, field), 0, 0, help }
#define OPTION_NUMBER(name, letter, value, type, field, min, max, help) \
    { name, letter, value, OPTION_KIND_NUMBER, offsetof(type, field), min, max, help }
#define OPTION_LIST(name, letter, value, type, field, max, help) \
    { name, letter, value, OPTION_KIND_LIST, offsetof(type, field), 0, max, help }
#define OPTION_END { NULL, 0, NULL, OPTION_KIND_FLAG, 0, 0, 0, NULL }
/* clang-format on */

/* A table, and the struct that its values go to. */
struct option_set {
    const struct option *table; /* null: no options */
    void *values;
};

enum { OPTION_SETS_MAX = 2 };

/* Reads arguments from argv[0] on: "--name VALUE", "--name=VALUE", "--flag", "-x VALUE", "-xVALUE".
 * "--" ends the options; "-" alone is an operand, and so is what follows an option that takes a
 * value, whatever it looks like, its value. The operands are moved to the front of argv in their
 * order, and *operand_count is their number; with stop_at_operand the reading ends before the first
 * one and *operand_count is the index at which it stands. An option may be given once, but for a
 * list.
 * Returns EXIT_DONE, or EXIT_USAGE after having reported what is wrong. */
exit_status options_read(const struct context *context, size_t *operand_count,
                         const struct option_set sets[OPTION_SETS_MAX], bool stop_at_operand,
                         char **argv, size_t argc);

#endif
