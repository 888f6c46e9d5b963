/* cli/claims_reader.h: the fields of claims, one at a time. Private to cli/claims*.c.
 *
 * Each step is done only while none has failed, so that callers read field after field and look
 * once, at the end; what a failed reader gives is empty.
 */
#ifndef GARITA_CLI_CLAIMS_READER_H
#define GARITA_CLI_CLAIMS_READER_H

#include <garita/attestation.h>

#include "claims.h"

struct claims_reader {
    struct claims_fault *fault;
    bool failed;
};

/* An object of the claims: its path as messages name it ("holder." or ""), and the fields it may
 * have; null ends a list. */
struct claims_shape {
    const char *path;
    const char *const *fields;
    const char *const *more; /* further fields; may be null */
};

/* The fault, which is the reader's only one, and what to do about it. */
void claims_fail(struct claims_reader *reader, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void claims_advise(struct claims_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Name index of a table; null behind the last. table is the caller's. */
typedef const char *(*claims_name_at)(unsigned table, size_t index);

/* Advises the name that was meant, or all there are. */
void claims_advise_names(struct claims_reader *reader, const char *typed, claims_name_at name,
                         unsigned table);

void claims_check_fields(struct claims_reader *reader, json_t *object,
                         const struct claims_shape *shape);

/* Members that must be there. A text is not empty and safe to show. */
garita_utf8 claims_read_text(struct claims_reader *reader, const json_t *object,
                             const struct claims_shape *shape, const char *name);
json_t *claims_read_object(struct claims_reader *reader, const json_t *object,
                           const struct claims_shape *outer, const char *name,
                           const struct claims_shape *inner);
/* Of a country that this program knows. */
garita_utf8 claims_read_country(struct claims_reader *reader, const json_t *object,
                                const struct claims_shape *shape, const char *name);
/* "2031-01-31", of the claims themselves. */
uint32_t claims_read_day(struct claims_reader *reader, const json_t *claims,
                         const struct claims_shape *shape, const char *name);
unsigned claims_read_number(struct claims_reader *reader, const json_t *object,
                            const struct claims_shape *shape, const char *name, unsigned least,
                            unsigned most);
/* The code of a name in a table of garita/attestation.h. */
uint8_t claims_read_entry(struct claims_reader *reader, const json_t *object,
                          const struct claims_shape *shape, const char *name, garita_table table);

/* The same as a claim is bounded, for what no statement holds and so nobody else would bound. */
void claims_bound_text(struct claims_reader *reader, const struct claims_shape *shape,
                       const char *name, garita_utf8 text, size_t bytes_max);

/* --- whom they are about: holder, company, vehicle --- */

/* Read the member of that name. What tells one from another is needed; the rest too if is_whole,
 * and else it may be there, and is not looked at. */
void claims_read_holder(struct claims_reader *reader, garita_credential *out, const json_t *claims,
                        const struct claims_shape *shape, bool is_whole);
void claims_read_company(struct claims_reader *reader, garita_credential *out, const json_t *claims,
                         const struct claims_shape *shape, bool is_whole);
void claims_read_vehicle(struct claims_reader *reader, garita_credential *out, const json_t *claims,
                         const struct claims_shape *shape);

/* --- parts of claims_read --- */

/* Reads an attestation's claims; subject is null if they name theirs. */
void claims_read_attestation(struct claims_reader *reader, struct claims *out,
                             const garita_subject *subject);

/* Reads "attestations" of a credential's claims, which have been read. */
void claims_read_attached(struct claims_reader *reader, struct claims *out,
                          const struct claims_shape *shape);

/* "ref", of either. */
void claims_read_ref(struct claims_reader *reader, garita_utf8 *out, const json_t *claims,
                     const struct claims_shape *shape);

#endif
