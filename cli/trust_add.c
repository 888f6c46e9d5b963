#include "trust_verbs.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <garita/date.h>
#include <garita/store.h>

#include "carried_keep.h"
#include "carried_list.h"
#include "home_store.h"
#include "i18n.h"
#include "issuer_text.h"
#include "json_out.h"
#include "node_text.h"
#include "report.h"
#include "scope_text.h"
#include "statement_files.h"
#include "store_report.h"

const struct option trust_add_options[] = {
    OPTION_FLAG("anchor", 0, struct trust_add_options, anchor,
                N_("pin it: trust it because you say so, after comparing its fingerprint")),
    OPTION_TEXT("countries", 0, "LIST", struct trust_add_options, countries,
                N_("with --anchor: where authorities, nodes and policies below it may be; its own "
                   "country if not given")),
    OPTION_TEXT("programmes", 0, "LIST", struct trust_add_options, programmes,
                N_("with --anchor: what may be issued below it; the programmes of its country if "
                   "not given")),
    OPTION_TEXT("types", 0, "LIST", struct trust_add_options, types,
                N_("with --anchor: the statements that may be signed below it; all if not given")),
    OPTION_END,
};

typedef enum outcome {
    OUTCOME_WAITING = 0, /* its signer may come with another of the statements */
    OUTCOME_ADDED,
    OUTCOME_RENEWED, /* of a pinned anchor, and the pin has it now */
    OUTCOME_TWIN,    /* kept in the place of another with its serial */
    OUTCOME_OLDER,   /* of a pinned anchor, which has one that is in force as long or longer */
    OUTCOME_KNOWN
} outcome;

/* All or nothing: what a run works with, inside its transaction. */
struct addition {
    const struct trust_add_options *given;
    garita_scope scope; /* as far as given with --anchor */
    struct statement_files files;
    garita_store *store;
    garita_trust *trust;
    struct carried_keep nodes;     /* open if there is a node's statement */
    outcome *outcomes;             /* of files.at[i] */
    const garita_issuer **issuers; /* in trust: of those that were added, or a node's certifier */
};

/* --- refusing --- */

static const char *hint_of(garita_error error)
{
    switch (error) {
    case GARITA_E_UNKNOWN_ISSUER:
        return _("first pin its anchor (garita trust add FILE --anchor) and add the statements "
                 "between, if there are any");
    case GARITA_E_NOT_SELF_SIGNED:
        return _("only an anchor's own statement can be pinned; leave out --anchor");
    case GARITA_E_SERIAL_TAKEN:
    case GARITA_E_KEY_NUMBER_TAKEN:
        return _("whoever signed it has said two things that cannot both be true: ask them, and "
                 "keep both files");
    case GARITA_E_FULL:
        return _("take away what is no longer needed with: garita trust remove");
    default:
        return NULL;
    }
}

static exit_status refuse_trust(const struct context *context, const struct statement *statement,
                                garita_error error)
{
    exit_status status = error == GARITA_E_BAD_SIGNATURE ? EXIT_BAD_INPUT : EXIT_NOT_ALLOWED;

    if (error == GARITA_E_NO_MEMORY)
        return report_no_memory(context);
    return report_failure(context,
                          &(struct failure){status, garita_error_name(error), statement->source,
                                            statement->line, hint_of(error)},
                          "%s", _(garita_error_text(error)));
}

static exit_status refuse_store(const struct context *context, const struct addition *addition,
                                garita_store_error error)
{
    return store_report(context, error, garita_store_detail(addition->store));
}

static bool is_node(const struct addition *addition, size_t index)
{
    return addition->files.at[index].type == GARITA_TYPE_NODE;
}

/* --- pinning --- */

/* The pin's scope: what is given, and the rest by default. */
static void make_scope(garita_scope *out, const struct addition *addition, const char *country)
{
    const struct trust_add_options *given = addition->given;

    garita_pin_default(out, country);
    if (given->programmes != NULL)
        out->programmes = addition->scope.programmes;
    if (given->types != NULL)
        out->types = addition->scope.types;
    if (given->countries != NULL) {
        out->country_count = addition->scope.country_count;
        memcpy(out->countries, addition->scope.countries, sizeof out->countries);
    }
}

static bool same_scope(const garita_scope *a, const garita_scope *b)
{
    return a->programmes == b->programmes && a->types == b->types && a->depth == b->depth &&
           garita_scope_contains(a, b) && garita_scope_contains(b, a);
}

/* statement_files_read has seen that it can be read. */
static garita_authority read_again(const uint8_t *bytes, size_t len)
{
    garita_authority authority = {0};
    garita_error error = garita_authority_inspect(&authority, NULL, NULL, bytes, len);

    assert(error == GARITA_OK);
    (void)error;
    return authority;
}

/* What the home has of an anchor. */
struct pinned {
    garita_scope scope;
    uint8_t bytes[GARITA_AUTHORITY_BYTES_MAX];
    size_t len;
};

static exit_status refuse_scope(const struct context *context, const struct statement *statement,
                                const garita_authority *authority)
{
    return report_failure(context,
                          &(struct failure){EXIT_EXISTS, "exists", statement->source,
                                            statement->line,
                                            _("to change it, first: garita trust remove; that "
                                              "drops all that depends on it")},
                          _("%.*s is pinned already, with another scope"), (int)authority->name.len,
                          authority->name.at);
}

/* A statement of an anchor that is pinned, which its key did sign: it is the one that is pinned, or
 * one that came before it, or a renewal. */
static exit_status renew(const struct context *context, struct addition *addition, size_t index,
                         const struct pinned *pinned)
{
    const struct statement *statement = &addition->files.at[index];
    const garita_authority authority = read_again(statement->bytes, statement->len);
    garita_authority had;

    if (statement->len == pinned->len &&
        memcmp(statement->bytes, pinned->bytes, pinned->len) == 0) {
        addition->outcomes[index] = OUTCOME_KNOWN;
        return EXIT_DONE;
    }
    if (garita_authority_inspect(&had, NULL, NULL, pinned->bytes, pinned->len) != GARITA_OK)
        return refuse_store(context, addition, GARITA_STORE_CORRUPT);
    if (authority.expires <= had.expires) {
        addition->outcomes[index] = OUTCOME_OLDER;
        return EXIT_DONE;
    }
    garita_store_error error = garita_store_renew_pin(addition->store, authority.public_key,
                                                      statement->bytes, statement->len);
    if (error != GARITA_STORE_OK)
        return refuse_store(context, addition, error);
    addition->outcomes[index] = OUTCOME_RENEWED;
    return EXIT_DONE;
}

/* Whether an anchor may say this within the scope. ALREADY_KNOWN, its key being pinned, comes after
 * all that there is against it. */
static garita_error check_anchor(struct addition *addition, size_t index, const garita_scope *scope)
{
    const struct statement *statement = &addition->files.at[index];

    return garita_trust_pin(addition->trust, &addition->issuers[index], NULL, scope,
                            statement->bytes, statement->len);
}

static exit_status refuse_anchor(const struct context *context, const struct statement *statement,
                                 const garita_authority *authority, garita_error error)
{
    if (error != GARITA_E_OUT_OF_SCOPE)
        return refuse_trust(context, statement, error);
    return report_failure(
        context,
        &(struct failure){EXIT_NOT_ALLOWED, garita_error_name(error), statement->source,
                          statement->line, _("name it in --countries too")},
        _("the anchor's own country, %s, is not in its scope"), authority->country);
}

static exit_status pin(const struct context *context, struct addition *addition, size_t index)
{
    const struct statement *statement = &addition->files.at[index];
    struct pinned pinned;
    garita_scope scope;

    if (is_node(addition, index))
        return refuse_trust(context, statement, GARITA_E_NOT_SELF_SIGNED);
    const garita_authority authority = read_again(statement->bytes, statement->len);

    make_scope(&scope, addition, authority.country);
    garita_error why = check_anchor(addition, index, &scope);
    if (why != GARITA_OK && why != GARITA_E_ALREADY_KNOWN)
        return refuse_anchor(context, statement, &authority, why);

    garita_store_error error = garita_store_get_pin(addition->store, &pinned.scope, pinned.bytes,
                                                    &pinned.len, authority.public_key);
    if (error == GARITA_STORE_OK)
        return same_scope(&pinned.scope, &scope) ? renew(context, addition, index, &pinned)
                                                 : refuse_scope(context, statement, &authority);
    if (error == GARITA_STORE_ABSENT)
        error = garita_store_add_pin(addition->store, authority.public_key, &scope,
                                     statement->bytes, statement->len);
    if (error != GARITA_STORE_OK)
        return refuse_store(context, addition, error);
    addition->outcomes[index] = OUTCOME_ADDED;
    return EXIT_DONE;
}

/* --- adding --- */

/* An anchor's statement that came without --anchor. */
static exit_status add_anchor(const struct context *context, struct addition *addition,
                              size_t index, const garita_authority *authority)
{
    const struct statement *statement = &addition->files.at[index];
    struct pinned pinned;
    garita_store_error error = garita_store_get_pin(addition->store, &pinned.scope, pinned.bytes,
                                                    &pinned.len, authority->public_key);

    if (error == GARITA_STORE_OK) {
        garita_error why = check_anchor(addition, index, &pinned.scope);
        return why == GARITA_OK || why == GARITA_E_ALREADY_KNOWN
                   ? renew(context, addition, index, &pinned)
                   : refuse_trust(context, statement, why);
    }
    if (error != GARITA_STORE_ABSENT)
        return refuse_store(context, addition, error);
    return report_failure(
        context,
        &(struct failure){EXIT_NOT_ALLOWED, garita_error_name(GARITA_E_UNKNOWN_ISSUER),
                          statement->source, statement->line,
                          _("compare its fingerprint (garita inspect) with the authority itself, "
                            "then add it with --anchor")},
        _("%.*s is an anchor that is not pinned here"), (int)authority->name.len,
        authority->name.at);
}

/* Tries one statement. Leaves it waiting, with *why, if its chain does not reach an anchor yet. */
static exit_status try(const struct context *context, struct addition *addition, size_t index,
                       garita_error *why)
{
    const struct statement *statement = &addition->files.at[index];
    const garita_authority authority = read_again(statement->bytes, statement->len);

    *why = GARITA_OK;
    if (authority.self_issued && authority.key_number == 1)
        return add_anchor(context, addition, index, &authority);

    *why = garita_trust_add(addition->trust, &addition->issuers[index], NULL, statement->bytes,
                            statement->len);
    if (*why == GARITA_E_ALREADY_KNOWN) {
        addition->outcomes[index] = OUTCOME_KNOWN;
        return EXIT_DONE;
    }
    if (*why != GARITA_OK)
        return EXIT_DONE;
    garita_store_error error =
        garita_store_add_trusted(addition->store, statement->bytes, statement->len);
    /* Kept already, but until now without a chain. */
    if (error != GARITA_STORE_OK && error != GARITA_STORE_EXISTS)
        return refuse_store(context, addition, error);
    addition->outcomes[index] = OUTCOME_ADDED;
    return EXIT_DONE;
}

/* Goes over those that wait until nothing more is added, then refuses what is left. */
static exit_status add_all(const struct context *context, struct addition *addition)
{
    size_t count = addition->files.count;
    bool moved = true;
    exit_status status = EXIT_DONE;
    garita_error why;

    while (moved) {
        moved = false;
        for (size_t i = 0; i < count; i++) {
            if (addition->outcomes[i] != OUTCOME_WAITING || is_node(addition, i))
                continue;
            status = try(context, addition, i, &why);
            if (status != EXIT_DONE)
                return status;
            moved = moved || addition->outcomes[i] != OUTCOME_WAITING;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (addition->outcomes[i] != OUTCOME_WAITING || is_node(addition, i))
            continue;
        exit_status one = try(context, addition, i, &why);
        if (one == EXIT_DONE)
            one = refuse_trust(context, &addition->files.at[i], why);
        status = status == EXIT_DONE ? one : status;
    }
    return status;
}

/* --- nodes --- */

static exit_status refuse_node(const struct context *context, const struct addition *addition,
                               size_t index, garita_error why)
{
    const struct statement *statement = &addition->files.at[index];

    if (why != GARITA_OK)
        return refuse_trust(context, statement, why);
    return report_failure(
        context,
        &(struct failure){EXIT_NOT_ALLOWED, "revoked", statement->source, statement->line, NULL},
        _("%s, or who stands above it, has revoked this node"), addition->issuers[index]->name);
}

static exit_status add_node(const struct context *context, struct addition *addition, size_t index)
{
    static const outcome outcomes[] = {
        [CARRIED_KEPT_ADDED] = OUTCOME_ADDED, [CARRIED_KEPT_RENEWED] = OUTCOME_RENEWED,
        [CARRIED_KEPT_TWIN] = OUTCOME_TWIN,   [CARRIED_KEPT_KNOWN] = OUTCOME_KNOWN,
        [CARRIED_KEPT_OLDER] = OUTCOME_OLDER,
    };
    carried_kept became;
    garita_error why;
    const struct statement *statement = &addition->files.at[index];
    exit_status status = carried_keep_one(context, &addition->nodes, &became, &why,
                                          &addition->issuers[index], statement->bytes,
                                          statement->len);

    if (status != EXIT_DONE)
        return status;
    if (became == CARRIED_KEPT_REFUSED)
        return refuse_node(context, addition, index, why);
    addition->outcomes[index] = outcomes[became];
    return EXIT_DONE;
}

/* When all authorities are in: what vouches for a node may have come with it. */
static exit_status add_nodes(const struct context *context, struct addition *addition)
{
    exit_status status = EXIT_DONE;

    for (size_t i = 0; i < addition->files.count && status == EXIT_DONE; i++) {
        if (!is_node(addition, i))
            continue;
        if (addition->nodes.book == NULL)
            status = carried_keep_open(context, &addition->nodes, addition->store, addition->trust);
        if (status == EXIT_DONE)
            status = add_node(context, addition, i);
    }
    return status;
}

/* --- --- */

static exit_status pin_all(const struct context *context, struct addition *addition)
{
    exit_status status = EXIT_DONE;

    for (size_t i = 0; i < addition->files.count && status == EXIT_DONE; i++)
        status = pin(context, addition, i);
    return status;
}

/* --- telling --- */

static garita_node read_node_again(const struct statement *statement)
{
    garita_node node = {0};
    garita_error error = garita_node_inspect(&node, NULL, NULL, statement->bytes, statement->len);

    assert(error == GARITA_OK);
    (void)error;
    return node;
}

static json_t *node_to_json(const struct addition *addition, size_t index)
{
    const garita_node node = read_node_again(&addition->files.at[index]);

    return carried_list_node_json(&node, addition->issuers[index]);
}

static exit_status tell_json(const struct context *context, const struct addition *addition,
                             size_t index)
{
    const garita_issuer *issuer = addition->issuers[index];
    bool is_new = addition->outcomes[index] == OUTCOME_ADDED;
    bool is_renewed =
        addition->outcomes[index] == OUTCOME_RENEWED || addition->outcomes[index] == OUTCOME_TWIN;
    json_t *object = is_node(addition, index) ? node_to_json(addition, index)
                     : is_new                 ? issuer_text_to_json(issuer)
                                              : json_object();

    json_object_set_new(object, "added", json_boolean(is_new));
    json_object_set_new(object, "renewed", json_boolean(is_renewed));
    json_object_set_new(object, "source", json_out_text_or_null(addition->files.at[index].source));
    return json_out(context, object);
}

/* What there is to say of a statement that made no new record. */
static void tell_in_a_line(const struct context *context, const struct statement *statement,
                           outcome became)
{
    char until[GARITA_DATE_TEXT_SIZE];

    if (became == OUTCOME_KNOWN) {
        report_note(context, _("%s: known already"), statement->source);
    } else if (became == OUTCOME_OLDER) {
        report_note(context, _("%s: older than what is pinned, nothing changed"),
                    statement->source);
    } else {
        const garita_authority authority = read_again(statement->bytes, statement->len);
        garita_day_format(until, authority.expires);
        report_note(context, _("%s: renews the pinned anchor %.*s, until %s"), statement->source,
                    (int)authority.name.len, authority.name.at, until);
    }
}

static exit_status tell_node(const struct context *context, const struct addition *addition,
                             size_t index)
{
    const struct statement *statement = &addition->files.at[index];
    const garita_node node = read_node_again(statement);
    const garita_issuer *signer = addition->issuers[index];
    char id[GARITA_ID_TEXT_SIZE];
    struct buffer text = {0};

    if (addition->outcomes[index] == OUTCOME_KNOWN) {
        report_note(context, _("%s: known already"), statement->source);
        return EXIT_DONE;
    }
    if (addition->outcomes[index] == OUTCOME_OLDER) {
        report_note(context, _("%s: older than what is kept about the same node, nothing changed"),
                    statement->source);
        return EXIT_DONE;
    }
    garita_id_format(id, &signer->id);
    if (addition->outcomes[index] == OUTCOME_TWIN)
        report_warning(context,
                       _("%s has signed another statement with this serial, %lu, which was kept "
                         "until now: of two all nodes keep the same one, which is this"),
                       signer->name, (unsigned long)node.serial);
    if (addition->outcomes[index] == OUTCOME_RENEWED || addition->outcomes[index] == OUTCOME_TWIN)
        report_note(context, _("added, in the place of an older one; certified by %s (%s)"),
                    signer->name, id);
    else
        report_note(context, _("added; certified by %s (%s)"), signer->name, id);
    node_text_add_listed(&text, &node, 0);
    bool is_whole = !text.failed;
    fwrite(text.at, 1, text.len, context->err);
    buffer_free(&text);
    return is_whole ? EXIT_DONE : report_no_memory(context);
}

static exit_status tell_people(const struct context *context, const struct addition *addition,
                               size_t index)
{
    struct buffer text = {0};

    if (is_node(addition, index))
        return tell_node(context, addition, index);
    if (addition->outcomes[index] != OUTCOME_ADDED) {
        tell_in_a_line(context, &addition->files.at[index], addition->outcomes[index]);
        return EXIT_DONE;
    }
    issuer_text_add(&text, addition->issuers[index]);
    report_note(context, "%s",
                addition->given->anchor
                    ? _("pinned; compare the fingerprint below with the authority itself")
                    : _("added"));
    bool is_whole = !text.failed;
    fwrite(text.at, 1, text.len, context->err);
    buffer_free(&text);
    return is_whole ? EXIT_DONE : report_no_memory(context);
}

static exit_status tell(const struct context *context, const struct addition *addition)
{
    exit_status status = EXIT_DONE;

    for (size_t i = 0; i < addition->files.count && status == EXIT_DONE; i++) {
        const garita_issuer *issuer = addition->issuers[i];
        status =
            context->json ? tell_json(context, addition, i) : tell_people(context, addition, i);
        if (addition->outcomes[i] == OUTCOME_ADDED && !is_node(addition, i) && issuer->shares_id)
            report_warning(context,
                           _("another trusted authority has the same id as %s; both are kept, and "
                             "somebody should ask why"),
                           issuer->name);
    }
    return status;
}

/* --- --- */

static exit_status add_in_transaction(const struct context *context, struct addition *addition)
{
    exit_status status = home_store_load_trust(context, &addition->trust, addition->store);

    if (status == EXIT_DONE)
        status = addition->given->anchor ? pin_all(context, addition) : add_all(context, addition);
    if (status == EXIT_DONE && !addition->given->anchor)
        status = add_nodes(context, addition);
    if (status != EXIT_DONE) {
        garita_store_rollback(addition->store);
        if (addition->files.count > 1)
            report_note(context, "%s", _("nothing was added"));
        return status;
    }
    garita_store_error error = garita_store_commit(addition->store);
    return error == GARITA_STORE_OK ? EXIT_DONE : refuse_store(context, addition, error);
}

static exit_status read_scope(const struct context *context, struct addition *addition)
{
    const struct trust_add_options *given = addition->given;
    exit_status status = EXIT_DONE;

    if (!given->anchor &&
        (given->countries != NULL || given->programmes != NULL || given->types != NULL))
        return report_failure(context,
                              &(struct failure){EXIT_USAGE, "usage", NULL, 0,
                                                _("any other authority has the scope that its "
                                                  "statement gives")},
                              "%s", _("--countries, --programmes and --types go with --anchor"));
    if (given->programmes != NULL)
        status =
            scope_text_read_programmes(context, &addition->scope.programmes, given->programmes);
    if (status == EXIT_DONE && given->types != NULL)
        status = scope_text_read_types(context, &addition->scope.types, given->types);
    if (status == EXIT_DONE && given->countries != NULL)
        status = scope_text_read_countries(context, &addition->scope, given->countries);
    return status;
}

exit_status trust_add_run(const struct context *context, const void *values, char *const *operands,
                          size_t operand_count)
{
    struct addition addition = {.given = values};
    exit_status status = read_scope(context, &addition);

    if (status == EXIT_DONE)
        status = statement_files_read(context, &addition.files, operands, operand_count);
    if (status == EXIT_DONE) {
        addition.outcomes = calloc(addition.files.count, sizeof *addition.outcomes);
        addition.issuers = calloc(addition.files.count, sizeof *addition.issuers);
        if (addition.outcomes == NULL || addition.issuers == NULL)
            status = report_no_memory(context);
    }
    if (status == EXIT_DONE)
        status = home_store_open(context, &addition.store, GARITA_STORE_WRITE);
    if (status == EXIT_DONE) {
        garita_store_error error = garita_store_begin(addition.store);
        status = error == GARITA_STORE_OK ? add_in_transaction(context, &addition)
                                          : refuse_store(context, &addition, error);
    }
    if (status == EXIT_DONE)
        status = tell(context, &addition);
    carried_keep_free(&addition.nodes);
    garita_trust_free(addition.trust);
    garita_store_close(addition.store);
    free(addition.issuers);
    free(addition.outcomes);
    statement_files_free(&addition.files);
    return status;
}
