/* cli/help.h: the texts of --help, from the table of verbs. */
#ifndef GARITA_CLI_HELP_H
#define GARITA_CLI_HELP_H

#include <stdio.h>

#include "options.h"
#include "verbs.h"

/* The options that every verb has. Their values are the struct that main keeps. */
struct common_options {
    const char *home;
    const char *state;
    const char *now;
    const char *language;
    const char *passphrase_file;
    bool json;
    bool help;
    bool version;
};

extern const struct option common_option_table[];

/* What there is: the verbs, one line each. */
void help_overview(FILE *out);

/* One verb; group is the verb that it is a subverb of, or null. */
void help_verb(FILE *out, const struct verb *group, const struct verb *verb);

#endif
