/* The child's side of garita_picture_read. */
#ifndef GARITA_QR_CHILD_H
#define GARITA_QR_CHILD_H

#include <garita/picture.h>

#include <sys/types.h>

/* Makes the libraries do in the caller what they do once and could not do locked down, or must not
 * find half done by another thread at a fork: load character sets, initialize statics. Any number
 * of times, from any thread. */
void child_warm_up(void);

/* Locks this process down, decodes and reads the picture, says so on pipe (core/qr/wire.h), exits.
 */
_Noreturn void child_run(int pipe, pid_t parent, const unsigned char *bytes, size_t len,
                         const garita_picture_options *options);

#endif
