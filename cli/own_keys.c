#include "own_keys.h"

#include <stdlib.h>
#include <string.h>

#include "key_files.h"
#include "report.h"

struct search {
    struct own_keys *out;
    const garita_trust *trust;
    bool out_of_memory;
};

static void add(struct search *search, const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    struct own_keys *keys = search->out;

    if (keys->count == keys->cap) {
        size_t cap = keys->cap == 0 ? 8 : 2 * keys->cap;
        void *grown = realloc(keys->first_keys, cap * sizeof *keys->first_keys);
        if (grown == NULL) {
            search->out_of_memory = true;
            return;
        }
        keys->first_keys = grown;
        keys->cap = cap;
    }
    memcpy(keys->first_keys[keys->count++], first_key, GARITA_PUBLIC_KEY_SIZE);
}

static void visit(void *context, const struct key_file *file)
{
    struct search *search = context;
    bool is_known = false;

    if (!file->is_one)
        return;
    for (size_t i = 0; i < garita_trust_count(search->trust); i++) {
        const garita_issuer *record = garita_trust_get(search->trust, i);
        if (memcmp(record->public_key, file->info.public_key, sizeof record->public_key) != 0)
            continue;
        is_known = true;
        if (!own_keys_has(search->out, record->first_key))
            add(search, record->first_key);
    }
    if (!is_known)
        add(search, file->info.public_key);
}

exit_status own_keys_find(const struct context *context, struct own_keys *out,
                          const garita_trust *trust)
{
    struct search search = {.out = out, .trust = trust};

    (void)key_files_each(context->home, visit, &search);
    return search.out_of_memory ? report_no_memory(context) : EXIT_DONE;
}

void own_keys_free(struct own_keys *keys)
{
    free(keys->first_keys);
    *keys = (struct own_keys){0};
}

bool own_keys_has(const struct own_keys *keys, const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    for (size_t i = 0; i < keys->count; i++)
        if (memcmp(keys->first_keys[i], first_key, GARITA_PUBLIC_KEY_SIZE) == 0)
            return true;
    return false;
}
