/* seeds.h: the parts of fuzz_seeds. */
#ifndef GARITA_FUZZ_SEEDS_H
#define GARITA_FUZZ_SEEDS_H

#include <stddef.h>
#include <stdint.h>

/* Writes an input for fuzz_FUZZER. */
void seed(const char *fuzzer, const char *name, const void *bytes, size_t len);

void seeds_channel(void); /* what nodes say to each other */
void seeds_engine(void);  /* what they do */
void seeds_status(void);  /* status logs, and what carries them */

#endif
