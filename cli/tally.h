/* cli/tally.h: the exit status of many verdicts and failures. */
#ifndef GARITA_CLI_TALLY_H
#define GARITA_CLI_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include <garita/verify.h>

#include "exit_status.h"

/* All zero: nothing has been scanned. */
struct tally {
    uint64_t verdicts;
    uint64_t rejects; /* of the verdicts */
    uint64_t refers;  /* and whatever is neither reject nor accept */
    uint64_t failures;
    bool saw_bad_input;
    bool saw_not_found;
    bool saw_io;
};

void tally_add_verdict(struct tally *tally, garita_outcome outcome);
/* A verdict that was counted has been given again, with more to go by: it counts no longer. */
void tally_take_back(struct tally *tally, garita_outcome outcome);
void tally_add_failure(struct tally *tally, exit_status status);
void tally_add(struct tally *tally, const struct tally *other);

/* Takes counts off again, of what was part of it: it is then of what came behind. What was seen
 * stays.
 */
void tally_subtract(struct tally *tally, const struct tally *part);

/* EXIT_DONE after at least one verdict, all of them accept, and no failure; else the worst of
 * EXIT_IO, EXIT_REJECT, EXIT_BAD_INPUT, EXIT_NOT_FOUND, EXIT_REFER, in this order. Nothing at all
 * is EXIT_BAD_INPUT. */
exit_status tally_status(const struct tally *tally);

#endif
