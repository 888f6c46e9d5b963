/* golden.h: reads fixtures/golden for the tests that compare it with what Garita does. A file that is
 * missing or broken ends the test with its name. */
#ifndef GARITA_TESTS_GOLDEN_H
#define GARITA_TESTS_GOLDEN_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include <garita/trust.h>

/* Bytes on the heap, of exactly that length, so that AddressSanitizer sees a read behind its end. */
typedef struct file {
    uint8_t *at; /* null if there is no such file */
    size_t len;
} file;

/* Files of a folder, by name in it. */
file file_read(const char *folder, const char *name);
void file_free(file *f);
json_t *json_read(const char *folder, const char *name);

/* The names of all files below a folder ("vectors/x.bin"), sorted. */
typedef struct names {
    size_t count;
    char **at;
} names;

names names_below(const char *folder);
void names_free(names *n);

/* The names of the vectors below start ("vectors/"): what of "vectors/NAME.json" is NAME. */
names vectors_in(const char *folder, const char *start);

/* Milliseconds for one picture: with sanitizers on a busy machine. A hang, not a pace. */
#define PICTURE_TIMEOUT_MS 60000

/* The trust set of trust.json. Every statement in it must be taken. */
garita_trust *trust_load(const char *folder);

/* A set of programmes or types (a JSON array of names) as bits. */
uint64_t programmes_of(const json_t *list);
uint32_t types_of(const json_t *list);

/* Hexadecimal digits to exactly len bytes. */
void unhex(uint8_t *out, size_t len, const char *hex);

#endif
