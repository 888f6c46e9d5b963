#include "inside.h"

#include <stdlib.h>
#include <string.h>

/* --- the roster --- */

struct member *member_find(const struct engine *e, const uint8_t noise_key[GARITA_NOISE_KEY_SIZE])
{
    size_t low = 0, high = e->member_count; /* the first of those with this key */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(e->members[middle].noise_key, noise_key, GARITA_NOISE_KEY_SIZE) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < e->member_count &&
                   memcmp(e->members[low].noise_key, noise_key, GARITA_NOISE_KEY_SIZE) == 0
               ? &e->members[low]
               : NULL;
}

static const char *address_of(const struct engine *e, const struct member *member, size_t index)
{
    const char *text = e->roster_text + member->addresses_at;
    while (index-- > 0)
        text += strlen(text) + 1;
    return text;
}

void member_show(const struct engine *e, const struct member *member, struct engine_node *out)
{
    memset(out, 0, sizeof *out);
    memcpy(out->public_key, member->public_key, sizeof out->public_key);
    memcpy(out->noise_key, member->noise_key, sizeof out->noise_key);
    memcpy(out->country, member->country, sizeof out->country);
    out->certifier = member->certifier;
    out->from = member->from;
    out->until = member->until;
    out->is_revoked = member->is_revoked;
    const char *name = e->roster_text + member->name_at;
    memcpy(out->name, name, strlen(name) + 1);
    out->address_count = member->address_count;
    for (size_t i = 0; i < member->address_count; i++) {
        const char *address = address_of(e, member, i);
        memcpy(out->addresses[i], address, strlen(address) + 1);
    }
}

/* Whether an entry of the roster is the one by which a node was called: any authority may name any
 * key, and what comes of it must fall on no other's word. */
static bool is_entry(const struct member *member, const uint8_t *noise_key,
                     const uint8_t *public_key, const garita_hash *certifier)
{
    return memcmp(member->noise_key, noise_key, sizeof member->noise_key) == 0 &&
           memcmp(member->public_key, public_key, sizeof member->public_key) == 0 &&
           garita_hash_equal(&member->certifier, certifier);
}

void member_lasts(struct engine *e, const struct link *link)
{
    for (size_t i = 0; i < e->member_count; i++)
        if (is_entry(&e->members[i], link->noise_key, link->node->public_key,
                     &link->node->certifier))
            e->members[i].failures = 0;
}

static void back_off(struct engine *e, struct member *member)
{
    int64_t wait = ENGINE_BACKOFF_MIN_MS;
    for (unsigned i = 0; i < member->failures && wait < ENGINE_BACKOFF_MAX_MS; i++)
        wait *= 2;
    if (member->failures < UINT8_MAX)
        member->failures++;
    member->try_at =
        e->now.ms + jitter(e, wait < ENGINE_BACKOFF_MAX_MS ? wait : ENGINE_BACKOFF_MAX_MS);
}

void member_failed(struct engine *e, const uint8_t *noise_key, const uint8_t *public_key,
                   const garita_hash *certifier)
{
    int64_t apart = e->now.ms + ENGINE_CALLS_APART_MS;
    for (size_t i = 0; i < e->member_count; i++) {
        struct member *member = &e->members[i];
        if (is_entry(member, noise_key, public_key, certifier))
            back_off(e, member);
        else if (member->try_at < apart && garita_hash_equal(&member->certifier, certifier))
            member->try_at = apart;
    }
}

/* --- what is configured and remembered --- */

bool engine_configure(struct engine *e, struct engine_time now, const char *const *addresses,
                      size_t count)
{
    if (now.ms > e->now.ms)
        e->now.ms = now.ms;
    if (count > ENGINE_CONFIGURED_MAX)
        count = ENGINE_CONFIGURED_MAX;
    struct configured *made = calloc(count + 1, sizeof *made);
    if (!made)
        return false;
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(addresses[i]) + 1;
        made[i].address = malloc(len);
        if (!made[i].address) {
            while (i-- > 0)
                free(made[i].address);
            free(made);
            return false;
        }
        memcpy(made[i].address, addresses[i], len);
        made[i].try_at = e->now.ms;
    }
    /* links and dials name addresses by their place */
    int moved[ENGINE_CONFIGURED_MAX];
    for (size_t i = 0; i < e->configured_count; i++) {
        moved[i] = -1;
        for (size_t k = 0; k < count; k++)
            if (strcmp(made[k].address, e->configured[i].address) == 0) {
                moved[i] = (int)k;
                made[k].try_at = e->configured[i].try_at;
                made[k].has_key = e->configured[i].has_key;
                memcpy(made[k].noise_key, e->configured[i].noise_key, sizeof made[k].noise_key);
            }
    }
    for (size_t i = 0; i < e->link_count; i++)
        if (e->links[i]->configured >= 0)
            e->links[i]->configured = moved[e->links[i]->configured];
    for (size_t i = 0; i < e->dial_count; i++)
        if (e->dials[i].configured >= 0)
            e->dials[i].configured = moved[e->dials[i].configured];
    for (size_t i = 0; i < e->configured_count; i++)
        free(e->configured[i].address);
    free(e->configured);
    e->configured = made;
    e->configured_count = count;
    dial_soon(e);
    return true;
}

void engine_remember(struct engine *e, const uint8_t (*noise_keys)[GARITA_NOISE_KEY_SIZE],
                     size_t count)
{
    if (count > ENGINE_REMEMBERED_MAX)
        count = ENGINE_REMEMBERED_MAX;
    free(e->remembered);
    e->remembered_count = 0;
    e->remembered = malloc((count + 1) * sizeof *e->remembered);
    if (!e->remembered)
        return;
    if (count > 0)
        memcpy(e->remembered, noise_keys, count * sizeof *e->remembered);
    e->remembered_count = count;
}

/* Those that it has links with now are to be remembered: told when it has been quiet for a while.
 */
void dial_remember(struct engine *e)
{
    if (e->remember_at == NEVER && !e->is_stopping)
        e->remember_at = e->now.ms + ENGINE_REMEMBER_MS;
}

static void tell_remembered(struct engine *e)
{
    e->remember_at = NEVER;
    uint8_t *keys = malloc((size_t)ENGINE_REMEMBERED_MAX * GARITA_NOISE_KEY_SIZE);
    size_t len = 0;
    if (!keys)
        return;
    for (size_t i = 0; i < e->link_count && len < ENGINE_REMEMBERED_MAX * GARITA_NOISE_KEY_SIZE;
         i++)
        if (e->links[i]->state == LINK_UP) {
            memcpy(keys + len, e->links[i]->noise_key, GARITA_NOISE_KEY_SIZE);
            len += GARITA_NOISE_KEY_SIZE;
        }
    if (len == 0) { /* cut off: what is remembered is worth more */
        free(keys);
        return;
    }
    action_put(e, &(struct engine_action){.kind = ENGINE_REMEMBER, .bytes = keys, .len = len},
               keys);
}

/* --- dialing --- */

static bool dial(struct engine *e, const struct dial *how, const char *address)
{
    size_t room = sizeof e->dials / sizeof *e->dials, len = strlen(address) + 1;
    /* the key and the text stand together behind the action */
    uint8_t *owned = malloc(GARITA_NOISE_KEY_SIZE + len);
    if (!owned || e->dial_count == room) {
        free(owned);
        return false;
    }
    memcpy(owned, how->noise_key, GARITA_NOISE_KEY_SIZE);
    memcpy(owned + GARITA_NOISE_KEY_SIZE, address, len);
    struct dial made = *how;
    made.number = ++e->dial_number;
    if (!action_put(e,
                    &(struct engine_action){.kind = ENGINE_DIAL,
                                            .dial = made.number,
                                            .text = (char *)owned + GARITA_NOISE_KEY_SIZE,
                                            .noise_key = made.has_key ? owned : NULL},
                    owned))
        return false;
    e->dials[e->dial_count++] = made;
    return true;
}

bool dial_end(struct engine *e, uint32_t number, struct dial *out)
{
    for (size_t i = 0; i < e->dial_count; i++)
        if (e->dials[i].number == number) {
            *out = e->dials[i];
            e->dials[i] = e->dials[--e->dial_count];
            if (out->configured >= (int)e->configured_count)
                out->configured = -1;
            return true;
        }
    return false;
}

/* Whether there is a session with this key, or one is being made. */
static bool is_met(const struct engine *e, const uint8_t *noise_key)
{
    for (size_t i = 0; i < e->link_count; i++)
        if (e->links[i]->state != LINK_CLOSING &&
            memcmp(e->links[i]->noise_key, noise_key, GARITA_NOISE_KEY_SIZE) == 0)
            return true;
    for (size_t i = 0; i < e->dial_count; i++)
        if (e->dials[i].has_key &&
            memcmp(e->dials[i].noise_key, noise_key, GARITA_NOISE_KEY_SIZE) == 0)
            return true;
    return false;
}

static bool is_linked(const struct engine *e, int configured)
{
    const struct configured *c = &e->configured[configured];
    for (size_t i = 0; i < e->link_count; i++)
        if (e->links[i]->state != LINK_CLOSING &&
            (e->links[i]->configured == configured ||
             (c->has_key && e->links[i]->state == LINK_UP &&
              memcmp(e->links[i]->noise_key, c->noise_key, sizeof c->noise_key) == 0)))
            return true;
    for (size_t i = 0; i < e->dial_count; i++)
        if (e->dials[i].configured == configured)
            return true;
    return false;
}

/* Links chosen from the roster, dialed ones among them, to nodes of one certifier. */
static size_t chosen_of(const struct engine *e, const garita_hash *certifier)
{
    size_t count = 0;
    for (size_t i = 0; i < e->link_count; i++) {
        const struct link *link = e->links[i];
        count += link->state == LINK_UP && link->is_outbound && link->configured < 0 &&
                 garita_hash_equal(&link->node->certifier, certifier);
    }
    for (size_t i = 0; i < e->dial_count; i++) {
        const struct dial *called = &e->dials[i];
        count += called->has_key && !called->is_renewal &&
                 garita_hash_equal(&called->certifier, certifier);
    }
    return count;
}

/* How many links there are for the purpose of having enough: of those of one certifier, whoever
 * opened them, only as many as may be chosen. So nobody can fill them by calling. *own: those that
 * this node opened or is opening. */
static size_t count_links(const struct engine *e, size_t *own)
{
    size_t count = 0;
    *own = 0;
    for (size_t i = 0; i < e->link_count; i++) {
        const struct link *link = e->links[i];
        if (link->state != LINK_UP)
            continue;
        *own += link->is_outbound || link->configured >= 0;
        size_t same = 0;
        for (size_t k = 0; k < i; k++)
            same += e->links[k]->state == LINK_UP && e->links[k]->configured < 0 &&
                    garita_hash_equal(&e->links[k]->node->certifier, &link->node->certifier);
        count += link->configured >= 0 || same < ENGINE_LINKS_PER_CERTIFIER;
    }
    for (size_t i = 0; i < e->link_count; i++)
        if (e->links[i]->state == LINK_PENDING && e->links[i]->is_outbound) {
            count++;
            ++*own;
        }
    for (size_t i = 0; i < e->dial_count; i++)
        if (!e->dials[i].is_renewal && !e->dials[i].is_exploring) {
            count++;
            ++*own;
        }
    return count;
}

static bool may_call(const struct engine *e, const struct member *member)
{
    return member->address_count > 0 && !member->is_revoked &&
           (e->now.moment == INT64_MIN ||
            (e->now.moment >= member->from && e->now.moment < member->until)) &&
           memcmp(member->noise_key, e->config.noise_key, sizeof member->noise_key) != 0 &&
           !is_banned(e, member->noise_key) && !is_met(e, member->noise_key) &&
           chosen_of(e, &member->certifier) < ENGINE_LINKS_PER_CERTIFIER;
}

static bool call(struct engine *e, struct member *member, bool is_exploring)
{
    const char *address = address_of(e, member, member->address_next % member->address_count);
    member->address_next++;
    struct dial how = {.configured = -1,
                       .certifier = member->certifier,
                       .has_key = true,
                       .is_exploring = is_exploring};
    memcpy(how.public_key, member->public_key, sizeof how.public_key);
    memcpy(how.noise_key, member->noise_key, sizeof how.noise_key);
    return dial(e, &how, address);
}

/* The next to call: one that is remembered, else any. Null: nobody now; *later: when somebody. */
static struct member *choose(struct engine *e, int64_t *later)
{
    *later = NEVER;
    for (size_t i = 0; i < e->remembered_count; i++) {
        struct member *member = member_find(e, e->remembered[i]);
        if (member && member->try_at <= e->now.ms && may_call(e, member))
            return member;
    }
    size_t start = (size_t)random_below(e, e->member_count);
    for (size_t i = 0; i < e->member_count; i++) {
        struct member *member = &e->members[(start + i) % e->member_count];
        if (!may_call(e, member))
            continue;
        if (member->try_at <= e->now.ms)
            return member;
        if (member->try_at < *later)
            *later = member->try_at;
    }
    return NULL;
}

bool dial_renew(struct engine *e, struct link *link)
{
    struct dial how = {.configured = link->configured, .has_key = true, .is_renewal = true};
    how.certifier = link->node->certifier;
    memcpy(how.public_key, link->node->public_key, sizeof how.public_key);
    memcpy(how.noise_key, link->noise_key, sizeof how.noise_key);
    return dial(e, &how, link->address);
}

void dial_soon(struct engine *e)
{
    if (e->seek_at > e->now.ms && !e->is_stopping)
        e->seek_at = e->now.ms;
}

static void seek_configured(struct engine *e)
{
    for (size_t i = 0; i < e->configured_count; i++) {
        struct configured *c = &e->configured[i];
        if (is_linked(e, (int)i))
            continue;
        if (c->try_at <= e->now.ms) {
            struct dial how = {.configured = (int)i};
            c->has_key = false; /* another may answer there now */
            dial(e, &how, c->address);
            c->try_at = e->now.ms + ENGINE_CONFIGURED_MS -
                        (int64_t)random_below(e, ENGINE_CONFIGURED_MS / 4);
        } else if (c->try_at < e->seek_at) {
            e->seek_at = c->try_at;
        }
    }
}

static size_t dials_from_roster(const struct engine *e)
{
    size_t count = 0;
    for (size_t i = 0; i < e->dial_count; i++)
        count += e->dials[i].configured < 0;
    return count;
}

/* Every few minutes another node is tried, so that no choice is for ever. */
static void explore(struct engine *e, bool has_enough)
{
    if (e->explore_at == NEVER)
        e->explore_at = e->now.ms + jitter(e, ENGINE_EXPLORE_MS);
    if (e->now.ms < e->explore_at)
        return;
    e->explore_at = e->now.ms + jitter(e, ENGINE_EXPLORE_MS);
    int64_t later;
    struct member *member = has_enough ? choose(e, &later) : NULL;
    if (member)
        call(e, member, true);
}

void dial_seek(struct engine *e)
{
    if (e->now.ms >= e->remember_at)
        tell_remembered(e);
    if (e->is_stopping || (e->now.ms < e->seek_at && e->now.ms < e->explore_at))
        return;
    e->seek_at = NEVER;
    seek_configured(e);
    size_t own;
    for (;;) {
        size_t count = count_links(e, &own);
        if (count >= e->config.links && own >= (e->config.links + 1) / 2)
            break;
        if (dials_from_roster(e) >= ENGINE_DIALS_MAX)
            break; /* one of them ends, and then it goes on */
        int64_t later;
        struct member *member = choose(e, &later);
        if (!member || !call(e, member, false)) {
            if (member) /* no memory now */
                later = e->now.ms + ENGINE_BACKOFF_MIN_MS;
            if (later < e->seek_at)
                e->seek_at = later;
            break;
        }
    }
    explore(e, e->member_count > 0 && count_links(e, &own) >= e->config.links);
}

/* A link stands. One that was made to try another takes the place of one of those chosen: the least
 * helpful. */
void dial_up(struct engine *e, struct link *link)
{
    if (link->configured >= 0) {
        struct configured *c = &e->configured[link->configured];
        c->has_key = true;
        memcpy(c->noise_key, link->noise_key, sizeof c->noise_key);
    }
    struct link *worst = NULL;
    for (size_t i = 0; i < e->link_count; i++) {
        struct link *other = e->links[i];
        if (other->state != LINK_UP || !other->is_outbound || other->configured >= 0)
            continue;
        if (other != link && (!worst || other->standing < worst->standing ||
                              (other->standing == worst->standing && random_below(e, 2) == 0)))
            worst = other;
    }
    if (link->is_exploring && worst)
        link_close(e, worst, ENGINE_ENOUGH);
    dial_soon(e);
}
