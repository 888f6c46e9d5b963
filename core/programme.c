#include <garita/programme.h>

#include <string.h>

#include <garita/credential.h>

#define HOLDER (1u << GARITA_SUBJECT_HOLDER)
#define COMPANY (1u << GARITA_SUBJECT_COMPANY)
#define VEHICLE (1u << GARITA_SUBJECT_VEHICLE)

static const garita_programme programmes[] = {
    {1, "sentri", "SENTRI", "SENTRI", HOLDER | VEHICLE, {"USA", "MEX"}},
    {2, "global-entry", "Global Entry", "Global Entry", HOLDER, {"USA", "MEX"}},
    {3, "nexus", "NEXUS", "NEXUS", HOLDER, {"USA", "CAN"}},
    /* the driver, and the carrier */
    {4,
     "fast",
     "FAST commercial",
     "FAST, transporte comercial",
     HOLDER | COMPANY,
     {"USA", "MEX", "CAN"}},
    {GARITA_PROGRAMME_CTPAT,
     "ctpat",
     "C-TPAT trusted trader",
     "C-TPAT, socio comercial confiable",
     COMPANY,
     {"USA"}},
    {GARITA_PROGRAMME_OEA,
     "oea",
     "Authorized Economic Operator (OEA)",
     "Operador Económico Autorizado (OEA)",
     COMPANY,
     {"MEX"}},
    {7, "viajero-confiable", "Viajero Confiable", "Viajero Confiable", HOLDER, {"MEX"}},
    {8,
     "essential-worker",
     "Essential worker",
     "Trabajador esencial",
     HOLDER,
     {"USA", "MEX", "CAN"}},
    {9,
     "labor-cert",
     "Labor certification",
     "Certificación laboral",
     HOLDER,
     {"USA", "MEX", "CAN"}},
    {GARITA_PROGRAMME_HEALTH,
     "health",
     "Health attestations",
     "Certificados sanitarios",
     0,
     {"USA", "MEX", "CAN"}},
};

static const size_t programme_count = sizeof programmes / sizeof programmes[0];

const garita_programme *garita_programmes(size_t *count)
{
    *count = programme_count;
    return programmes;
}

const garita_programme *garita_programme_by_code(uint64_t code)
{
    for (size_t i = 0; i < programme_count; i++)
        if (programmes[i].code == code)
            return &programmes[i];
    return NULL;
}

const garita_programme *garita_programme_by_name(const char *name, size_t name_len)
{
    for (size_t i = 0; i < programme_count; i++)
        if (strlen(programmes[i].name) == name_len &&
            memcmp(programmes[i].name, name, name_len) == 0)
            return &programmes[i];
    return NULL;
}

uint64_t garita_programmes_of_country(const char *country)
{
    uint64_t set = 0;
    for (size_t i = 0; i < programme_count; i++)
        for (const char *const *c = programmes[i].anchors; *c; c++)
            if (strcmp(*c, country) == 0)
                set |= UINT64_C(1) << programmes[i].code;
    return set;
}
