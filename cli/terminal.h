/* cli/terminal.h: how much a person sees at once. */
#ifndef GARITA_CLI_TERMINAL_H
#define GARITA_CLI_TERMINAL_H

#include <stddef.h>
#include <stdio.h>

struct terminal {
    size_t columns; /* 0: no terminal, so that nothing is wrapped */
    size_t rows;
};

/* The terminal behind the stream, as it is now: a window is resized while a scan goes on. 80
 * columns and 24 rows where it does not say. */
struct terminal terminal_of(FILE *stream);

#endif
