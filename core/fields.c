#include "fields.h"

#include <garita/country.h>

void garita_field_number(garita_reader *r, const char *field, uint32_t *out, uint32_t min,
                         uint32_t max)
{
    uint64_t n;
    r->field = field;
    garita_reader_uint(r, &n, min, max);
    *out = (uint32_t)n;
}

void garita_field_byte(garita_reader *r, const char *field, uint8_t *out, uint8_t min, uint8_t max)
{
    uint32_t n;
    garita_field_number(r, field, &n, min, max);
    *out = (uint8_t)n;
}

void garita_field_text(garita_reader *r, const char *field, garita_utf8 *out, size_t bytes_max)
{
    r->field = field;
    garita_reader_text(r, out, bytes_max);
}

void garita_field_country(garita_reader *r, const char *field, garita_utf8 *out)
{
    size_t at = r->at;
    garita_field_text(r, field, out, GARITA_COUNTRY_SIZE - 1);
    if (garita_reader_ok(r) && !garita_country_is_wellformed(out->at, out->len))
        garita_reader_fail(r, GARITA_E_COUNTRY, at);
}
