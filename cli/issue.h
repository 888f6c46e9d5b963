/* cli/issue.h: what the ways to issue credentials and attestations share. */
#ifndef GARITA_CLI_ISSUE_H
#define GARITA_CLI_ISSUE_H

#include <stdbool.h>
#include <stdint.h>

#include "artifact.h"
#include "claims.h"
#include "context.h"
#include "exit_status.h"
#include "signing.h"

struct issue_options {
    const char *as, *output, *ecc, *out_dir, *format;
    uint64_t scale, reprint;
    bool batch;
};

/* Who issues, and what comes of it. What the authority may do is what this home knew of it when the
 * command began. */
struct issuing {
    const struct context *context;
    const struct issue_options *given;
    struct signing signing;
    struct artifact_style style;
    int64_t now;
};

/* A credential or an attestation on its way from its claims to its file. */
struct issue_row {
    const char *source; /* of the claims */
    uint64_t line;      /* in it; 0 if the source is the claims of one */
    struct claims claims;
    /* once it is signed */
    garita_id issuer;
    uint32_t serial;
    bool was_known; /* the same claims with this ref were issued before: this is what was */
    size_t bytes_len;
    uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX]; /* the statement, which the register keeps */
    size_t code_len;
    uint8_t code[GARITA_QR_STATEMENT_BYTES_MAX]; /* what is handed out: with attached attestations
                                                    a packet, else the same */
};

/* Reports what is wrong with a row's claims, and frees the fault: EXIT_BAD_INPUT, or EXIT_IO for
 * want of memory. */
exit_status issue_refuse(const struct context *context, const struct issue_row *row,
                         struct claims_fault *fault);

/* Whether the key may issue this now, but for what only signing shows: before a passphrase is asked
 * for. EXIT_DONE, or EXIT_NOT_ALLOWED after a report. */
exit_status issue_check(const struct issuing *issuing, const struct issue_row *row);

/* Opens the key, unless the home is in doubt. The key must be known. */
exit_status issue_unlock(struct issuing *issuing);

/* Begins the act in which rows are signed; signing_act_commit ends it. */
exit_status issue_begin(const struct issuing *issuing);

/* Inside it: finds what was issued for the row's ref, or signs the claims with the next
 * serial and enters them. The key is unlocked. Returns EXIT_DONE, or after a report EXIT_BAD_INPUT
 * or EXIT_NOT_ALLOWED, which concern this row alone and leave no trace of it, or another status,
 * after which the transaction must be undone. */
exit_status issue_sign(const struct issuing *issuing, struct issue_row *row);

/* {"serial":N,"issuer":HEX16,"ref":TEXT|null,"file":TEXT|null,"bytes":N,"qr_version":N} as one
 * line, bytes being those of the code; with the text of the QR code if there is no file, and the
 * line if the row has one. */
exit_status issue_tell_json(const struct context *context, const struct issue_row *row,
                            const char *file, int qr_version);

/* The ways. Options have been checked; failures are reported. */
exit_status issue_one(struct issuing *issuing, const char *claims_path);
exit_status issue_batch(struct issuing *issuing, const char *claims_path);
exit_status issue_reprint(struct issuing *issuing);

#endif
