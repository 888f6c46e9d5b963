/* cli/context.h: what every verb is given: where things are, what time it is, who is reading. */
#ifndef GARITA_CLI_CONTEXT_H
#define GARITA_CLI_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <garita/verify.h>

struct context {
    /* --home, else $GARITA_HOME, else $XDG_DATA_HOME/garita, else ~/.local/share/garita. Never null
     * in a verb that has needs_home. The directory need not exist. */
    const char *home;
    /* --state, else $XDG_STATE_HOME/garita, else ~/.local/state/garita: where the counters against
     * restored backups are (garita/store_signing.h). Null only if nobody says where that is; a verb
     * that signs asks for it with signing_state. */
    const char *state;
    const char *passphrase_file; /* --passphrase-file; null if not given */
    const char *language;        /* "en" or "es"; the texts of _() are in it already */
    bool json;                   /* --json: objects on out, nothing else there */
    bool out_is_terminal;
    bool out_has_color; /* a terminal, and NO_COLOR is not set */
    bool err_is_terminal;
    bool err_has_color;
    bool has_now; /* --now was given, and now is its moment */
    int64_t now;
    FILE *out; /* results */
    FILE *err; /* messages for people */
};

/* The clock for a decision taken at this moment: --now, or the system's. Has no floor; whoever has
 * a store adds it. */
garita_clock context_clock(const struct context *context);

#endif
