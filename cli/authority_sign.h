/* cli/authority_sign.h: what `authority anchor` and `authority certify` share. */
#ifndef GARITA_CLI_AUTHORITY_SIGN_H
#define GARITA_CLI_AUTHORITY_SIGN_H

#include <stdbool.h>
#include <stdint.h>

#include <garita/authority.h>
#include <garita/store.h>

#include "context.h"
#include "exit_status.h"
#include "signing.h"

/* A statement that is in the register. */
struct authority_signed {
    garita_authority authority; /* its texts point anywhere that lives as long */
    garita_id issuer;
    uint32_t serial;
    size_t bytes_len;
    uint8_t bytes[GARITA_AUTHORITY_BYTES_MAX];
};

/* The day 20 years after now, or the last there is. */
uint32_t authority_sign_default_expiry(int64_t now);

/* Reads the last day, as --until gives it: EXIT_USAGE after a report if it is no date, or past. */
exit_status authority_read_until(const struct context *context, uint32_t *out, const char *text,
                                 int64_t now);

/* Reads what --from and --until give, either of which may be null: *has_start and *from, *last; the
 * rest is left alone. EXIT_USAGE after a report, also where they are the wrong way round. */
exit_status authority_read_dates(const struct context *context, bool *has_start, uint32_t *from,
                                 uint32_t *last, const char *given_from, const char *given_until,
                                 int64_t now);

/* Gives authority the signer's next serial, signs it, and enters it: inside a transaction, which
 * the caller commits. The key is unlocked. EXIT_USAGE after a report for a text that no statement
 * may have (its field is named), EXIT_NOT_ALLOWED, EXIT_IO. */
exit_status authority_sign(const struct context *context, struct authority_signed *out,
                           struct signing *signing, const garita_authority *authority,
                           const garita_signer *signer,
                           const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE], int64_t now);

/* Writes the statement to output (null: its text on standard output) and tells its serial. Where it
 * cannot be written, says how to get it from the register. */
exit_status authority_hand_out(const struct context *context,
                               const struct authority_signed *statement, const char *output,
                               const char *key_name);

#endif
