/* keep HOME FILE...: keeps authority statements in a home without asking whether they fit, as a home
 * holds them that was filled under other bounds. */
#include <garita/store.h>

#include <stdio.h>

static garita_store_error keep(garita_store *store, const char *path)
{
    uint8_t bytes[GARITA_AUTHORITY_BYTES_MAX];
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        return GARITA_STORE_IO;
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return garita_store_add_trusted(store, bytes, len);
}

int main(int argc, char **argv)
{
    char detail[GARITA_STORE_DETAIL_SIZE];
    garita_store *store;

    if (argc < 2)
        return 64;
    garita_store_error error = garita_store_open(&store, detail, argv[1], GARITA_STORE_WRITE);
    if (error == GARITA_STORE_OK)
        error = garita_store_begin(store);
    for (int i = 2; i < argc && error == GARITA_STORE_OK; i++)
        error = keep(store, argv[i]);
    if (error == GARITA_STORE_OK)
        error = garita_store_commit(store);
    if (error != GARITA_STORE_OK)
        fprintf(stderr, "keep: %s\n", garita_store_error_text(error));
    garita_store_close(store);
    return error == GARITA_STORE_OK ? 0 : 1;
}
