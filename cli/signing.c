#include "signing.h"

#include <string.h>

#include <garita/date.h>
#include <garita/store_logs.h>

#include "home_store.h"
#include "i18n.h"
#include "report.h"
#include "revoked.h"
#include "scope_text.h"
#include "store_report.h"

/* --- the home and the key --- */

/* Loads one log into the book, unless it is there. One that is damaged counts as far as it could be
 * read; whoever signs on top of it, or doctor, speaks of that. */
static exit_status load_log(const struct context *context, struct signing *signing,
                            const garita_issuer *authority)
{
    garita_log log;
    garita_hash id;

    if (garita_book_log(signing->book, authority) != NULL)
        return EXIT_DONE;
    garita_log_id(&id, authority);
    garita_store_error error = garita_store_load_log(signing->store, &log, NULL, &id);
    if (error != GARITA_STORE_OK)
        return store_report(context, error, garita_store_detail(signing->store));
    if (garita_book_put(signing->book, &log) == GARITA_OK)
        return EXIT_DONE;
    garita_log_end(&log);
    return report_no_memory(context);
}

/* The logs of those above the key: an agency's own, which may be long, says nothing of it. */
static exit_status load_book(const struct context *context, struct signing *signing)
{
    exit_status status = EXIT_DONE;

    if (garita_book_new(&signing->book, signing->trust) != GARITA_OK)
        return report_no_memory(context);
    for (const garita_issuer *record = signing_next(signing, NULL);
         record != NULL && status == EXIT_DONE; record = signing_next(signing, record)) {
        const garita_issuer *above = record->parent;
        status = load_log(context, signing, above);
        for (; above->parent != above && status == EXIT_DONE; above = above->parent)
            status = load_log(context, signing, above->parent);
    }
    return status;
}

static void let_go(struct signing *signing)
{
    garita_book_free(signing->book);
    garita_trust_free(signing->trust);
    signing->book = NULL;
    signing->trust = NULL;
}

exit_status signing_reload(const struct context *context, struct signing *signing)
{
    let_go(signing);
    exit_status status = home_store_load_signers(context, &signing->trust, signing->store);
    return status == EXIT_DONE ? load_book(context, signing) : status;
}

exit_status signing_open(const struct context *context, struct signing *out, const char *key_name)
{
    exit_status status = home_store_open(context, &out->store, GARITA_STORE_WRITE);

    if (status == EXIT_DONE)
        status = secret_key_load(context, &out->key, key_name);
    return status == EXIT_DONE ? signing_reload(context, out) : status;
}

void signing_close(struct signing *signing)
{
    secret_key_close(&signing->key);
    let_go(signing);
    garita_store_close(signing->store);
    *signing = (struct signing){0};
}

/* --- the authority --- */

const garita_issuer *signing_next(const struct signing *signing, const garita_issuer *after)
{
    size_t count = garita_trust_count(signing->trust);
    bool is_after = after == NULL;

    for (size_t i = 0; i < count; i++) {
        const garita_issuer *issuer = garita_trust_get(signing->trust, i);
        if (is_after &&
            memcmp(issuer->public_key, signing->key.public_key, GARITA_PUBLIC_KEY_SIZE) == 0)
            return issuer;
        is_after = is_after || issuer == after;
    }
    return NULL;
}

exit_status signing_check_known(const struct context *context, const struct signing *signing)
{
    const garita_issuer *first = signing_next(signing, NULL);

    if (first == NULL)
        return report_failure(
            context,
            &(struct failure){EXIT_NOT_ALLOWED, "no-authority", signing->key.name, 0,
                              _("an anchor: garita authority anchor. Any other: export the key "
                                "(garita key export), have its parent certify it, then pin the "
                                "anchor and add the statement (garita trust add)")},
            "%s", _("no authority that this home knows has this key"));
    for (const garita_issuer *next = signing_next(signing, first); next != NULL;
         next = signing_next(signing, next))
        if (next->key_number != first->key_number ||
            memcmp(next->first_key, first->first_key, GARITA_PUBLIC_KEY_SIZE) != 0)
            return report_failure(
                context,
                &(struct failure){EXIT_NOT_ALLOWED, "two-authorities", signing->key.name, 0,
                                  _("take away one of them with: garita trust remove")},
                _("this key was certified for two authorities, %s and %s"), first->name,
                next->name);
    return EXIT_DONE;
}

/* --- what it may --- */

refusal signing_judge(const struct signing *signing, const garita_issuer *issuer,
                      const struct wish *wish, int64_t now)
{
    const garita_scope *scope = &issuer->scope;

    if (garita_book_is_revoked(signing->book, issuer))
        return REFUSAL_REVOKED;
    if (now < issuer->in_force_from)
        return REFUSAL_NOT_YET;
    if (now >= issuer->in_force_until)
        return REFUSAL_EXPIRED;
    if (!garita_scope_has_type(scope, wish->type))
        return REFUSAL_TYPE;
    if (wish->is_level && (scope->depth == 0 || issuer->level >= GARITA_CHAIN_DEPTH_MAX))
        return REFUSAL_LEVEL;
    for (size_t i = 0; wish->countries != NULL && i < wish->countries->country_count; i++)
        if (!garita_scope_has_country(scope, wish->countries->countries[i]))
            return REFUSAL_COUNTRIES;
    if ((wish->programmes & ~scope->programmes) != 0)
        return REFUSAL_PROGRAMMES;
    if ((wish->types & ~scope->types) != 0)
        return REFUSAL_TYPES;
    if (wish->is_level && wish->depth > scope->depth - 1)
        return REFUSAL_DEPTH;
    if (wish->ends > issuer->in_force_until)
        return REFUSAL_ENDS;
    return REFUSAL_NONE;
}

const garita_issuer *signing_choose(const struct signing *signing, refusal *why,
                                    const struct wish *wish, int64_t now)
{
    const garita_issuer *nearest = NULL;

    *why = REFUSAL_NONE;
    for (const garita_issuer *issuer = signing_next(signing, NULL); issuer != NULL;
         issuer = signing_next(signing, issuer)) {
        refusal refused = signing_judge(signing, issuer, wish, now);
        if (refused == REFUSAL_NONE) {
            *why = REFUSAL_NONE;
            return issuer;
        }
        if (nearest == NULL || refused > *why) {
            nearest = issuer;
            *why = refused;
        }
    }
    return nearest;
}

uint32_t signing_last_day(const garita_issuer *issuer)
{
    /* The inverse of garita_day_expires. */
    int64_t day = (issuer->in_force_until - garita_day_expires(0)) / 86400;

    return day < 0 ? 0 : day > GARITA_DAY_MAX ? GARITA_DAY_MAX : (uint32_t)day;
}

/* --- saying no --- */

static const char *code_of(refusal why)
{
    switch (why) {
    case REFUSAL_REVOKED:
        return "key-revoked";
    case REFUSAL_NOT_YET:
        return "issuer-not-yet-valid";
    case REFUSAL_EXPIRED:
        return "issuer-expired";
    case REFUSAL_LEVEL:
    case REFUSAL_DEPTH:
        return garita_error_name(GARITA_E_TOO_DEEP);
    default:
        return garita_error_name(GARITA_E_OUT_OF_SCOPE);
    }
}

static void say_revoked(struct buffer *out, const garita_issuer *issuer,
                        const garita_issuer *revoked)
{
    if (revoked->parent == revoked)
        buffer_add_format(out,
                          _("the anchor %s has revoked itself: nobody who knows that accepts what "
                            "this key signs"),
                          revoked->name);
    else if (revoked == issuer)
        buffer_add_format(out,
                          _("%s has revoked this key of %s: nobody who knows that accepts what it "
                            "signs"),
                          revoked->parent->name, issuer->name);
    else
        buffer_add_format(out,
                          _("%s has revoked %s, through which this key of %s is trusted: nobody "
                            "who knows that accepts what it signs"),
                          revoked->parent->name, revoked->name, issuer->name);
}

static void say_instead_of_revoked(struct buffer *out, const garita_issuer *issuer,
                                   const garita_issuer *revoked)
{
    if (revoked->parent == revoked)
        buffer_add_format(out, "%s",
                          _("a new anchor has to be made, with another key (garita key new, garita "
                            "authority anchor), and pinned by everybody"));
    else if (revoked == issuer)
        buffer_add_format(out,
                          _("sign with another key of %s, or have %s certify it anew (garita "
                            "authority certify --rotates): this key only if nobody else has it"),
                          issuer->name, revoked->parent->name);
    else
        buffer_add_format(out,
                          _("have %s, or another authority, certify anew what stands between it "
                            "and %s"),
                          revoked->parent->name, issuer->name);
}

static void say_what(struct buffer *out, refusal why, const garita_issuer *issuer,
                     const struct wish *wish)
{
    char text[GARITA_MOMENT_TEXT_SIZE];
    char day[GARITA_DATE_TEXT_SIZE];

    switch (why) {
    case REFUSAL_NONE:
    case REFUSAL_REVOKED: /* say_revoked */
        break;
    case REFUSAL_NOT_YET:
        garita_moment_format(text, issuer->in_force_from);
        buffer_add_format(out, _("%s is not in force before %s"), issuer->name, text);
        break;
    case REFUSAL_EXPIRED:
        garita_day_format(day, signing_last_day(issuer));
        buffer_add_format(out, _("%s was in force until %s"), issuer->name, day);
        break;
    case REFUSAL_TYPE:
        buffer_add_format(out, _("%s may not sign a statement of the type %s"), issuer->name,
                          garita_type_name(wish->type));
        break;
    case REFUSAL_LEVEL:
        buffer_add_format(out, _("%s may not certify authorities below itself: no level is left"),
                          issuer->name);
        break;
    case REFUSAL_COUNTRIES:
        buffer_add_format(out, _("%s may not act in all of: "), issuer->name);
        scope_text_add_countries(out, wish->countries);
        break;
    case REFUSAL_PROGRAMMES:
        buffer_add_format(out, _("%s may not give: "), issuer->name);
        scope_text_add_programmes(out, wish->programmes & ~issuer->scope.programmes);
        break;
    case REFUSAL_TYPES:
        buffer_add_format(out, _("%s may not let others sign: "), issuer->name);
        scope_text_add_types(out, wish->types & ~issuer->scope.types);
        break;
    case REFUSAL_DEPTH:
        buffer_add_format(out, _("%s can leave at most %d levels below the new authority"),
                          issuer->name, issuer->scope.depth - 1);
        break;
    case REFUSAL_ENDS:
        garita_day_format(day, signing_last_day(issuer));
        buffer_add_format(out, _("it would outlast %s, which is in force until %s"), issuer->name,
                          day);
        break;
    }
}

/* What the issuer may do, where that is the answer. */
static void say_instead(struct buffer *out, refusal why, const garita_issuer *issuer)
{
    switch (why) {
    case REFUSAL_TYPE:
    case REFUSAL_TYPES:
        buffer_add_text(out, _("its types: "));
        scope_text_add_types(out, issuer->scope.types);
        break;
    case REFUSAL_COUNTRIES:
        buffer_add_text(out, _("its countries: "));
        scope_text_add_countries(out, &issuer->scope);
        break;
    case REFUSAL_PROGRAMMES:
        buffer_add_text(out, _("its programmes: "));
        scope_text_add_programmes(out, issuer->scope.programmes);
        break;
    case REFUSAL_EXPIRED:
        buffer_add_text(out, _("have its parent certify it anew"));
        break;
    default:
        break;
    }
    /* An anchor's bounds were set here. */
    bool is_pinned = issuer->level == 0 && out->len > 0 && why != REFUSAL_EXPIRED;
    if (is_pinned)
        buffer_add_text(out,
                        _(" (an anchor has what it was pinned with: garita trust add --anchor)"));
}

exit_status signing_refuse(const struct context *context, const struct signing *signing,
                           const char *source, uint64_t line, refusal why,
                           const garita_issuer *issuer, const struct wish *wish)
{
    struct buffer message = {0};
    struct buffer hint = {0};

    if (why == REFUSAL_REVOKED) {
        const garita_issuer *revoked = revoked_on_chain(signing->book, issuer);
        say_revoked(&message, issuer, revoked);
        say_instead_of_revoked(&hint, issuer, revoked);
    } else {
        say_what(&message, why, issuer, wish);
        say_instead(&hint, why, issuer);
    }
    exit_status status =
        report_failure(context,
                       &(struct failure){EXIT_NOT_ALLOWED, code_of(why), source, line,
                                         hint.len > 0 ? buffer_text(&hint) : NULL},
                       "%s", buffer_text(&message));
    buffer_free(&message);
    buffer_free(&hint);
    return status;
}

exit_status signing_clock(const struct context *context, int64_t *now)
{
    garita_clock clock = context_clock(context);

    *now = clock.now;
    if (clock.is_known)
        return EXIT_DONE;
    return report_failure(context,
                          &(struct failure){EXIT_NOT_ALLOWED, "clock-unknown", NULL, 0,
                                            _("set the clock, or give the time with --now")},
                          "%s", _("the clock cannot be read"));
}
