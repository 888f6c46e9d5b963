#include <garita/attestation.h>

#include <assert.h>
#include <string.h>

static const garita_entry kinds[] = {
#define GARITA_KIND_ROW(constant, code, name, programme, en, es) {code, name, en, es},
    GARITA_ATTESTATION_KINDS(GARITA_KIND_ROW)
#undef GARITA_KIND_ROW
};

/* The categories of CISA's "Guidance on the Essential Critical Infrastructure Workforce", version
 * 4.1, in its order. */
static const garita_entry sectors[] = {
    {1, "healthcare", "Healthcare and public health", "Salud y salud pública"},
    {2, "public-safety", "Law enforcement, public safety and other first responders",
     "Seguridad pública y primeros auxilios"},
    {3, "education", "Education", "Educación"},
    {4, "food-agriculture", "Food and agriculture", "Alimentos y agricultura"},
    {5, "energy", "Energy", "Energía"},
    {6, "water", "Water and wastewater", "Agua y saneamiento"},
    {7, "transportation", "Transportation and logistics", "Transporte y logística"},
    {8, "public-works", "Public works and infrastructure support services",
     "Obras públicas e infraestructura"},
    {9, "communications", "Communications and information technology",
     "Comunicaciones y tecnologías de la información"},
    {10, "government", "Community- or government-based operations and essential functions",
     "Funciones esenciales de gobierno y de la comunidad"},
    {11, "manufacturing", "Critical manufacturing", "Manufactura crítica"},
    {12, "hazardous-materials", "Hazardous materials", "Materiales peligrosos"},
    {13, "financial", "Financial services", "Servicios financieros"},
    {14, "chemical", "Chemical", "Industria química"},
    {15, "defense", "Defense industrial base", "Industria de la defensa"},
    {16, "commercial", "Commercial facilities", "Instalaciones comerciales"},
    {17, "housing", "Residential and shelter facilities, housing and real estate",
     "Vivienda, albergues y bienes raíces"},
    {18, "hygiene", "Hygiene products and services", "Productos y servicios de higiene"},
};

static const garita_entry tests[] = {
    {1, "naat", "Nucleic acid test (PCR)", "Prueba de ácidos nucleicos (PCR)"},
    {2, "antigen", "Antigen test", "Prueba de antígenos"},
};

static const garita_entry results[] = {
    {1, "negative", "negative", "negativo"},
    {2, "positive", "positive", "positivo"},
};

#define TABLE(rows)                                                                                \
    {                                                                                              \
        rows, sizeof(rows) / sizeof((rows)[0])                                                     \
    }
static const struct {
    const garita_entry *rows;
    size_t count;
} tables[GARITA_TABLE_COUNT] = {
    [GARITA_TABLE_KINDS] = TABLE(kinds),
    [GARITA_TABLE_SECTORS] = TABLE(sectors),
    [GARITA_TABLE_TESTS] = TABLE(tests),
    [GARITA_TABLE_RESULTS] = TABLE(results),
};
#undef TABLE

const garita_entry *garita_entries(size_t *count, garita_table table)
{
    assert((unsigned)table < GARITA_TABLE_COUNT);
    *count = tables[table].count;
    return tables[table].rows;
}

const garita_entry *garita_entry_by_code(garita_table table, uint64_t code)
{
    size_t count;
    const garita_entry *rows = garita_entries(&count, table);
    for (size_t i = 0; i < count; i++)
        if (rows[i].code == code)
            return &rows[i];
    return NULL;
}

const garita_entry *garita_entry_by_name(garita_table table, const char *name, size_t name_len)
{
    size_t count;
    const garita_entry *rows = garita_entries(&count, table);
    for (size_t i = 0; i < count; i++)
        if (strlen(rows[i].name) == name_len && memcmp(rows[i].name, name, name_len) == 0)
            return &rows[i];
    return NULL;
}
