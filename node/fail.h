/* node/fail.h: why garitad does not start: a message for people, and the exit status for programs.
 */
#ifndef GARITA_NODE_FAIL_H
#define GARITA_NODE_FAIL_H

#include <garita/store.h>

/* As of every command of garita. */
enum exit_status {
    EXIT_DONE = 0,
    EXIT_USAGE = 64,     /* the command line is wrong */
    EXIT_BAD_INPUT = 65, /* a file is not what it should be */
    EXIT_NOT_FOUND = 66, /* no such home, key or file */
    EXIT_IO = 74,        /* reading, writing or listening failed, or memory ran out */
    EXIT_NOT_ALLOWED = 77
};

/* "garitad: error: …", then "hint: …" if hint is not null; returns status. Control characters in
 * what the text quotes are shown as escapes. */
enum exit_status fail(enum exit_status status, const char *hint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

enum exit_status fail_no_memory(void);

/* What the store said. */
enum exit_status fail_store(garita_store_error error, const char *home, const char *detail);

#endif
