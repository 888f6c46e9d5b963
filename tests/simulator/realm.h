/* realm.h: everybody who signs in a simulated world, and all that they ever signed: the truth that
 * what nodes hold is measured against.
 *
 * Two countries, each with an anchor; below it authorities that certify nodes, agencies, and a
 * regional authority with an agency of its own. Of an authority that shows two histories both are
 * kept here.
 */
#ifndef SIM_REALM_H
#define SIM_REALM_H

#include <garita/log.h>
#include <garita/node.h>

#include "bytes.h"
#include "dice.h"

enum {
    REALM_COUNTRIES = 2,
    REALM_AGENCIES_MAX = 16,
    REALM_KEYS_MAX = 4,
    REALM_TRACKED = 64, /* serials of an agency whose standing is looked at everywhere */
    REALM_ANCHOR = -1
};
#define REALM_EPOCH INT64_C(1811851200) /* 2027-06-01T12:00:00Z: where virtual time begins */

/* One line of what an authority has published. */
struct history {
    garita_log log;
    struct bytes *batches;
    garita_hash *leaves;
    size_t cap;
};

struct agency_key {
    uint8_t public_key[GARITA_PUBLIC_KEY_SIZE];
    uint8_t secret_key[GARITA_SECRET_KEY_SIZE];
    uint32_t serial; /* of its statement, in the parent's space */
};

struct agency {
    unsigned index;
    int parent; /* index; REALM_ANCHOR */
    unsigned anchor;
    char country[GARITA_COUNTRY_SIZE];
    char name[32];
    uint32_t types;
    garita_id id;
    unsigned key_count, key; /* the one that signs */
    struct agency_key keys[REALM_KEYS_MAX];
    garita_hash log_id;
    struct history main;
    struct history other; /* what it shows to others, if it does */
    bool has_other;
    bool is_equivocal; /* it has signed a contradiction */
    bool is_revoked;   /* by its parent: what it signs from then on reaches whom it reaches */
    garita_set *ever;  /* whatever it signed as revoked, in any history */
    uint32_t issued;
    size_t tracked_count;
    uint32_t tracked[REALM_TRACKED]; /* some of those, in the order in which they were revoked */
    int64_t skew_s;                  /* of its clock */
};

struct statement {
    garita_type type;
    unsigned agency; /* that signed it */
    uint32_t serial;
    struct bytes bytes;
};

struct realm {
    garita_trust *trust; /* with everything that was ever certified: to name logs by */
    struct agency agencies[REALM_AGENCIES_MAX];
    size_t agency_count;
    struct bytes pins[REALM_COUNTRIES];
    struct statement *statements; /* all but those of the anchors about themselves */
    size_t statement_count, statement_cap;
    size_t first_count;   /* of them: those that everybody is given at the beginning */
    garita_digest *heads; /* that were signed, a hash table */
    size_t head_count, head_cap;
    garita_event *events; /* room for GARITA_BATCH_EVENTS_MAX */
};

/* certifiers and agencies: of each country. */
void realm_make(struct realm *realm, struct dice *dice, unsigned certifiers, unsigned agencies);
void realm_free(struct realm *realm);

struct agency *realm_certifier(struct realm *realm,
                               unsigned number); /* of nodes; countries in turn */
size_t realm_certifier_count(const struct realm *realm);
const struct agency *realm_by_log(const struct realm *realm, const garita_hash *log);

/* Certifies an authority or a further key of it; returns its index among the statements. */
size_t realm_rotate(struct realm *realm, struct dice *dice, struct agency *agency);

/* Certifies a node, with the next serial of its certifier. */
size_t realm_certify_node(struct realm *realm, struct agency *certifier, const char *name,
                          const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE],
                          const uint8_t noise_key[GARITA_NOISE_KEY_SIZE], const char *address);

size_t realm_sign_policy(struct realm *realm, struct agency *agency, struct dice *dice);

/* Adds a batch of revocations to a history, without a head. */
void realm_append(struct realm *realm, struct agency *agency, struct history *history,
                  const uint32_t *serials, size_t count, garita_standing standing, int64_t moment);
/* Signs a head: a heartbeat where nothing was added. */
void realm_sign(struct realm *realm, struct agency *agency, struct history *history,
                int64_t moment);
/* Splits the history in two at its present size. */
void realm_split(struct realm *realm, struct agency *agency);

/* Signs a head that says anything at all, and counts as signed. */
void realm_sign_any(struct realm *realm, struct agency *agency, struct bytes *out,
                    const garita_head *head);

bool realm_has_signed(const struct realm *realm, const uint8_t *head, size_t head_len);

/* A bundle of the history's batches from a size on (from its beginning where that is not on it). */
void realm_tail(struct bytes *out, const struct history *history, uint64_t from);

#endif
