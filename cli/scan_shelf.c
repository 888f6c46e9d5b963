#include "scan_shelf.h"

#include <string.h>

#include <sodium.h>

static void copy(struct shelf_slot *to, const struct shelf_slot *from)
{
    to->origin = from->origin;
    to->subject = from->subject;
    to->is_new = from->is_new;
    to->len = from->len;
    memcpy(to->bytes, from->bytes, from->len);
    atomic_store(&to->is_used, atomic_load(&from->is_used));
}

static struct shelf_slot *find(struct shelf *shelf, garita_bytes statement)
{
    for (size_t i = 0; i < shelf->count; i++)
        if (shelf->slots[i].len == statement.len &&
            memcmp(shelf->slots[i].bytes, statement.at, statement.len) == 0)
            return &shelf->slots[i];
    return NULL;
}

/* The oldest makes room, if there is none. */
static struct shelf_slot *room(struct shelf *shelf, struct shelf_slot *pushed)
{
    if (shelf->count == SCAN_SHELF_MAX) {
        copy(pushed, &shelf->slots[0]);
        for (size_t i = 1; i < shelf->count; i++)
            copy(&shelf->slots[i - 1], &shelf->slots[i]);
        shelf->count--;
    }
    return &shelf->slots[shelf->count++];
}

bool shelf_put(struct shelf *shelf, garita_fault *fault, struct shelf_slot *pushed,
               const struct origin *origin, garita_bytes statement)
{
    garita_attestation attestation;

    pushed->len = 0;
    if (garita_attestation_inspect(&attestation, NULL, fault, statement.at, statement.len) !=
        GARITA_OK)
        return false;
    struct shelf_slot *slot = find(shelf, statement);
    if (slot == NULL) {
        slot = room(shelf, pushed);
        slot->subject = attestation.subject;
        slot->len = statement.len;
        memcpy(slot->bytes, statement.at, statement.len);
    }
    slot->origin = *origin;
    slot->is_new = true;
    atomic_store(&slot->is_used, false);
    return true;
}

size_t shelf_judge(garita_shown out[GARITA_SHOWN_MAX], const struct shelf *shelf,
                   const garita_setting *setting, const garita_subject *subject)
{
    size_t count = 0;

    for (size_t i = shelf->count; i-- > 0 && count < GARITA_SHOWN_MAX;) {
        const struct shelf_slot *slot = &shelf->slots[i];
        if (garita_subject_equal(&slot->subject, subject))
            garita_verify_attestation(&out[count++], setting, slot->bytes, slot->len);
    }
    return count;
}

bool shelf_has(const struct shelf *shelf, const garita_subject *subject)
{
    for (size_t i = 0; i < shelf->count; i++)
        if (garita_subject_equal(&shelf->slots[i].subject, subject))
            return true;
    return false;
}

bool shelf_has_used(const struct shelf *shelf)
{
    for (size_t i = 0; i < shelf->count; i++)
        if (atomic_load(&shelf->slots[i].is_used))
            return true;
    return false;
}

void shelf_use(struct shelf *shelf, const garita_subject *subject)
{
    for (size_t i = 0; i < shelf->count; i++)
        if (garita_subject_equal(&shelf->slots[i].subject, subject))
            atomic_store(&shelf->slots[i].is_used, true);
}

void shelf_clear(struct shelf *shelf,
                 bool (*is_over)(const void *context, const struct shelf_slot *slot),
                 const void *context)
{
    size_t kept = 0;

    for (size_t i = 0; i < shelf->count; i++) {
        if (is_over(context, &shelf->slots[i]))
            continue;
        if (kept != i)
            copy(&shelf->slots[kept], &shelf->slots[i]);
        kept++;
    }
    sodium_memzero(&shelf->slots[kept], (shelf->count - kept) * sizeof shelf->slots[0]);
    shelf->count = kept;
}
