/* The strict reader alone: any bytes as one value. */
#include "fuzz.h"

#include "reader.h"

/* msgpack-c's own stack holds 32 levels, so the oracle can follow this far. */
enum { DEPTH_MAX = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    garita_reader r;
    garita_reader_start(&r, data, size, 0, DEPTH_MAX);
    garita_reader_skip(&r);
    bool is_whole = garita_reader_end(&r);
    WORLD_REQUIRE(is_whole == garita_reader_ok(&r));
    if (!is_whole) {
        WORLD_REQUIRE(r.fault.error != GARITA_OK && r.fault.at <= size);
        return 0;
    }
    WORLD_REQUIRE(r.at == size && r.depth == 0);
    WORLD_REQUIRE(oracle_ask(data, size).is_canonical);

    /* Canonical means that no shorter and no longer input is taken. */
    garita_reader_start(&r, data, size - 1, 0, DEPTH_MAX);
    garita_reader_skip(&r);
    WORLD_REQUIRE(!garita_reader_end(&r));
    return 0;
}
