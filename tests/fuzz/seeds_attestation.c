/* Attestations of each kind, whole and as the maps that fuzz_attestation signs; their claims; and
 * codes of several statements for fuzz_packet.
 */
#include <stdio.h>
#include <string.h>

#include <garita/attestation.h>
#include <garita/packet.h>

#include "seeds.h"
#include "world.h"

typedef struct statement {
    uint8_t at[GARITA_CREDENTIAL_BYTES_MAX];
    size_t len;
} statement;

static world_agency by;
static statement card, attestations[GARITA_ATTESTATION_KIND_END];

static garita_utf8 utf8(const char *text)
{
    return (garita_utf8){text, strlen(text)};
}

static void set_fact(garita_attestation *a)
{
    switch (a->kind) {
    case GARITA_ATTESTATION_VACCINATION:
        a->fact.vaccination.product = utf8("EU/1/20/1528");
        a->fact.vaccination.dose = a->fact.vaccination.doses = 2;
        a->fact.vaccination.date = 20574;
        break;
    case GARITA_ATTESTATION_TEST:
        a->fact.test.type = a->fact.test.result = 1;
        a->fact.test.sampled_at = 1795163405;
        break;
    case GARITA_ATTESTATION_RECOVERY:
        a->fact.recovery.date = 20544;
        break;
    case GARITA_ATTESTATION_ESSENTIAL_WORKER:
        a->fact.essential_worker.since = 20454;
        a->fact.essential_worker.sector = 4;
        a->fact.essential_worker.employer_id = utf8("IMMEX-1234-2006");
        a->fact.essential_worker.employer_name = utf8("Maquiladora");
        a->fact.essential_worker.country = utf8("MEX");
        break;
    case GARITA_ATTESTATION_LABOR_CERT:
        a->fact.labor_cert.since = 20485;
        a->fact.labor_cert.scheme = utf8("H-2A");
        a->fact.labor_cert.level = utf8("3");
        break;
    case GARITA_ATTESTATION_TRUSTED_TRADER:
        a->fact.trusted_trader.since = 20513;
        a->fact.trusted_trader.scheme = 5;
        a->fact.trusted_trader.tier = 2;
        a->fact.trusted_trader.recognized_by_count = 2;
        a->fact.trusted_trader.recognized_by[0] = utf8("D");
        a->fact.trusted_trader.recognized_by[1] = utf8("MEX");
        break;
    }
}

static void attest(const garita_subject *subject, garita_attestation_kind kind)
{
    statement *out = &attestations[kind];
    garita_attestation a = {
        .serial = (uint32_t)kind, .expires = 20939, .kind = kind, .subject = *subject};
    garita_fault fault;
    const char *name = garita_entry_by_code(GARITA_TABLE_KINDS, (uint64_t)kind)->name;
    set_fact(&a);
    WORLD_REQUIRE(garita_attestation_issue(out->at, &out->len, sizeof out->at, &fault, &a,
                                           &by.signer) == GARITA_OK);
    seed("attestation", name, out->at + 1, out->len - WORLD_ENVELOPE);
    seed("statement", name, out->at, out->len);
    seed("packet", name, out->at, out->len);
}

static void packet(const char *name, bool has_card, size_t count)
{
    uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX];
    size_t len;
    garita_parts parts = {.attestation_count = count};
    if (has_card)
        parts.credential = (garita_bytes){card.at, card.len};
    for (size_t i = 0; i < count; i++)
        parts.attestations[i] = (garita_bytes){attestations[i + 1].at, attestations[i + 1].len};
    WORLD_REQUIRE(garita_packet_join(bytes, &len, sizeof bytes, &parts) == GARITA_OK);
    seed("packet", name, bytes, len);
    bytes[1] = 2;
    if (count > 1)
        seed("packet", "next-version", bytes, len);
}

static void claims(void)
{
    static const struct {
        const char *name, *text;
    } all[] = {
        {"vaccination",
         "{\"attestation\":\"vaccination\",\"subject\":"
         "\"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\",\"expires\":\"2027-05-01\","
         "\"product\":\"EU/1/20/1528\",\"dose\":2,\"doses\":2,\"date\":\"2026-05-01\"}"},
        {"test", "{\"attestation\":\"test\",\"holder\":{\"birth_date\":\"1988\",\"document\":"
                 "{\"type\":\"passport\",\"country\":\"MEX\",\"number\":\"G1\"}},\"expires\":"
                 "\"2026-11-30\",\"type\":\"naat\",\"result\":\"negative\",\"sampled_at\":"
                 "\"2026-11-20T16:30:00Z\"}"},
        {"trusted-trader",
         "{\"attestation\":\"trusted-trader\",\"company\":{\"id\":\"C\","
         "\"country\":\"USA\"},\"expires\":\"2028-12-31\",\"scheme\":\"oea\","
         "\"tier\":2,\"recognized_by\":[\"USA\",\"D\"],\"since\":\"2026-01-01\"}"},
        {"company", "{\"programme\":\"ctpat\",\"company\":{\"id\":\"C\",\"name\":\"N\",\"country\":"
                    "\"USA\"},\"not_before\":\"2026-01-01\",\"expires\":\"2029-12-31\"}"},
        {"vehicle", "{\"programme\":\"sentri\",\"vehicle\":{\"country\":\"MEX\",\"plate\":\"AB-1\","
                    "\"description\":\"gray\"},\"not_before\":\"2026-01-01\",\"expires\":"
                    "\"2029-12-31\",\"attestations\":[\"GT1:BB8\"]}"},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        seed("claims", all[i].name, all[i].text, strlen(all[i].text));
}

void seeds_attestation(void)
{
    garita_credential c;
    garita_fault fault;
    garita_subject subject;
    world_agency_make(&by, 3);
    world_credential(&c, 7, NULL);
    garita_subject_of(&subject, &c);
    WORLD_REQUIRE(garita_credential_issue(card.at, &card.len, sizeof card.at, &fault, &c,
                                          &by.signer) == GARITA_OK);
    for (int kind = 1; kind < GARITA_ATTESTATION_KIND_END; kind++)
        attest(&subject, (garita_attestation_kind)kind);
    seed("packet", "credential", card.at, card.len);
    packet("credential-and-one", true, 1);
    packet("credential-and-six", true, GARITA_ATTESTATION_KIND_END - 1);
    packet("two", false, 2);
    claims();

    c = (garita_credential){.about = GARITA_SUBJECT_COMPANY,
                            .serial = 1,
                            .expires = 20939,
                            .programme = 5,
                            .company_id = utf8("CTPAT-1"),
                            .company_name = utf8("Norte"),
                            .company_country = utf8("USA")};
    WORLD_REQUIRE(garita_credential_issue(card.at, &card.len, sizeof card.at, &fault, &c,
                                          &by.signer) == GARITA_OK);
    seed("statement", "company", card.at, card.len);
    c = (garita_credential){.about = GARITA_SUBJECT_VEHICLE,
                            .serial = 1,
                            .expires = 20939,
                            .programme = 1,
                            .vehicle_country = utf8("MEX"),
                            .vehicle_plate = utf8("AB-12-345"),
                            .vehicle_description = utf8("gray")};
    WORLD_REQUIRE(garita_credential_issue(card.at, &card.len, sizeof card.at, &fault, &c,
                                          &by.signer) == GARITA_OK);
    seed("statement", "vehicle", card.at, card.len);
}
