/* fields.h: reads the fields that statements of several types have. Private.
 *
 * Each names the field for a fault, and yields zero if something is wrong with it or before it.
 */
#ifndef GARITA_FIELDS_H
#define GARITA_FIELDS_H

#include <stddef.h>
#include <stdint.h>

#include "reader.h"

void garita_field_number(garita_reader *r, const char *field, uint32_t *out, uint32_t min,
                         uint32_t max);

/* The same of at most 255. */
void garita_field_byte(garita_reader *r, const char *field, uint8_t *out, uint8_t min, uint8_t max);

void garita_field_text(garita_reader *r, const char *field, garita_utf8 *out, size_t bytes_max);

/* A text of the form of a country's code (garita_country_is_wellformed). */
void garita_field_country(garita_reader *r, const char *field, garita_utf8 *out);

#endif
