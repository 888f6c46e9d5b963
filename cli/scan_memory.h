/* cli/scan_memory.h: memory for what travelers showed and a scan keeps for a while.
 *
 * The process that decodes a hostile picture is a copy of this one. What is in this memory is not
 * in the copy, and in no core file.
 */
#ifndef GARITA_CLI_SCAN_MEMORY_H
#define GARITA_CLI_SCAN_MEMORY_H

#include <stddef.h>

/* Zeroed memory of so many bytes, of which only what is written to is taken from the system; null
 * if there is none. */
void *scan_memory_take(size_t size);

/* Wipes and gives it back. Null is allowed. */
void scan_memory_give(void *memory, size_t size);

#endif
