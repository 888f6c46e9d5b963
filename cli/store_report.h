/* cli/store_report.h: what went wrong with the home's store, in words and as an exit status. */
#ifndef GARITA_CLI_STORE_REPORT_H
#define GARITA_CLI_STORE_REPORT_H

#include <garita/store.h>

#include "context.h"
#include "exit_status.h"

/* Reports error, which is not OK, with the system's words (may be empty), and returns its status.
 */
exit_status store_report(const struct context *context, garita_store_error error,
                         const char *detail);

#endif
