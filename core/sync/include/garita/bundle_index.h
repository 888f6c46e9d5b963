/* garita/bundle_index.h: where each message of a bundle in memory stands in its bytes.
 *
 * A bundle is read once from one end to the other, so that all of what follows goes over what is
 * known to be readable.
 */
#ifndef GARITA_BUNDLE_INDEX_H
#define GARITA_BUNDLE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/bundle.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A message that stands by itself: not a batch, chunk or leaves, nor the end. */
typedef struct garita_bundle_item {
    garita_message_kind kind;
    size_t at;     /* in the bundle */
    size_t parts;  /* the batches, or chunks and leaves, behind it */
    size_t leaves; /* the hashes in those leaves */
    bool is_cut;   /* the bundle ends, or cannot be read, before its next part */
} garita_bundle_item;

/* All zero is an empty one. */
typedef struct garita_bundle_index {
    const uint8_t *bytes; /* the bundle's, the caller's */
    size_t len;
    garita_bundle_item *at;
    size_t count, cap;
    garita_fault fault; /* what ended the reading (FULL: at GARITA_BUNDLE_ITEMS_MAX); OK: its END */
    garita_bytes origin; /* the id of the home that made it, as it says; null if it does not */
} garita_bundle_index;

/* Reads a bundle. What stands before a fault is whole. Returns GARITA_OK, also with a fault; an
 * error of garita_bundle_open: it is no bundle at all; NO_MEMORY. Free *out in any case. */
garita_error garita_bundle_index_make(garita_bundle_index *out, const uint8_t *bytes,
                                      size_t bytes_len);
void garita_bundle_index_free(garita_bundle_index *index);

/* A message of the index, read again; and then, one call for each, its parts. */
void garita_bundle_index_first(const garita_bundle_index *index, garita_bundle_reader *reader,
                               garita_message *out, const garita_bundle_item *item);
void garita_bundle_index_next(garita_bundle_reader *reader, garita_message *out);

#ifdef __cplusplus
}
#endif

#endif
