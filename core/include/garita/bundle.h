/* garita/bundle.h: the messages of a sync, as they stand in a file (core/FORMAT.md, "Bundles"), and
 * the list of what a home has.
 *
 * Reading points into the caller's bytes and allocates nothing. Writing goes through a callback, so
 * that a bundle never needs to be in memory whole.
 */
#ifndef GARITA_BUNDLE_H
#define GARITA_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/error.h>
#include <garita/limits.h>
#include <garita/merkle.h>
#include <garita/trust.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum garita_message_kind {
    GARITA_MESSAGE_END = 0,       /* nothing follows */
    GARITA_MESSAGE_STATEMENT = 1, /* an authority, node or policy statement, or a succession */
    GARITA_MESSAGE_PROOF = 2,     /* of an equivocation */
    GARITA_MESSAGE_TAIL = 3,      /* a head, and the frontier before the batches that follow */
    GARITA_MESSAGE_BATCH = 4,     /* the next batch of the tail */
    GARITA_MESSAGE_SNAPSHOT = 5,  /* a head, the frontier before the leaves that follow; chunks
                                     follow too */
    GARITA_MESSAGE_CHUNK = 6,     /* the next chunk of the snapshot */
    GARITA_MESSAGE_EVIDENCE = 7,  /* a batch with its inclusion in the tree of a head */
    GARITA_MESSAGE_LEAVES = 8,    /* the next leaf hashes of the snapshot's log */
    GARITA_MESSAGE_ORIGIN = 64    /* the id of the home that made the bundle: a claim */
} garita_message_kind;

/* A message. What a kind does not have is zero. */
typedef struct garita_message {
    garita_message_kind kind;
    garita_bytes bytes;       /* STATEMENT, PROOF, BATCH, CHUNK, EVIDENCE (the batch): its bytes;
                                 ORIGIN: GARITA_ORIGIN_SIZE of them; LEAVES: 1 to
                                 GARITA_LEAVES_MAX hashes, side by side */
    garita_bytes head;        /* TAIL, SNAPSHOT, EVIDENCE: the head's statement */
    garita_frontier frontier; /* TAIL: before the first batch; SNAPSHOT: before the first leaf, at
                                 the head's size if it has no leaves */
    uint64_t path_from;       /* SNAPSHOT: the size that path begins at; 0: there is none */
    uint32_t index;           /* CHUNK: its index; EVIDENCE: the batch's place in the log */
    size_t path_count;        /* SNAPSHOT, EVIDENCE: the proof */
    garita_hash path[GARITA_PROOF_MAX];
} garita_message;

#define GARITA_BUNDLE_HEADER_SIZE 9
#define GARITA_ORIGIN_SIZE 16 /* a home's id */

/* Whether bytes begin like a bundle. For tools that are handed a file. */
bool garita_bundle_is_one(const uint8_t *bytes, size_t bytes_len);

typedef struct garita_bundle_reader {
    const uint8_t *bytes;
    size_t len, at;
    garita_message_kind open; /* TAIL or SNAPSHOT while its parts may follow */
} garita_bundle_reader;

/* Checks the header. TRUNCATED (begins like one), ENVELOPE (no bundle), UNSUPPORTED_VERSION. */
garita_error garita_bundle_open(garita_bundle_reader *out, const uint8_t *bytes, size_t bytes_len);

/* The next message. END is the last, and nothing may follow it. Messages of a kind that this version
 * does not know, 64 and above, are skipped; unknown ones below 64 are UNKNOWN_TYPE. What is in a
 * message (statements, batches, chunks and whether their indexes ascend) is not looked at.
 * Errors, with the place in *fault (may be null): TRUNCATED (also: no END), TRAILING, TOO_LONG,
 * RANGE, NOT_MINIMAL, WRONG_KIND (a batch without a tail, chunk or leaves without a snapshot),
 * UNKNOWN_TYPE. After an error reading cannot go on; what came before is whole. */
garita_error garita_bundle_next(garita_bundle_reader *reader, garita_message *out,
                                garita_fault *fault);

/* Takes the next piece of a bundle; false if it could not. */
typedef bool (*garita_bundle_sink)(void *context, const uint8_t *bytes, size_t bytes_len);

/* Write the header, then messages, END last. False if the sink could not. */
bool garita_bundle_write_header(garita_bundle_sink sink, void *context);
bool garita_bundle_write(garita_bundle_sink sink, void *context, const garita_message *message);

/* --- what a home has --- */

#define GARITA_DIGEST_SIZE 16 /* of a statement, proof or evidence: the first half of its SHA-256 */
typedef struct garita_digest {
    uint8_t bytes[GARITA_DIGEST_SIZE];
} garita_digest;

void garita_digest_of(garita_digest *out, const uint8_t *bytes, size_t bytes_len);

typedef struct garita_have_log {
    garita_hash id;
    uint64_t size;
    garita_hash root; /* of the batches, at that size */
    int64_t signed_at;
} garita_have_log;

/* Nothing in it is signed, and nothing depends on its truth but the size of a bundle. */
typedef struct garita_have {
    size_t log_count, digest_count;
    const uint8_t *logs;    /* read with garita_have_log_at */
    const uint8_t *digests; /* sorted, some perhaps twice; asked with garita_have_has */
} garita_have;

/* TRUNCATED, TRAILING, ENVELOPE, UNSUPPORTED_VERSION, RANGE, NOT_MINIMAL, KEY_ORDER (not sorted, or
 * one log twice). */
garita_error garita_have_read(garita_have *out, const uint8_t *bytes, size_t bytes_len);
void garita_have_log_at(garita_have_log *out, const garita_have *have, size_t index);
bool garita_have_has(const garita_have *have, const garita_digest *digest);

/* The size of a list, and writing one: sorts both arrays in place (logs by id; no id may be there
 * twice). At most GARITA_HAVE_LOGS_MAX and GARITA_HAVE_DIGESTS_MAX. out has that many bytes. */
size_t garita_have_size(size_t log_count, size_t digest_count);
void garita_have_write(uint8_t *out, garita_have_log *logs, size_t log_count,
                       garita_digest *digests, size_t digest_count);

#ifdef __cplusplus
}
#endif

#endif
