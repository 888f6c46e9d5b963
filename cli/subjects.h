/* cli/subjects.h: what the serials of a revocation stand for, so that nobody withdraws an authority
 * when a card was meant.
 */
#ifndef GARITA_CLI_SUBJECTS_H
#define GARITA_CLI_SUBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include <garita/batch.h>
#include <garita/limits.h>
#include <garita/store.h>
#include <garita/trust.h>

#include "context.h"
#include "exit_status.h"
#include "serials.h"

/* More than these are only counted: a list that long is nobody's slip. */
#define SUBJECTS_MAX 100

/* A statement of the authority that signs. */
struct subject {
    uint32_t serial;
    garita_type type; /* 0: this home never signed one with this serial, and knows of none */
    /* of an authority, or a node */
    char name[GARITA_AUTHORITY_NAME_BYTES_MAX + 1];
    uint8_t key_number;
    uint32_t with; /* of a node that was not asked for: the statement about it that was; else 0 */
    /* of a credential; no name of whom it is about */
    uint8_t programme;
    /* of an attestation */
    uint8_t kind;
    /* of both */
    char ref[GARITA_REF_BYTES_MAX + 1]; /* "" if it has none */
};

/* Zero it before first use. */
struct subjects {
    /* at most SUBJECTS_MAX each, by serial; of the others as many again that were not asked for */
    struct subject *authorities, *others;
    size_t authority_count, other_count;
    bool has_authority;
    uint32_t root; /* the serial of an anchor's word about itself that is among them; 0: none is */
    struct serials unregistered; /* those that this home never signed */
};

/* Looks up serials, ascending and each once, among what the authority with this first key has
 * signed: in the register, and of authorities among those that signers knows too. Authorities are
 * found wherever they stand in the list; of the others the first are kept. Of one moment of the
 * register. Returns EXIT_DONE, or another status after a report. Free it in any case. */
exit_status subjects_find(const struct context *context, struct subjects *out, garita_store *store,
                          const garita_trust *signers,
                          const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                          const struct serials *serials);
void subjects_free(struct subjects *subjects); /* an empty one is allowed */

/* Adds a statement about a node that goes with another one of it. */
void subjects_add_node(struct subjects *subjects, uint32_t serial, const char *name, uint32_t with);

/* Says what they are: authorities, and what is rejected or referred with them; nodes; a few
 * credentials.
 * keeps_key: other statements keep the authorities' keys in force. */
void subjects_tell(const struct context *context, const struct subjects *subjects,
                   garita_standing standing, bool keeps_key);

/* [{"serial":N,"type":TEXT|null,…}], SUBJECTS_MAX at most, authorities first: "name" and
 * "key_number" of an authority, "name" of a node and "with", the serial that it goes with, where it
 * was not asked for, "programme" and "ref" of a credential, "kind" and "ref" of an attestation.
 * Null without memory. */
json_t *subjects_to_json(const struct subjects *subjects);

#endif
