/* values.h: what rules look at, and what they give, as JSON. */
#ifndef GARITA_TESTS_VALUES_H
#define GARITA_TESTS_VALUES_H

#include <jansson.h>

#include <garita/value.h>

/* Points into json, and at room that is never given back: a test ends. */
garita_value value_of(json_t *json);

/* A date-time is its text. Of a tree that is not shared. */
json_t *value_json(const garita_value *value);

#endif
