/* node/engine/wire.h: the messages of the gossip, read and written (node/PROTOCOL.md, "Packets and
 * messages").
 *
 * Reading points into the packet and allocates nothing; whatever it gives out is well-formed to its
 * last byte, the parts of a vector included, and nothing of it is proven.
 */
#ifndef GARITA_NODE_WIRE_H
#define GARITA_NODE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/bundle.h>

#include "bounds.h"

enum wire_kind {
    WIRE_STATEMENT = GARITA_MESSAGE_STATEMENT,
    WIRE_PROOF = GARITA_MESSAGE_PROOF,
    WIRE_EVIDENCE = GARITA_MESSAGE_EVIDENCE,
    WIRE_HELLO = 16,  /* what program speaks */
    WIRE_DIGEST = 17, /* of all that is held, by anchor */
    WIRE_VECTOR = 18, /* what is held of the logs of one anchor */
    WIRE_HEAD = 19,   /* a head */
    WIRE_WANT = 20,   /* asks for a run */
    WIRE_RUN = 21,    /* a piece of one */
    WIRE_NONE = 22,   /* there is no run to give */
    WIRE_LIST = 23,   /* digests that are held of one group */
    WIRE_ASK = 24,    /* asks for items */
    WIRE_CLOSE = 25,  /* why the session ends */
    WIRE_STOP = 26,   /* a run is no longer wanted */
    WIRE_LARGE = 27,  /* items asked for that no packet holds: WANT them */
    WIRE_SKIPPED_MIN = 64
};

#define WIRE_VERSION 1
/* What stands before a body: the kind and its length. */
#define WIRE_FRAME_MAX 4

#define WIRE_HELLO_ARCHIVE 1u

struct wire_hello {
    uint64_t version;
    uint8_t flags;
};

/* Time stamps as RTCP has them, in milliseconds modulo 2^16: by them each side knows how long the
 * way there and back is. */
struct wire_digest {
    bool has_echo;
    uint16_t stamp;
    uint16_t echo;          /* the stamp heard last, */
    uint16_t held;          /* so long before this was sent */
    size_t count;           /* of anchors */
    const uint8_t *entries; /* read with wire_digest_at; ascending by tag */
};
#define WIRE_TAG_SIZE 8 /* of the id of an anchor's log */
#define WIRE_DIGEST_ENTRY_SIZE (WIRE_TAG_SIZE + GARITA_DIGEST_SIZE)
/* Anchors in a digest: more than anybody pins. */
#define WIRE_ANCHORS_MAX 128

struct wire_anchor {
    uint8_t tag[WIRE_TAG_SIZE];
    garita_digest digest;
};
void wire_digest_at(struct wire_anchor *out, const struct wire_digest *digest, size_t index);

/* A part of a vector stands alone: what is held of some of the anchor's logs. */
struct wire_vector {
    uint8_t tag[WIRE_TAG_SIZE];
    bool wants_answer;
    const uint8_t *entries; /* read with wire_vector_next */
    size_t entries_len;
};

/* Kinds of items, and so groups of one log. */
#define WIRE_GROUPS 5
struct wire_group {
    uint8_t kind;         /* enum engine_item_kind; ascending */
    uint64_t count;       /* 1 of a proof */
    garita_digest digest; /* of the group; zero of a proof: any is as good as another */
};
struct wire_vector_log {
    garita_digest prefix; /* of the log's id */
    bool has_head;        /* else size, signed_at and head are zero */
    uint64_t size;
    int64_t signed_at;
    garita_digest head; /* of the head's statement */
    size_t group_count;
    struct wire_group groups[WIRE_GROUPS];
};
/* The next entry of a part, ascending by prefix; *at begins at 0. False after the last. */
bool wire_vector_next(const struct wire_vector *vector, size_t *at, struct wire_vector_log *out);

struct wire_head {
    garita_digest prefix;
    garita_bytes statement;
};

#define WIRE_RANGES_MAX 16
struct wire_range {
    uint64_t offset, len; /* len 0: up to the end */
};
struct wire_want {
    uint32_t number; /* the asker's choice: what comes is named by it */
    garita_digest prefix;
    uint8_t item;         /* 0: the log; else the kind of the item, */
    garita_digest digest; /* and its digest */
    bool wants_batches;
    bool has_log; /* of the log, if it holds something: */
    uint64_t size;
    garita_hash root;
    int64_t signed_at;
    bool is_resumed; /* it has a part of the run with this digest, and lacks these ranges */
    garita_digest run;
    size_t range_count;
    struct wire_range ranges[WIRE_RANGES_MAX];
};

/* Each says all of it, so that what is lost is only asked for again. */
struct wire_run {
    uint32_t number;
    garita_digest run; /* BLAKE2b of the whole run */
    uint64_t total, offset;
    garita_bytes bytes;
};

enum wire_none_reason {
    WIRE_NOT_HERE = 1,
    WIRE_BUSY = 2,
    WIRE_TOO_LARGE = 3,
    WIRE_NOTHING_NEW = 4
};
struct wire_none {
    uint32_t number;
    uint8_t reason;
};

/* Of LIST, ASK and LARGE. */
struct wire_items {
    garita_digest prefix;
    uint8_t kind; /* of the items */
    size_t count;
    const uint8_t *digests; /* GARITA_DIGEST_SIZE each, ascending */
};

#define WIRE_TEXT_MAX 64
struct wire_close {
    uint8_t reason; /* enum engine_reason */
    garita_bytes text;
};

struct wire_stop {
    uint32_t number;
};

struct wire_message {
    uint8_t kind; /* WIRE_SKIPPED_MIN for all that is to be skipped */
    union {
        struct wire_hello hello;
        struct wire_digest digest;
        struct wire_vector vector;
        struct wire_head head;
        struct wire_want want;
        struct wire_run run;
        struct wire_none none;
        struct wire_items items; /* LIST, ASK, LARGE */
        struct wire_close close;
        struct wire_stop stop;
        struct {                  /* STATEMENT, PROOF, EVIDENCE: */
            garita_bytes message; /* as it stands in a bundle */
            garita_digest digest; /* as a list has it */
        } item;
    } as;
};

/* --- reading --- */

struct wire_reader {
    const uint8_t *bytes;
    size_t len, at;
};

enum wire_result { WIRE_OK, WIRE_END, WIRE_MALFORMED };
enum wire_result wire_next(struct wire_reader *reader, struct wire_message *out);

/* --- writing --- */

/* Bytes to write to: the caller's. */
struct wire_writer {
    uint8_t *bytes;
    size_t len, cap;
};

/* Appends a message; false, and nothing is written, if it does not fit. Of items message is copied
 * as it is. */
bool wire_put(struct wire_writer *writer, const struct wire_message *message);

/* For the entries of a vector: the longest, and appending one to a buffer. */
#define WIRE_VECTOR_LOG_MAX                                                                        \
    (GARITA_DIGEST_SIZE + 1 + 5 + 10 + GARITA_DIGEST_SIZE + 1 + 5 * (1 + 10 + 16))
bool wire_put_vector_log(struct wire_writer *writer, const struct wire_vector_log *log);

#endif
