/* cli/sync_withdrawn.h: authorities that an import has withdrawn. */
#ifndef GARITA_CLI_SYNC_WITHDRAWN_H
#define GARITA_CLI_SYNC_WITHDRAWN_H

#include <jansson.h>

#include "sync_taking.h"

/* Warns of each authority known here of which the log that was taken newly revokes a key's last
 * statement. Before the book gets that log, which has the log as it was. */
void sync_withdrawn_tell(const struct sync_taking *taking);

/* Their ids as a list. Null without memory. */
json_t *sync_withdrawn_json(const struct sync_taking *taking);

#endif
