/* Following a log: the input is a run of acts. An authority publishes, honestly or not; two
 * checkpoints are offered what it published, whole or altered, in any order, again and again.
 * Beside each checkpoint's log stands what it should hold by FORMAT.md, section 14, worked out from
 * who published what, and after each act both are compared. What must hold of any log is required
 * by itself as well.
 */
#include "published.h"

enum { HISTORIES = 2, FOLLOWERS = 2, ACTS_MAX = 40, STEP_S = 50, NONE = 0 };

/* What a checkpoint should hold. */
typedef struct follower {
    garita_log log;        /* and what it does */
    const published *head; /* null: none */
    const history *of;     /* whose leaves are at hand from start on */
    uint64_t start, batches_from;
    standings set;
    bool elsewhere[SERIALS];
    bool is_equivocated, set_differs, is_damaged;
    bool was_revoked[SERIALS]; /* ever, and no disk has lost it */
} follower;

static world w;
static const garita_issuer *authority;
static garita_hash id;

static struct {
    history histories[HISTORIES];
    size_t history_count;
    published heads[HEADS_MAX];
    size_t head_count;
    follower followers[FOLLOWERS];
    bool is_honest; /* nothing but one history, each head by the rules */
    uint8_t proof[GARITA_EQUIVOCATION_BYTES_MAX];
    size_t proof_len; /* the last that was found */
} all;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    world_make(&w, 1);
    authority = garita_trust_find(w.trust, NULL, &w.agencies[0].signer.id, 1);
    WORLD_REQUIRE(authority != NULL);
    garita_log_id(&id, authority);
    return 0;
}

/* --- what a log holds --- */

static bool is_revoked(const follower *f, size_t i)
{
    return f->set.of[i] == GARITA_STANDING_REVOKED || f->elsewhere[i];
}

static uint64_t size_held(const follower *f)
{
    return f->head != NULL ? f->head->head.size : 0;
}

static void require_as_expected(follower *f)
{
    garita_log *log = &f->log;
    garita_status status;
    garita_hash root, expected;
    uint64_t elsewhere = 0;
    for (size_t i = 0; i < SERIALS; i++) {
        garita_log_status(log, &status, published_serials[i]);
        WORLD_REQUIRE(status.standing ==
                      (is_revoked(f, i) ? GARITA_STANDING_REVOKED : f->set.of[i]));
        f->was_revoked[i] = f->was_revoked[i] || status.standing == GARITA_STANDING_REVOKED;
        WORLD_REQUIRE(!f->was_revoked[i] || status.standing == GARITA_STANDING_REVOKED);
        WORLD_REQUIRE(garita_set_get(log->set, published_serials[i]) == f->set.of[i]);
        elsewhere += f->elsewhere[i];
    }
    garita_log_status(log, &status, 4);
    WORLD_REQUIRE(status.standing == GARITA_STANDING_ACTIVE);
    WORLD_REQUIRE(status.equivocated == (f->is_equivocated || f->set_differs));
    WORLD_REQUIRE(status.has_head == (f->head != NULL && !f->is_damaged));
    WORLD_REQUIRE((log->elsewhere != NULL ? garita_set_revoked(log->elsewhere) : 0) == elsewhere);
    WORLD_REQUIRE(log->is_equivocated == f->is_equivocated && log->set_differs == f->set_differs);
    WORLD_REQUIRE(log->is_damaged == f->is_damaged && log->has_head == (f->head != NULL));
    WORLD_REQUIRE(!all.is_honest || (!log->is_equivocated && !log->set_differs));

    garita_set_root(&root, log->set);
    standings_root(&expected, &f->set);
    WORLD_REQUIRE(garita_hash_equal(&root, &expected));
    if (f->head == NULL)
        return;
    WORLD_REQUIRE(garita_head_equal(&log->head, &f->head->head));
    WORLD_REQUIRE(log->head_len == f->head->len &&
                  memcmp(log->head_bytes, f->head->bytes, f->head->len) == 0);
    if (f->is_damaged)
        return;
    WORLD_REQUIRE(f->set_differs || garita_hash_equal(&root, &log->head.set_root));
    garita_frontier_root(&root, &log->frontier);
    WORLD_REQUIRE(log->frontier.size == log->head.size &&
                  garita_hash_equal(&root, &log->head.root));
    WORLD_REQUIRE(log->start == f->start && log->at_start.size == f->start &&
                  log->batches_from == f->batches_from);
}

/* Of a log before an act, to say what did not change. */
typedef struct before {
    garita_log log;
    garita_hash set_root, elsewhere_root;
} before;

static garita_hash root_of(garita_set *set)
{
    garita_hash out = {{0}};
    if (set != NULL)
        garita_set_root(&out, set);
    return out;
}

static before remember(follower *f)
{
    return (before){f->log, root_of(f->log.set), root_of(f->log.elsewhere)};
}

static void require_only_union_changed(follower *f, const before *b)
{
    garita_log now = f->log;
    garita_hash root = root_of(now.set);
    now.elsewhere = b->log.elsewhere;
    now.is_equivocated = b->log.is_equivocated;
    WORLD_REQUIRE(memcmp(&now, &b->log, sizeof now) == 0);
    WORLD_REQUIRE(garita_hash_equal(&root, &b->set_root));
}

static void require_unchanged(follower *f, const before *b)
{
    garita_hash root = root_of(f->log.elsewhere);
    require_only_union_changed(f, b);
    WORLD_REQUIRE(f->log.elsewhere == b->log.elsewhere &&
                  f->log.is_equivocated == b->log.is_equivocated);
    WORLD_REQUIRE(garita_hash_equal(&root, &b->elsewhere_root));
}

/* --- what should come of an offer --- */

typedef struct expectation {
    garita_log_outcome outcome;
    garita_equivocation_form form; /* that is proven, or NONE */
    uint64_t first_batch;
    bool is_first_proof, set_differs_now;
    uint64_t revoked_elsewhere;
} expectation;

/* An offer as it was made. */
typedef struct offer {
    const published *of;
    bool is_snapshot;
    bool fits;     /* what came along is what the head commits to */
    uint64_t from; /* the first batch or leaf that came along */
    uint64_t path_from;
    bool has_path;   /* that leads from there to the head's root */
    bool has_leaves; /* the checkpoint's own are at hand, and as they were */
} offer;

static bool is_signed_later(const published *a, const published *b)
{
    return a->head.signed_at > b->head.signed_at + 300;
}

static bool has_same_root(const published *p, const history *h, size_t size)
{
    garita_hash root;
    naive_root(&root, h->leaves, size);
    return garita_hash_equal(&root, &p->head.root);
}

static void expect_larger(expectation *e, const follower *f, const offer *o)
{
    uint64_t held = size_held(f);
    bool is_by_path = o->is_snapshot && o->from > held && held > 0 && o->path_from == held;
    bool is_shown = o->from <= held || is_by_path || (o->is_snapshot && held == 0);
    e->outcome = GARITA_LOG_GAP;
    if (is_by_path && !o->has_path) {
        e->outcome = GARITA_LOG_MISMATCH;
        return;
    }
    if (is_shown && held > 0 && !has_same_root(f->head, o->of->of, held)) {
        e->outcome = GARITA_LOG_FORKED;
        e->form = GARITA_FORM_FORK;
        return;
    }
    if (is_shown && o->is_snapshot)
        e->outcome = GARITA_LOG_ADOPTED;
    else if (is_shown && (!f->is_damaged || o->from == 0))
        e->outcome = GARITA_LOG_EXTENDED;
    e->first_batch = f->is_damaged ? 0 : held;
    if (is_signed_later(f->head, o->of))
        e->form = GARITA_FORM_REGRESSION;
}

static void expect_equal(expectation *e, const follower *f, const offer *o)
{
    const published *held = f->head;
    if (!garita_hash_equal(&held->head.root, &o->of->head.root) ||
        !garita_hash_equal(&held->head.set_root, &o->of->head.set_root)) {
        e->outcome = GARITA_LOG_FORKED;
        e->form = GARITA_FORM_SAME_SIZE;
    } else if (f->is_damaged && o->is_snapshot) {
        e->outcome = GARITA_LOG_ADOPTED;
    } else if (f->is_damaged) {
        e->outcome = o->from == 0 ? GARITA_LOG_EXTENDED : GARITA_LOG_GAP;
    } else if (held->len == o->of->len && memcmp(held->bytes, o->of->bytes, held->len) == 0) {
        e->outcome = GARITA_LOG_KNOWN;
    } else {
        e->outcome =
            o->of->head.signed_at > held->head.signed_at ? GARITA_LOG_HEARTBEAT : GARITA_LOG_OLDER;
    }
}

static void expect_smaller(expectation *e, const follower *f, const offer *o)
{
    uint64_t size = o->of->head.size;
    e->outcome = GARITA_LOG_FORKED;
    if (size > 0 && size >= f->start && !f->is_damaged && o->has_leaves &&
        !has_same_root(o->of, f->of, size))
        e->form = GARITA_FORM_FORK;
    else if (is_signed_later(o->of, f->head))
        e->form = GARITA_FORM_REGRESSION;
    else
        e->outcome = GARITA_LOG_OLDER;
}

static void revoke_elsewhere(expectation *e, follower *f, size_t i)
{
    if (!is_revoked(f, i)) {
        f->elsewhere[i] = true;
        e->revoked_elsewhere++;
    }
}

/* What the log held before the set that it holds now. */
static void keep_revoked(expectation *e, follower *f, const standings *old)
{
    for (size_t i = 0; i < SERIALS; i++)
        if (old->of[i] == GARITA_STANDING_REVOKED)
            revoke_elsewhere(e, f, i);
}

static bool is_covered(const standings *part, const standings *whole)
{
    for (size_t i = 0; i < SERIALS; i++)
        if (part->of[i] == GARITA_STANDING_REVOKED && whole->of[i] != GARITA_STANDING_REVOKED)
            return false;
    return true;
}

static void apply(standings *set, const batch *b)
{
    for (size_t i = 0; i < SERIALS; i++)
        if (b->has[i] && set->of[i] != GARITA_STANDING_REVOKED)
            set->of[i] = b->to.of[i];
}

static void take_head(follower *f, const published *p)
{
    if (f->head == NULL || p->head.size > f->head->head.size ||
        (p->head.size == f->head->head.size && p->head.signed_at > f->head->head.signed_at))
        f->head = p;
    f->of = p->of;
}

static void find_set_differs(expectation *e, follower *f)
{
    e->set_differs_now = !f->set_differs;
    f->set_differs = true;
}

static void take_tail(expectation *e, follower *f, const offer *o)
{
    standings old = f->set;
    if (f->is_damaged) {
        f->set = (standings){{0}};
        f->start = f->batches_from = 0;
    }
    for (uint64_t i = e->first_batch; i < o->of->head.size; i++)
        apply(&f->set, &o->of->of->batches[i]);
    if (f->is_damaged)
        keep_revoked(e, f, &old);
    f->is_damaged = false;
    take_head(f, o->of);
    if (o->of->has_bad_chunk || memcmp(&f->set, &o->of->claims, sizeof f->set) != 0)
        find_set_differs(e, f);
}

static void take_snapshot(expectation *e, follower *f, const offer *o)
{
    standings old = f->set;
    if (!f->is_damaged && !is_covered(&old, &o->of->claims))
        find_set_differs(e, f);
    f->set = o->of->claims;
    keep_revoked(e, f, &old);
    /* leaves that were held, and those that came, where they go on from them */
    if (f->is_damaged || o->from > size_held(f))
        f->start = o->from;
    f->is_damaged = false;
    take_head(f, o->of);
    f->batches_from = o->of->head.size;
}

/* Changes what the follower should hold. */
static expectation expect(follower *f, const offer *o)
{
    expectation e = {.outcome = GARITA_LOG_MISMATCH};
    uint64_t held = size_held(f), size = o->of->head.size;
    if (!o->fits)
        return e;
    if (f->head == NULL) {
        e.outcome = o->is_snapshot ? GARITA_LOG_ADOPTED
                    : o->from == 0 ? GARITA_LOG_EXTENDED
                                   : GARITA_LOG_GAP;
    } else if (size > held) {
        expect_larger(&e, f, o);
    } else if (size == held) {
        expect_equal(&e, f, o);
    } else {
        expect_smaller(&e, f, o);
    }
    if (e.form != NONE) {
        e.is_first_proof = !f->is_equivocated;
        f->is_equivocated = true;
    }
    if (e.outcome == GARITA_LOG_EXTENDED)
        take_tail(&e, f, o);
    else if (e.outcome == GARITA_LOG_ADOPTED)
        take_snapshot(&e, f, o);
    else if (e.outcome == GARITA_LOG_HEARTBEAT)
        take_head(f, o->of);
    else if (e.outcome == GARITA_LOG_FORKED && o->is_snapshot)
        keep_revoked(&e, f, &o->of->claims);
    else if (e.outcome == GARITA_LOG_FORKED)
        for (uint64_t i = o->from; i < size; i++)
            for (size_t k = 0; k < SERIALS; k++)
                if (o->of->of->batches[i].has[k] &&
                    o->of->of->batches[i].to.of[k] == GARITA_STANDING_REVOKED)
                    revoke_elsewhere(&e, f, k);
    return e;
}

/* --- what came of it --- */

/* Anybody with the trust set is convinced by it. */
static void require_proof(const garita_log_result *result, garita_equivocation_form form)
{
    garita_equivocation proof;
    garita_error e;
    WORLD_REQUIRE((result->proof_len > 0) == (form != NONE));
    if (result->proof_len == 0)
        return;
    uint8_t *copy = exact(result->proof, result->proof_len);
    WORLD_REQUIRE(garita_equivocation_check(NULL, &e, w.trust, NULL, copy, result->proof_len) ==
                  authority);
    WORLD_REQUIRE(garita_equivocation_read(&proof, copy, result->proof_len) == GARITA_OK);
    WORLD_REQUIRE(proof.form == form);
    free(copy);
    all.proof_len = result->proof_len;
    memcpy(all.proof, result->proof, result->proof_len);
}

static void compare(follower *f, const before *b, const offer *o, const garita_log_result *result)
{
    expectation e = expect(f, o);
    WORLD_REQUIRE(result->outcome == e.outcome);
    WORLD_REQUIRE(result->outcome != GARITA_LOG_FORKED || !all.is_honest);
    require_proof(result, e.form);
    WORLD_REQUIRE(result->is_first_proof == e.is_first_proof);
    WORLD_REQUIRE(result->set_differs_now == e.set_differs_now);
    WORLD_REQUIRE(!e.set_differs_now || f->log.set_differs_at == o->of->head.size);
    WORLD_REQUIRE(result->revoked_elsewhere == e.revoked_elsewhere);
    WORLD_REQUIRE((result->fault.error != GARITA_OK) == (e.outcome == GARITA_LOG_MISMATCH));
    WORLD_REQUIRE(result->fault.field != NULL);
    switch (e.outcome) {
    case GARITA_LOG_EXTENDED:
        WORLD_REQUIRE(result->first_batch == e.first_batch);
        WORLD_REQUIRE(result->first_offered == e.first_batch - o->from);
        break;
    case GARITA_LOG_ADOPTED: /* leaves, which may begin later */
        WORLD_REQUIRE(result->first_batch ==
                      (e.first_batch > o->from ? e.first_batch : o->from));
        WORLD_REQUIRE(result->first_offered == result->first_batch - o->from);
        break;
    case GARITA_LOG_GAP:
    case GARITA_LOG_FORKED:
        require_only_union_changed(f, b);
        break;
    case GARITA_LOG_KNOWN:
    case GARITA_LOG_OLDER:
    case GARITA_LOG_MISMATCH:
        require_unchanged(f, b);
        break;
    default:
        break;
    }
    if (b->log.has_head)
        WORLD_REQUIRE(garita_head_compare(&f->log.head, &b->log.head) >= 0);
}

/* --- acts: publishing --- */

static history *some_history(input *in)
{
    return &all.histories[input_next(in) % all.history_count];
}

static const published *some_head(input *in)
{
    if (all.head_count == 0)
        return NULL;
    return &all.heads[input_next(in) % all.head_count];
}

static void act_publish(input *in)
{
    history *h = some_history(in);
    int64_t now = WORLD_NOW + (input_next(in) - 128) * STEP_S;
    if (all.head_count == HEADS_MAX || !h->has_log)
        return;
    if (h != &all.histories[0])
        all.is_honest = false;
    published_honest(&all.heads[all.head_count++], h, now, &w.agencies[0].signer);
}

static void act_lie(input *in)
{
    history *h = some_history(in);
    if (all.head_count == HEADS_MAX)
        return;
    all.is_honest = false;
    published_any(&all.heads[all.head_count++], h, in, &w.agencies[0].signer);
}

static void act_fork(input *in)
{
    if (all.history_count == HISTORIES)
        return;
    history_copy(&all.histories[1], &all.histories[0], &id);
    all.history_count = HISTORIES;
    (void)in;
}

static void act_add(input *in)
{
    history_add(some_history(in), in);
}

static void act_add_junk(input *in)
{
    all.is_honest = false;
    history_add_junk(some_history(in), in);
}

/* --- acts: offering --- */

/* The leaves that a checkpoint has kept. */
typedef struct kept {
    const follower *by;
    size_t altered; /* this one is not as it was; BATCHES_MAX: all are */
} kept;

static bool kept_leaf(void *context, garita_hash *out, uint64_t index)
{
    const kept *k = context;
    WORLD_REQUIRE(index >= k->by->start);
    if (index >= size_held(k->by))
        return false;
    *out = k->by->of->leaves[index];
    out->bytes[0] ^= index == k->altered;
    return true;
}

/* A checkpoint and what it has kept, by a byte of the input. */
static follower *some_follower(input *in, kept *k, garita_leaf_source *source,
                               const garita_leaf_source **own, offer *o)
{
    uint8_t which = input_next(in);
    follower *f = &all.followers[which % FOLLOWERS];
    *k = (kept){f, BATCHES_MAX};
    *source = (garita_leaf_source){.context = k, .leaf = kept_leaf};
    *own = source;
    o->has_leaves = true;
    if (which & 2) {
        *own = NULL;
        o->has_leaves = false;
    } else if ((which & 4) && size_held(f) > f->start) {
        k->altered = (size_t)(f->start + (which >> 3) % (size_held(f) - f->start));
        o->has_leaves = false;
    }
    return f;
}

enum {
    AS_IT_IS,
    BYTE_ALTERED,
    ONE_MISSING,
    ONE_MORE,
    TWO_SWAPPED,
    PEAK_ALTERED,
    SIZE_ALTERED,
    PATH_ALTERED,
    PATH_CUT,
    PATH_LONGER,
    LEAF_ALTERED,
    LEAF_MISSING,
    ALTERATIONS
};

static void alter_byte(garita_bytes bytes, size_t at)
{
    ((uint8_t *)(uintptr_t)bytes.at)[at % bytes.len] ^= 1;
}

/* Alters a tail, and says whether it did. */
static bool alter_tail(garita_frontier *from, garita_bytes *batches, size_t *count, uint8_t how,
                       uint8_t where)
{
    size_t i = *count > 0 ? where % *count : 0;
    switch (how % ALTERATIONS) {
    case BYTE_ALTERED:
        if (*count > 0)
            alter_byte(batches[i], where);
        return *count > 0;
    case ONE_MISSING:
        if (*count > 0)
            release(batches[--*count]);
        return batches[*count].at != NULL;
    case ONE_MORE:
        batches[(*count)++] = (garita_bytes){exact("more", 4), 4};
        return true;
    case TWO_SWAPPED:
        if (i + 1 >= *count)
            return false;
        garita_bytes first = batches[i];
        batches[i] = batches[i + 1];
        batches[i + 1] = first;
        return batches[i].len != first.len || memcmp(batches[i].at, first.at, first.len) != 0;
    case PEAK_ALTERED:
        if (from->size > 0)
            from->peaks[where % garita_frontier_count(from->size)].bytes[where % 32] ^= 1;
        return from->size > 0;
    case SIZE_ALTERED: /* as if the first were in the frontier */
        if (*count == 0)
            return false;
        release(batches[0]);
        memmove(batches, batches + 1, --*count * sizeof *batches);
        from->size++;
        return true;
    default:
        return false;
    }
}

/* From the beginning, around where the checkpoint stands, or from anywhere. */
static uint64_t where_from(const follower *f, uint8_t from, size_t size)
{
    if (from < 64)
        return 0;
    if (from >= 192)
        return from % (size + 1);
    uint64_t first = size_held(f) + from % 8;
    return first < 4 ? 0 : first - 4;
}

static void act_offer_tail(input *in)
{
    offer o = {.of = some_head(in)};
    kept k;
    garita_leaf_source source;
    const garita_leaf_source *own;
    follower *f = some_follower(in, &k, &source, &own, &o);
    uint8_t from = input_next(in), how = input_next(in), where = input_next(in);
    garita_frontier frontier;
    garita_log_result result;
    if (o.of == NULL)
        return;
    size_t size = (size_t)o.of->head.size, count = 0;
    o.from = where_from(f, from, size);
    if (o.from > size)
        o.from = size;
    bool is_readable = true;
    garita_bytes *batches = calloc(BATCHES_MAX + 2, sizeof *batches);
    WORLD_REQUIRE(batches != NULL);
    for (size_t i = (size_t)o.from; i < size; i++) {
        const batch *b = &o.of->of->batches[i];
        batches[count++] = (garita_bytes){exact(b->bytes, b->len), b->len};
        is_readable = is_readable && b->is_readable;
    }
    if (o.from == size)
        frontier = o.of->frontier;
    else
        history_frontier(&frontier, o.of->of, (size_t)o.from);
    bool is_altered = alter_tail(&frontier, batches, &count, how, where);
    o.fits = is_readable && !is_altered && (!o.of->has_other_tree || o.from == size);

    /* The statement is the checkpoint's own where it is offered again: that must be fine. */
    garita_bytes statement = published_statement(o.of);
    uint8_t *copy = exact(statement.at, statement.len);
    garita_bytes *exactly = (garita_bytes *)(void *)exact(batches, count * sizeof *batches);
    garita_log_tail tail = {&frontier, exactly, count};
    before b = remember(f);
    WORLD_REQUIRE(garita_log_offer_tail(&f->log, &result, published_events, own, &o.of->head,
                                        (garita_bytes){copy, statement.len}, &tail) == GARITA_OK);
    for (size_t i = 0; i < count; i++)
        release(batches[i]);
    free(batches);
    free(exactly);
    free(copy);
    compare(f, &b, &o, &result);
}

/* A snapshot with its path, which may be one hash longer than any. */
typedef struct snapshot {
    garita_frontier frontier;
    chunks chunks;
    garita_hash leaves[BATCHES_MAX];
    size_t leaf_count;
    garita_hash path[GARITA_PROOF_MAX + 1];
    size_t path_count;
} snapshot;

/* Alters a snapshot; *path: its path. */
static bool alter_snapshot(snapshot *s, bool *path, uint8_t how, uint8_t where)
{
    chunks *c = &s->chunks;
    size_t i = c->count > 0 ? where % c->count : 0;
    *path = false;
    switch (how % ALTERATIONS) {
    case BYTE_ALTERED:
        if (c->count > 0)
            alter_byte(c->at[i], where);
        return c->count > 0;
    case ONE_MISSING:
        if (c->count == 0)
            return false;
        release(c->at[--c->count]);
        return true;
    case ONE_MORE: /* of an index that is too large, or there already, or between */
        c->indexes[c->count] = where < 85    ? GARITA_CHUNKS + where
                               : where < 170 ? c->indexes[i]
                                             : 30000 + where;
        c->at[c->count++] = (garita_bytes){exact("\x04\x12\x66\x00", 4), 4};
        return true;
    case TWO_SWAPPED:
        if (i + 1 >= c->count)
            return false;
        uint32_t index = c->indexes[i];
        garita_bytes bytes = c->at[i];
        c->indexes[i] = c->indexes[i + 1];
        c->at[i] = c->at[i + 1];
        c->indexes[i + 1] = index;
        c->at[i + 1] = bytes;
        return true;
    case PEAK_ALTERED:
        if (s->frontier.size > 0)
            s->frontier.peaks[where % garita_frontier_count(s->frontier.size)].bytes[0] ^= 1;
        return s->frontier.size > 0;
    case SIZE_ALTERED: /* so that it does not add up */
        s->frontier.size ^= 1u << where % 8;
        return true;
    case PATH_ALTERED:
        if (s->path_count > 0)
            s->path[where % s->path_count].bytes[where % 32] ^= 1;
        *path = true;
        return false;
    case PATH_CUT:
        s->path_count -= s->path_count > 0;
        *path = true;
        return false;
    case PATH_LONGER:
        s->path_count = where & 1 ? s->path_count + 1 : GARITA_PROOF_MAX + 1;
        *path = true;
        return false;
    case LEAF_ALTERED:
        if (s->leaf_count > 0)
            s->leaves[where % s->leaf_count].bytes[where % 32] ^= 1;
        return s->leaf_count > 0;
    case LEAF_MISSING:
        if (s->leaf_count == 0)
            return false;
        s->leaf_count--;
        return true;
    default:
        return false;
    }
}

static void act_offer_snapshot(input *in)
{
    offer o = {.of = some_head(in), .is_snapshot = true};
    kept k;
    garita_leaf_source source;
    const garita_leaf_source *own;
    follower *f = some_follower(in, &k, &source, &own, &o);
    uint8_t from = input_next(in), path_from = input_next(in), how = input_next(in);
    uint8_t where = input_next(in);
    garita_log_result result;
    snapshot s = {.path_count = 0};
    bool is_path_altered;
    if (o.of == NULL)
        return;
    size_t size = (size_t)o.of->head.size;
    o.from = from < 64 ? size : where_from(f, from, size);
    if (o.from > size)
        o.from = size;
    s.frontier = o.of->frontier;
    if (o.from < size)
        history_frontier(&s.frontier, o.of->of, (size_t)o.from);
    s.leaf_count = size - (size_t)o.from;
    memcpy(s.leaves, o.of->of->leaves + o.from, s.leaf_count * sizeof *s.leaves);
    chunks_make(&s.chunks, &o.of->claims, o.of->has_bad_chunk);
    o.path_from = where_from(f, path_from, size);
    if (o.path_from > 0 && o.path_from < size)
        s.path_count = naive_consistency(s.path, o.of->of->leaves, size, (size_t)o.path_from);
    bool is_altered = alter_snapshot(&s, &is_path_altered, how, where);
    bool is_other_tree = o.of->has_other_tree && o.from < size;
    o.fits = !is_altered && !is_other_tree && !o.of->has_bad_chunk;
    o.has_path = s.path_count > 0 && !is_path_altered && !o.of->has_other_tree;

    garita_hash *path = (garita_hash *)(void *)exact(s.path, s.path_count * sizeof *path);
    uint32_t *indexes =
        (uint32_t *)(void *)exact(s.chunks.indexes, s.chunks.count * sizeof *indexes);
    garita_bytes *at = (garita_bytes *)(void *)exact(s.chunks.at, s.chunks.count * sizeof *at);
    garita_hash *leaves = (garita_hash *)(void *)exact(s.leaves, s.leaf_count * sizeof *leaves);
    garita_log_snapshot offered = {.frontier = &s.frontier,
                                   .leaf_count = s.leaf_count,
                                   .leaves = leaves,
                                   .chunk_count = s.chunks.count,
                                   .chunk_indexes = indexes,
                                   .chunks = at,
                                   .path_from = o.path_from,
                                   .path_count = s.path_count,
                                   .path = path};
    before b = remember(f);
    WORLD_REQUIRE(garita_log_offer_snapshot(&f->log, &result, own, &o.of->head,
                                            published_statement(o.of), &offered) == GARITA_OK);
    free(leaves);
    free(path);
    free(indexes);
    free(at);
    chunks_end(&s.chunks);
    compare(f, &b, &o, &result);
}

static void act_offer_evidence(input *in)
{
    const published *p = some_head(in);
    follower *f = &all.followers[input_next(in) % FOLLOWERS];
    uint8_t which = input_next(in), how = input_next(in), where = input_next(in);
    garita_hash proof[GARITA_PROOF_MAX], leaf, expected[GARITA_PROOF_MAX];
    expectation e = {.outcome = GARITA_LOG_NOTHING};
    uint64_t gained;
    if (p == NULL || p->head.size == 0)
        return;
    size_t size = (size_t)p->head.size, index = which % size, count, expected_count = 0;
    const batch *b = &p->of->batches[index];
    count = naive_inclusion(proof, p->of->leaves, size, index);
    garita_bytes bytes = {exact(b->bytes, b->len), b->len};
    switch (how % ALTERATIONS) {
    case BYTE_ALTERED:
        alter_byte(bytes, where);
        break;
    case ONE_MISSING:
        count -= count > 0;
        break;
    case ONE_MORE:
        proof[count++] = p->of->leaves[index];
        break;
    case PATH_ALTERED:
        if (count > 0)
            proof[where % count].bytes[where % 32] ^= 1;
        break;
    case SIZE_ALTERED:
        index = where;
        break;
    default:
        break;
    }
    /* it is good for any place for which it is the proof */
    garita_merkle_leaf(&leaf, bytes.at, bytes.len);
    bool fits =
        index < size && !p->has_other_tree && garita_hash_equal(&leaf, &p->of->leaves[index]);
    if (fits)
        expected_count = naive_inclusion(expected, p->of->leaves, size, index);
    fits = fits && count == expected_count && memcmp(proof, expected, count * sizeof *proof) == 0;
    before state = remember(f);
    garita_error error = garita_log_offer_evidence(&f->log, &gained, published_events, &p->head,
                                                   index, bytes, proof, count);
    if (fits && b->is_readable) {
        WORLD_REQUIRE(error == GARITA_OK);
        for (size_t i = 0; i < SERIALS; i++)
            if (b->has[i] && b->to.of[i] == GARITA_STANDING_REVOKED)
                revoke_elsewhere(&e, f, i);
    } else {
        WORLD_REQUIRE(fits ? error != GARITA_OK : error == GARITA_E_NOT_PROVEN);
    }
    WORLD_REQUIRE(gained == e.revoked_elsewhere);
    require_only_union_changed(f, &state);
    if (gained == 0)
        require_unchanged(f, &state);
    WORLD_REQUIRE(f->log.is_equivocated == state.log.is_equivocated);
    release(bytes);
}

static void act_offer_proof(input *in)
{
    follower *f = &all.followers[input_next(in) % FOLLOWERS];
    if (all.proof_len == 0)
        return;
    WORLD_REQUIRE(garita_log_offer_proof(&f->log) == !f->is_equivocated);
    f->is_equivocated = true;
}

/* Its disk loses of the set what the input says, and, perhaps, the head. */
static void act_damage(input *in)
{
    follower *f = &all.followers[input_next(in) % FOLLOWERS];
    uint8_t lost = input_next(in);
    garita_set_free(f->log.set);
    WORLD_REQUIRE(garita_set_new(&f->log.set) == GARITA_OK);
    for (size_t i = 0; i < SERIALS; i++) {
        if (lost >> i % 7 & 1)
            f->set.of[i] = GARITA_STANDING_ACTIVE;
        f->was_revoked[i] = is_revoked(f, i);
        WORLD_REQUIRE(garita_set_put(f->log.set, published_serials[i],
                                     (garita_standing)f->set.of[i]) == GARITA_OK);
    }
    if (lost & 0x80) {
        f->head = NULL;
        f->log.has_head = false;
        f->log.head = (garita_head){0};
        f->log.head_len = 0;
    }
    memset(&f->log.frontier, 0xaa, sizeof f->log.frontier);
    f->log.is_damaged = f->is_damaged = true;
}

/* --- --- */

static void (*const acts[])(input *in) = {
    act_add,  act_publish,        act_offer_tail,  act_offer_snapshot, act_lie,
    act_fork, act_offer_evidence, act_offer_proof, act_add_junk,       act_damage,
};

/* Who saw nothing but one honest history ends where it ends. */
static void require_agreement(void)
{
    history *h = &all.histories[0];
    published last;
    garita_log_result result;
    published_honest(&last, h, WORLD_NOW, &w.agencies[0].signer);
    garita_frontier none = {0};
    garita_bytes batches[BATCHES_MAX];
    for (size_t i = 0; i < h->size; i++)
        batches[i] = (garita_bytes){h->batches[i].bytes, h->batches[i].len};
    garita_log_tail tail = {&none, batches, h->size};
    for (size_t i = 0; i < FOLLOWERS; i++) {
        garita_log *log = &all.followers[i].log;
        WORLD_REQUIRE(garita_log_offer_tail(log, &result, published_events, NULL, &last.head,
                                            published_statement(&last), &tail) == GARITA_OK);
        garita_hash root;
        garita_set_root(&root, log->set);
        WORLD_REQUIRE(garita_hash_equal(&root, &last.head.set_root));
        WORLD_REQUIRE(garita_head_equal(&log->head, &last.head));
        WORLD_REQUIRE(!log->is_damaged && !log->is_equivocated && !log->set_differs);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input in = {data, size};
    memset(&all, 0, sizeof all);
    all.is_honest = true;
    all.history_count = 1;
    history_start(&all.histories[0], &id);
    for (size_t i = 0; i < FOLLOWERS; i++)
        WORLD_REQUIRE(garita_log_start(&all.followers[i].log, &id) == GARITA_OK);
    for (size_t i = 0; i < ACTS_MAX && in.left > 0; i++) {
        acts[input_next(&in) % (sizeof acts / sizeof acts[0])](&in);
        for (size_t k = 0; k < FOLLOWERS; k++)
            require_as_expected(&all.followers[k]);
    }
    if (all.is_honest)
        require_agreement();
    for (size_t i = 0; i < FOLLOWERS; i++)
        garita_log_end(&all.followers[i].log);
    for (size_t i = 0; i < HISTORIES; i++)
        history_end(&all.histories[i]);
    return 0;
}
