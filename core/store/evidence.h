/* core/store/evidence.h: what a log's beginning anew needs of its evidence. */
#ifndef GARITA_STORE_EVIDENCE_H
#define GARITA_STORE_EVIDENCE_H

#include "internal.h"

/* Drops what can no longer be read of a log's evidence. *bytes is what the rest comes to. */
garita_store_error evidence_drop_unreadable(garita_store *store, uint64_t *bytes, int64_t number);

#endif
