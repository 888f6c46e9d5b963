/* cli/json_place.h: where in a JSON file something stands, for who has to mend it. */
#ifndef GARITA_CLI_JSON_PLACE_H
#define GARITA_CLI_JSON_PLACE_H

#include <stddef.h>

#include "buffer.h"

/* A place, as it is reached: each on the stack of who went down to it. */
struct json_place {
    const struct json_place *up; /* null: this is the whole file */
    const char *name;            /* of the member; null: an element, by its index */
    size_t index;
};

/* Adds a JSON pointer (RFC 6901): "/lanes/2/rules/0"; nothing for the whole. */
void json_place_add(struct buffer *out, const struct json_place *place);

/* The line, from 1, on which the value at a pointer begins, in a text that JSON's reader has
 * taken. A pointer that leads past what there is gives the line of the last part that there is. */
unsigned json_place_line(const char *text, size_t text_len, const char *pointer);

#endif
