/* Which carried statements are kept: core/FORMAT.md, section 18.
 *
 * What is kept is a matter of what was heard, and not of the order: of one serial the statement
 * with the lowest digest, of one node the highest serial, and of the shares, where they are used
 * up, those that a sorting would leave. Whatever is put out meets one that is kept and that would
 * put it out again.
 */
#include <garita/carried.h>

#include <stdlib.h>
#include <string.h>

/* --- the list --- */

/* Keys by which the list is sorted, the first so many of them; what agrees in them is one run. */
enum { OF_ANCHOR = 2, OF_BRANCH = 3, OF_LOG = 4, ALL_KEYS = 5 };

static int compare_numbers(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int compare_keys(const garita_carried *a, const garita_carried *b, unsigned keys)
{
    int order = memcmp(&a->anchor, &b->anchor, sizeof a->anchor);
    if (order == 0)
        order = compare_numbers(a->type, b->type);
    if (order == 0 && keys >= OF_BRANCH)
        order = memcmp(&a->branch, &b->branch, sizeof a->branch);
    if (order == 0 && keys >= OF_LOG)
        order = memcmp(&a->log, &b->log, sizeof a->log);
    if (order == 0 && keys >= ALL_KEYS)
        order = compare_numbers(a->serial, b->serial);
    return order;
}

static int in_order(const void *left, const void *right)
{
    return compare_keys(left, right, ALL_KEYS);
}

static bool make_room(garita_carried_list *list)
{
    if (list->count < list->cap)
        return true;
    size_t cap = list->cap == 0 ? 16 : 2 * list->cap;
    garita_carried *at = realloc(list->at, cap * sizeof *at);
    if (!at)
        return false;
    list->at = at;
    list->cap = cap;
    return true;
}

bool garita_carried_list_add(garita_carried_list *list, const garita_carried *carried)
{
    if (!make_room(list))
        return false;
    list->at[list->count++] = *carried;
    return true;
}

void garita_carried_list_free(garita_carried_list *list)
{
    free(list->at);
    *list = (garita_carried_list){0};
}

void garita_carried_list_sort(garita_carried_list *list)
{
    if (list->count > 0)
        qsort(list->at, list->count, sizeof *list->at, in_order);
}

/* The first that is not before this one, or that is behind all that agree with it. */
static size_t find(const garita_carried_list *list, const garita_carried *carried, unsigned keys,
                   bool is_behind)
{
    size_t begin = 0, end = list->count;
    while (begin < end) {
        size_t middle = begin + (end - begin) / 2;
        if (compare_keys(&list->at[middle], carried, keys) < is_behind)
            begin = middle + 1;
        else
            end = middle;
    }
    return begin;
}

/* There is room. */
static void insert(garita_carried_list *list, const garita_carried *carried)
{
    size_t index = find(list, carried, ALL_KEYS, false);
    garita_carried *at = &list->at[index];
    memmove(at + 1, at, (list->count - index) * sizeof *at);
    *at = *carried;
    list->count++;
}

static garita_carried take_out(garita_carried_list *list, size_t index)
{
    garita_carried *at = &list->at[index];
    garita_carried out = *at;
    memmove(at, at + 1, (--list->count - index) * sizeof *at);
    return out;
}

static bool is_same(const garita_carried *a, const garita_carried *b)
{
    return memcmp(&a->digest, &b->digest, sizeof a->digest) == 0;
}

/* --- shares --- */

typedef struct run {
    size_t begin, count;
} run;

/* All that agree with this one. */
static run run_of(const garita_carried_list *list, const garita_carried *carried, unsigned keys)
{
    size_t begin = find(list, carried, keys, false);
    return (run){begin, find(list, carried, keys, true) - begin};
}

/* The longest of the runs that a run is made of: of two that are as long the later. */
static run longest(const garita_carried_list *list, run of, unsigned keys)
{
    run out = {0};
    for (size_t at = of.begin; at < of.begin + of.count;) {
        run each = run_of(list, &list->at[at], keys);
        if (each.count >= out.count)
            out = each;
        at += each.count;
    }
    return out;
}

typedef struct shares {
    size_t of_log, of_branch, of_anchor;
} shares;

static shares shares_of(garita_type type)
{
    return type == GARITA_TYPE_NODE
               ? (shares){GARITA_NODES_PER_AUTHORITY_MAX, GARITA_NODES_PER_BRANCH_MAX,
                          GARITA_NODES_PER_ANCHOR_MAX}
               : (shares){GARITA_POLICIES_PER_AUTHORITY_MAX, GARITA_POLICIES_PER_BRANCH_MAX,
                          GARITA_POLICIES_PER_ANCHOR_MAX};
}

/* Which one is to go since this one, which is in the list, has come: the lowest serial of the
 * authority that has most, in the branch that has most. Whoever takes most gives first, so that
 * others' are put out by no number of authorities. */
static bool find_surplus(size_t *out, const garita_carried_list *list,
                         const garita_carried *carried)
{
    const shares share = shares_of(carried->type);
    run log = run_of(list, carried, OF_LOG);
    run branch = run_of(list, carried, OF_BRANCH);
    run anchor = run_of(list, carried, OF_ANCHOR);
    if (log.count > share.of_log)
        *out = log.begin;
    else if (branch.count > share.of_branch)
        *out = longest(list, branch, OF_LOG).begin;
    else if (anchor.count > share.of_anchor)
        *out = longest(list, longest(list, anchor, OF_BRANCH), OF_LOG).begin;
    else
        return false;
    return true;
}

/* --- ruling --- */

/* What it is to all that is kept. False if it is not to be kept. */
static bool compare_with_all(garita_carried_ruling *out, size_t gone[GARITA_CARRIED_GONE_MAX],
                             const garita_carried_list *list, const garita_carried *comes)
{
    bool is_wanted = true;
    size_t gone_count = 0;
    for (size_t i = 0; i < list->count; i++) {
        const garita_carried *kept = &list->at[i];
        garita_carried_order order = garita_carried_compare(comes, kept);
        bool puts_out = order == GARITA_CARRIED_NEWER;
        if (order == GARITA_CARRIED_SAME) {
            *out = (garita_carried_ruling){.is_known = true};
            return false;
        }
        if (order == GARITA_CARRIED_TWIN) {
            out->has_twin = true;
            puts_out = memcmp(&comes->digest, &kept->digest, sizeof kept->digest) < 0;
            is_wanted = is_wanted && puts_out;
        }
        is_wanted = is_wanted && order != GARITA_CARRIED_OLDER;
        if (puts_out && gone_count < GARITA_CARRIED_GONE_MAX - 1)
            gone[gone_count++] = i;
    }
    out->gone_count = is_wanted ? gone_count : 0;
    return is_wanted;
}

bool garita_carried_place(garita_carried_ruling *out, garita_carried_list *list,
                          const garita_carried *comes)
{
    size_t gone[GARITA_CARRIED_GONE_MAX] = {0};
    size_t surplus;
    *out = (garita_carried_ruling){0};
    if (!make_room(list))
        return false;
    if (!compare_with_all(out, gone, list, comes))
        return true;
    for (size_t i = out->gone_count; i-- > 0;)
        out->gone[i] = take_out(list, gone[i]);
    insert(list, comes);
    out->is_kept = true;
    if (!find_surplus(&surplus, list, comes))
        return true;
    garita_carried put_out = take_out(list, surplus);
    if (!is_same(&put_out, comes)) {
        out->gone[out->gone_count++] = put_out;
        return true;
    }
    while (out->gone_count > 0)
        insert(list, &out->gone[--out->gone_count]);
    out->is_kept = false;
    out->is_full = true;
    return true;
}
