/* node/links_file.h: HOME/garitad.links: the nodes that this one had links with, by their Noise
 * keys, for the next start: one key in hexadecimal digits a line.
 */
#ifndef GARITA_NODE_LINKS_FILE_H
#define GARITA_NODE_LINKS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/key.h>

#include "engine/bounds.h"

/* Reads it; *count is 0 where there is none, or what is there is none: nothing depends on it. */
void links_read(uint8_t out[ENGINE_REMEMBERED_MAX][GARITA_NOISE_KEY_SIZE], size_t *count,
                int home_fd);

/* Puts keys, side by side, in its place, all or nothing. Not flushed to the disk: what a loss of
 * power takes is only a preference. False with errno. */
bool links_write(int home_fd, const uint8_t *keys, size_t count);

#endif
