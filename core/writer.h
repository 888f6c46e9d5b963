/* writer.h: writes canonical msgpack into a buffer of fixed size, with msgpack-c's packer, which
 * always takes the shortest form. Private. The caller writes keys in order; what it wrote is read
 * back with the strict reader before it is signed.
 */
#ifndef GARITA_WRITER_H
#define GARITA_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garita/statement.h>

typedef struct garita_writer {
    uint8_t *bytes;
    size_t len;
    size_t cap;
    bool overflowed;
} garita_writer;

void garita_writer_start(garita_writer *w, uint8_t *bytes, size_t cap);

/* Whether all of it fitted: GARITA_E_TOO_LONG, in *fault (may be null) too, if not. */
garita_error garita_writer_end(const garita_writer *w, garita_fault *fault);

void garita_write_map(garita_writer *w, size_t pairs);
void garita_write_array(garita_writer *w, size_t elements);
void garita_write_uint(garita_writer *w, uint64_t value);
void garita_write_int(garita_writer *w, int64_t value);
void garita_write_bool(garita_writer *w, bool value);
void garita_write_text(garita_writer *w, garita_utf8 text);
void garita_write_bin(garita_writer *w, const uint8_t *bytes, size_t len);
/* One value that is canonical msgpack already. */
void garita_write_raw(garita_writer *w, const uint8_t *value, size_t len);

/* Keys 0 to 3 of every statement. */
void garita_write_statement_keys(garita_writer *w, garita_type type, const garita_signer *signer);

#endif
