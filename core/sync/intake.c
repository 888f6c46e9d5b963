#include <garita/intake.h>

#include "intake.h"

static void left_out(void *context, const garita_bundle_item *item, garita_error error)
{
    const garita_intake_run *run = context;
    garita_intake_leave_out(run, run->trust, item, error);
}

static void progress(void *context, size_t done, size_t count)
{
    const garita_intake_run *run = context;
    const garita_intake_listener *listener = run->listener;
    if (listener->progress)
        listener->progress(listener->context, done, count);
}

static garita_intake_end take_parts(garita_intake_run *run)
{
    const garita_pieces_listener listener = {run, left_out, progress};
    garita_pieces pieces;
    garita_intake_end end = garita_pieces_find(&pieces, &run->index, run->trust, &listener)
                                ? GARITA_INTAKE_DONE
                                : GARITA_INTAKE_NO_MEMORY;
    for (size_t begin = 0, count; begin < pieces.count && end == GARITA_INTAKE_DONE;
         begin += count) {
        count = garita_pieces_of_one(&pieces, begin);
        end = garita_intake_part(run, &pieces.at[begin], count);
    }
    garita_pieces_free(&pieces);
    return end;
}

static garita_intake_end take(garita_intake_run *run)
{
    const garita_intake_listener *listener = run->listener;
    garita_intake_end end = garita_intake_statements(run);
    if (end != GARITA_INTAKE_DONE)
        return end;
    if (!run->keeper->view(run->keeper->context, &run->trust, &run->book))
        return GARITA_INTAKE_NOT_KEPT;
    if (listener->viewed)
        listener->viewed(listener->context, run->trust, run->book);
    end = garita_intake_carried(run);
    return end == GARITA_INTAKE_DONE ? take_parts(run) : end;
}

garita_intake_end garita_intake_bundle(const garita_intake *intake, garita_fault *fault,
                                       const uint8_t *bytes, size_t bytes_len)
{
    garita_intake_run run = {
        .keeper = intake->keeper, .listener = intake->listener, .events = intake->events};
    garita_intake_end end;
    garita_error error = garita_bundle_index_make(&run.index, bytes, bytes_len);
    garita_fault found = run.index.fault;
    if (error == GARITA_E_NO_MEMORY) {
        end = GARITA_INTAKE_NO_MEMORY;
    } else if (error != GARITA_OK) {
        found = (garita_fault){error, 0, "bundle"};
        end = GARITA_INTAKE_NO_BUNDLE;
    } else {
        end = take(&run);
        if (end == GARITA_INTAKE_DONE && found.error != GARITA_OK)
            end = GARITA_INTAKE_CUT;
    }
    garita_bundle_index_free(&run.index);
    if (fault)
        *fault = found;
    return end;
}

const uint8_t *garita_bundle_origin(const uint8_t *bytes, size_t bytes_len)
{
    garita_bundle_reader reader;
    garita_message first;
    /* elsewhere than at the beginning it means nothing */
    if (garita_bundle_open(&reader, bytes, bytes_len) != GARITA_OK ||
        garita_bundle_next(&reader, &first, NULL) != GARITA_OK)
        return NULL;
    return first.kind == GARITA_MESSAGE_ORIGIN ? first.bytes.at : NULL;
}
