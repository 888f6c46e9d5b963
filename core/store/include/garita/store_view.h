/* garita/store_view.h: reading a home that others change meanwhile: all of one moment, and whether
 * it is still so.
 */
#ifndef GARITA_STORE_VIEW_H
#define GARITA_STORE_VIEW_H

#include <garita/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Lets all that is read from now on be of one moment, until garita_store_rollback. Nobody is kept
 * from writing meanwhile. LOCKED, CORRUPT, IO. */
garita_store_error garita_store_hold(garita_store *store);

#define GARITA_STORE_KNOWLEDGE_SIZE 32

/* A digest of all that a verdict, or a running node, depends on: pins, trusted and carried
 * statements, heads, what is known of equivocation, unions, the clock's floor. Unlike
 * garita_store_version it does not change when a decision is logged or a credential issued. Reads a
 * few hundred bytes for each authority. */
garita_store_error garita_store_knowledge(garita_store *store,
                                          uint8_t out[GARITA_STORE_KNOWLEDGE_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
