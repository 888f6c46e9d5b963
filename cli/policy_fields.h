/* cli/policy_fields.h: the fields of a policy file, each read with all that can be wrong with it.
 *
 * Every reader takes the value and its place, adds what is wrong to the mistakes, and returns
 * whether nothing was. A null value is one that is not there: it has been reported, or may be
 * missing; it is then false without a word, and *out stays as it was.
 */
#ifndef GARITA_CLI_POLICY_FIELDS_H
#define GARITA_CLI_POLICY_FIELDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/attestation.h>
#include <garita/lane.h>

#include "json_place.h"
#include "policy_mistakes.h"

/* An object with no other fields than these; null ends the list. */
bool policy_fields_object(struct policy_mistakes *mistakes, const struct json_place *place,
                          const json_t *value, const char *const *fields);

/* Whether the value is an object at all: for those whose fields somebody else reads. */
bool policy_fields_is_object(struct policy_mistakes *mistakes, const struct json_place *place,
                             const json_t *value);

/* A list of at least and at most so many. */
bool policy_fields_list(struct policy_mistakes *mistakes, const struct json_place *place,
                        const json_t *value, size_t fewest, size_t most);

/* The member of an object that must be there; null after a report if it is not. */
const json_t *policy_fields_need(struct policy_mistakes *mistakes, const struct json_place *place,
                                 const json_t *object, const char *name);

/* A text that a statement may hold, of at most so many bytes, not empty. Points into the value. */
bool policy_fields_text(garita_utf8 *out, struct policy_mistakes *mistakes,
                        const struct json_place *place, const json_t *value, size_t bytes_max);

/* A text in both languages, each of at most so many bytes. */
bool policy_fields_words(garita_words *out, struct policy_mistakes *mistakes,
                         const struct json_place *place, const json_t *value, size_t bytes_max);

bool policy_fields_moment(int64_t *out, struct policy_mistakes *mistakes,
                          const struct json_place *place, const json_t *value);
/* A length of time, at most GARITA_AGE_MAX_S. */
bool policy_fields_age(int64_t *out_s, struct policy_mistakes *mistakes,
                       const struct json_place *place, const json_t *value);
bool policy_fields_country(char out[GARITA_COUNTRY_SIZE], struct policy_mistakes *mistakes,
                           const struct json_place *place, const json_t *value);
bool policy_fields_number(size_t *out, struct policy_mistakes *mistakes,
                          const struct json_place *place, const json_t *value, size_t least,
                          size_t most);
bool policy_fields_flag(bool *out, struct policy_mistakes *mistakes, const struct json_place *place,
                        const json_t *value);

/* "refer" or "reject"; with any outcome "accept" too. */
bool policy_fields_outcome(garita_outcome *out, struct policy_mistakes *mistakes,
                           const struct json_place *place, const json_t *value, bool any);

/* A list of programmes, each once, that somebody can have a credential of. */
bool policy_fields_programmes(uint64_t *out, struct policy_mistakes *mistakes,
                              const struct json_place *place, const json_t *value, size_t fewest);

/* A subject ("holder"), or a list of subjects, each once. */
bool policy_fields_subjects(uint8_t *out, struct policy_mistakes *mistakes,
                            const struct json_place *place, const json_t *value);

/* An entry of a table, by its name. */
bool policy_fields_entry(uint8_t *out, struct policy_mistakes *mistakes,
                         const struct json_place *place, const json_t *value, garita_table table);

/* One of these names, null at the end: its index. */
bool policy_fields_choice(size_t *out, struct policy_mistakes *mistakes,
                          const struct json_place *place, const json_t *value,
                          const char *const *names);

#endif
