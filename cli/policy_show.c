#include "policy_verbs.h"

#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "json_out.h"
#include "nearest.h"
#include "policy_json.h"
#include "policy_standing.h"
#include "policy_text.h"
#include "report.h"
#include "text_out.h"

/* --- the lanes that there are --- */

/* Names that readable policies of this country give, each once, in order. They point into the
 * policies. */
struct names {
    const char **at;
    size_t count;
};

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool collect_names(struct names *out, const garita_policies *policies)
{
    size_t count = 0, kept = 0;

    for (size_t i = 0; i < garita_policies_count(policies); i++) {
        const garita_policy *policy = garita_policies_get(policies, i)->policy;
        count += policy != NULL ? policy->lane_count : 0;
    }
    out->at = calloc(count + 1, sizeof *out->at);
    if (out->at == NULL)
        return false;
    for (size_t i = 0; i < garita_policies_count(policies); i++) {
        const garita_policy *policy = garita_policies_get(policies, i)->policy;
        for (size_t j = 0; policy != NULL && j < policy->lane_count; j++)
            out->at[out->count++] = policy->lanes[j].name;
    }
    qsort(out->at, out->count, sizeof *out->at, compare_names);
    for (size_t i = 0; i < out->count; i++)
        if (kept == 0 || strcmp(out->at[kept - 1], out->at[i]) != 0)
            out->at[kept++] = out->at[i];
    out->count = kept;
    return true;
}

/* --- in words --- */

/* "An ordinary day, serial 7 by CBP" */
static void add_ruler(struct buffer *out, const garita_policies_entry *entry)
{
    policy_text_add_words(out, &entry->policy->title);
    buffer_add_format(out, _(", serial %lu by %s"), (unsigned long)entry->serial,
                      entry->signer->name);
}

/* By whom a lane is ruled: "pedestrian: Trusted travelers on foot (An ordinary day, serial 7 by
 * CBP)"; or that nothing in force rules it. */
static void add_lane_line(struct buffer *out, const struct policies_here *here, const char *name)
{
    garita_lane lane;
    const garita_policies_entry *entry = NULL;

    buffer_add_format(out, "  %s: ", name);
    if (garita_policies_lane(&lane, &entry, here->view.policies, name, &here->clock) !=
        GARITA_LANE_RULED) {
        buffer_add_text(out, _("no policy in force (refer policy-missing)\n"));
        return;
    }
    policy_text_add_words(out, &lane.title);
    buffer_add_text(out, " (");
    add_ruler(out, entry);
    buffer_add_text(out, ")\n");
}

static exit_status show_in_words(const struct context *context, const struct policies_here *here,
                                 const struct names *names)
{
    struct buffer text = {0};

    for (size_t i = 0; i < here->count; i++) {
        const struct policy_here *one = &here->at[i];
        policy_standing_add_policy(&text, here, one);
        for (size_t j = 0; one->policy != NULL && j < one->policy->lane_count; j++)
            policy_text_add_lane(&text, &one->policy->lanes[j], 4, false);
        buffer_add_char(&text, '\n');
    }
    if (names->count > 0)
        buffer_add_text(&text, _("lanes now:\n"));
    for (size_t i = 0; i < names->count; i++)
        add_lane_line(&text, here, names->at[i]);
    if (here->count > 0)
        return text_out(context, &text, 8);
    report_note(context, "%s",
                _("no policy is here; the lanes that are built in are: default, any"));
    return EXIT_DONE;
}

/* --- as JSON --- */

static exit_status show_policy_json(const struct context *context, const struct policy_here *one)
{
    json_t *object = policy_standing_to_json(one);
    json_t *policy = one->policy != NULL ? policy_json_write(one->policy) : NULL;

    json_object_set_new(object, "type", json_string("policy"));
    if (one->policy != NULL)
        json_object_set(object, "lanes", json_object_get(policy, "lanes"));
    json_decref(policy);
    return json_out(context, object);
}

static exit_status show_lane_json(const struct context *context, const struct policies_here *here,
                                  const char *name, bool is_whole)
{
    garita_lane lane;
    const garita_policies_entry *entry = NULL;
    char issuer[GARITA_ID_TEXT_SIZE];
    bool is_ruled = garita_policies_lane(&lane, &entry, here->view.policies, name, &here->clock) ==
                    GARITA_LANE_RULED;
    json_t *object = json_pack("{s:s, s:s, s:b}", "type", "lane", "lane", name, "ruled", is_ruled);

    if (is_ruled) {
        garita_id_format(issuer, &entry->signer->id);
        json_object_set_new(object, "issuer", json_string(issuer));
        json_object_set_new(object, "serial", json_integer((json_int_t)entry->serial));
        json_object_set_new(object, "title", policy_json_write_words(&lane.title));
        json_object_set_new(object, "policy", policy_json_write_words(&entry->policy->title));
    }
    if (is_ruled && is_whole)
        json_object_set_new(object, "asks", policy_json_write_lane(&lane));
    return json_out(context, object);
}

static exit_status show_json(const struct context *context, const struct policies_here *here,
                             const struct names *names)
{
    exit_status status = EXIT_DONE;

    for (size_t i = 0; i < here->count && status == EXIT_DONE; i++)
        status = show_policy_json(context, &here->at[i]);
    for (size_t i = 0; i < names->count && status == EXIT_DONE; i++)
        status = show_lane_json(context, here, names->at[i], false);
    return status;
}

/* --- one lane --- */

static exit_status refuse_lane(const struct context *context, const struct names *names,
                               const char *name)
{
    struct nearest meant = nearest_to(name);
    struct buffer hint = {0};

    for (size_t i = 0; i < names->count; i++)
        nearest_offer(&meant, names->at[i]);
    if (meant.best != NULL) {
        buffer_add_format(&hint, _("did you mean \"%s\"?"), meant.best);
    } else if (names->count > 0) {
        buffer_add_text(&hint, _("one of:"));
        for (size_t i = 0; i < names->count; i++)
            buffer_add_format(&hint, " %s", names->at[i]);
    }
    exit_status status = report_failure(context,
                                        &(struct failure){EXIT_USAGE, "unknown-lane", NULL, 0,
                                                          hint.len > 0 ? buffer_text(&hint) : NULL},
                                        _("no policy here names a lane \"%s\""), name);
    buffer_free(&hint);
    return status;
}

static exit_status refuse_builtin(const struct context *context, const char *name)
{
    return report_failure(
        context,
        &(struct failure){
            EXIT_USAGE, "built-in", NULL, 0,
            _("built in are default, which needs the authorities' records of revocations, and any, "
              "which does not, for drills; others come with a policy: garita policy add FILE")},
        _("\"%s\" is built in, and no policy rules it"), name);
}

static exit_status show_lane(const struct context *context, const struct policies_here *here,
                             const struct names *names, const char *name)
{
    garita_lane lane;
    const garita_policies_entry *entry = NULL;
    struct buffer text = {0};

    if (garita_lane_builtin(name) != NULL)
        return refuse_builtin(context, name);
    garita_lane_standing standing =
        garita_policies_lane(&lane, &entry, here->view.policies, name, &here->clock);
    if (standing == GARITA_LANE_UNKNOWN)
        return refuse_lane(context, names, name);
    if (context->json)
        return show_lane_json(context, here, name, true);
    if (standing == GARITA_LANE_RULED) {
        add_ruler(&text, entry);
        buffer_add_text(&text, ":\n");
        policy_text_add_lane(&text, &lane, 2, true);
    } else {
        add_lane_line(&text, here, name);
    }
    return text_out(context, &text, 8);
}

exit_status policy_show_run(const struct context *context, const void *values,
                            char *const *operands, size_t operand_count)
{
    struct policies_here here = {0};
    struct names names = {0};
    exit_status status = policies_here_read(context, &here);

    (void)values;
    if (status == EXIT_DONE && !collect_names(&names, here.view.policies))
        status = report_no_memory(context);
    if (status == EXIT_DONE)
        status = operand_count > 0 ? show_lane(context, &here, &names, operands[0])
                 : context->json   ? show_json(context, &here, &names)
                                   : show_in_words(context, &here, &names);
    free(names.at);
    policies_here_free(&here);
    return status;
}
