/* cli/bar_text.h: amounts of bytes, and how much of them there is. */
#ifndef GARITA_CLI_BAR_TEXT_H
#define GARITA_CLI_BAR_TEXT_H

#include <stdint.h>

#include "buffer.h"

/* Adds "812 B", "12.4 KiB" or "3.1 MiB", rounded down. The signs are the same in every language. */
void bar_text_add_bytes(struct buffer *out, uint64_t bytes);

/* Adds "[########------------]  41 %". Of a total of 0, and beyond it, all is done. */
void bar_text_add(struct buffer *out, uint64_t done, uint64_t total);

#endif
