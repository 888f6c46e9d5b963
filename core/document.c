#include <garita/programme.h>

#include <string.h>

static const garita_document_type documents[] = {
    {1, "passport", "P", "Passport", "Pasaporte"},
    {2, "passport-card", "IP", "Passport card", "Tarjeta pasaporte"},
    {3, "identity-card", "I", "Identity card", "Documento de identidad"},
    {4, "permanent-resident-card", "C", "Permanent resident card",
     "Tarjeta de residente permanente"},
    {5, "visa", "V", "Visa", "Visa"},
    {6, "border-crossing-card", "IV", "Border crossing card", "Tarjeta de cruce fronterizo"},
    {7, "travel-document", "PT", "Travel document (refugee or stateless)",
     "Documento de viaje (refugiado o apátrida)"},
    {8, "crew-certificate", "AC", "Crew member certificate", "Certificado de tripulante"},
    {9, "driver-licence", "", "Driver's license", "Licencia de conducir"},
    {10, "trusted-traveler-card", "", "Trusted traveler card", "Tarjeta de viajero confiable"},
    {11, "consular-id", "", "Consular identification", "Matrícula consular"},
};

static const size_t document_count = sizeof documents / sizeof documents[0];

const garita_document_type *garita_document_types(size_t *count)
{
    *count = document_count;
    return documents;
}

const garita_document_type *garita_document_type_by_code(uint64_t code)
{
    for (size_t i = 0; i < document_count; i++)
        if (documents[i].code == code)
            return &documents[i];
    return NULL;
}

const garita_document_type *garita_document_type_by_name(const char *name, size_t name_len)
{
    for (size_t i = 0; i < document_count; i++)
        if (strlen(documents[i].name) == name_len && memcmp(documents[i].name, name, name_len) == 0)
            return &documents[i];
    return NULL;
}
