/* seeds.h: the parts of fuzz_seeds. */
#ifndef GARITA_FUZZ_SEEDS_H
#define GARITA_FUZZ_SEEDS_H

#include <stddef.h>
#include <stdint.h>

/* Writes an input for fuzz_FUZZER. */
void seed(const char *fuzzer, const char *name, const void *bytes, size_t len);

void seeds_attestation(void); /* attestations, their claims, and codes of several */
void seeds_channel(void); /* what nodes say to each other */
void seeds_engine(void);  /* what they do */
void seeds_lane(void);    /* codes of several statements */
void seeds_policy(void);  /* policies */
void seeds_rule(void);    /* rules of policies */
void seeds_status(void);  /* status logs, and what carries them */

#endif
