/* The map of an attestation behind a good signature, as a hostile authority would write it: read,
 * and what it says put to every use that a verdict makes of it.
 */
#include "fuzz.h"

#include <garita/attestation.h>
#include <garita/date.h>

static world_agency by;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    WORLD_REQUIRE(garita_init() == GARITA_OK);
    world_agency_make(&by, 3);
    return 0;
}

static void require_text(garita_utf8 text, size_t bytes_max, bool is_optional)
{
    WORLD_REQUIRE(text.len <= bytes_max && (text.len > 0 || is_optional));
}

static void require_bounds(const garita_attestation *a)
{
    switch (a->kind) {
    case GARITA_ATTESTATION_VACCINATION:
        require_text(a->fact.vaccination.product, GARITA_PRODUCT_BYTES_MAX, false);
        WORLD_REQUIRE(a->fact.vaccination.dose > 0 && a->fact.vaccination.doses > 0);
        WORLD_REQUIRE(a->fact.vaccination.date <= a->expires);
        break;
    case GARITA_ATTESTATION_TEST:
        WORLD_REQUIRE(a->fact.test.type > 0 && a->fact.test.type <= GARITA_ENTRY_CODE_MAX);
        WORLD_REQUIRE(a->fact.test.result > 0 && a->fact.test.result <= GARITA_ENTRY_CODE_MAX);
        break;
    case GARITA_ATTESTATION_RECOVERY:
        WORLD_REQUIRE(a->fact.recovery.date <= a->expires);
        break;
    case GARITA_ATTESTATION_ESSENTIAL_WORKER:
        require_text(a->fact.essential_worker.employer_id, GARITA_EMPLOYER_ID_BYTES_MAX, false);
        require_text(a->fact.essential_worker.employer_name, GARITA_EMPLOYER_NAME_BYTES_MAX, true);
        require_text(a->fact.essential_worker.country, GARITA_COUNTRY_SIZE - 1, false);
        WORLD_REQUIRE(a->fact.essential_worker.since <= a->expires);
        break;
    case GARITA_ATTESTATION_LABOR_CERT:
        require_text(a->fact.labor_cert.scheme, GARITA_SCHEME_BYTES_MAX, false);
        require_text(a->fact.labor_cert.level, GARITA_LEVEL_BYTES_MAX, false);
        break;
    case GARITA_ATTESTATION_TRUSTED_TRADER:
        WORLD_REQUIRE(a->fact.trusted_trader.tier >= 1 &&
                      a->fact.trusted_trader.tier <= GARITA_TIER_MAX);
        WORLD_REQUIRE(a->fact.trusted_trader.recognized_by_count <= GARITA_RECOGNITIONS_MAX);
        break;
    }
}

static void require_sound(const garita_attestation *a)
{
    char text[GARITA_SUBJECT_TEXT_SIZE];
    garita_subject again;
    int64_t dated = garita_attestation_dated(a);
    WORLD_REQUIRE(a->serial > 0 && a->expires <= GARITA_DAY_MAX);
    WORLD_REQUIRE(garita_entry_by_code(GARITA_TABLE_KINDS, (uint64_t)a->kind) != NULL);
    WORLD_REQUIRE(dated >= 0 && dated < garita_day_expires(a->expires));
    require_bounds(a);
    garita_subject_format(text, &a->subject);
    WORLD_REQUIRE(garita_subject_parse(&again, text, strlen(text)) == GARITA_OK);
    WORLD_REQUIRE(garita_subject_equal(&again, &a->subject));

    garita_scope all = {.programmes = INT64_MAX, .types = GARITA_TYPES_ALL};
    garita_scope none = {0};
    WORLD_REQUIRE(!garita_attestation_in_scope(a, &none));
    WORLD_REQUIRE(garita_attestation_in_scope(a, &all) ==
                  (a->kind != GARITA_ATTESTATION_ESSENTIAL_WORKER));
    all.programmes &= ~(UINT64_C(1) << garita_attestation_programme(a));
    WORLD_REQUIRE(!garita_attestation_in_scope(a, &all));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > GARITA_ATTESTATION_BYTES_MAX)
        return 0;
    uint8_t *statement = malloc(size + WORLD_ENVELOPE);
    WORLD_REQUIRE(statement != NULL);
    size_t len = world_sign(statement, data, size, GARITA_TYPE_ATTESTATION, by.secret_key);
    garita_attestation a;
    garita_fault fault;
    garita_error e = garita_attestation_inspect(&a, NULL, &fault, statement, len);
    WORLD_REQUIRE(fault.error == e && fault.field != NULL && fault.at <= len);
    if (e == GARITA_OK) {
        require_sound(&a);
        require_one_encoding(statement, len, GARITA_TYPE_ATTESTATION);
    } else {
        WORLD_REQUIRE(a.serial == 0 && a.kind == 0);
    }
    free(statement);
    return 0;
}
