/* cli/scan_code.h: what one QR code, line or file held, before anybody looks at it. */
#ifndef GARITA_CLI_SCAN_CODE_H
#define GARITA_CLI_SCAN_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/attestation.h>
#include <garita/limits.h>

/* Where something came from. */
struct origin {
    const char *source; /* the path, or "-" */
    uint64_t line;      /* from 1; 0 if the source has no lines */
};

enum code_kind {
    CODE_TEXT,      /* the text of a QR code, without its line ending */
    CODE_STATEMENT, /* a statement's bytes, or a packet's */
    CODE_FAILURE    /* none: what there was to say of a source that held none, for its place */
};

struct code {
    enum code_kind kind;
    struct origin origin;
    const char *at; /* len bytes */
    size_t len;
    bool is_line;        /* one of the lines of a text */
    bool is_attestation; /* of scan_code_is_attestation, once somebody has asked */
};

/* Whether it holds attestations and no credential: by its first bytes alone, so that a million
 * credentials do not pay for it. Whatever is neither is no attestation. */
bool scan_code_is_attestation(const struct code *code);

/* The bytes in it; false if it is no text of ours, altered, or too long. */
bool scan_code_bytes(uint8_t out[GARITA_QR_STATEMENT_BYTES_MAX], size_t *out_len,
                     const struct code *code);

/* Whom the credential in these bytes says that it is about: a claim, for finding what belongs
 * together. False if there is none that can be read. */
bool scan_code_subject(garita_subject *out, const uint8_t *bytes, size_t len);

#endif
