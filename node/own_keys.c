#include "own_keys.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#define KEY_SUFFIX ".key"

static bool add(struct own_keys *keys, const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    if (own_keys_has(keys, first_key))
        return true;
    if (keys->count == keys->cap) {
        size_t cap = keys->cap == 0 ? 8 : 2 * keys->cap;
        void *grown = realloc(keys->first_keys, cap * sizeof *keys->first_keys);
        if (grown == NULL)
            return false;
        keys->first_keys = grown;
        keys->cap = cap;
    }
    memcpy(keys->first_keys[keys->count++], first_key, GARITA_PUBLIC_KEY_SIZE);
    return true;
}

/* The authorities whose key it is; if there is none it may become the first key of one. */
static bool add_authorities(struct own_keys *keys, const garita_trust *trust,
                            const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE])
{
    bool is_known = false;

    for (size_t i = 0; i < garita_trust_count(trust); i++) {
        const garita_issuer *record = garita_trust_get(trust, i);
        if (memcmp(record->public_key, public_key, GARITA_PUBLIC_KEY_SIZE) != 0)
            continue;
        is_known = true;
        if (!add(keys, record->first_key))
            return false;
    }
    return is_known || add(keys, public_key);
}

/* The bytes may hold a seed in the clear: they are wiped. */
static bool peek(garita_key_file_info *out, int directory, const char *name)
{
    uint8_t bytes[GARITA_KEY_FILE_SIZE + 1];
    int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    ssize_t len = fd >= 0 ? read(fd, bytes, sizeof bytes) : -1;

    if (fd >= 0)
        close(fd);
    bool is_one = len >= 0 && garita_key_file_peek(out, bytes, (size_t)len) == GARITA_OK;
    sodium_memzero(bytes, sizeof bytes);
    return is_one;
}

bool own_keys_find(struct own_keys *out, const char *home, const garita_trust *trust)
{
    char path[PATH_MAX];
    garita_key_file_info info;
    const struct dirent *entry;
    bool is_done = true;

    out->count = 0;
    int len = snprintf(path, sizeof path, "%s/keys", home);
    DIR *directory = len > 0 && len < (int)sizeof path ? opendir(path) : NULL;
    while (directory != NULL && is_done && (entry = readdir(directory)) != NULL) {
        size_t name_len = strlen(entry->d_name);
        if (name_len > sizeof KEY_SUFFIX - 1 &&
            strcmp(entry->d_name + name_len - (sizeof KEY_SUFFIX - 1), KEY_SUFFIX) == 0 &&
            peek(&info, dirfd(directory), entry->d_name))
            is_done = add_authorities(out, trust, info.public_key);
    }
    if (directory != NULL)
        closedir(directory);
    if (!is_done)
        out->count = 0;
    return is_done;
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
