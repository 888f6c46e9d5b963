/* golden.h: reads fixtures/golden for the tests that compare it with what Garita does. A file that is
 * missing or broken ends the test with its name. */
#ifndef GARITA_TESTS_GOLDEN_H
#define GARITA_TESTS_GOLDEN_H

#include <stdbool.h>
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

/* That of FOLDER/lanes/trust.json, by which all below FOLDER/lanes is judged. */
garita_trust *trust_load_of_lanes(const char *folder);

/* The same, of which the last statement came first. */
garita_trust *trust_load_of_lanes_backwards(const char *folder);

/* A set of programmes or types (a JSON array of names) as bits. */
uint64_t programmes_of(const json_t *list);
uint32_t types_of(const json_t *list);

/* A key of keys.json. */
typedef struct secret {
    uint8_t public_key[GARITA_PUBLIC_KEY_SIZE];
    uint8_t secret_key[GARITA_SECRET_KEY_SIZE];
} secret;

secret secret_of(const json_t *key);
/* The one of a public key. */
secret secret_for(const char *folder, const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE]);

/* What of a vector lies in START NAME .json and .bin. */
json_t *vector_json_of(const char *folder, const char *start, const char *name);
file vector_bytes_of(const char *folder, const char *start, const char *name);

/* Whether what was observed is what is written (null: nothing is); else says what is not, of what, on
 * standard error. Takes the reference to observed. */
bool is_as_written(const char *vector, const char *what, json_t *written, json_t *observed);

/* Hexadecimal digits to exactly len bytes. */
void unhex(uint8_t *out, size_t len, const char *hex);

#endif
