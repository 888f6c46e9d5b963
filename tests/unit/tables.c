/* The tables that are part of the interface: names that never change, codes that are in print. */
#include <garita/attestation.h>
#include <garita/country.h>
#include <garita/error.h>
#include <garita/programme.h>

#include "unit.h"

static void assert_kebab_case(const char *name)
{
    assert_true(name[0] >= 'a' && name[0] <= 'z');
    for (const char *c = name; *c != '\0'; c++)
        if (!((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '-'))
            fail_msg("%s", name);
}

static void errors_have_stable_names_of_their_own(void **state)
{
    (void)state;
    static const char *const names[] = {"ok",
                                        "not-ours",
                                        "text-altered",
                                        "base45",
                                        "too-long",
                                        "truncated",
                                        "trailing",
                                        "envelope",
                                        "wrong-kind",
                                        "not-minimal",
                                        "forbidden-kind",
                                        "key-order",
                                        "key-kind",
                                        "unknown-key",
                                        "missing-key",
                                        "utf8",
                                        "unsafe-text",
                                        "depth",
                                        "range",
                                        "country",
                                        "date",
                                        "date-order",
                                        "empty",
                                        "id-mismatch",
                                        "unsupported-version",
                                        "unknown-type",
                                        "wrong-type",
                                        "bad-signature",
                                        "bad-key",
                                        "key-file",
                                        "passphrase",
                                        "unknown-issuer",
                                        "out-of-scope",
                                        "too-deep",
                                        "not-self-signed",
                                        "key-number-taken",
                                        "serial-taken",
                                        "already-known",
                                        "full",
                                        "not-proven",
                                        "rule",
                                        "shape",
                                        "twice",
                                        "no-space",
                                        "no-memory",
                                        "untranslatable"};
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_string_equal(garita_error_name((garita_error)i), names[i]);
        const char *text = garita_error_text((garita_error)i);
        assert_true(strlen(text) > 5 && text[strlen(text) - 1] != '.');
    }
    assert_string_equal(garita_error_name((garita_error)COUNT(names)), "?");
    assert_string_equal(garita_error_text((garita_error)COUNT(names)), "?");
    assert_string_equal(garita_error_name((garita_error)-1), "?");
}

static void reasons_are_the_codes_of_the_design(void **state)
{
    (void)state;
    static const char *const codes[] = {"",
                                        "no-qr",
                                        "foreign-qr",
                                        "malformed",
                                        "unsupported-version",
                                        "unknown-issuer",
                                        "issuer-not-yet-valid",
                                        "issuer-expired",
                                        "issuer-revoked",
                                        "bad-signature",
                                        "out-of-scope",
                                        "revoked",
                                        "not-yet-valid",
                                        "expired",
                                        "suspended",
                                        "issuer-equivocated",
                                        "serial-unknown",
                                        "status-missing",
                                        "status-stale",
                                        "clock-behind",
                                        "clock-unknown",
                                        "policy-missing",
                                        "attestation-missing",
                                        "party-incomplete",
                                        "lane-mismatch",
                                        "attestation-expired",
                                        "rule-failed",
                                        "employer-denied",
                                        "internal-error",
                                        "ok"};
    assert_int_equal(GARITA_REASON_OK, COUNT(codes) - 1);
    for (size_t i = 0; i < COUNT(codes); i++)
        assert_string_equal(garita_reason_code((garita_reason)i), codes[i]);
}

static void stages_and_outcomes_have_names(void **state)
{
    (void)state;
    static const char *const stages[] = {"form",  "chain",  "signature", "scope", "revocation",
                                         "dates", "status", "freshness", "policy"};
    static const char *const outcomes[] = {"undecided", "accept", "refer", "reject", "none"};
    assert_int_equal(GARITA_STAGE_COUNT, COUNT(stages));
    for (size_t i = 0; i < COUNT(stages); i++)
        assert_string_equal(garita_stage_name((garita_stage)i), stages[i]);
    for (size_t i = 0; i < COUNT(outcomes); i++)
        assert_string_equal(garita_outcome_name((garita_outcome)i), outcomes[i]);
}

/* FORMAT.md, section 5 */
static void programmes_are_those_of_the_format(void **state)
{
    (void)state;
    static const struct {
        const char *name, *anchors, *subjects;
    } expected[] = {
        {"sentri", "USA MEX", "holder vehicle"},
        {"global-entry", "USA MEX", "holder"},
        {"nexus", "USA CAN", "holder"},
        {"fast", "USA MEX CAN", "holder company"},
        {"ctpat", "USA", "company"},
        {"oea", "MEX", "company"},
        {"viajero-confiable", "MEX", "holder"},
        {"essential-worker", "USA MEX CAN", "holder"},
        {"labor-cert", "USA MEX CAN", "holder"},
        {"health", "USA MEX CAN", ""},
    };
    size_t count;
    const garita_programme *all = garita_programmes(&count);
    assert_int_equal(count, COUNT(expected));
    for (size_t i = 0; i < count; i++) {
        const char *name = expected[i].name;
        assert_int_equal(all[i].code, i + 1);
        assert_string_equal(all[i].name, name);
        assert_kebab_case(name);
        assert_true(strlen(all[i].title_en) > 0 && strlen(all[i].title_es) > 0);
        assert_ptr_equal(garita_programme_by_code(i + 1), &all[i]);
        assert_ptr_equal(garita_programme_by_name(name, strlen(name)), &all[i]);
        assert_null(garita_programme_by_name(name, strlen(name) - 1));
        for (unsigned kind = 0; kind <= GARITA_SUBJECT_VEHICLE; kind++)
            assert_int_equal(all[i].subjects >> kind & 1,
                             strstr(expected[i].subjects, garita_subject_kind_name(kind)) != NULL);
        assert_int_equal(all[i].subjects & ~GARITA_SUBJECTS_ALL, 0);
        static const char *const countries[] = {"USA", "MEX", "CAN", "D", "GTM"};
        for (size_t k = 0; k < COUNT(countries); k++) {
            bool gives = (garita_programmes_of_country(countries[k]) >> (i + 1) & 1) != 0;
            assert_int_equal(gives, strstr(expected[i].anchors, countries[k]) != NULL);
        }
    }
    assert_null(garita_programme_by_code(0));
    assert_null(garita_programme_by_code(count + 1));
    assert_null(garita_programme_by_code(UINT64_MAX));
    assert_null(garita_programme_by_name("", 0));
    assert_int_equal(garita_programmes_of_country("GTM"), 0);
    assert_int_equal(garita_programmes_of_country(""), 0);
}

static void subjects_have_the_names_that_claims_use(void **state)
{
    (void)state;
    static const char *const names[] = {"holder", "company", "vehicle"};
    for (unsigned kind = 0; kind < COUNT(names); kind++) {
        assert_string_equal(garita_subject_kind_name(kind), names[kind]);
        assert_int_equal(garita_subject_kind_by_name(names[kind], strlen(names[kind])), kind);
        assert_int_equal(garita_subject_kind_by_name(names[kind], strlen(names[kind]) - 1), -1);
    }
    assert_null(garita_subject_kind_name(COUNT(names)));
    assert_null(garita_subject_kind_name(UINT64_MAX));
    assert_int_equal(garita_subject_kind_by_name("", 0), -1);
}

static void assert_entries(garita_table table, const char *const *names, size_t name_count)
{
    size_t count;
    const garita_entry *all = garita_entries(&count, table);
    assert_int_equal(count, name_count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(all[i].code, i + 1);
        assert_string_equal(all[i].name, names[i]);
        assert_kebab_case(names[i]);
        assert_true(strlen(all[i].title_en) > 0 && strlen(all[i].title_es) > 0);
        assert_ptr_equal(garita_entry_by_code(table, i + 1), &all[i]);
        assert_ptr_equal(garita_entry_by_name(table, names[i], strlen(names[i])), &all[i]);
        assert_null(garita_entry_by_name(table, names[i], strlen(names[i]) - 1));
    }
    assert_null(garita_entry_by_code(table, 0));
    assert_null(garita_entry_by_code(table, count + 1));
    assert_null(garita_entry_by_code(table, UINT64_MAX));
    assert_null(garita_entry_by_name(table, "", 0));
}

static void entries_of_attestations_are_those_of_the_format(void **state)
{
    (void)state;
    static const char *const kinds[] = {"vaccination",      "test",       "recovery",
                                        "essential-worker", "labor-cert", "trusted-trader"};
    static const char *const sectors[] = {
        "healthcare",     "public-safety", "education",      "food-agriculture",
        "energy",         "water",         "transportation", "public-works",
        "communications", "government",    "manufacturing",  "hazardous-materials",
        "financial",      "chemical",      "defense",        "commercial",
        "housing",        "hygiene"};
    static const char *const tests[] = {"naat", "antigen"};
    static const char *const results[] = {"negative", "positive"};
    assert_entries(GARITA_TABLE_KINDS, kinds, COUNT(kinds));
    assert_entries(GARITA_TABLE_SECTORS, sectors, COUNT(sectors));
    assert_entries(GARITA_TABLE_TESTS, tests, COUNT(tests));
    assert_entries(GARITA_TABLE_RESULTS, results, COUNT(results));
    assert_int_equal(GARITA_ATTESTATION_KIND_END, COUNT(kinds) + 1);
}

static void document_types_are_those_of_the_format(void **state)
{
    (void)state;
    static const char *const names[] = {
        "passport",       "passport-card",         "identity-card",   "permanent-resident-card",
        "visa",           "border-crossing-card",  "travel-document", "crew-certificate",
        "driver-licence", "trusted-traveler-card", "consular-id"};
    size_t count;
    const garita_document_type *all = garita_document_types(&count);
    assert_int_equal(count, COUNT(names));
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(all[i].code, i + 1);
        assert_string_equal(all[i].name, names[i]);
        assert_true(strlen(all[i].title_en) > 0 && strlen(all[i].title_es) > 0);
        assert_ptr_equal(garita_document_type_by_code(i + 1), &all[i]);
        assert_ptr_equal(garita_document_type_by_name(names[i], strlen(names[i])), &all[i]);
        assert_null(garita_document_type_by_name(names[i], strlen(names[i]) - 1));
    }
    assert_null(garita_document_type_by_code(0));
    assert_null(garita_document_type_by_code(count + 1));
}

static void types_have_names_and_bounds(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t bytes_max;
        unsigned depth_max;
    } types[] = {{"authority", 1024, 4}, {"credential", 2048, 8}, {"attestation", 2048, 8},
                 {"head", 1024, 4},      {"policy", 262144, 64},  {"node", 1024, 4}};
    for (unsigned t = 1; t <= COUNT(types); t++) {
        const char *name = types[t - 1].name;
        assert_string_equal(garita_type_name(t), name);
        assert_int_equal(garita_type_by_name(name, strlen(name)), t);
        assert_int_equal(garita_type_by_name(name, strlen(name) - 1), 0);
        assert_int_equal(garita_type_bytes_max((garita_type)t), types[t - 1].bytes_max);
        assert_int_equal(garita_type_depth_max((garita_type)t), types[t - 1].depth_max);
    }
    assert_null(garita_type_name(0));
    assert_null(garita_type_name(7));
    assert_null(garita_type_name(8));
    assert_null(garita_type_name(10));
    assert_null(garita_type_name(UINT64_MAX));
    /* a node's own, which no authority can be given */
    assert_string_equal(garita_type_name(GARITA_TYPE_TIP), "tip");
    assert_int_equal(garita_type_by_name("tip", 3), 0);
    assert_int_equal(garita_type_bytes_max(GARITA_TYPE_TIP), 256);
    assert_int_equal(garita_type_depth_max(GARITA_TYPE_TIP), 4);
    assert_int_equal(garita_type_by_name("", 0), 0);
    assert_int_equal(garita_type_by_name("succession", 10), 0);
}

/* --- countries --- */

/* ISO 3166-1 alpha-3 */
static const char iso_codes[] =
    "ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA "
    "BGD BGR BHR BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN "
    "CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU "
    "EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB "
    "GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL "
    "ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO "
    "LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR "
    "MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER "
    "PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM "
    "SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK "
    "TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM "
    "VUT WLF WSM YEM ZAF ZMB ZWE";

/* What Doc 9303-3, section 5 adds: Germany, kinds of British nationals, organizations, refugees. */
static const char icao_codes[] =
    "D GBD GBN GBO GBP GBS EUE RKS UNO UNA UNK XBA XIM XCC XCO XEC XPO "
    "XOM XDC XXA XXB XXC XXX UTO";

static void assert_all_known(const char *codes)
{
    while (*codes != '\0') {
        size_t len = strcspn(codes, " ");
        bool germany = len == 3 && memcmp(codes, "DEU", 3) == 0;
        if (garita_country_is_known(codes, len) == germany)
            fail_msg("%.*s", (int)len, codes);
        assert_true(garita_country_is_wellformed(codes, len));
        codes += len;
        codes += strspn(codes, " ");
    }
}

static void countries_are_those_of_iso_3166_and_doc_9303(void **state)
{
    (void)state;
    assert_all_known(iso_codes); /* but DEU, which is "D" */
    assert_all_known(icao_codes);
}

static void countries_that_nobody_lists_are_wellformed_but_unknown(void **state)
{
    (void)state;
    static const char *const codes[] = {"MXE", "AAA", "ZZZ", "USB", "DEU", "SCG", "YUG"};
    for (size_t i = 0; i < COUNT(codes); i++) {
        assert_true(garita_country_is_wellformed(codes[i], 3));
        assert_false(garita_country_is_known(codes[i], 3));
    }
}

static void countries_are_three_capital_letters_or_d(void **state)
{
    (void)state;
    static const char *const texts[] = {"",  "U", "US", "USAX", "usa", "Usa", "US1", "US ",
                                        "d", "E", "DD", "@AA",  "AA[", "Ñ",   "AÑ"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        assert_false(garita_country_is_wellformed(texts[i], strlen(texts[i])));
        assert_false(garita_country_is_known(texts[i], strlen(texts[i])));
    }
    assert_false(garita_country_is_wellformed("US\0", 3));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_have_stable_names_of_their_own),
        cmocka_unit_test(reasons_are_the_codes_of_the_design),
        cmocka_unit_test(stages_and_outcomes_have_names),
        cmocka_unit_test(programmes_are_those_of_the_format),
        cmocka_unit_test(subjects_have_the_names_that_claims_use),
        cmocka_unit_test(entries_of_attestations_are_those_of_the_format),
        cmocka_unit_test(document_types_are_those_of_the_format),
        cmocka_unit_test(types_have_names_and_bounds),
        cmocka_unit_test(countries_are_those_of_iso_3166_and_doc_9303),
        cmocka_unit_test(countries_that_nobody_lists_are_wellformed_but_unknown),
        cmocka_unit_test(countries_are_three_capital_letters_or_d),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
