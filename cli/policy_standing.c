#include "policy_standing.h"

#include <stdlib.h>
#include <string.h>

#include <garita/date.h>

#include "home_store.h"
#include "i18n.h"
#include "json_out.h"
#include "policy_json.h"
#include "policy_text.h"
#include "report.h"
#include "store_report.h"

static const char *name_of(policy_standing standing)
{
    static const char *const names[] = {
#define NAME(constant, name) [POLICY_STANDING_##constant] = (name),
        POLICY_STANDINGS(NAME)
#undef NAME
    };

    return names[standing];
}

/* --- how one stands --- */

/* Its place among the policies that may rule here; SIZE_MAX if it is not among them. */
static size_t entry_of(const garita_policies *policies, const struct carried_one *one)
{
    for (size_t i = 0; i < garita_policies_count(policies); i++) {
        const garita_policies_entry *entry = garita_policies_get(policies, i);
        if (entry->serial == one->carried.serial &&
            garita_issuer_same_authority(entry->signer, one->signer))
            return i;
    }
    return SIZE_MAX;
}

/* The serial of the one that is current of the same authority; 0 if none is. */
static uint32_t current_of(const struct policies_here *here, const garita_issuer *signer)
{
    for (size_t i = 0; i < garita_policies_count(here->view.policies); i++) {
        const garita_policies_entry *entry = garita_policies_get(here->view.policies, i);
        if (garita_issuer_same_authority(entry->signer, signer) &&
            garita_policies_is_current(here->view.policies, i, &here->clock))
            return entry->serial;
    }
    return 0;
}

static policy_standing standing_of_entry(const struct policies_here *here, size_t index,
                                         uint32_t *instead)
{
    const garita_policies_entry *entry = garita_policies_get(here->view.policies, index);
    bool is_current = garita_policies_is_current(here->view.policies, index, &here->clock);

    if (!here->clock.is_known)
        return POLICY_STANDING_NO_CLOCK;
    if (entry->is_suspended)
        return POLICY_STANDING_SUSPENDED;
    if (is_current && entry->is_equivocated)
        return POLICY_STANDING_EQUIVOCATED;
    if (is_current && entry->is_signer_suspended)
        return POLICY_STANDING_SIGNER_SUSPENDED;
    if (is_current)
        return entry->policy != NULL ? POLICY_STANDING_IN_FORCE : POLICY_STANDING_UNREADABLE;
    if (garita_effective_now(&here->clock) < entry->from)
        return POLICY_STANDING_NOT_YET;
    if (garita_effective_now(&here->clock) >= entry->until)
        return POLICY_STANDING_OVER;
    *instead = current_of(here, entry->signer);
    return *instead != 0 ? POLICY_STANDING_NEWER : POLICY_STANDING_SIGNER_NOT_IN_FORCE;
}

static policy_standing standing_of(const struct policies_here *here, const struct policy_here *one,
                                   uint32_t *instead)
{
    const struct carried_one *carried = one->carried;
    const char *country = garita_store_home(here->store)->country;

    if (carried->signer == NULL)
        return POLICY_STANDING_UNKNOWN_ISSUER;
    if (!garita_carried_is_good(here->view.book, carried->signer, carried->carried.serial))
        return POLICY_STANDING_REVOKED;
    size_t index = entry_of(here->view.policies, carried);
    if (index != SIZE_MAX)
        return standing_of_entry(here, index, instead);
    if (one->policy != NULL &&
        !garita_scope_has_country(&carried->signer->scope, one->policy->country))
        return POLICY_STANDING_OUT_OF_SCOPE;
    return country[0] == '\0' ? POLICY_STANDING_NO_COUNTRY : POLICY_STANDING_ELSEWHERE;
}

/* --- all of them --- */

static int compare(const void *a, const void *b)
{
    const struct carried_one *x = ((const struct policy_here *)a)->carried;
    const struct carried_one *y = ((const struct policy_here *)b)->carried;
    int order = memcmp(&x->carried.log, &y->carried.log, sizeof x->carried.log);

    if (order != 0)
        return order;
    return x->carried.serial == y->carried.serial  ? 0
           : x->carried.serial > y->carried.serial ? -1
                                                   : 1;
}

static exit_status look(const struct context *context, struct policies_here *out)
{
    garita_error error;

    out->at = calloc(out->carried.count + 1, sizeof *out->at);
    if (out->at == NULL)
        return report_no_memory(context);
    for (size_t i = 0; i < out->carried.count; i++) {
        const struct carried_one *carried = &out->carried.at[i];
        if (carried->carried.type != GARITA_TYPE_POLICY)
            continue;
        struct policy_here *one = &out->at[out->count++];
        one->carried = carried;
        error = garita_policy_inspect(&one->policy, NULL, NULL, carried->bytes, carried->len);
        if (error == GARITA_E_NO_MEMORY)
            return report_no_memory(context);
        one->standing = standing_of(out, one, &one->instead);
    }
    qsort(out->at, out->count, sizeof *out->at, compare);
    return EXIT_DONE;
}

exit_status policies_here_read(const struct context *context, struct policies_here *out)
{
    exit_status status = home_store_open(context, &out->store, GARITA_STORE_READ);

    if (status != EXIT_DONE)
        return status;
    garita_store_error error = home_view_load(context, &out->view, out->store);
    if (error != GARITA_STORE_OK)
        return store_report(context, error, garita_store_detail(out->store));
    out->clock = home_view_clock(context, &out->view);
    status = carried_list_read(context, &out->carried, out->store, out->view.trust);
    return status == EXIT_DONE ? look(context, out) : status;
}

void policies_here_free(struct policies_here *policies)
{
    for (size_t i = 0; i < policies->count; i++)
        garita_policy_free(policies->at[i].policy);
    free(policies->at);
    carried_list_free(&policies->carried);
    home_view_free(&policies->view);
    garita_store_close(policies->store);
    *policies = (struct policies_here){0};
}

const struct policy_here *policies_here_find(const struct policies_here *policies,
                                             const uint8_t *bytes, size_t bytes_len)
{
    for (size_t i = 0; i < policies->count; i++) {
        const struct carried_one *one = policies->at[i].carried;
        if (one->len == bytes_len && memcmp(one->bytes, bytes, bytes_len) == 0)
            return &policies->at[i];
    }
    return NULL;
}

/* --- telling --- */

/* Adds why it rules, or does not, as a part of a sentence: "in force until …". */
static void add_standing(struct buffer *out, const struct policies_here *policies,
                         const struct policy_here *one)
{
    char from[GARITA_MOMENT_TEXT_SIZE] = "";
    char until[GARITA_MOMENT_TEXT_SIZE] = "";

    if (one->policy != NULL) {
        garita_moment_format(from, one->policy->from);
        garita_moment_format(until, one->policy->until);
    }
    switch (one->standing) {
    case POLICY_STANDING_IN_FORCE:
        buffer_add_format(out, _("in force, until %s"), until);
        break;
    case POLICY_STANDING_NOT_YET:
        if (from[0] != '\0')
            buffer_add_format(out, _("in force from %s on"), from);
        else
            buffer_add_text(out, _("not in force yet"));
        break;
    case POLICY_STANDING_OVER:
        if (until[0] != '\0')
            buffer_add_format(out, _("was in force until %s"), until);
        else
            buffer_add_text(out, _("in force no longer"));
        break;
    case POLICY_STANDING_NEWER:
        buffer_add_format(out, _("not in force: %lu of the same authority is, and is newer"),
                          (unsigned long)one->instead);
        break;
    case POLICY_STANDING_SUSPENDED:
        buffer_add_text(out, _("suspended"));
        break;
    case POLICY_STANDING_REVOKED:
        buffer_add_text(out, _("revoked, or signed by a key that is"));
        break;
    case POLICY_STANDING_SIGNER_SUSPENDED:
        buffer_add_text(out, _("its authority is suspended: nothing is in force by it"));
        break;
    case POLICY_STANDING_EQUIVOCATED:
        buffer_add_text(out, _("its authority has shown two histories: nothing is in force by it"));
        break;
    case POLICY_STANDING_SIGNER_NOT_IN_FORCE:
        buffer_add_text(out, _("its authority is not in force"));
        break;
    case POLICY_STANDING_UNREADABLE:
        buffer_add_text(out, _("this program cannot read it: lanes that it may rule are referred "
                               "(policy-missing); update this station"));
        break;
    case POLICY_STANDING_ELSEWHERE:
        buffer_add_format(out, _("kept for others: this home is in %s"),
                          garita_store_home(policies->store)->country);
        break;
    case POLICY_STANDING_NO_COUNTRY:
        buffer_add_text(out, _("kept for others: this home was told no country"));
        break;
    case POLICY_STANDING_OUT_OF_SCOPE:
        buffer_add_text(out, _("its authority may not say what lanes here accept"));
        break;
    case POLICY_STANDING_UNKNOWN_ISSUER:
        buffer_add_text(out, _("nobody who is trusted here signed it"));
        break;
    case POLICY_STANDING_NO_CLOCK:
        buffer_add_text(out, _("no clock can be read: nothing is in force"));
        break;
    }
}

void policy_standing_add_policy(struct buffer *out, const struct policies_here *policies,
                                const struct policy_here *one)
{
    if (one->policy != NULL) {
        policy_text_add_words(out, &one->policy->title);
        buffer_add_format(out, ", %s", one->policy->country);
    } else {
        buffer_add_text(out, _("a policy that this program cannot read"));
    }
    if (one->carried->signer != NULL)
        buffer_add_format(out, _(", by %s"), one->carried->signer->name);
    buffer_add_format(out, _("\n  serial %lu: "), (unsigned long)one->carried->carried.serial);
    add_standing(out, policies, one);
    buffer_add_char(out, '\n');
}

static json_t *moment_json(int64_t moment)
{
    char text[GARITA_MOMENT_TEXT_SIZE];

    garita_moment_format(text, moment);
    return json_string(text);
}

json_t *policy_standing_to_json(const struct policy_here *one)
{
    const garita_policy *policy = one->policy;
    const garita_issuer *signer = one->carried->signer;
    char issuer[GARITA_ID_TEXT_SIZE] = "";
    json_t *out = json_object();

    if (signer != NULL)
        garita_id_format(issuer, &signer->id);
    json_object_set_new(out, "serial", json_integer((json_int_t)one->carried->carried.serial));
    json_object_set_new(out, "issuer", signer != NULL ? json_string(issuer) : json_null());
    json_object_set_new(out, "issuer_name",
                        json_out_text_or_null(signer != NULL ? signer->name : NULL));
    json_object_set_new(out, "title",
                        policy != NULL ? policy_json_write_words(&policy->title) : json_null());
    json_object_set_new(out, "country",
                        policy != NULL ? json_string(policy->country) : json_null());
    json_object_set_new(out, "from", policy != NULL ? moment_json(policy->from) : json_null());
    json_object_set_new(out, "until", policy != NULL ? moment_json(policy->until) : json_null());
    json_object_set_new(out, "standing", json_string(name_of(one->standing)));
    json_object_set_new(out, "instead",
                        one->instead != 0 ? json_integer((json_int_t)one->instead) : json_null());
    return out;
}
