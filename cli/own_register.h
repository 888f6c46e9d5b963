/* cli/own_register.h: the serial of what this home signs next, and its place in the register:
 * inside an act of signing, which the caller commits. Failures are reported.
 */
#ifndef GARITA_CLI_OWN_REGISTER_H
#define GARITA_CLI_OWN_REGISTER_H

#include <stdint.h>

#include <garita/store.h>

#include "context.h"
#include "exit_status.h"
#include "signing.h"

/* The authority's next serial, past all that its heads know of. */
exit_status own_register_serial(const struct context *context, uint32_t *out,
                                const struct signing *signing,
                                const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE]);

/* Enters a statement that has it. */
exit_status own_register_add(const struct context *context, const struct signing *signing,
                             const garita_register_entry *entry);

/* Reports that a statement of these contents cannot be: EXIT_USAGE, with the field named. */
exit_status own_register_refuse(const struct context *context, garita_error error,
                                const garita_fault *fault);

#endif
