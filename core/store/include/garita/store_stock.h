/* garita/store_stock.h: all that a home holds to pass on: which logs, statements, proofs and
 * evidence there are, who is on the roster, and the messages that say it.
 *
 * What counts is what others would take: whatever was signed with a key that has been revoked since
 * is left out, and so is what has no chain to a pinned anchor.
 */
#ifndef GARITA_STORE_STOCK_H
#define GARITA_STORE_STOCK_H

#include <garita/bundle.h>
#include <garita/node.h>
#include <garita/store_keeper.h>
#include <garita/store_logs.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The status log of an authority in the trust set. */
typedef struct garita_stock_log {
    garita_hash id;
    garita_hash anchor;             /* the id of its anchor's log */
    const garita_issuer *authority; /* its first record, in the trust set */
    char name[GARITA_AUTHORITY_NAME_BYTES_MAX + 1];
    bool is_given; /* it has a head that counts, and holds together: garita_shelf */
    bool is_equivocated;
    garita_head head; /* zero if there is none */
    size_t head_len;
    uint8_t head_bytes[GARITA_HEAD_BYTES_MAX];
    garita_frontier frontier; /* at the head's size; zero if it is not given */
} garita_stock_log;

/* What is passed on whole. The kinds of statements are their types. */
#define GARITA_STOCK_PROOF 64
#define GARITA_STOCK_EVIDENCE 65

typedef struct garita_stock_item {
    unsigned kind;        /* GARITA_TYPE_AUTHORITY, _POLICY, _NODE, or one of the above */
    garita_hash log;      /* of who signed it; of a proof or evidence: that it is about */
    garita_hash anchor;   /* the id of the anchor's log */
    garita_digest digest; /* of the statement, the proof, or the evidence's batch */
} garita_stock_item;

/* A node statement that this home carries, in force or not. */
typedef struct garita_stock_node {
    uint8_t public_key[GARITA_PUBLIC_KEY_SIZE];
    uint8_t noise_key[GARITA_NOISE_KEY_SIZE];
    garita_hash certifier; /* the log of the authority right below the anchor, on the way to who
                              certified it; or of the anchor, if it did */
    garita_digest digest;
    char name[GARITA_AUTHORITY_NAME_BYTES_MAX + 1];
    char country[GARITA_COUNTRY_SIZE];
    int64_t from, until; /* in force from the one moment up to before the other, chain and all */
    bool is_revoked;     /* or who signed it is: it is no item then */
    size_t address_count;
    char addresses[GARITA_NODE_ADDRESSES_MAX][GARITA_NODE_ADDRESS_BYTES_MAX + 1];
    size_t statement_len;
    uint8_t statement[GARITA_NODE_BYTES_MAX];
} garita_stock_node;

typedef struct garita_stock {
    garita_stock_log *logs; /* one for each authority, behind that of the one that certified it */
    size_t log_count;
    garita_stock_item *items; /* proofs, authority statements from the anchors down, carried
                                 statements, evidence; a statement once for each authority that
                                 signed it, as of one that is certified in several places */
    size_t item_count;
    garita_stock_node *nodes; /* one for each authority that signed it */
    size_t node_count;
} garita_stock;

/* All of it, of the store as it is now and of a view of it that is current; garita_store_hold makes
 * one moment of both. *out is freed by garita_stock_free, and is empty on failure. trust outlives
 * it. What of the evidence cannot be read is left out: that is doctor's to tell. */
garita_store_error garita_store_load_stock(garita_store *store, garita_stock *out,
                                           const garita_trust *trust, const garita_book *book);
void garita_stock_free(garita_stock *stock); /* an empty one is allowed */

/* The same out of a keeper's view, brought up to date, of one moment. Not inside a transaction. */
garita_store_error garita_store_keeper_stock(garita_store_keeper *keeper, garita_stock *out);

/* One log, as the book has it: where nothing else has changed. */
void garita_stock_log_of(garita_stock_log *out, const garita_book *book,
                         const garita_issuer *authority);

/* --- what counts --- */

/* Whether anybody would take what this head of an authority says. An anchor that has revoked itself
 * has nobody else to say so. */
bool garita_stock_head_counts(const garita_book *book, const garita_issuer *authority,
                              garita_bytes head_statement);

/* Whether its log can be given to others: it has a head, which counts, and holds together. log may
 * be null. */
bool garita_stock_log_is_given(const garita_book *book, const garita_issuer *authority,
                               const garita_log *log);

/* Whether a proof can: both its heads count. */
bool garita_stock_proof_counts(const garita_book *book, const garita_issuer *authority,
                               garita_bytes proof);

/* Called with a statement that is passed on, and how far below its anchor the signer's next level
 * is: 0 for an anchor's further key. False ends the visit. The store may not be used in it. */
typedef bool (*garita_stock_visit)(void *context, const garita_stock_item *item, unsigned level,
                                   garita_bytes statement);

/* Visits the authority statements that lead to an anchor, each for every authority that signed it,
 * in any order, and some perhaps twice: those that were added, and this home's own where they are
 * in the trust set; no anchor's own, since a pin is an operator's act. */
garita_store_error garita_store_each_authority(garita_store *store, const garita_trust *trust,
                                               garita_stock_visit visit, void *context);

/* Visits the carried statements that count, each for every authority in the trust set that signed
 * it with a key that is not revoked, and has not revoked it; one behind the other. */
garita_store_error garita_store_each_given(garita_store *store, const garita_trust *trust,
                                           const garita_book *book, garita_stock_visit visit,
                                           void *context);

/* --- one item --- */

/* Writes the message of an item: STATEMENT, PROOF or EVIDENCE. ABSENT if it is gone, or the sink
 * could not. Asks no trust set: the item is of a stock. */
garita_store_error garita_store_write_item(garita_store *store, const garita_hash *log,
                                           unsigned kind, const garita_digest *digest,
                                           garita_bundle_sink sink, void *sink_context);

#ifdef __cplusplus
}
#endif

#endif
