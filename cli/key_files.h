/* cli/key_files.h: the key files of a home as they lie there, unopened. */
#ifndef GARITA_CLI_KEY_FILES_H
#define GARITA_CLI_KEY_FILES_H

#include <stdbool.h>
#include <sys/stat.h>

#include <garita/key.h>

struct key_file {
    const char *path;
    int error;                 /* errno: it cannot be read; 0: it can */
    bool is_one;               /* what was read is a key file */
    garita_key_file_info info; /* of one */
    struct stat stat;
};

/* Visits each file in the home's directory of keys that is named like one, by name. Returns 0, also
 * if there is no such directory, or the errno that kept it from being read. */
typedef void (*key_files_visit)(void *context, const struct key_file *file);
int key_files_each(const char *home, key_files_visit visit, void *context);

#endif
