#include "scan_pile.h"

#include <string.h>

#include <sodium.h>

#include "scan_crew.h"
#include "scan_desk.h"
#include "scan_memory.h"

/* Of their bytes: twice what as many full codes would take. */
enum { PILE_BYTES_MAX = 2 * SCAN_HELD_MAX * GARITA_QR_STATEMENT_BYTES_MAX };

struct scan_pile {
    struct scan *scan;
    struct tally *total;
    size_t count;
    struct code codes[SCAN_HELD_MAX];
    size_t bytes_len;
    char bytes[PILE_BYTES_MAX];
};

struct scan_pile *scan_pile_open(struct scan *scan, struct tally *total)
{
    struct scan_pile *pile = scan_memory_take(sizeof *pile);

    if (pile != NULL) {
        pile->scan = scan;
        pile->total = total;
    }
    return pile;
}

void scan_pile_close(struct scan_pile *pile)
{
    scan_memory_give(pile, sizeof *pile);
}

bool scan_pile_add(struct scan_pile *pile, const struct code *code)
{
    bool has_room = pile->count < SCAN_HELD_MAX && code->len <= PILE_BYTES_MAX - pile->bytes_len;

    if (!has_room && !scan_pile_judge(pile, false))
        return false;
    char *at = pile->bytes + pile->bytes_len;
    memcpy(at, code->at, code->len);
    pile->bytes_len += code->len;
    pile->codes[pile->count] = *code;
    pile->codes[pile->count++].at = at;
    return true;
}

bool scan_pile_fail(struct scan_pile *pile, const struct failure *failure, const char *message)
{
    struct buffer text = {0};

    report_failure_text(&text, pile->scan->context, failure, message);
    tally_add_failure(pile->total, failure->status);
    const struct code code = {.kind = CODE_FAILURE, .at = text.at, .len = text.len};
    bool is_written = !text.failed && scan_pile_add(pile, &code);
    if (text.failed)
        tally_add_failure(pile->total, report_no_memory(pile->scan->context));
    buffer_free(&text);
    return is_written;
}

/* A crew is there only while it works: a picture is decoded in a fork of this process. */
static bool judge_with_crew(struct scan_pile *pile, const struct manner *manner)
{
    struct scan_crew *crew = scan_crew_start(pile->scan, pile->count > 1 ? pile->scan->jobs : 1);

    if (crew == NULL) {
        tally_add_failure(pile->total, report_no_memory(pile->scan->context));
        return false;
    }
    bool is_written =
        scan_desk_show(pile->scan, pile->total, crew, pile->codes, pile->count, manner);
    scan_crew_free(crew);
    return is_written;
}

static size_t count_credentials(const struct scan_pile *pile)
{
    size_t count = 0;

    for (size_t i = 0; i < pile->count; i++)
        count += !scan_code_is_attestation(&pile->codes[i]);
    return count;
}

bool scan_pile_judge(struct scan_pile *pile, bool is_all)
{
    const struct manner manner = {.is_together = true,
                                  .is_quiet = true,
                                  .is_only = is_all && pile->total->failures == 0 &&
                                             count_credentials(pile) == 1};
    bool is_written = pile->count == 0 || judge_with_crew(pile, &manner);

    sodium_memzero(pile->bytes, pile->bytes_len);
    pile->bytes_len = 0;
    pile->count = 0;
    return is_written;
}
