#include "golden.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <garita/programme.h>

enum { PATH_CAP = 4096, NAMES_MAX = 4096 };

__attribute__((format(printf, 1, 2))) static _Noreturn void stop(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("golden: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static void *some(size_t size) {
    void *out = malloc(size);
    if (!out)
        stop("out of memory");
    return out;
}

static void join(char out[PATH_CAP], const char *folder, const char *name) {
    int len = snprintf(out, PATH_CAP, "%s/%s", folder, name);
    if (len < 0 || len >= PATH_CAP)
        stop("a path too long: %s", name);
}

/* --- files --- */

file file_read(const char *folder, const char *name) {
    char path[PATH_CAP];
    struct stat info;
    join(path, folder, name);
    FILE *in = fopen(path, "rb");
    if (!in)
        return (file){ NULL, 0 };
    if (fstat(fileno(in), &info) != 0)
        stop("cannot read %s", path);
    size_t len = (size_t)info.st_size;
    file out = { some(len > 0 ? len : 1), len };
    if (len > 0 && fread(out.at, 1, len, in) != len)
        stop("cannot read %s", path);
    fclose(in);
    return out;
}

void file_free(file *f) {
    free(f->at);
    *f = (file){ NULL, 0 };
}

json_t *json_read(const char *folder, const char *name) {
    char path[PATH_CAP];
    json_error_t error;
    join(path, folder, name);
    json_t *out = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!out)
        stop("%s:%d: %s", path, error.line, error.text);
    return out;
}

static void collect(names *to, const char *folder, const char *prefix) {
    DIR *in = opendir(folder);
    if (!in)
        stop("cannot read %s", folder);
    for (struct dirent *entry; (entry = readdir(in)) != NULL;) {
        char path[PATH_CAP], name[PATH_CAP];
        struct stat info;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        join(path, folder, entry->d_name);
        int len = snprintf(name, sizeof name, "%s%s", prefix, entry->d_name);
        if (len < 0 || (size_t)len >= sizeof name - 1 || to->count == NAMES_MAX ||
            stat(path, &info) != 0)
            stop("cannot list %s", path);
        if (S_ISDIR(info.st_mode)) {
            memcpy(name + len, "/", 2);
            collect(to, path, name);
        } else {
            to->at[to->count++] = strdup(name);
        }
    }
    closedir(in);
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

names names_below(const char *folder) {
    names out = { 0, some(NAMES_MAX * sizeof(char *)) };
    collect(&out, folder, "");
    qsort(out.at, out.count, sizeof out.at[0], by_name);
    return out;
}

void names_free(names *n) {
    for (size_t i = 0; i < n->count; i++)
        free(n->at[i]);
    free(n->at);
    *n = (names){ 0, NULL };
}

names vectors_in(const char *folder, const char *start) {
    static const char end[] = ".json";
    size_t start_len = strlen(start), end_len = sizeof end - 1;
    names all = names_below(folder), out = { 0, some(NAMES_MAX * sizeof(char *)) };
    for (size_t i = 0; i < all.count; i++) {
        size_t len = strlen(all.at[i]);
        if (len > start_len + end_len && strncmp(all.at[i], start, start_len) == 0 &&
            strcmp(all.at[i] + len - end_len, end) == 0)
            out.at[out.count++] = strndup(all.at[i] + start_len, len - start_len - end_len);
    }
    names_free(&all);
    return out;
}

/* --- trust --- */

uint64_t programmes_of(const json_t *list) {
    uint64_t set = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        const garita_programme *programme = garita_programme_by_name(name, strlen(name));
        if (!programme)
            stop("no programme: %s", name);
        set |= UINT64_C(1) << programme->code;
    }
    return set;
}

uint32_t types_of(const json_t *list) {
    uint32_t set = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        int type = garita_type_by_name(name, strlen(name));
        if (type == 0)
            stop("no type: %s", name);
        set |= UINT32_C(1) << type;
    }
    return set;
}

static void pin(garita_trust *trust, const char *folder, const json_t *pinned) {
    const char *name = json_string_value(json_object_get(pinned, "file"));
    garita_scope scope = { .programmes = programmes_of(json_object_get(pinned, "programmes")),
                           .types = types_of(json_object_get(pinned, "types")),
                           .depth = GARITA_CHAIN_DEPTH_MAX };
    const json_t *countries = json_object_get(pinned, "countries");
    for (size_t i = 0; i < json_array_size(countries); i++)
        if (!garita_scope_add_country(&scope, json_string_value(json_array_get(countries, i))))
            stop("trust.json: a country of %s", name);
    file statement = file_read(folder, name);
    if (!statement.at)
        stop("trust.json: there is no %s", name);
    garita_error e = garita_trust_pin(trust, NULL, NULL, &scope, statement.at, statement.len);
    if (e != GARITA_OK)
        stop("%s cannot be pinned: %s", name, garita_error_name(e));
    file_free(&statement);
}

static void load(garita_trust *trust, const char *folder, const json_t *list) {
    size_t count = json_array_size(list);
    garita_bytes *statements = some(count * sizeof *statements);
    garita_error *errors = some(count * sizeof *errors);
    file *files = some(count * sizeof *files);
    for (size_t i = 0; i < count; i++) {
        files[i] = file_read(folder, json_string_value(json_array_get(list, i)));
        if (!files[i].at)
            stop("trust.json: there is no %s", json_string_value(json_array_get(list, i)));
        statements[i] = (garita_bytes){ files[i].at, files[i].len };
    }
    if (garita_trust_load(trust, errors, statements, count) != GARITA_OK)
        stop("trust.json cannot be loaded");
    for (size_t i = 0; i < count; i++) {
        if (errors[i] != GARITA_OK)
            stop("%s is refused: %s", json_string_value(json_array_get(list, i)),
                 garita_error_name(errors[i]));
        file_free(&files[i]);
    }
    free(statements);
    free(errors);
    free(files);
}

static void reverse(json_t *list) {
    for (size_t i = json_array_size(list); i > 0; i--) {
        json_array_append(list, json_array_get(list, i - 1));
        json_array_remove(list, i - 1);
    }
}

static garita_trust *load_in_order(const char *folder, bool backwards) {
    garita_trust *trust;
    json_t *root = json_read(folder, "trust.json");
    json_t *pins = json_object_get(root, "pins");
    if (backwards) {
        reverse(pins);
        reverse(json_object_get(root, "statements"));
    }
    if (garita_init() != GARITA_OK || garita_trust_new(&trust) != GARITA_OK)
        stop("no trust set");
    for (size_t i = 0; i < json_array_size(pins); i++)
        pin(trust, folder, json_array_get(pins, i));
    load(trust, folder, json_object_get(root, "statements"));
    json_decref(root);
    return trust;
}

garita_trust *trust_load(const char *folder) {
    return load_in_order(folder, false);
}

garita_trust *trust_load_of_lanes(const char *folder) {
    char path[PATH_CAP];
    join(path, folder, "lanes");
    return load_in_order(path, false);
}

garita_trust *trust_load_of_lanes_backwards(const char *folder) {
    char path[PATH_CAP];
    join(path, folder, "lanes");
    return load_in_order(path, true);
}

void unhex(uint8_t *out, size_t len, const char *hex) {
    if (!hex || strlen(hex) != 2 * len)
        stop("not %zu bytes: %s", len, hex ? hex : "null");
    for (size_t i = 0; i < len; i++) {
        unsigned byte;
        if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
            stop("not hexadecimal: %s", hex);
        out[i] = (uint8_t)byte;
    }
}

/* --- keys --- */

secret secret_of(const json_t *key) {
    secret out;
    uint8_t seed[GARITA_SEED_SIZE];
    unhex(seed, sizeof seed, json_string_value(json_object_get(key, "seed")));
    garita_key_pair(out.secret_key, out.public_key, seed);
    return out;
}

secret secret_for(const char *folder, const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE]) {
    json_t *keys = json_read(folder, "keys.json");
    secret out = { 0 };
    bool found = false;
    for (size_t i = 0; i < json_array_size(keys) && !found; i++) {
        out = secret_of(json_array_get(keys, i));
        found = memcmp(out.public_key, public_key, sizeof out.public_key) == 0;
    }
    if (!found)
        stop("keys.json lacks a signer's key");
    json_decref(keys);
    return out;
}

/* --- vectors --- */

static void name_of(char out[PATH_CAP], const char *start, const char *name, const char *end) {
    int len = snprintf(out, PATH_CAP, "%s%s%s", start, name, end);
    if (len < 0 || len >= PATH_CAP)
        stop("a name too long: %s", name);
}

json_t *vector_json_of(const char *folder, const char *start, const char *name) {
    char path[PATH_CAP];
    name_of(path, start, name, ".json");
    return json_read(folder, path);
}

file vector_bytes_of(const char *folder, const char *start, const char *name) {
    char path[PATH_CAP];
    name_of(path, start, name, ".bin");
    return file_read(folder, path);
}

bool is_as_written(const char *vector, const char *what, json_t *written, json_t *observed) {
    bool same = written && json_equal(written, observed);
    if (!same) {
        char *want = written ? json_dumps(written, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
        char *got = json_dumps(observed, JSON_COMPACT | JSON_ENCODE_ANY);
        fprintf(stderr, "%s, %s: written %s, observed %s\n", vector, what, want ? want : "nothing",
                got);
        free(want);
        free(got);
    }
    json_decref(observed);
    return same;
}
