#include "key_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "secret_key.h"

static int is_named_like_one(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    size_t suffix_len = strlen(SECRET_KEY_SUFFIX);

    return len > suffix_len && strcmp(entry->d_name + len - suffix_len, SECRET_KEY_SUFFIX) == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* The bytes may hold a seed in the clear: they are wiped. */
static void look_at(struct key_file *out, int fd)
{
    uint8_t bytes[GARITA_KEY_FILE_SIZE + 1];
    ssize_t len = -1;

    if (fstat(fd, &out->stat) == 0)
        len = read(fd, bytes, sizeof bytes);
    if (len < 0)
        out->error = errno;
    else
        out->is_one = garita_key_file_peek(&out->info, bytes, (size_t)len) == GARITA_OK;
    sodium_memzero(bytes, sizeof bytes);
}

static void visit_one(const char *path, key_files_visit visit, void *context)
{
    struct key_file file = {.path = path};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0) {
        file.error = errno;
        (void)stat(path, &file.stat);
    } else {
        look_at(&file, fd);
        close(fd);
    }
    visit(context, &file);
}

int key_files_each(const char *home, key_files_visit visit, void *context)
{
    char path[PATH_MAX];
    struct dirent **entries = NULL;
    int len = snprintf(path, sizeof path, "%s/" SECRET_KEY_DIRECTORY, home);

    if (len < 0 || len >= (int)sizeof path)
        return ENAMETOOLONG;
    int count = scandir(path, &entries, is_named_like_one, by_name);
    if (count < 0)
        return errno == ENOENT ? 0 : errno;
    for (int i = 0; i < count; i++) {
        len =
            snprintf(path, sizeof path, "%s/" SECRET_KEY_DIRECTORY "/%s", home, entries[i]->d_name);
        if (len > 0 && len < (int)sizeof path)
            visit_one(path, visit, context);
        free(entries[i]);
    }
    free(entries);
    return 0;
}
