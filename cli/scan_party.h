/* cli/scan_party.h: credentials that are judged as one party; and a single one, as a party of
 * itself, to judge again when more is shown.
 */
#ifndef GARITA_CLI_SCAN_PARTY_H
#define GARITA_CLI_SCAN_PARTY_H

#include <stdbool.h>
#include <stddef.h>

#include <garita/party.h>

#include "scan.h"
#include "scan_shelf.h"

struct party_member {
    struct origin origin;
    bool has_subject;
    garita_subject subject; /* proven */
    size_t len;
    uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX];
};

/* Zero, in memory of scan_memory.h, is one of nobody. */
struct party {
    size_t count;
    struct party_member members[GARITA_PARTY_MAX];
    bool is_given; /* its verdict: the next who is not in it begins another */
    struct former former;
    garita_party judged;                       /* the last time */
    garita_verdict verdicts[GARITA_PARTY_MAX]; /* of each member, when it came or as judged last */
    garita_verdict newcomer;                   /* room for one that is not a member yet */
};

/* Wipes it. */
void party_clear(struct party *party);

/* A member whom an attestation of this subject is about; GARITA_PARTY_NOBODY. */
size_t party_find(const struct party *party, const garita_subject *subject);

/* Makes it the one credential that was judged by itself. */
void party_set_single(struct party *party, const struct code *code, garita_outcome outcome);

enum party_taken {
    PARTY_NEW,      /* another member */
    PARTY_REPLACED, /* a member was shown again: the later one counts */
    PARTY_FULL,
    PARTY_NO_PLACE, /* it is for no such lane, and not taken */
    PARTY_NO_MEMBER /* no credential of ours can be read in it */
};

/* Takes a code into the party; *index is the member's. A new member of one whose verdict was given
 * begins another party; nothing else does, so that who is shown once more (a scanner's second
 * trigger) is not counted among the next. Whoever is shown one by one (is_strict) and has no place
 * in the lane is not taken: their place is for another. */
enum party_taken party_take(struct party *party, size_t *index, const struct code *code,
                            const struct scan *scan, bool is_strict);

/* Judges all of it anew, by setting, which is made for a member, and with what is on the shelf. */
void party_judge(struct party *party, struct shelf *shelf, garita_setting *setting,
                 const struct scan *scan);

/* Adds the verdict about the party as it was judged, and remembers that it was given. is_known: it
 * is given again since a member was shown once more. */
void party_give(struct party *party, bool is_known, struct outlet *outlet,
                const garita_setting *setting, const struct scan *scan, enum scan_style style);

/* Adds that a member has come, or more about one, and who is still missing. */
void party_tell(const struct party *party, size_t index, bool is_replaced, struct outlet *outlet,
                const garita_setting *setting, const struct scan *scan, enum scan_style style);

#endif
