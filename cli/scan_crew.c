#include "scan_crew.h"

#include <stdlib.h>

#include "workers.h"

struct scan_crew {
    const struct scan *scan;
    size_t jobs;
    struct workers *workers;
    /* the group at hand */
    const struct code *codes;
    size_t count;
    bool is_only;
    struct outlet outlets[SCAN_JOBS_MAX]; /* one for each worker */
};

static void judge(struct scan_crew *crew, struct outlet *outlet, const struct code *code)
{
    const struct scan *scan = crew->scan;

    if (code->kind == CODE_FAILURE)
        buffer_add(scan->context->json ? &outlet->out : &outlet->err, code->at, code->len);
    else if (!code->is_attestation)
        scan_code(outlet, scan, code, scan_style_of(scan, code, crew->is_only));
}

/* Worker index judges its share: a run of neighbours, so that the outlets one after another are in
 * order. */
static void judge_share(void *context, size_t index)
{
    struct scan_crew *crew = context;
    size_t begin = crew->count * index / crew->jobs;
    size_t end = crew->count * (index + 1) / crew->jobs;

    for (size_t i = begin; i < end; i++)
        judge(crew, &crew->outlets[index], &crew->codes[i]);
}

struct scan_crew *scan_crew_start(const struct scan *scan, size_t jobs)
{
    struct scan_crew *crew = calloc(1, sizeof *crew);

    if (crew == NULL)
        return NULL;
    crew->scan = scan;
    crew->jobs = jobs;
    crew->workers = workers_start(jobs, judge_share, crew);
    if (crew->workers == NULL) {
        free(crew);
        return NULL;
    }
    return crew;
}

static void find_last(struct scan_crew *crew, struct scan_last *last)
{
    *last = (struct scan_last){0};
    for (size_t i = 0; i < crew->jobs; i++) {
        struct outlet *outlet = &crew->outlets[i];
        if (outlet->last != NULL)
            *last = (struct scan_last){outlet->last, outlet->last_outcome};
        outlet->last = NULL;
    }
}

bool scan_crew_judge(struct scan_crew *crew, struct tally *total, struct scan_last *last,
                     const struct code *codes, size_t count, bool is_only)
{
    *last = (struct scan_last){0};
    if (count == 0)
        return true;
    crew->codes = codes;
    crew->count = count;
    crew->is_only = is_only;
    if (count == 1)
        judge_share(crew, crew->jobs - 1); /* a single code is the last worker's share */
    else
        workers_run(crew->workers);
    find_last(crew, last);
    return outlets_flush(crew->outlets, crew->jobs, total, crew->scan);
}

void scan_crew_free(struct scan_crew *crew)
{
    if (crew == NULL)
        return;
    workers_stop(crew->workers);
    for (size_t i = 0; i < crew->jobs; i++)
        outlet_free(&crew->outlets[i]);
    free(crew);
}
