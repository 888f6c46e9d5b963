/* holding.h: what a simulated disk holds, as the engine is told of it. */
#ifndef SIM_HOLDING_H
#define SIM_HOLDING_H

#include "engine/engine.h"

#include "disk.h"

/* One log, of this record's authority. */
void holding_log(struct engine_log *out, const struct disk *disk, const garita_issuer *authority);

/* All of it; the arrays stay good until the next call. */
void holding_of(struct engine_stock *out, struct disk *disk);
void holding_end(void); /* frees them */

/* Writes the message of an item; false if it is not there. */
bool holding_item(const struct disk *disk, const garita_hash *log, unsigned kind,
                  const garita_digest *digest, garita_bundle_sink sink, void *sink_context);

#endif
