/* cli/sync_index.h: where each message of a bundle stands in its bytes. */
#ifndef GARITA_CLI_SYNC_INDEX_H
#define GARITA_CLI_SYNC_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/bundle.h>

#include "context.h"
#include "exit_status.h"

/* Messages that stand by themselves in one bundle: what a full trust set, its logs and the evidence
 * about them come to many times over. Each may cost the check of a signature, and anybody can write
 * a bundle. */
#define SYNC_ITEMS_MAX (1 << 20)

/* A message that stands by itself: not a batch, chunk or leaves, nor the end. */
struct sync_item {
    garita_message_kind kind;
    size_t at;     /* in the bundle */
    size_t parts;  /* the batches, or chunks and leaves, behind it */
    size_t leaves; /* the hashes in those leaves */
    bool is_cut;   /* the bundle ends, or cannot be read, before its next part */
};

/* Zero it before first use. */
struct sync_index {
    const uint8_t *bytes; /* the bundle's, the caller's */
    size_t len;
    struct sync_item *at;
    size_t count, cap;
    garita_fault fault; /* what ended the reading; GARITA_OK: its END */
    garita_bytes origin; /* the id of the home that made it, as it says; null if it does not */
};

/* Reads a bundle from one end to the other. What stands before a fault is whole. Returns EXIT_DONE,
 * also with a fault, or after a report EXIT_BAD_INPUT (no bundle at all) or EXIT_IO (no memory).
 * source is how messages call it. */
exit_status sync_index_make(const struct context *context, struct sync_index *out,
                            const char *source, const uint8_t *bytes, size_t bytes_len);
void sync_index_free(struct sync_index *index); /* an empty one is allowed */

/* A message of the index, read again; and then, one call for each, its parts. */
void sync_index_first(const struct sync_index *index, garita_bundle_reader *reader,
                      garita_message *out, const struct sync_item *item);
void sync_index_next(garita_bundle_reader *reader, garita_message *out);

#endif
