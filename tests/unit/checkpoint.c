#include "checkpoint.h"

#include <garita/date.h>

uint32_t checkpoint_serial(who of)
{
    return 2 + (uint32_t)of;
}

static void look_up(const void *context, garita_status *out, const garita_issuer *authority,
                    uint32_t serial)
{
    const checkpoint *c = context;
    size_t by = 0;
    while (!garita_id_equal(&authority->id, &c->people[by].signer.id))
        by++;
    const known *log = &c->logs[by];
    for (size_t i = 0; i < c->mark_count; i++)
        if (c->marks[i].by == by && c->marks[i].serial == serial)
            out->standing = c->marks[i].standing;
    out->equivocated = log->has_equivocated;
    out->has_head = !log->lacks_head;
    if (log->lacks_head)
        return;
    out->issued = log->issued == 0 ? 100000 : log->issued;
    out->signed_at = c->now - (log->is_stale ? 2 * 86400 : 3600);
    out->next_due = c->now + (log->is_stale ? -1 : 86400);
}

void checkpoint_open(checkpoint *c)
{
    static const grant grants[WHO_COUNT] = {
        [AGENCY] = {.name = "Border agency",
                    .programmes = (uint64_t)INT64_MAX & ~BIT(HEALTH),
                    .types = 1 << GARITA_TYPE_CREDENTIAL},
        [MINISTRY] = {.name = "Ministry of health",
                      .programmes = BIT(HEALTH),
                      .types = 1 << GARITA_TYPE_ATTESTATION},
        [LABOR] = {.name = "Labor authority",
                   .programmes = BIT(ESSENTIAL_WORKER) | BIT(LABOR_CERT) | BIT(CTPAT),
                   .types = 1 << GARITA_TYPE_ATTESTATION},
        [PRINTER] = {.name = "Printer of cards",
                     .programmes = BIT(HEALTH),
                     .types = 1 << GARITA_TYPE_CREDENTIAL},
    };
    *c = (checkpoint){.now = WORLD_NOW, .source = {c, look_up}};
    WORLD_REQUIRE(garita_trust_new(&c->trust) == GARITA_OK);
    for (who i = ANCHOR; i < WHO_COUNT; i++)
        party_make(&c->people[i], 4000 + (unsigned)i);
    pin(c->trust, &c->people[ANCHOR], (grant){.serial = checkpoint_serial(ANCHOR)});
    for (who i = AGENCY; i < STRANGER; i++) {
        grant g = grants[i];
        g.serial = checkpoint_serial(i);
        add(c->trust, &c->people[ANCHOR], &c->people[i], g);
    }
}

void checkpoint_close(checkpoint *c)
{
    garita_trust_free(c->trust);
}

void checkpoint_reset(checkpoint *c)
{
    memset(c->logs, 0, sizeof c->logs);
    c->mark_count = 0;
    c->now = WORLD_NOW;
}

void checkpoint_mark(checkpoint *c, who by, uint32_t serial, garita_standing standing)
{
    WORLD_REQUIRE(c->mark_count < COUNT(c->marks));
    c->marks[c->mark_count++] = (mark){by, serial, standing};
}

garita_setting checkpoint_setting(const checkpoint *c, const garita_lane *lane)
{
    return (garita_setting){.trust = c->trust,
                            .lane = lane,
                            .status = &c->source,
                            .clock = {.is_known = true, .now = WORLD_NOW}};
}

garita_lane checkpoint_lane(void)
{
    garita_lane lane = *garita_lane_builtin("default");
    strcpy(lane.name, "otay-mesa/1");
    strcpy(lane.country, "USA");
    return lane;
}

garita_credential a_holder(uint32_t serial, uint8_t programme)
{
    garita_credential c;
    world_credential(&c, serial, NULL);
    c.programme = programme;
    return c;
}

garita_credential a_company(uint32_t serial, uint8_t programme, const char *id)
{
    return (garita_credential){.about = GARITA_SUBJECT_COMPANY,
                               .serial = serial,
                               .not_before = day("2026-01-01"),
                               .expires = day("2031-01-01"),
                               .programme = programme,
                               .company_id = utf8(id ? id : "IMMEX-1234-2006"),
                               .company_name = utf8("Otay Mesa Imports, Inc."),
                               .company_country = utf8("USA")};
}

garita_credential a_vehicle(uint32_t serial, uint8_t programme)
{
    return (garita_credential){.about = GARITA_SUBJECT_VEHICLE,
                               .serial = serial,
                               .not_before = day("2026-01-01"),
                               .expires = day("2031-01-01"),
                               .programme = programme,
                               .vehicle_country = utf8("MEX"),
                               .vehicle_plate = utf8("AB-12-345"),
                               .vehicle_description = utf8("Nissan Versa, gray")};
}

garita_attestation an_attestation(uint32_t serial, garita_attestation_kind kind,
                                  const garita_credential *of)
{
    garita_attestation a = {.serial = serial, .expires = day("2028-05-01"), .kind = kind};
    uint32_t since = day("2027-05-01");
    garita_subject_of(&a.subject, of);
    switch (kind) {
    case GARITA_ATTESTATION_VACCINATION:
        a.fact.vaccination.product = utf8("EU/1/20/1528");
        a.fact.vaccination.dose = a.fact.vaccination.doses = 2;
        a.fact.vaccination.date = since;
        break;
    case GARITA_ATTESTATION_TEST:
        a.expires = day("2027-06-02");
        a.fact.test.type = a.fact.test.result = 1;
        a.fact.test.sampled_at = WORLD_NOW - 3600;
        break;
    case GARITA_ATTESTATION_RECOVERY:
        a.fact.recovery.date = since;
        break;
    case GARITA_ATTESTATION_ESSENTIAL_WORKER:
        a.fact.essential_worker.since = since;
        a.fact.essential_worker.sector = 1;
        a.fact.essential_worker.employer_id = utf8("HARVEST-77");
        a.fact.essential_worker.country = utf8("USA");
        break;
    case GARITA_ATTESTATION_LABOR_CERT:
        a.fact.labor_cert.since = since;
        a.fact.labor_cert.scheme = utf8("H-2A");
        a.fact.labor_cert.level = utf8("3");
        break;
    case GARITA_ATTESTATION_TRUSTED_TRADER:
        a.fact.trusted_trader.since = since;
        a.fact.trusted_trader.scheme = CTPAT;
        a.fact.trusted_trader.tier = 2;
        break;
    }
    return a;
}

void attest(blob *out, const party *by, const garita_attestation *attestation)
{
    garita_fault fault;
    garita_error e = garita_attestation_issue(out->bytes, &out->len, sizeof out->bytes, &fault,
                                              attestation, &by->signer);
    if (e != GARITA_OK)
        fail_msg("attestation: %s at %s", garita_error_name(e), fault.field);
}

void join(blob *out, const blob *credential, const blob *attestations, size_t count)
{
    garita_parts parts = {.attestation_count = count};
    if (credential)
        parts.credential = (garita_bytes){credential->bytes, credential->len};
    for (size_t i = 0; i < count; i++)
        parts.attestations[i] = (garita_bytes){attestations[i].bytes, attestations[i].len};
    WORLD_REQUIRE(garita_packet_join(out->bytes, &out->len, sizeof out->bytes, &parts) ==
                  GARITA_OK);
}
