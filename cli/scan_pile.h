/* cli/scan_pile.h: the codes of several files, or of one input, read before the first of them is
 * judged: so that it does not matter which of them comes first.
 */
#ifndef GARITA_CLI_SCAN_PILE_H
#define GARITA_CLI_SCAN_PILE_H

#include <stdbool.h>
#include <stddef.h>

#include "scan.h"

struct scan_pile;

/* scan and total outlive it. Null if there is no memory. */
struct scan_pile *scan_pile_open(struct scan *scan, struct tally *total);
void scan_pile_close(struct scan_pile *pile); /* wipes; null is allowed */

/* Keeps a copy of a code, whose source outlives the pile. A pile that is full is judged first.
 * False if nothing can be written any more (see outlet_flush). */
bool scan_pile_add(struct scan_pile *pile, const struct code *code);

/* Keeps a failure, for its place among the answers; it is counted at once. */
bool scan_pile_fail(struct scan_pile *pile, const struct failure *failure, const char *message);

/* Judges what is there. is_all: nothing has been judged before, and nothing comes behind it. */
bool scan_pile_judge(struct scan_pile *pile, bool is_all);

#endif
