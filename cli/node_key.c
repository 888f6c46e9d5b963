#include "node_key.h"

#include <sodium.h>
#include <sys/mman.h>
#include <unistd.h>

#include "i18n.h"
#include "report.h"
#include "secret_key_make.h"
#include "store_report.h"

/* The child that decodes a hostile picture begins as a copy of this process. */
static void keep_from_children(const void *secret, size_t len)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uintptr_t begin = (uintptr_t)secret & ~(uintptr_t)(page - 1);
    uintptr_t end = (uintptr_t)secret + len;

    /* Where the system knows no such thing, the child's own lockdown is what is left. */
    (void)madvise((void *)begin, end - begin, MADV_DONTFORK);
}

exit_status node_key_open(const struct context *context, struct secret_key *out)
{
    exit_status status = secret_key_load(context, out, NODE_KEY_NAME);

    if (status == EXIT_DONE)
        status = secret_key_unlock(context, out);
    if (status != EXIT_DONE) {
        secret_key_close(out);
        return status;
    }
    /* The file may hold the seed in the clear, and has done its part. */
    sodium_free(out->file);
    out->file = NULL;
    keep_from_children(out->secret_key, GARITA_SECRET_KEY_SIZE);
    return EXIT_DONE;
}

bool node_key_is_there(const struct context *context)
{
    char path[PATH_MAX];

    return secret_key_path(path, context, NODE_KEY_NAME) && access(path, F_OK) == 0;
}

static exit_status make(const struct context *context)
{
    uint8_t public_key[GARITA_PUBLIC_KEY_SIZE];
    exit_status status = secret_key_make_ready(context, NODE_KEY_NAME);

    if (status == EXIT_DONE)
        status = secret_key_make(context, public_key, NODE_KEY_NAME, &(const struct passphrase){0});
    if (status == EXIT_DONE)
        report_note(
            context, "%s",
            _("made the key \"node\", without a passphrase: with it this home signs its log "
              "of decisions; \"garita key export node\" is for whoever is to check that"));
    return status;
}

exit_status node_key_open_or_make(const struct context *context, struct secret_key *out,
                                  garita_store *store)
{
    if (!node_key_is_there(context)) {
        /* Two lanes that begin at once get one key. */
        garita_store_error error = garita_store_begin(store);
        if (error != GARITA_STORE_OK)
            return store_report(context, error, garita_store_detail(store));
        exit_status status = node_key_is_there(context) ? EXIT_DONE : make(context);
        garita_store_rollback(store);
        if (status != EXIT_DONE)
            return status;
    }
    return node_key_open(context, out);
}
