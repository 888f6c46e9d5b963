/* cli/scan_shelf.h: attestations that were shown in codes of their own, found by whom they claim to
 * be about.
 */
#ifndef GARITA_CLI_SCAN_SHELF_H
#define GARITA_CLI_SCAN_SHELF_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include <garita/attestation.h>
#include <garita/verify.h>

#include "scan_code.h"

/* Attestations that are kept: 2 MiB of them. The oldest makes room. */
#define SCAN_SHELF_MAX 1024

/* All that is known of one before its signature is checked. */
struct shelf_slot {
    struct origin origin;
    garita_subject subject; /* a claim */
    atomic_bool is_used;    /* a genuine credential of this subject was judged beside it */
    bool is_new;            /* nobody has been told of it yet */
    size_t len;
    uint8_t bytes[GARITA_ATTESTATION_BYTES_MAX];
};

/* In the order of arrival. Zero, in memory of scan_memory.h, is an empty one. */
struct shelf {
    size_t count;
    struct shelf_slot slots[SCAN_SHELF_MAX];
};

/* Puts an attestation's statement there, as new; one that is there already is new again. False if
 * it cannot be read, with why in *fault. Where there is no room, and only then, the oldest goes;
 * *pushed is a slot that receives it, of len 0 if none went. */
bool shelf_put(struct shelf *shelf, garita_fault *fault, struct shelf_slot *pushed,
               const struct origin *origin, garita_bytes statement);

/* Judges those of a subject: the newest, at most GARITA_SHOWN_MAX. How many. They point at the
 * shelf. By any number of threads. */
size_t shelf_judge(garita_shown out[GARITA_SHOWN_MAX], const struct shelf *shelf,
                   const garita_setting *setting, const garita_subject *subject);

/* Whether there are any of this subject, and any that have been used. */
bool shelf_has(const struct shelf *shelf, const garita_subject *subject);
bool shelf_has_used(const struct shelf *shelf);

/* Notes that those of a subject have been used. By any number of threads. */
void shelf_use(struct shelf *shelf, const garita_subject *subject);

/* Wipes those for which is_over says so, and moves the others together. */
void shelf_clear(struct shelf *shelf,
                 bool (*is_over)(const void *context, const struct shelf_slot *slot),
                 const void *context);

#endif
