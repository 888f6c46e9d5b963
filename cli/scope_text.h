/* cli/scope_text.h: what an authority may do, as people write and read it. */
#ifndef GARITA_CLI_SCOPE_TEXT_H
#define GARITA_CLI_SCOPE_TEXT_H

#include <jansson.h>

#include <garita/authority.h>

#include "buffer.h"
#include "context.h"
#include "exit_status.h"

/* Read the value of an option, names with a comma between ("sentri,fast"). At least one; one given
 * twice counts once. Return EXIT_DONE, or EXIT_USAGE after a report that names the one that is
 * unknown and the one that was probably meant. */
exit_status scope_text_read_programmes(const struct context *context, uint64_t *out,
                                       const char *text);
exit_status scope_text_read_types(const struct context *context, uint32_t *out, const char *text);
/* Replaces the countries of *out. */
exit_status scope_text_read_countries(const struct context *context, garita_scope *out,
                                      const char *text);

/* Reads one country code into out; option names it in a report. */
exit_status scope_text_read_country(const struct context *context, char out[GARITA_COUNTRY_SIZE],
                                    const char *option, const char *text);

/* What to say of a text that is no country code that this program knows: "ICAO writes Germany as
 * D". Translated; null if there is nothing better to say than that it is none. */
const char *scope_text_country_hint(const char *text, size_t text_len);

/* Add the names, ", " between; a programme or type that has no name here is its number. */
void scope_text_add_programmes(struct buffer *out, uint64_t programmes);
void scope_text_add_types(struct buffer *out, uint32_t types);
void scope_text_add_countries(struct buffer *out, const garita_scope *scope);

/* Adds the names as --types takes them, "," between. */
void scope_text_add_types_option(struct buffer *out, uint32_t types);

/* The same as arrays of JSON. Null if memory ran out. */
json_t *scope_text_json_programmes(uint64_t programmes);
json_t *scope_text_json_types(uint32_t types);
json_t *scope_text_json_countries(const garita_scope *scope);

#endif
