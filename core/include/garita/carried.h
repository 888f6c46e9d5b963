/* garita/carried.h: statements that a home carries from others to others beside authorities and
 * heads: those of type node and policy (core/FORMAT.md, "What a home carries").
 *
 * What is carried is judged by its signature, its scope and its serial, and never by what only its
 * reader needs to understand: a home passes on policies that are newer than its program.
 */
#ifndef GARITA_CARRIED_H
#define GARITA_CARRIED_H

#include <garita/book.h>
#include <garita/bundle.h>
#include <garita/log.h>
#include <garita/node.h>
#include <garita/trust.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What decides which of two statements is kept. Of one authority, those about one node take each
 * other's place: the highest serial stays. Policies stand beside each other, since one may be for
 * later. */
typedef struct garita_carried {
    garita_type type;   /* NODE or POLICY */
    garita_hash log;    /* of the authority that signed it, and whose log can revoke it; */
    garita_hash branch; /* of the authority right below the anchor that this one hangs on, or is; */
    garita_hash anchor; /* and of the anchor, which is a branch of its own */
    uint32_t serial;
    uint8_t subject[GARITA_PUBLIC_KEY_SIZE]; /* NODE: its Ed25519 key; else zero */
    garita_digest digest;                    /* of its bytes */
} garita_carried;

/* Reads a statement of either type that somebody in the trust set signed: the first such record is
 * *signer (further ones by after, as in garita_head_signer). Errors as of garita_node_signer; of a
 * policy the map's first keys, its serial (key 4) and its encoding are checked, and that its
 * signer's scope has the type. SERIAL_TAKEN where an authority statement of that signer has this
 * serial. WRONG_TYPE for other types. */
garita_error garita_carried_read(garita_carried *out, const garita_issuer **signer,
                                 const garita_trust *trust, const garita_issuer *after,
                                 const uint8_t *bytes, size_t bytes_len);

typedef enum garita_carried_order {
    GARITA_CARRIED_APART = 0, /* neither hinders the other */
    GARITA_CARRIED_SAME,      /* these very bytes */
    GARITA_CARRIED_NEWER,     /* a takes the place of b */
    GARITA_CARRIED_OLDER,     /* b stays, and a is not wanted */
    GARITA_CARRIED_TWIN       /* one serial, two statements: people are told */
} garita_carried_order;

/* What a, which arrives, is to b, which is kept. */
garita_carried_order garita_carried_compare(const garita_carried *a, const garita_carried *b);

/* --- whether it stands --- */

typedef enum garita_carried_judgement {
    GARITA_CARRIED_STANDS = 1,
    GARITA_CARRIED_WITHDRAWN, /* it is revoked, or all chains of those who signed it are */
    GARITA_CARRIED_OF_NOBODY  /* here, or wrong: *error says how */
} garita_carried_judgement;

/* Reads a statement and asks the book about it. One key that is certified in several places is
 * several authorities: of those that stand, it is kept as that one's whose log has the smallest id,
 * which is the same everywhere. *signer is a record of that one; of what is withdrawn, of one that
 * signed it. NO_MEMORY is of OF_NOBODY. */
garita_carried_judgement garita_carried_judge(garita_carried *out, const garita_issuer **signer,
                                              garita_error *error, const garita_trust *trust,
                                              const garita_book *book, const uint8_t *bytes,
                                              size_t bytes_len);

/* Whether a record's chain stands by the book, and so does what it signed with this serial. */
bool garita_carried_is_good(const garita_book *book, const garita_issuer *record, uint32_t serial);

/* --- which are kept --- */

/* Some that are kept, with all of the anchors that they are of, and each once. All zero is none. */
typedef struct garita_carried_list {
    garita_carried *at;
    size_t count, cap;
} garita_carried_list;

/* Adds one at the end. False without memory. */
bool garita_carried_list_add(garita_carried_list *list, const garita_carried *carried);
void garita_carried_list_free(garita_carried_list *list); /* an empty one is allowed */

/* Puts them in the order that garita_carried_place needs, and keeps. */
void garita_carried_list_sort(garita_carried_list *list);

/* One that it takes the place of by its serial, one by its subject, one for want of room. */
enum { GARITA_CARRIED_GONE_MAX = 3 };

/* What becomes of one that comes. Neither known, nor kept, nor full: what is kept is newer, or its
 * twin stays. */
typedef struct garita_carried_ruling {
    bool is_known; /* it is kept already */
    bool is_kept;
    bool is_full;  /* it would be kept if there were room */
    bool has_twin; /* another that is kept has its serial: one of the two is refused, and people are
                      told */
    size_t gone_count;
    garita_carried gone[GARITA_CARRIED_GONE_MAX]; /* what it puts out; nothing unless it is kept */
} garita_carried_ruling;

/* Rules on one that stands, by core/FORMAT.md, "What a home carries", and makes the list, which is
 * sorted, what it then is. Whoever has heard the same keeps the same in the end, in whatever order
 * it came. False without memory: the list is then only to be freed. */
bool garita_carried_place(garita_carried_ruling *out, garita_carried_list *list,
                          const garita_carried *comes);

#ifdef __cplusplus
}
#endif

#endif
