/* garita/programme.h: programmes and travel documents are tables, not code. */
#ifndef GARITA_PROGRAMME_H
#define GARITA_PROGRAMME_H

#include <stddef.h>
#include <stdint.h>

#include <garita/limits.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GARITA_PROGRAMME_ANCHORS_MAX 3

/* Those whose meaning code depends on: the schemes of trusted traders, and the one that stands for
 * attestations alone. */
#define GARITA_PROGRAMME_CTPAT 5
#define GARITA_PROGRAMME_OEA 6
#define GARITA_PROGRAMME_HEALTH 10

typedef struct garita_programme {
    uint8_t code;     /* the number in statements, 0 to GARITA_PROGRAMME_CODE_MAX */
    const char *name; /* "sentri": in claims and options */
    const char *title_en;
    const char *title_es;
    /* what an agency may issue a credential of it about: bit n for garita_subject_kind n; 0 of one
     * that stands for attestations alone. Readers do not ask: a lane's roles do. */
    uint8_t subjects;
    /* the countries whose anchors may give it unless their pin says otherwise; "" ends the list */
    const char *anchors[GARITA_PROGRAMME_ANCHORS_MAX + 1];
} garita_programme;

/* The table, ascending by code; *count is its length. Static, never freed. */
const garita_programme *garita_programmes(size_t *count);

/* The entry by code or by name, or null. */
const garita_programme *garita_programme_by_code(uint64_t code);
const garita_programme *garita_programme_by_name(const char *name, size_t name_len);

/* The set (bit n is code n) that the table gives to anchors of this country. */
uint64_t garita_programmes_of_country(const char *country);

typedef struct garita_document_type {
    uint8_t code;     /* the number in statements, 1 to GARITA_DOCUMENT_TYPE_MAX */
    const char *name; /* "passport": in claims */
    const char *icao; /* the document code of ICAO 9303 that its zone begins with, or "" */
    const char *title_en;
    const char *title_es;
} garita_document_type;

const garita_document_type *garita_document_types(size_t *count);
const garita_document_type *garita_document_type_by_code(uint64_t code);
const garita_document_type *garita_document_type_by_name(const char *name, size_t name_len);

#ifdef __cplusplus
}
#endif

#endif
