#include "trust_verbs.h"

#include <string.h>

#include <garita/store_logs.h>
#include <garita/store_view.h>

#include "carried_list.h"
#include "home_store.h"
#include "i18n.h"
#include "issuer_text.h"
#include "json_out.h"
#include "node_text.h"
#include "report.h"
#include "revoked.h"
#include "safe_text.h"
#include "store_report.h"
#include "text_out.h"

struct list {
    const struct context *context;
    garita_store *store;
    garita_trust *trust;
    garita_book *book;
    struct carried_list carried;
};

/* Who is not trusted any more, though the pin or the statement is there. */
static void add_revoked(struct buffer *out, const garita_issuer *issuer,
                        const garita_issuer *revoked)
{
    if (revoked == NULL)
        return;
    buffer_add_format(out, "%*s", 2 * issuer->level + 4, "");
    if (revoked != issuer)
        buffer_add_text(out, _("REVOKED WITH WHAT IS ABOVE IT, by "));
    else
        buffer_add_text(out, _("REVOKED by "));
    safe_text_add(out, revoked->parent->name, strlen(revoked->parent->name));
    buffer_add_format(out, "%s\n", _(": nothing of it is accepted"));
}

static exit_status print(const struct list *list, const garita_issuer *issuer)
{
    const struct context *context = list->context;
    const garita_issuer *revoked = revoked_on_chain(list->book, issuer);
    struct buffer text = {0};

    if (context->json) {
        json_t *object = issuer_text_to_json(issuer);
        if (object != NULL)
            json_object_set_new(object, "revoked", json_boolean(revoked != NULL));
        return json_out(context, object);
    }
    issuer_text_add(&text, issuer);
    add_revoked(&text, issuer, revoked);
    return text_out(context, &text, 8);
}

static exit_status print_node(const struct list *list, const struct carried_one *one)
{
    const struct context *context = list->context;
    bool is_revoked = !garita_carried_is_good(list->book, one->signer, one->carried.serial);
    struct buffer text = {0};

    if (context->json) {
        json_t *object = carried_list_node_json(&one->node, one->signer);
        if (object != NULL)
            json_object_set_new(object, "revoked", json_boolean(is_revoked));
        return json_out(context, object);
    }
    node_text_add_listed(&text, &one->node, one->signer->level);
    if (is_revoked)
        buffer_add_format(&text, "%*s%s\n", 2 * one->signer->level + 6, "",
                          _("REVOKED: nobody links with it"));
    return text_out(context, &text, 8);
}

/* The nodes that this record's key certified. */
static exit_status print_nodes(const struct list *list, const garita_issuer *issuer)
{
    exit_status status = EXIT_DONE;

    for (size_t i = 0; i < list->carried.count && status == EXIT_DONE; i++)
        if (list->carried.at[i].signer == issuer &&
            list->carried.at[i].carried.type == GARITA_TYPE_NODE)
            status = print_node(list, &list->carried.at[i]);
    return status;
}

/* Each record, then its nodes and those below it, in the order in which they came. The depth is
 * bounded. */
static exit_status print_below(const struct list *list, const garita_issuer *parent)
{
    exit_status status = EXIT_DONE;

    for (size_t i = 0; i < garita_trust_count(list->trust) && status == EXIT_DONE; i++) {
        const garita_issuer *issuer = garita_trust_get(list->trust, i);
        bool is_anchor = issuer->anchor == issuer;
        if (parent == NULL ? !is_anchor : is_anchor || issuer->parent != parent)
            continue;
        status = print(list, issuer);
        if (status == EXIT_DONE)
            status = print_nodes(list, issuer);
        if (status == EXIT_DONE)
            status = print_below(list, issuer);
    }
    return status;
}

static exit_status load(struct list *list)
{
    garita_store_error error = garita_store_hold(list->store);

    if (error != GARITA_STORE_OK)
        return store_report(list->context, error, garita_store_detail(list->store));
    exit_status status = home_store_load_trust(list->context, &list->trust, list->store);
    if (status == EXIT_DONE) {
        error = garita_store_load_book(list->store, &list->book, list->trust, NULL, NULL);
        if (error != GARITA_STORE_OK)
            status = store_report(list->context, error, garita_store_detail(list->store));
    }
    if (status == EXIT_DONE)
        status = carried_list_read(list->context, &list->carried, list->store, list->trust);
    garita_store_rollback(list->store);
    return status;
}

exit_status trust_list_run(const struct context *context, const void *values, char *const *operands,
                           size_t operand_count)
{
    struct list list = {.context = context};
    exit_status status = home_store_open(context, &list.store, GARITA_STORE_READ);

    (void)values;
    (void)operands;
    (void)operand_count;
    if (status == EXIT_DONE)
        status = load(&list);
    if (status == EXIT_DONE)
        status = print_below(&list, NULL);
    if (status == EXIT_DONE && garita_trust_count(list.trust) == 0)
        report_note(context, "%s",
                    _("nobody is trusted yet; pin an anchor with: garita trust add FILE --anchor"));
    carried_list_free(&list.carried);
    garita_book_free(list.book);
    garita_trust_free(list.trust);
    garita_store_close(list.store);
    return status;
}
