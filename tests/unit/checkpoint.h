/* checkpoint.h: a checkpoint that judges real statements: an anchor, a few authorities below it,
 * and what is known of their logs, for the tests of lanes and parties.
 */
#ifndef GARITA_TESTS_CHECKPOINT_H
#define GARITA_TESTS_CHECKPOINT_H

#include <garita/attestation.h>
#include <garita/packet.h>
#include <garita/verify.h>

#include "unit.h"
#include "world.h"

enum { SENTRI = 1, FAST = 4, CTPAT = 5, ESSENTIAL_WORKER = 8, LABOR_CERT = 9, HEALTH = 10 };
#define BIT(n) (UINT64_C(1) << (n))
#define HOLDERS BIT(GARITA_SUBJECT_HOLDER)
#define COMPANIES BIT(GARITA_SUBJECT_COMPANY)
#define VEHICLES BIT(GARITA_SUBJECT_VEHICLE)

/* In force at WORLD_NOW, with a log at hand that is an hour old. */
typedef enum who {
    ANCHOR,
    AGENCY,   /* credentials, of any programme but health; no attestations */
    MINISTRY, /* attestations of health, nothing else */
    LABOR,    /* attestations of essential workers and labor certifications, of USA */
    PRINTER,  /* may say credentials of health, but attest nothing */
    STRANGER, /* certified by nobody */
    WHO_COUNT
} who;

/* What is known of an authority's log; zero is usual. */
typedef struct known {
    bool lacks_head;
    bool is_stale;
    bool has_equivocated;
    uint32_t issued; /* 0: a lot */
} known;

typedef struct mark {
    who by;
    uint32_t serial;
    garita_standing standing;
} mark;

typedef struct checkpoint {
    garita_trust *trust;
    party people[WHO_COUNT];
    int64_t now; /* the newest heads are an hour older */
    known logs[WHO_COUNT];
    size_t mark_count;
    mark marks[16];
    garita_status_source source;
} checkpoint;

/* For a group's set-up and tear-down. It does not move. */
void checkpoint_open(checkpoint *c);
void checkpoint_close(checkpoint *c);

/* Forgets marks and what is unusual about logs: they are those of WORLD_NOW again. */
void checkpoint_reset(checkpoint *c);
void checkpoint_mark(checkpoint *c, who by, uint32_t serial, garita_standing standing);

/* The serial of an authority's own statement, in its anchor's log. */
uint32_t checkpoint_serial(who of);

/* At WORLD_NOW, in this lane. */
garita_setting checkpoint_setting(const checkpoint *c, const garita_lane *lane);

/* A lane that asks for nothing: a holder of any programme, limits as the default lane's. */
garita_lane checkpoint_lane(void);

/* María Fernanda, a company that is her employer unless the id is another, and her vehicle. */
garita_credential a_holder(uint32_t serial, uint8_t programme);
garita_credential a_company(uint32_t serial, uint8_t programme, const char *id);
garita_credential a_vehicle(uint32_t serial, uint8_t programme);

/* About a credential's subject: a month-old vaccination, an hour-old test and so on, good for a
 * year but for the test, which ends tomorrow. */
garita_attestation an_attestation(uint32_t serial, garita_attestation_kind kind,
                                  const garita_credential *of);
void attest(blob *out, const party *by, const garita_attestation *attestation);

/* One code of a credential (may be null) and attestations. */
void join(blob *out, const blob *credential, const blob *attestations, size_t count);

#endif
