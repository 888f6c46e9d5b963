/* fuzz.h: what the fuzzers share. Each file fuzz_NAME.c is one target: it looks for crashes (with
 * ASan and UBSan in the whole of libgarita) and, with WORLD_REQUIRE, for broken promises.
 */
#ifndef GARITA_FUZZ_H
#define GARITA_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What FORMAT.md says of one msgpack value, as the strict reader does not say it: decoded and packed
 * again by msgpack-c, which knows nothing of our rules but writes shortest forms. */
typedef struct oracle {
    bool is_canonical;      /* the same bytes came out, and map keys ascend */
    bool has_ignorable_key; /* a key of 64 or more somewhere */
} oracle;

/* Only for bytes that the strict reader has taken: msgpack-c believes what lengths say. */
oracle oracle_ask(const uint8_t *bytes, size_t len);

/* A credential, attestation, authority, head or node statement that was read must be, but for keys that may be ignored,
 * what is written when the same is issued again: one meaning has one encoding. */
void require_one_encoding(const uint8_t *statement, size_t len, garita_type type);

#endif
