#include "chunk.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "bits.h"
#include "leb128.h"

enum { RICE, RUNS, BITMAP, MODES };
enum { MODE_BITS = 2, PARTS = 2 };

/* The parameter for so many offsets: the best one for as many at random, on average. */
static unsigned parameter_of(uint32_t count)
{
    static const uint16_t at_least[] = {25033, 14015, 7429, 3826, 1942, 979, 491, 246,
                                        124,   62,    31,   16,   8,    4,   2};
    unsigned b = 0;
    while (b < sizeof at_least / sizeof at_least[0] && count < at_least[b])
        b++;
    return b;
}

/* --- runs, one after the other --- */

/* Where a run is, as the modes have it. */
typedef struct walk {
    uint32_t next; /* the offset behind the run before */
    uint32_t runs;
    unsigned parameter;
    uint64_t rice_bits;
    uint64_t runs_bits;
} walk;

static walk walk_start(uint32_t count)
{
    unsigned parameter = parameter_of(count);
    /* each offset but for its quotient, which is 0 inside a run */
    return (walk){.parameter = parameter, .rice_bits = (uint64_t)count * (parameter + 1)};
}

static uint32_t gap(const walk *w, garita_run run)
{
    return run.first - w->next;
}

/* The distance to a run from behind the run before. Maximal runs have at least 1; before the first
 * there may be 0, and gamma codes begin at 1. */
static uint32_t distance(const walk *w, garita_run run)
{
    return gap(w, run) + (w->runs == 0);
}

static uint32_t length(garita_run run)
{
    return (uint32_t)(run.last - run.first) + 1;
}

static void step(walk *w, garita_run run)
{
    w->rice_bits += gap(w, run) >> w->parameter;
    w->runs_bits += garita_gamma_bits(distance(w, run)) + garita_gamma_bits(length(run));
    w->next = run.last + 1u;
    w->runs++;
}

static size_t bytes_for(uint64_t bits)
{
    return (size_t)((bits + 7) / 8);
}

/* The mode that is shortest, the lowest of equal ones, and its bytes behind the header. (The header
 * is as long in every mode.) */
static unsigned best_mode(size_t *bytes_len, const walk *w)
{
    const size_t lengths[MODES] = {
        [RICE] = bytes_for(w->rice_bits),
        [RUNS] = bytes_for(w->runs_bits),
        [BITMAP] = GARITA_BITMAP_SIZE,
    };
    unsigned best = RICE;
    for (unsigned mode = RUNS; mode < MODES; mode++)
        if (lengths[mode] < lengths[best])
            best = mode;
    *bytes_len = lengths[best];
    return best;
}

/* --- writing --- */

/* Measures a part, and writes its Rice codes by the way, as far as there is room for what might be
 * the shortest: that is what it mostly comes to. */
static walk write_rice(uint8_t *out, const garita_part *part)
{
    walk w = walk_start(part->count);
    garita_bit_writer bits;
    garita_run run;
    uint32_t at = 0;
    size_t len;
    garita_bit_writer_start(&bits, out, GARITA_BITMAP_SIZE);
    while (garita_part_next_run(&run, &at, part)) {
        garita_write_rice(&bits, gap(&w, run), w.parameter);
        if (run.last > run.first)
            garita_write_zeros(&bits, (uint64_t)(length(run) - 1) * (w.parameter + 1));
        step(&w, run);
    }
    garita_bit_writer_end(&bits, &len);
    return w;
}

static void write_runs(uint8_t *out, size_t len, const garita_part *part)
{
    walk w = walk_start(part->count);
    garita_bit_writer bits;
    garita_run run;
    uint32_t at = 0;
    garita_bit_writer_start(&bits, out, len);
    while (garita_part_next_run(&run, &at, part)) {
        garita_write_gamma(&bits, distance(&w, run));
        garita_write_gamma(&bits, length(run));
        step(&w, run);
    }
    garita_bit_writer_end(&bits, &len);
}

/* Returns how many bytes the part takes. */
static size_t write_part(uint8_t *out, const garita_part *part)
{
    uint64_t header = (uint64_t)part->count << MODE_BITS;
    size_t header_len = garita_leb128_write(NULL, header), len;
    walk w = write_rice(out + header_len, part);
    unsigned mode = best_mode(&len, &w);
    garita_leb128_write(out, header | mode);
    if (mode == RUNS) {
        write_runs(out + header_len, len, part);
    } else if (mode == BITMAP) { /* so many runs that it is one in memory too */
        assert(part->bitmap);
        memcpy(out + header_len, part->bitmap, GARITA_BITMAP_SIZE);
    }
    return header_len + len;
}

void garita_chunk_encode(uint8_t *out, size_t *out_len, const garita_part *revoked,
                         const garita_part *suspended)
{
    *out_len = 0;
    if (revoked->count == 0 && suspended->count == 0)
        return;
    *out_len = write_part(out, revoked);
    *out_len += write_part(out + *out_len, suspended);
}

/* --- reading --- */

/* A part in its encoding. */
typedef struct coded {
    const uint8_t *bytes; /* behind the header; all that is left of the chunk */
    size_t bytes_len;
    unsigned mode;
    uint32_t count;
    uint32_t max; /* offset */
} coded;

/* What becomes of a run that was read: it is measured, or kept in a part. */
typedef struct sink {
    walk walk;
    garita_part *part; /* null to measure */
} sink;

static void take(sink *s, garita_run run)
{
    if (s->part)
        garita_part_append(s->part, run);
    else
        step(&s->walk, run);
}

static garita_error read_rice(sink *s, garita_bit_reader *bits, const coded *c)
{
    garita_run run = {0};
    uint32_t next = 0;
    unsigned parameter = parameter_of(c->count);
    for (uint32_t i = 0; i < c->count; i++) {
        uint64_t skipped;
        garita_error e = garita_read_rice(bits, &skipped, parameter);
        if (e != GARITA_OK)
            return e;
        if (next > c->max || skipped > c->max - next)
            return GARITA_E_RANGE;
        uint16_t offset = (uint16_t)(next + skipped);
        if (i > 0 && skipped == 0) {
            run.last = offset;
        } else {
            if (i > 0)
                take(s, run);
            run = (garita_run){offset, offset};
        }
        next = offset + 1u;
    }
    if (c->count > 0)
        take(s, run);
    return GARITA_OK;
}

static garita_error read_runs(sink *s, garita_bit_reader *bits, const coded *c)
{
    uint32_t next = 0, count = 0; /* next: where the next run begins that is at distance 1 */
    while (count < c->count) {
        uint32_t far, len;
        garita_error e = garita_read_gamma(bits, &far);
        if (e != GARITA_OK)
            return e;
        if (next > c->max || far - 1 > c->max - next)
            return GARITA_E_RANGE;
        uint32_t first = next + far - 1;
        e = garita_read_gamma(bits, &len);
        if (e != GARITA_OK)
            return e;
        if (len > c->count - count || len - 1 > c->max - first)
            return GARITA_E_RANGE;
        uint32_t last = first + len - 1;
        take(s, (garita_run){(uint16_t)first, (uint16_t)last});
        count += len;
        next = last + 2;
    }
    return GARITA_OK;
}

static garita_error read_bitmap(sink *s, const coded *c)
{
    garita_run run;
    uint32_t at = 0, count = 0;
    if (c->bytes_len < GARITA_BITMAP_SIZE)
        return GARITA_E_TRUNCATED;
    while (garita_bitmap_next_run(&run, &at, c->bytes)) {
        if (run.last > c->max)
            return GARITA_E_RANGE;
        count += length(run);
        take(s, run);
    }
    return count == c->count ? GARITA_OK : GARITA_E_RANGE;
}

/* Reads the runs of a part, and how many bytes they take. */
static garita_error read_bits(sink *s, size_t *len, const coded *c)
{
    garita_bit_reader bits;
    garita_error e;
    garita_bit_reader_start(&bits, c->bytes, c->bytes_len);
    switch (c->mode) {
    case RICE:
        e = read_rice(s, &bits, c);
        break;
    case RUNS:
        e = read_runs(s, &bits, c);
        break;
    default:
        *len = GARITA_BITMAP_SIZE;
        return read_bitmap(s, c);
    }
    return e == GARITA_OK ? garita_bit_reader_end(&bits, len) : e;
}

/* Checks the part at bytes + *at, and steps behind it. */
static garita_error check_part(coded *out, uint32_t *runs, size_t *at, uint32_t max,
                               const uint8_t *bytes, size_t bytes_len)
{
    uint64_t header;
    size_t len, best_len;
    garita_error e =
        garita_leb128_read(&header, &len, (uint64_t)GARITA_CHUNK_SERIALS << MODE_BITS | BITMAP,
                           bytes + *at, bytes_len - *at);
    if (e != GARITA_OK)
        return e;
    *at += len;
    *out = (coded){.bytes = bytes + *at,
                   .bytes_len = bytes_len - *at,
                   .mode = header % (1 << MODE_BITS),
                   .count = (uint32_t)(header >> MODE_BITS),
                   .max = max};
    if (out->mode >= MODES)
        return GARITA_E_RANGE;
    sink s = {.walk = walk_start(out->count)};
    e = read_bits(&s, &len, out);
    if (e != GARITA_OK)
        return e;
    *at += len;
    *runs = s.walk.runs;
    return best_mode(&best_len, &s.walk) == out->mode ? GARITA_OK : GARITA_E_NOT_MINIMAL;
}

/* Fills a part with what was checked. */
static garita_error keep(garita_part *part, size_t *memory, const coded *c, uint32_t runs)
{
    sink s = {.part = part};
    size_t len;
    garita_error e = garita_part_reserve(part, memory, runs);
    return e == GARITA_OK ? read_bits(&s, &len, c) : e;
}

static bool overlap(const garita_part *a, const garita_part *b)
{
    garita_run of_a, of_b;
    uint32_t at_a = 0, at_b = 0;
    bool more = garita_part_next_run(&of_a, &at_a, a) && garita_part_next_run(&of_b, &at_b, b);
    while (more) {
        if (of_a.last < of_b.first)
            more = garita_part_next_run(&of_a, &at_a, a);
        else if (of_b.last < of_a.first)
            more = garita_part_next_run(&of_b, &at_b, b);
        else
            return true;
    }
    return false;
}

garita_error garita_chunk_decode(garita_part *revoked, garita_part *suspended, size_t *memory,
                                 uint32_t max, const uint8_t *bytes, size_t bytes_len)
{
    garita_part *parts[PARTS] = {revoked, suspended};
    coded codes[PARTS];
    uint32_t runs[PARTS];
    size_t at = 0;
    *revoked = *suspended = (garita_part){0};
    if (bytes_len == 0)
        return GARITA_E_EMPTY;
    if (bytes_len > GARITA_CHUNK_BYTES_MAX)
        return GARITA_E_TOO_LONG;
    garita_error e = GARITA_OK;
    for (size_t i = 0; i < PARTS && e == GARITA_OK; i++)
        e = check_part(&codes[i], &runs[i], &at, max, bytes, bytes_len);
    if (e != GARITA_OK)
        return e;
    if (at < bytes_len)
        return GARITA_E_TRAILING;
    if (runs[0] == 0 && runs[1] == 0)
        return GARITA_E_EMPTY;
    for (size_t i = 0; i < PARTS && e == GARITA_OK; i++)
        e = keep(parts[i], memory, &codes[i], runs[i]);
    if (e == GARITA_OK && overlap(revoked, suspended))
        e = GARITA_E_RANGE;
    if (e != GARITA_OK) {
        garita_part_free(revoked, memory);
        garita_part_free(suspended, memory);
    }
    return e;
}
