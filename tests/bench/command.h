/* command.h: running programs from a bench, in a folder of its own. What they say on standard error
 * is kept in the file messages there.
 */
#ifndef GARITA_BENCH_COMMAND_H
#define GARITA_BENCH_COMMAND_H

#include <stdbool.h>
#include <sys/types.h>

/* Makes a folder under /tmp and goes there, where the state of homes is kept too (state); and takes
 * it away. */
void folder_enter(void);
void folder_leave(void);

/* What running something took. */
typedef struct cost {
    double wall_s;
    double spent_s; /* of the processor */
} cost;

/* Binds this process to one core. */
void pin_to(int core);

/* Waits for a child that exits with 0; else says what failed and ends the bench. */
void child_await(cost *out, pid_t child, const char *what);

/* Runs a program that exits with 0, with standard input and output from and to files, on core 0
 * alone if is_pinned. */
cost run(const char *input, const char *output, bool is_pinned, char *const *arguments);

#endif
