#include "signers.h"

#include <garita/authority.h>

enum { ANCHORS, AGENCIES = 2, HEADLESS = 4, ANCHOR_AGAIN, AGENCY_AGAIN, STRANGER };

static void certify(signers *s, size_t subject, size_t by, garita_authority a)
{
    uint8_t statement[GARITA_AUTHORITY_BYTES_MAX];
    size_t len;
    garita_fault fault;
    a.expires = 40000;
    a.name = (garita_utf8){"Further", 7};
    memcpy(a.public_key, s->keys[subject].public_key, sizeof a.public_key);
    WORLD_REQUIRE(garita_authority_issue(statement, &len, sizeof statement, &fault, &a,
                                         &s->keys[by].signer) == GARITA_OK);
    WORLD_REQUIRE(garita_trust_add(s->w.trust, NULL, NULL, statement, len) == GARITA_OK);
}

/* The second key of one of them. */
static void certify_again(signers *s, size_t subject, size_t first, size_t by, garita_authority a)
{
    a.key_number = 2;
    memcpy(a.first_key, s->keys[first].public_key, sizeof a.first_key);
    certify(s, subject, by, a);
    s->keys[subject].signer.id = s->keys[first].signer.id;
    s->keys[subject].signer.key_number = 2;
}

void signers_make(signers *s)
{
    world_make(&s->w, 2);
    for (size_t i = 0; i < 2; i++) {
        s->keys[ANCHORS + i] = s->w.anchors[i];
        s->keys[AGENCIES + i] = s->w.agencies[i];
    }
    for (size_t i = HEADLESS; i < SIGNERS; i++)
        world_agency_make(&s->keys[i], (uint8_t)(100 + i));

    garita_authority of_usa = {.serial = 50, .key_number = 1, .country = "USA"};
    garita_authority of_mex = {.serial = 51, .key_number = 1, .country = "MEX"};
    garita_authority anchors = {.serial = 52, .country = "USA"};
    garita_pin_default(&of_usa.scope, "USA");
    garita_pin_default(&of_mex.scope, "MEX");
    of_usa.scope.depth = of_mex.scope.depth = 0;
    certify(s, AGENCIES, 1, of_mex);
    of_mex.serial = 53;
    certify_again(s, AGENCY_AGAIN, AGENCIES + 1, 1, of_mex);
    certify_again(s, ANCHOR_AGAIN, ANCHORS, 0, anchors);
    of_usa.scope.types &= ~(1u << GARITA_TYPE_HEAD);
    certify(s, HEADLESS, 0, of_usa);
}

bool signers_is_by(const garita_issuer *record, const garita_peek *peek, const uint8_t *statement,
                   size_t len)
{
    return garita_id_equal(&record->id, &peek->signer) && record->key_number == peek->key_number &&
           (record->scope.types >> GARITA_TYPE_HEAD & 1) == 1 &&
           world_is_signed(statement, len, GARITA_TYPE_HEAD, record->public_key);
}
