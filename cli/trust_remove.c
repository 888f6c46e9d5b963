#include "trust_verbs.h"

#include <stdlib.h>
#include <string.h>

#include <garita/store.h>

#include "carried_list.h"
#include "home_store.h"
#include "i18n.h"
#include "json_out.h"
#include "report.h"
#include "safe_text.h"
#include "store_report.h"

/* Whom an operand names: an authority or a node by its id, or a key by its fingerprint. */
struct target {
    bool is_id;
    garita_id id;
    char fingerprint[GARITA_FINGERPRINT_TEXT_SIZE];
};

/* One statement that is kept. */
struct kept {
    uint8_t bytes[GARITA_AUTHORITY_BYTES_MAX];
    size_t len;
    garita_error before, after; /* how it fits the trust, with what is asked to go and without */
    bool is_gone;
};

struct removal {
    const struct context *context;
    const char *operand;
    struct target target;
    garita_store *store;
    garita_trust *before;
    struct kept *kept;
    size_t kept_count, kept_cap;
    struct carried_list carried; /* as it was before */
    bool is_node;                /* a node is meant, and no authority */
    bool out_of_memory;
    bool keeps_orphans;
    struct buffer told; /* what is said once all is committed */
};

static exit_status failed(const struct removal *removal, garita_store_error error)
{
    return store_report(removal->context, error, garita_store_detail(removal->store));
}

/* --- whom it is about --- */

/* Reads 16 or 64 hexadecimal digits, with spaces between groups or without. */
static bool read_target(struct target *out, const char *text)
{
    char digits[2 * GARITA_FINGERPRINT_SIZE];
    size_t count = 0;
    size_t len = 0;

    for (const char *at = text; *at != '\0'; at++) {
        char c = *at >= 'A' && *at <= 'F' ? (char)(*at - 'A' + 'a') : *at;
        bool is_digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (c == ' ')
            continue;
        if (!is_digit || count == sizeof digits)
            return false;
        digits[count++] = c;
    }
    out->is_id = count == 2 * GARITA_ID_SIZE;
    if (out->is_id)
        return garita_id_parse(&out->id, digits, count) == GARITA_OK;
    if (count != sizeof digits)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && i % 4 == 0)
            out->fingerprint[len++] = ' ';
        out->fingerprint[len++] = digits[i];
    }
    out->fingerprint[len] = '\0';
    return true;
}

static bool is_key(const struct target *target, const uint8_t public_key[GARITA_PUBLIC_KEY_SIZE])
{
    char fingerprint[GARITA_FINGERPRINT_TEXT_SIZE];

    garita_key_fingerprint_format(fingerprint, public_key);
    return strcmp(fingerprint, target->fingerprint) == 0;
}

/* A first key's fingerprint names the whole authority; another key's, that key. */
static bool is_meant(const struct target *target, const garita_id *id, const uint8_t *public_key,
                     const uint8_t *first_key)
{
    if (target->is_id)
        return garita_id_equal(&target->id, id);
    return is_key(target, public_key) || is_key(target, first_key);
}

/* Whether a node is meant that the home knows, whoever certified it. */
static bool is_node_meant(const struct removal *removal, const struct carried_one *one)
{
    garita_id id;

    if (one->signer == NULL || one->carried.type != GARITA_TYPE_NODE)
        return false;
    garita_key_id(&id, one->node.public_key);
    return is_meant(&removal->target, &id, one->node.public_key, one->node.public_key);
}

/* Checks that somebody is meant, and not two who share an id. */
static exit_status check_target(struct removal *removal)
{
    const garita_issuer *found = NULL;

    for (size_t i = 0; i < garita_trust_count(removal->before); i++) {
        const garita_issuer *issuer = garita_trust_get(removal->before, i);
        if (!is_meant(&removal->target, &issuer->id, issuer->public_key, issuer->first_key))
            continue;
        if (found != NULL &&
            memcmp(found->first_key, issuer->first_key, GARITA_PUBLIC_KEY_SIZE) != 0)
            return report_failure(
                removal->context,
                &(struct failure){EXIT_USAGE, "two-authorities", removal->operand, 0,
                                  _("give the fingerprint instead: garita trust list")},
                _("%s and %s share this id"), found->name, issuer->name);
        found = issuer;
    }
    if (found != NULL)
        return EXIT_DONE;
    for (size_t i = 0; i < removal->carried.count && !removal->is_node; i++)
        removal->is_node = is_node_meant(removal, &removal->carried.at[i]);
    if (removal->is_node)
        return EXIT_DONE;
    return report_failure(removal->context,
                          &(struct failure){EXIT_NOT_FOUND, "no-authority", removal->operand, 0,
                                            _("\"garita trust list\" shows those there are")},
                          "%s", _("no such authority is trusted here, and no such node is known"));
}

/* --- removing --- */

static void tell(struct removal *removal, const garita_authority *authority, bool was_asked)
{
    struct buffer *told = &removal->told;
    struct buffer name = {0};
    char id[GARITA_ID_TEXT_SIZE];

    garita_id_format(id, &authority->id);
    if (removal->context->json) {
        json_t *object = json_pack("{s:s, s:i, s:s%, s:s}", "removed", id, "key_number",
                                   (int)authority->key_number, "name", authority->name.at,
                                   authority->name.len, "why", was_asked ? "asked" : "no-chain");
        json_out_add(told, object);
        buffer_add_char(told, '\n');
        return;
    }
    safe_text_add(&name, authority->name.at, authority->name.len);
    buffer_add_format(told,
                      was_asked ? _("removed %s, %s (key %d)")
                                : _("removed %s, %s (key %d): its chain no longer reaches an "
                                    "anchor"),
                      id, buffer_text(&name), authority->key_number);
    buffer_add_char(told, '\n');
    told->failed = told->failed || name.failed;
    buffer_free(&name);
}

static void tell_node(struct removal *removal, const garita_node *node, bool was_asked)
{
    struct buffer *told = &removal->told;
    struct buffer name = {0};
    char text[GARITA_ID_TEXT_SIZE];
    garita_id id;

    garita_key_id(&id, node->public_key);
    garita_id_format(text, &id);
    if (removal->context->json) {
        json_out_add(told, json_pack("{s:s, s:s, s:s%, s:s}", "removed", text, "type", "node",
                                     "name", node->name.at, node->name.len, "why",
                                     was_asked ? "asked" : "no-chain"));
        buffer_add_char(told, '\n');
        return;
    }
    safe_text_add(&name, node->name.at, node->name.len);
    buffer_add_format(told,
                      was_asked
                          ? _("removed the node %s, %s")
                          : _("removed the node %s, %s: its chain no longer reaches an anchor"),
                      text, buffer_text(&name));
    buffer_add_char(told, '\n');
    told->failed = told->failed || name.failed;
    buffer_free(&name);
}

static bool collect(void *data, const uint8_t *bytes, size_t bytes_len)
{
    struct removal *removal = data;

    if (removal->kept_count == removal->kept_cap) {
        size_t cap = removal->kept_cap == 0 ? 16 : 2 * removal->kept_cap;
        struct kept *kept = realloc(removal->kept, cap * sizeof *kept);
        if (kept == NULL) {
            removal->out_of_memory = true;
            return false;
        }
        removal->kept = kept;
        removal->kept_cap = cap;
    }
    struct kept *one = &removal->kept[removal->kept_count++];
    memcpy(one->bytes, bytes, bytes_len);
    one->len = bytes_len;
    one->before = one->after = GARITA_OK;
    one->is_gone = false;
    return true;
}

static garita_store_error drop(struct removal *removal, struct kept *kept, bool was_asked)
{
    garita_authority authority;

    kept->is_gone = true;
    if (garita_authority_inspect(&authority, NULL, NULL, kept->bytes, kept->len) == GARITA_OK)
        tell(removal, &authority, was_asked);
    return garita_store_remove_trusted(removal->store, kept->bytes, kept->len);
}

/* Pins: the statement that a pin holds is found by the record that it gave. */
static exit_status remove_pins(struct removal *removal)
{
    for (size_t i = 0; i < garita_trust_count(removal->before); i++) {
        const garita_issuer *issuer = garita_trust_get(removal->before, i);
        if (issuer->anchor != issuer ||
            !is_meant(&removal->target, &issuer->id, issuer->public_key, issuer->first_key))
            continue;
        garita_store_error error = garita_store_remove_pin(removal->store, issuer->first_key);
        if (error != GARITA_STORE_OK)
            return failed(removal, error);
        const garita_authority authority = {
            .id = issuer->id,
            .key_number = issuer->key_number,
            .name = {issuer->name, strlen(issuer->name)},
        };
        tell(removal, &authority, true);
    }
    return EXIT_DONE;
}

static exit_status remove_statements(struct removal *removal)
{
    for (size_t i = 0; i < removal->kept_count; i++) {
        struct kept *kept = &removal->kept[i];
        garita_authority authority;
        if (garita_authority_inspect(&authority, NULL, NULL, kept->bytes, kept->len) != GARITA_OK ||
            !is_meant(&removal->target, &authority.id, authority.public_key, authority.first_key))
            continue;
        garita_store_error error = drop(removal, kept, true);
        if (error != GARITA_STORE_OK)
            return failed(removal, error);
    }
    return EXIT_DONE;
}

static exit_status drop_carried(struct removal *removal, const struct carried_one *one,
                                bool was_asked)
{
    if (one->carried.type == GARITA_TYPE_NODE)
        tell_node(removal, &one->node, was_asked);
    garita_store_error error = garita_store_remove_carried(removal->store, &one->carried.digest);
    return error == GARITA_STORE_OK ? EXIT_DONE : failed(removal, error);
}

static exit_status remove_nodes(struct removal *removal)
{
    exit_status status = EXIT_DONE;

    for (size_t i = 0; i < removal->carried.count && status == EXIT_DONE; i++)
        if (is_node_meant(removal, &removal->carried.at[i]))
            status = drop_carried(removal, &removal->carried.at[i], true);
    return status;
}

/* What is carried for others goes with the chain of whoever signed it. */
static exit_status remove_carried_orphans(struct removal *removal, const garita_trust *after)
{
    exit_status status = EXIT_DONE;

    for (size_t i = 0; i < removal->carried.count && status == EXIT_DONE; i++) {
        const struct carried_one *one = &removal->carried.at[i];
        const garita_issuer *signer;
        garita_carried carried;
        if (one->signer == NULL)
            continue;
        (void)garita_carried_read(&carried, &signer, after, NULL, one->bytes, one->len);
        if (signer == NULL)
            status = drop_carried(removal, one, false);
    }
    return status;
}

/* The statement that does not fit; null for a pin. */
static struct kept *find_kept(const struct removal *removal, const garita_store_misfit *misfit)
{
    for (size_t i = 0; i < removal->kept_count && !misfit->is_pin; i++) {
        struct kept *kept = &removal->kept[i];
        if (kept->len == misfit->bytes_len && memcmp(kept->bytes, misfit->bytes, kept->len) == 0)
            return kept;
    }
    return NULL;
}

static void note_before(void *data, const garita_store_misfit *misfit)
{
    struct kept *kept = find_kept(data, misfit);

    if (kept != NULL)
        kept->before = misfit->error;
}

static void note_after(void *data, const garita_store_misfit *misfit)
{
    struct kept *kept = find_kept(data, misfit);

    if (kept != NULL)
        kept->after = misfit->error;
}

/* Whether the error says that no chain reaches an anchor, whatever else the set holds. */
static bool has_no_chain(garita_error error)
{
    return error == GARITA_E_UNKNOWN_ISSUER || error == GARITA_E_BAD_SIGNATURE ||
           error == GARITA_E_OUT_OF_SCOPE || error == GARITA_E_TOO_DEEP;
}

/* A statement that had its place and finds none for another reason hides what is below it: then
 * nothing is proven of any other. */
static bool is_proven(const struct removal *removal)
{
    for (size_t i = 0; i < removal->kept_count; i++) {
        const struct kept *kept = &removal->kept[i];
        if (!kept->is_gone && kept->before == GARITA_OK && kept->after != GARITA_OK &&
            !has_no_chain(kept->after))
            return false;
    }
    return true;
}

/* Drops the statements whose chain went with what was removed, and no others. */
static exit_status remove_orphans(struct removal *removal)
{
    garita_trust *after = NULL;
    garita_store_error error = garita_store_load_trust(removal->store, &after, note_after, removal);

    if (error != GARITA_STORE_OK)
        return failed(removal, error);
    removal->keeps_orphans = !is_proven(removal);
    for (size_t i = 0;
         i < removal->kept_count && error == GARITA_STORE_OK && !removal->keeps_orphans; i++) {
        struct kept *kept = &removal->kept[i];
        if (!kept->is_gone && kept->before == GARITA_OK && has_no_chain(kept->after))
            error = drop(removal, kept, false);
    }
    exit_status status = error == GARITA_STORE_OK ? EXIT_DONE : failed(removal, error);
    if (status == EXIT_DONE && !removal->keeps_orphans)
        status = remove_carried_orphans(removal, after);
    garita_trust_free(after);
    return status;
}

/* Everything as it is before anything goes. */
static exit_status look(struct removal *removal)
{
    garita_trust *before = NULL;
    exit_status status = home_store_load_trust(removal->context, &removal->before, removal->store);

    if (status == EXIT_DONE)
        status =
            carried_list_read(removal->context, &removal->carried, removal->store, removal->before);
    if (status == EXIT_DONE)
        status = check_target(removal);
    if (status != EXIT_DONE || removal->is_node)
        return status;
    garita_store_error error = garita_store_each_trusted(removal->store, collect, removal);
    if (removal->out_of_memory)
        error = GARITA_STORE_NO_MEMORY;
    if (error == GARITA_STORE_OK)
        error = garita_store_load_trust(removal->store, &before, note_before, removal);
    garita_trust_free(before);
    return error == GARITA_STORE_OK ? EXIT_DONE : failed(removal, error);
}

static exit_status remove_authority(struct removal *removal)
{
    exit_status status = remove_pins(removal);

    if (status == EXIT_DONE)
        status = remove_statements(removal);
    return status == EXIT_DONE ? remove_orphans(removal) : status;
}

static exit_status remove_in_transaction(struct removal *removal)
{
    exit_status status = look(removal);

    if (status == EXIT_DONE && removal->is_node)
        status = remove_nodes(removal);
    if (status == EXIT_DONE && !removal->is_node)
        status = remove_authority(removal);
    if (status == EXIT_DONE && removal->told.failed)
        status = report_no_memory(removal->context);
    if (status != EXIT_DONE) {
        garita_store_rollback(removal->store);
        return status;
    }
    garita_store_error error = garita_store_commit(removal->store);
    return error == GARITA_STORE_OK ? EXIT_DONE : failed(removal, error);
}

exit_status trust_remove_run(const struct context *context, const void *values,
                             char *const *operands, size_t operand_count)
{
    struct removal removal = {.context = context, .operand = operands[0]};

    (void)values;
    (void)operand_count;
    if (!read_target(&removal.target, operands[0]))
        return report_failure(
            context,
            &(struct failure){EXIT_USAGE, "usage", NULL, 0, _("\"garita trust list\" shows both")},
            _("\"%s\" is neither the id of an authority or a node (16 hexadecimal digits) nor "
              "a fingerprint (64)"),
            operands[0]);
    exit_status status = home_store_open(context, &removal.store, GARITA_STORE_WRITE);
    if (status == EXIT_DONE) {
        garita_store_error error = garita_store_begin(removal.store);
        status =
            error == GARITA_STORE_OK ? remove_in_transaction(&removal) : failed(&removal, error);
    }
    if (status == EXIT_DONE)
        fwrite(removal.told.at, 1, removal.told.len, context->json ? context->out : context->err);
    if (status == EXIT_DONE && removal.keeps_orphans)
        report_note(context, "%s",
                    _("only what was asked for was removed: the set does not hold all that is "
                      "kept, so that nobody can say what has no chain any more"));
    buffer_free(&removal.told);
    free(removal.kept);
    carried_list_free(&removal.carried);
    garita_trust_free(removal.before);
    garita_store_close(removal.store);
    return status;
}
