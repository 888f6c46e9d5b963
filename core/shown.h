/* shown.h: the attestations that a credential is judged with: its own, and those beside it that are
 * its subject's. Private.
 */
#ifndef GARITA_SHOWN_H
#define GARITA_SHOWN_H

#include <garita/packet.h>
#include <garita/verify.h>

/* Fills out->shown, shown_count and others_count. out->has_credential, and its subject is there. */
void garita_shown_gather(garita_verdict *out, const garita_setting *setting,
                         const garita_parts *parts);

/* Whether it counts: read, and nothing was found against it. */
bool garita_shown_counts(const garita_shown *shown);

/* Whether it is in doubt: read, and better news could make it count. */
bool garita_shown_is_doubtful(const garita_shown *shown);

/* What one that was read is to a requirement by its kind and its age. Without a clock nothing is
 * too old. */
typedef enum garita_shown_fit {
    GARITA_SHOWN_UNWANTED = 0, /* of no kind that is asked for */
    GARITA_SHOWN_TOO_OLD,      /* for each alternative of its kind */
    GARITA_SHOWN_YOUNG
} garita_shown_fit;

garita_shown_fit garita_shown_fits(const garita_shown *shown, const garita_requirement *requirement,
                                   const garita_clock *clock);

#endif
