#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include <garita/key.h>

#include "home_store.h"
#include "i18n.h"
#include "json_out.h"
#include "output_file.h"
#include "passphrase.h"
#include "public_key.h"
#include "report.h"
#include "secret_key.h"
#include "secret_key_make.h"
#include "verbs.h"

/* --- what is said of a key --- */

struct facts {
    const char *name;
    const uint8_t *public_key;
    bool has_passphrase;
};

static json_t *facts_json(const struct facts *facts)
{
    char hex[2 * GARITA_PUBLIC_KEY_SIZE + 1];
    char fingerprint[GARITA_FINGERPRINT_TEXT_SIZE];
    char id_text[GARITA_ID_TEXT_SIZE];
    garita_id id;

    sodium_bin2hex(hex, sizeof hex, facts->public_key, GARITA_PUBLIC_KEY_SIZE);
    garita_key_fingerprint_format(fingerprint, facts->public_key);
    garita_key_id(&id, facts->public_key);
    garita_id_format(id_text, &id);
    return json_pack("{s:s, s:s, s:s, s:s, s:b}", "key", facts->name, "public_key", hex,
                     "fingerprint", fingerprint, "id", id_text, "passphrase",
                     (int)facts->has_passphrase);
}

static exit_status tell(const struct context *context, const struct facts *facts)
{
    char fingerprint[GARITA_FINGERPRINT_TEXT_SIZE];

    if (context->json)
        return json_out(context, facts_json(facts));
    garita_key_fingerprint_format(fingerprint, facts->public_key);
    fprintf(context->out, "%s  %s%s%s\n", facts->name, fingerprint,
            facts->has_passphrase ? "" : "  ", facts->has_passphrase ? "" : _("(no passphrase)"));
    return EXIT_DONE;
}

/* That there is a home, so that no key lies where nothing will look for it. */
static exit_status need_home(const struct context *context)
{
    garita_store *store;
    exit_status status = home_store_open(context, &store, GARITA_STORE_READ);

    garita_store_close(store);
    return status;
}

/* --- new --- */

struct new_options {
    bool no_passphrase;
};

static const struct option new_options[] = {
    OPTION_FLAG("no-passphrase", 0, struct new_options, no_passphrase,
                N_("keep the secret key in the clear: the disk is its only protection")),
    OPTION_END,
};

static exit_status make_key(const struct context *context, const char *name, bool has_passphrase)
{
    struct passphrase passphrase = {0};
    uint8_t public_key[GARITA_PUBLIC_KEY_SIZE];
    exit_status status = EXIT_DONE;

    if (has_passphrase)
        status = passphrase_choose(context, &passphrase, name);
    if (status == EXIT_DONE)
        status = secret_key_make(context, public_key, name, &passphrase);
    if (status == EXIT_DONE)
        status = tell(context, &(struct facts){name, public_key, has_passphrase});
    passphrase_free(&passphrase);
    return status;
}

static exit_status run_new(const struct context *context, const void *values, char *const *operands,
                           size_t operand_count)
{
    const struct new_options *new = values;
    const char *name = operands[0];

    (void)operand_count;
    if (new->no_passphrase && context->passphrase_file != NULL)
        return report_failure(context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, NULL}, "%s",
                              _("--passphrase-file and --no-passphrase exclude each other"));
    exit_status status = secret_key_check_name(context, name);
    if (status == EXIT_DONE)
        status = need_home(context);
    if (status == EXIT_DONE)
        status = secret_key_make_ready(context, name);
    return status == EXIT_DONE ? make_key(context, name, !new->no_passphrase) : status;
}

/* --- list --- */

static int is_key_file(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    size_t suffix_len = strlen(SECRET_KEY_SUFFIX);

    return len > suffix_len && strcmp(entry->d_name + len - suffix_len, SECRET_KEY_SUFFIX) == 0 &&
           garita_key_name_is_wellformed(entry->d_name, len - suffix_len);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static exit_status list_one(const struct context *context, const char *file_name)
{
    struct secret_key key = {0};
    char name[GARITA_KEY_NAME_MAX + 1];

    snprintf(name, sizeof name, "%.*s", (int)(strlen(file_name) - strlen(SECRET_KEY_SUFFIX)),
             file_name);
    exit_status status = secret_key_load(context, &key, name);
    if (status == EXIT_DONE)
        status = tell(context, &(struct facts){key.name, key.public_key, key.has_passphrase});
    secret_key_close(&key);
    return status;
}

static exit_status run_list(const struct context *context, const void *values,
                            char *const *operands, size_t operand_count)
{
    char path[PATH_MAX];
    struct dirent **entries = NULL;
    exit_status status = need_home(context);

    (void)values;
    (void)operands;
    (void)operand_count;
    if (status != EXIT_DONE)
        return status;
    snprintf(path, sizeof path, "%s/" SECRET_KEY_DIRECTORY, context->home);
    int count = scandir(path, &entries, is_key_file, by_name);
    if (count < 0 && errno != ENOENT)
        return report_failure(context, &(struct failure){EXIT_IO, "io", path, 0, NULL},
                              _("cannot be read: %s"), strerror(errno));
    for (int i = 0; i < count; i++) {
        exit_status one = list_one(context, entries[i]->d_name);
        if (status == EXIT_DONE)
            status = one;
        free(entries[i]);
    }
    free(entries);
    if (count <= 0)
        report_note(context, "%s", _("no keys yet; make one with: garita key new NAME"));
    return status;
}

/* --- export --- */

struct export_options {
    const char *output;
};

static const struct option export_options[] = {
    OPTION_TEXT("output", 'o', "FILE", struct export_options, output,
                N_("where to write the lines; standard output if not given")),
    OPTION_END,
};

static exit_status run_export(const struct context *context, const void *values,
                              char *const *operands, size_t operand_count)
{
    const struct export_options *export = values;
    const char *path = export->output != NULL ? export->output : "-";
    struct secret_key key = {0};
    garita_public_key_file public;
    char lines[GARITA_PUBLIC_KEY_FILE_MAX];
    size_t lines_len;

    (void)operand_count;
    exit_status status = need_home(context);
    if (status == EXIT_DONE)
        status = secret_key_load(context, &key, operands[0]);
    if (status == EXIT_DONE)
        status = public_key_of(context, &public, &key);
    if (status != EXIT_DONE) {
        secret_key_close(&key);
        return status;
    }
    garita_public_key_file_write(lines, &lines_len, &public);
    if (!context->json || strcmp(path, "-") != 0)
        status =
            output_file_write(context, path, OUTPUT_TEXT, OUTPUT_MODE_PUBLIC, lines, lines_len);
    if (status == EXIT_DONE && context->json) {
        char hex[2 * GARITA_NOISE_KEY_SIZE + 1];
        json_t *object = facts_json(&(struct facts){key.name, key.public_key, key.has_passphrase});
        sodium_bin2hex(hex, sizeof hex, public.noise_key, sizeof public.noise_key);
        json_object_set_new(object, "noise_key", json_string(hex));
        json_object_set_new(object, "file", json_out_text_or_null(export->output));
        status = json_out(context, object);
    }
    secret_key_close(&key);
    return status;
}

static const struct verb subverbs[] = {
    {
        .name = "new",
        .summary = N_("make a key pair"),
        .synopsis = "garita key new NAME [--passphrase-file FILE | --no-passphrase]",
        .help = N_("Makes an Ed25519 key pair and keeps it as keys/NAME.key in the home, under a\n"
                   "passphrase, and its public half beside it as keys/NAME.pub. A key that is\n"
                   "there already is never overwritten.\n"
                   "\n"
                   "  garita key new cbp\n"
                   "  garita key new cbp --passphrase-file /run/secrets/cbp"),
        .options = new_options,
        .options_size = sizeof(struct new_options),
        .operands_min = 1,
        .operands_max = 1,
        .needs_home = true,
        .run = run_new,
    },
    {
        .name = "list",
        .summary = N_("show the keys of this home"),
        .synopsis = "garita key list",
        .help = N_("Shows each key's name and fingerprint."),
        .needs_home = true,
        .run = run_list,
    },
    {
        .name = "export",
        .summary = N_("write a public key, for whoever is to certify it"),
        .synopsis = "garita key export NAME [-o FILE]",
        .help = N_("Writes the public half of a key as two lines of text: the key that signs, and\n"
                   "the one by which a node is known on the network. They hold no secret, and no\n"
                   "passphrase is needed.\n"
                   "\n"
                   "  garita key export inm -o inm.pub"),
        .options = export_options,
        .options_size = sizeof(struct export_options),
        .operands_min = 1,
        .operands_max = 1,
        .needs_home = true,
        .run = run_export,
    },
    VERB_END,
};

const struct verb verb_key = {
    .name = "key",
    .summary = N_("make, list and export keys"),
    .synopsis = "garita key new NAME [--passphrase-file FILE | --no-passphrase]\n"
                "garita key list\n"
                "garita key export NAME [-o FILE]",
    .help = N_("Keys rest in the home, each in a file of its own under a passphrase."),
    .subverbs = subverbs,
};
