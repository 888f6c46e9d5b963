/* cli/sync_withdrawn.h: authorities that an import has withdrawn. */
#ifndef GARITA_CLI_SYNC_WITHDRAWN_H
#define GARITA_CLI_SYNC_WITHDRAWN_H

#include <jansson.h>

#include "sync_run.h"

/* Notes which authorities are withdrawn already. Returns EXIT_DONE, or another status after a
 * report.
 */
exit_status sync_withdrawn_note(struct sync_run *run, const garita_book *book);

/* Warns of each authority known here of which the log that was taken newly revokes a key's last
 * statement. */
void sync_withdrawn_tell(const struct sync_run *run, const garita_taken *taken);

/* Their ids as a list. Null without memory. */
json_t *sync_withdrawn_json(const struct sync_run *run, const garita_taken *taken);

#endif
