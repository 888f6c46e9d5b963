/* bytes.h: bytes that grow, as a sink of bundle messages. */
#ifndef SIM_BYTES_H
#define SIM_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/bundle.h>

struct bytes {
    uint8_t *at;
    size_t len, cap;
};

void bytes_add(struct bytes *bytes, const uint8_t *from, size_t len);
void bytes_free(struct bytes *bytes);
bool bytes_sink(void *bytes, const uint8_t *from, size_t len); /* a garita_bundle_sink */

/* One STATEMENT message. */
void bytes_add_statement(struct bytes *bytes, garita_bytes statement);

#endif
