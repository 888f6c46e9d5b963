/* cli/scan_desk.h: what lies on the officer's desk, so that what belongs together is judged
 * together: attestations whose credential has not been shown, and the last credential or the party
 * so far.
 *
 * It is bounded, and what has been used is wiped: an attestation once another credential has come
 * after the one that it belongs to.
 */
#ifndef GARITA_CLI_SCAN_DESK_H
#define GARITA_CLI_SCAN_DESK_H

#include <stdbool.h>
#include <stddef.h>

#include "scan.h"
#include "scan_crew.h"

/* Codes that are read before the first of them is judged, and attestations that wait: 2 MiB of
 * them. A folder with more is judged piece by piece. */
#define SCAN_HELD_MAX 1024

struct scan_desk *scan_desk_open(void);       /* null if there is no memory */
void scan_desk_close(struct scan_desk *desk); /* wipes; null is allowed */

/* How codes were shown. */
struct manner {
    bool is_together; /* attestations count for every credential, whatever their order; else a
                         credential is judged before what comes behind it */
    bool is_quiet;    /* more is coming: what waits is not told until scan_desk_end */
    bool is_only;     /* one verdict has the screen for itself */
};

/* Judges codes, each by itself or, with scan->party, as one party, and writes what there is to say.
 * Sets codes[].is_attestation. False if nothing can be written any more (see outlet_flush). */
bool scan_desk_show(struct scan *scan, struct tally *total, struct scan_crew *crew,
                    struct code *codes, size_t count, const struct manner *manner);

/* Enter alone, by a person: with scan->party, the party so far is judged as it is, if it has not
 * been, and whoever comes next begins another. False as scan_desk_show. */
bool scan_desk_begin_anew(struct scan *scan, struct tally *total);

/* Nothing more comes: a party that is not complete is judged as it is, and what still waits is a
 * failure, or beside any verdict a warning. */
bool scan_desk_end(struct scan *scan, struct tally *total, bool is_only);

/* Judges the attestations on the desk that claim the same subject as the credential in a code: the
 * newest, at most GARITA_SHOWN_MAX. How many. By any number of threads. */
size_t scan_desk_beside(garita_shown out[GARITA_SHOWN_MAX], const struct scan_desk *desk,
                        const garita_setting *setting, const struct code *code);

/* Notes that a genuine credential of this subject was judged beside them. By any number of threads.
 */
void scan_desk_use(struct scan_desk *desk, const garita_subject *subject);

#endif
