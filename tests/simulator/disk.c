#include "disk.h"

#include <stdlib.h>
#include <string.h>

#include "world.h"

/* --- records --- */

enum kind {
    TRUSTED = 1, /* an authority statement */
    CARRIED,     /* a garita_carried, then the statement */
    DROPPED,     /* a garita_carried */
    LOG,         /* a struct row */
    BATCH,       /* of a log: the next, */
    LEAF,        /* or its leaf hash alone */
    CHUNK,       /* of the set that a snapshot brought: its index, then the chunk */
    ELSEWHERE,   /* of the union: the same */
    PROOF,
    EVIDENCE, /* the bundle message */
    FLOOR,
    REMEMBERED,
    COMMIT
};

struct record {
    enum kind kind;
    garita_hash log;
    uint64_t sum;
    garita_digest digest; /* TRUSTED */
    void *note;           /* CARRIED: a reader's */
    size_t len, room;     /* bytes that are there; bytes that were to be written */
    uint8_t bytes[];
};

/* What is written of a log beside its batches and chunks. */
struct row {
    bool is_anew;       /* nothing that was written of the log before counts, */
    bool has_other_set; /* nor do its chunks */
    bool is_damaged, has_head, is_equivocated, set_differs, has_elsewhere;
    uint64_t set_differs_at, start, batches_from;
    garita_head head;
    size_t head_len;
    uint8_t head_bytes[GARITA_HEAD_BYTES_MAX];
    garita_frontier frontier, at_start;
    uint8_t first_key[GARITA_PUBLIC_KEY_SIZE];
};

static uint64_t sum_of(const struct record *record)
{
    uint64_t sum = (uint64_t)record->kind * UINT64_C(0x9e3779b97f4a7c15) + record->room;
    size_t i = 0;

    for (uint64_t word; i + sizeof word <= record->len; i += sizeof word) {
        memcpy(&word, record->bytes + i, sizeof word);
        sum = (sum ^ word) * UINT64_C(0xbf58476d1ce4e5b9);
        sum ^= sum >> 31;
    }
    for (; i < record->len; i++)
        sum = (sum ^ record->bytes[i]) * UINT64_C(0x94d049bb133111eb);
    return sum ^ sum >> 29;
}

static bool is_sound(const struct record *record)
{
    return record->len == record->room && record->sum == sum_of(record);
}

/* --- the index --- */

struct list {
    struct record **at;
    size_t count, cap;
};

static void list_add(struct list *list, struct record *record)
{
    if (list->count == list->cap) {
        list->cap = list->cap == 0 ? 4 : 2 * list->cap;
        list->at = realloc(list->at, list->cap * sizeof *list->at);
        WORLD_REQUIRE(list->at != NULL);
    }
    list->at[list->count++] = record;
}

static void list_free(struct list *list)
{
    free(list->at);
    *list = (struct list){0};
}

struct held {
    garita_hash id;
    struct record *row;
    struct list batches; /* from the row's start on; some by their leaf hash alone */
    garita_hash *leaves;
    size_t leaf_cap;
    struct list chunks, elsewhere; /* a later one of an index takes the place of an earlier */
    struct record *proof;
    struct list evidence;
};

enum { RETIRED_MAX = 64 }; /* takes between two releases, each of which may change the trust set */

struct disk {
    garita_keeper keeper;
    const struct bytes *pins;
    size_t pin_count;

    struct list journal;
    size_t durable;                 /* records of it */
    size_t committed;               /* up to and with the last COMMIT */
    bool is_full, is_dead, is_open; /* is_open: in a transaction */
    unsigned crash_in;              /* operations; 0: not to be */
    uint64_t syncs, version;

    struct list trusted, carried;
    struct held *held;
    size_t held_count, held_cap;
    struct record *floor, *remembered;

    garita_trust *trust;
    garita_trust *next_trust; /* of the transaction */
    garita_trust *old_trusts[RETIRED_MAX];
    size_t old_trust_count;
    garita_book *book; /* of trust */
};

static struct held *find_held(const struct disk *disk, const garita_hash *log)
{
    for (size_t i = 0; i < disk->held_count; i++)
        if (garita_hash_equal(&disk->held[i].id, log))
            return &disk->held[i];
    return NULL;
}

static struct held *hold(struct disk *disk, const garita_hash *log)
{
    struct held *held = find_held(disk, log);

    if (held != NULL)
        return held;
    if (disk->held_count == disk->held_cap) {
        disk->held_cap = disk->held_cap == 0 ? 4 : 2 * disk->held_cap;
        disk->held = realloc(disk->held, disk->held_cap * sizeof *disk->held);
        WORLD_REQUIRE(disk->held != NULL);
    }
    held = &disk->held[disk->held_count++];
    *held = (struct held){.id = *log};
    return held;
}

static void empty_held(struct held *held)
{
    held->batches.count = held->chunks.count = held->elsewhere.count = 0;
}

static void free_held(struct held *held)
{
    list_free(&held->batches);
    list_free(&held->chunks);
    list_free(&held->elsewhere);
    list_free(&held->evidence);
    free(held->leaves);
}

static void add_leaf(struct held *held, const struct record *batch)
{
    if (held->batches.count > held->leaf_cap) {
        held->leaf_cap = held->batches.cap;
        held->leaves = realloc(held->leaves, held->leaf_cap * sizeof *held->leaves);
        WORLD_REQUIRE(held->leaves != NULL);
    }
    garita_hash *leaf = &held->leaves[held->batches.count - 1];
    if (batch->kind == LEAF && batch->len == sizeof *leaf)
        memcpy(leaf, batch->bytes, sizeof *leaf);
    else
        garita_merkle_leaf(leaf, batch->bytes, batch->len);
}

/* By its index in front a later chunk takes the place of an earlier one. */
static void put_chunk(struct list *list, struct record *record)
{
    for (size_t i = 0; i < list->count; i++) {
        if (memcmp(list->at[i]->bytes, record->bytes, sizeof(uint32_t)) == 0) {
            list->at[i] = record;
            return;
        }
    }
    list_add(list, record);
}

static void drop_carried(struct list *list, const struct record *dropped)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++)
        if (memcmp(list->at[i]->bytes + offsetof(garita_carried, digest),
                   dropped->bytes + offsetof(garita_carried, digest), sizeof(garita_digest)) != 0)
            list->at[kept++] = list->at[i];
    list->count = kept;
}

/* What a record is to the index. The bytes of one that rotted are not looked at but by who reads
 * the log. */
static void index_record(struct disk *disk, struct record *record)
{
    struct held *held;
    struct row row;

    switch (record->kind) {
    case TRUSTED:
        list_add(&disk->trusted, record);
        break;
    case CARRIED:
        list_add(&disk->carried, record);
        break;
    case DROPPED:
        drop_carried(&disk->carried, record);
        break;
    case LOG:
        held = hold(disk, &record->log);
        memcpy(&row, record->bytes, sizeof row);
        if (row.is_anew)
            empty_held(held);
        if (row.has_other_set)
            held->chunks.count = 0;
        held->row = record;
        break;
    case BATCH:
    case LEAF:
        held = hold(disk, &record->log);
        list_add(&held->batches, record);
        add_leaf(held, record);
        break;
    case CHUNK:
        put_chunk(&hold(disk, &record->log)->chunks, record);
        break;
    case ELSEWHERE:
        put_chunk(&hold(disk, &record->log)->elsewhere, record);
        break;
    case PROOF:
        hold(disk, &record->log)->proof = record;
        break;
    case EVIDENCE:
        list_add(&hold(disk, &record->log)->evidence, record);
        break;
    case FLOOR:
        disk->floor = record;
        break;
    case REMEMBERED:
        disk->remembered = record;
        break;
    case COMMIT:
        break;
    }
    if (record->kind <= DROPPED || record->kind == PROOF || record->kind == EVIDENCE)
        disk->version++;
}

static void forget_index(struct disk *disk)
{
    disk->trusted.count = disk->carried.count = 0;
    for (size_t i = 0; i < disk->held_count; i++)
        free_held(&disk->held[i]);
    disk->held_count = 0;
    disk->floor = disk->remembered = NULL;
    disk->version++;
}

static void index_all(struct disk *disk)
{
    forget_index(disk);
    for (size_t i = 0; i < disk->journal.count; i++)
        index_record(disk, disk->journal.at[i]);
}

/* --- writing --- */

/* Each is a moment at which the machine may stop. */
static bool operate(struct disk *disk)
{
    if (disk->crash_in > 0 && --disk->crash_in == 0)
        disk->is_dead = true;
    return !disk->is_dead;
}

/* Writes two pieces as one record. */
static struct record *write_two(struct disk *disk, enum kind kind, const garita_hash *log,
                                const void *one, size_t one_len, const void *two, size_t two_len)
{
    struct record *record;

    if (!operate(disk) || disk->is_full)
        return NULL;
    record = malloc(sizeof *record + one_len + two_len);
    WORLD_REQUIRE(record != NULL);
    *record = (struct record){.kind = kind, .len = one_len + two_len, .room = one_len + two_len};
    if (log != NULL)
        record->log = *log;
    if (one_len > 0)
        memcpy(record->bytes, one, one_len);
    if (two_len > 0)
        memcpy(record->bytes + one_len, two, two_len);
    record->sum = sum_of(record);
    if (kind == TRUSTED)
        garita_digest_of(&record->digest, one, one_len);
    list_add(&disk->journal, record);
    index_record(disk, record);
    return record;
}

static bool write_one(struct disk *disk, enum kind kind, const garita_hash *log, const void *bytes,
                      size_t len)
{
    return write_two(disk, kind, log, bytes, len, NULL, 0) != NULL;
}

static void free_record(struct record *record)
{
    free(record->note);
    free(record);
}

static void truncate_journal(struct disk *disk, size_t count)
{
    while (disk->journal.count > count)
        free_record(disk->journal.at[--disk->journal.count]);
    if (disk->durable > count)
        disk->durable = count;
    if (disk->committed > count)
        disk->committed = count;
}

/* --- reading it back --- */

static garita_trust *load_trust(const struct disk *disk)
{
    garita_bytes *statements = calloc(disk->trusted.count + 1, sizeof *statements);
    garita_trust *trust;

    WORLD_REQUIRE(statements != NULL && garita_trust_new(&trust) == GARITA_OK);
    for (size_t i = 0; i < disk->pin_count; i++) {
        garita_authority anchor;
        garita_scope scope;
        const struct bytes *pin = &disk->pins[i];
        WORLD_REQUIRE(garita_authority_inspect(&anchor, NULL, NULL, pin->at, pin->len) ==
                      GARITA_OK);
        garita_pin_default(&scope, anchor.country);
        WORLD_REQUIRE(garita_trust_pin(trust, NULL, NULL, &scope, pin->at, pin->len) == GARITA_OK);
    }
    for (size_t i = 0; i < disk->trusted.count; i++)
        statements[i] = (garita_bytes){disk->trusted.at[i]->bytes, disk->trusted.at[i]->len};
    WORLD_REQUIRE(garita_trust_load(trust, NULL, statements, disk->trusted.count) == GARITA_OK);
    free(statements);
    return trust;
}

static bool put_chunks(garita_set *set, const struct list *chunks)
{
    bool is_whole = true;

    for (size_t i = 0; i < chunks->count; i++) {
        const struct record *record = chunks->at[i];
        uint32_t index;
        memcpy(&index, record->bytes, sizeof index);
        is_whole = is_sound(record) &&
                   garita_set_put_chunk(set, index, record->bytes + sizeof index,
                                        record->len - sizeof index) == GARITA_OK &&
                   is_whole;
    }
    return is_whole;
}

/* Batches do what they say as long as they can be read; of a log that rotted only what they revoke.
 * The first done of them are in the chunks. */
static bool put_batches(garita_set *set, const struct list *batches, uint64_t done)
{
    static garita_event events[GARITA_BATCH_EVENTS_MAX];
    bool is_whole = true;

    for (size_t i = 0; i < batches->count; i++) {
        const struct record *record = batches->at[i];
        int64_t time;
        size_t count;
        if (i < done) {
            is_whole = is_sound(record) && is_whole;
            continue;
        }
        is_whole = is_sound(record) &&
                   garita_batch_decode(&time, events, &count, NULL, record->bytes, record->len) ==
                       GARITA_OK &&
                   garita_set_apply(set, events, count) == GARITA_OK && is_whole;
    }
    return is_whole;
}

static void load_log(const struct disk *disk, garita_log *out, const garita_hash *id)
{
    const struct held *held = find_held(disk, id);
    struct row row;

    WORLD_REQUIRE(garita_log_start(out, id) == GARITA_OK);
    if (held == NULL || held->row == NULL)
        return;
    memcpy(&row, held->row->bytes, sizeof row);
    bool is_whole = is_sound(held->row);
    if (is_whole) {
        out->frontier = row.frontier;
        out->start = row.start;
        out->at_start = row.at_start;
        out->batches_from = row.batches_from;
        out->is_equivocated = row.is_equivocated;
        out->set_differs = row.set_differs;
        out->set_differs_at = row.set_differs_at;
        out->has_head = row.has_head;
        out->head = row.head;
        out->head_len = row.head_len;
        memcpy(out->head_bytes, row.head_bytes, sizeof out->head_bytes);
        out->is_damaged = row.is_damaged;
    }
    is_whole = put_chunks(out->set, &held->chunks) && is_whole;
    uint64_t done = out->batches_from - out->start;
    is_whole = put_batches(out->set, &held->batches, done) && is_whole;
    if (held->elsewhere.count > 0) {
        WORLD_REQUIRE(garita_set_new(&out->elsewhere) == GARITA_OK);
        is_whole = put_chunks(out->elsewhere, &held->elsewhere) && is_whole;
        garita_set_clean(out->elsewhere);
    }
    garita_set_clean(out->set);
    out->is_equivocated = out->is_equivocated || held->proof != NULL;
    out->is_damaged = out->is_damaged || !is_whole;
}

/* Brings the logs that are there into a book of the present trust set. */
static void renew_book(struct disk *disk)
{
    garita_book *book;

    WORLD_REQUIRE(garita_book_new(&book, disk->trust) == GARITA_OK);
    for (size_t i = 0; i < disk->held_count; i++) {
        garita_log log;
        if (disk->held[i].row == NULL)
            continue;
        load_log(disk, &log, &disk->held[i].id);
        WORLD_REQUIRE(garita_book_put(book, &log) == GARITA_OK);
    }
    garita_book_free(disk->book);
    disk->book = book;
}

void disk_mount(struct disk *disk)
{
    size_t whole = 0;

    disk->is_dead = disk->is_open = false;
    disk->crash_in = 0;
    for (size_t i = 0; i < disk->durable; i++) {
        if (disk->journal.at[i]->len != disk->journal.at[i]->room)
            break; /* torn */
        if (disk->journal.at[i]->kind == COMMIT || disk->journal.at[i]->kind == REMEMBERED)
            whole = i + 1;
    }
    truncate_journal(disk, whole);
    disk->committed = disk->durable = whole;
    index_all(disk);
    garita_trust *trust = load_trust(disk);
    garita_book_free(disk->book);
    disk->book = NULL;
    garita_trust_free(disk->trust);
    disk->trust = trust;
    renew_book(disk);
}

void disk_crash(struct disk *disk, struct dice *dice)
{
    size_t loose = disk->journal.count - disk->durable;

    if (loose > 0) {
        size_t stays = dice_below(dice, (uint32_t)loose + 1);
        truncate_journal(disk, disk->durable + stays);
        struct record *last =
            disk->journal.count > disk->durable ? disk->journal.at[disk->journal.count - 1] : NULL;
        if (last != NULL && last->len > 0 && dice_chance(dice, 500))
            last->len = dice_below(dice, (uint32_t)last->len);
        disk->durable = disk->journal.count;
    }
    garita_trust_free(disk->next_trust);
    disk->next_trust = NULL;
    disk->is_dead = true;
}

void disk_crash_in(struct disk *disk, unsigned operations)
{
    disk->crash_in = operations;
}

bool disk_is_dead(const struct disk *disk)
{
    return disk->is_dead;
}

void disk_set_full(struct disk *disk, bool is_full)
{
    disk->is_full = is_full;
}

static void collect(struct list *out, const struct list *from)
{
    for (size_t i = 0; i < from->count; i++)
        list_add(out, from->at[i]);
}

bool disk_rot(struct disk *disk, struct dice *dice)
{
    struct list some = {0};

    for (size_t i = 0; i < disk->held_count; i++) {
        const struct held *held = &disk->held[i];
        if (held->row != NULL)
            list_add(&some, held->row);
        collect(&some, &held->batches);
        collect(&some, &held->chunks);
    }
    if (some.count > 0) {
        struct record *record = some.at[dice_below(dice, (uint32_t)some.count)];
        size_t at = record->kind == CHUNK ? sizeof(uint32_t) : 0;
        at = record->kind == LOG ? offsetof(struct row, head) : at;
        at += dice_below(dice, (uint32_t)(record->len - at));
        record->bytes[at] ^= (uint8_t)(1u << dice_below(dice, 8));
    }
    list_free(&some);
    return disk->held_count > 0;
}

size_t disk_image(const struct disk *disk)
{
    return disk->committed < disk->durable ? disk->committed : disk->durable;
}

void disk_restore(struct disk *disk, size_t image)
{
    if (image < disk->journal.count)
        truncate_journal(disk, image);
    disk_mount(disk);
}

void disk_release(struct disk *disk)
{
    while (disk->old_trust_count > 0)
        garita_trust_free(disk->old_trusts[--disk->old_trust_count]);
}

uint64_t disk_syncs(const struct disk *disk)
{
    return disk->syncs;
}

/* --- the keeper --- */

static bool begin(void *context)
{
    struct disk *disk = context;

    WORLD_REQUIRE(!disk->is_open);
    disk->is_open = operate(disk);
    return disk->is_open;
}

static bool commit(void *context)
{
    struct disk *disk = context;

    WORLD_REQUIRE(disk->is_open);
    /* The machine may stop before the last record is written, before it is synced, or before
     * anybody knows that it is. */
    if (!write_one(disk, COMMIT, NULL, NULL, 0) || !operate(disk))
        return false;
    disk->durable = disk->committed = disk->journal.count;
    disk->syncs++;
    if (!operate(disk))
        return false;
    if (disk->next_trust != NULL) {
        garita_book *book = disk->book;
        garita_trust *trust = disk->trust;
        disk->book = NULL;
        disk->trust = disk->next_trust;
        disk->next_trust = NULL;
        renew_book(disk);
        garita_book_free(book);
        WORLD_REQUIRE(disk->old_trust_count < RETIRED_MAX);
        disk->old_trusts[disk->old_trust_count++] = trust;
    }
    disk->is_open = false;
    return true;
}

static void rollback(void *context)
{
    struct disk *disk = context;

    garita_trust_free(disk->next_trust);
    disk->next_trust = NULL;
    disk->is_open = false;
    if (disk->is_dead || disk->journal.count == disk->committed)
        return;
    truncate_journal(disk, disk->committed);
    index_all(disk);
}

static bool statement_trust(void *context, garita_trust **out)
{
    struct disk *disk = context;

    WORLD_REQUIRE(disk->is_open);
    if (!operate(disk))
        return false;
    if (disk->next_trust == NULL)
        disk->next_trust = load_trust(disk);
    *out = disk->next_trust;
    return true;
}

static bool keep_trusted(void *context, garita_bytes statement)
{
    struct disk *disk = context;

    WORLD_REQUIRE(disk->is_open);
    for (size_t i = 0; i < disk->trusted.count; i++)
        if (disk->trusted.at[i]->len == statement.len &&
            memcmp(disk->trusted.at[i]->bytes, statement.at, statement.len) == 0)
            return operate(disk);
    return write_one(disk, TRUSTED, NULL, statement.at, statement.len);
}

static bool each_carried(void *context,
                         bool (*visit)(void *visitor, const garita_carried *carried,
                                       garita_bytes statement),
                         void *visitor)
{
    struct disk *disk = context;

    WORLD_REQUIRE(disk->is_open);
    for (size_t i = 0; i < disk->carried.count; i++) {
        garita_carried carried;
        garita_bytes statement = disk_carried(disk, i, &carried);
        if (!visit(visitor, &carried, statement))
            break;
    }
    return operate(disk);
}

static bool keep_carried(void *context, const garita_carried *carried, garita_bytes statement)
{
    struct disk *disk = context;

    WORLD_REQUIRE(disk->is_open);
    return write_two(disk, CARRIED, NULL, carried, sizeof *carried, statement.at, statement.len) !=
           NULL;
}

static bool drop(void *context, const garita_carried *carried)
{
    struct disk *disk = context;

    WORLD_REQUIRE(disk->is_open);
    return write_one(disk, DROPPED, NULL, carried, sizeof *carried);
}

static bool view(void *context, garita_trust **trust, garita_book **book)
{
    struct disk *disk = context;

    *trust = disk->trust;
    *book = disk->book;
    return operate(disk);
}

static bool load(void *context, garita_log *out, const garita_issuer *authority,
                 const garita_hash *id)
{
    struct disk *disk = context;
    const garita_log *log = garita_book_log(disk->book, authority);

    WORLD_REQUIRE(disk->is_open);
    *out = (garita_log){0};
    if (!operate(disk))
        return false;
    if (log == NULL)
        return garita_log_start(out, id) == GARITA_OK;
    WORLD_REQUIRE(garita_hash_equal(&log->id, id));
    return garita_log_copy(out, log) == GARITA_OK;
}

static void lost(void *context, const garita_hash *id)
{
    struct disk *disk = context;
    garita_log log;

    if (disk->is_dead)
        return;
    load_log(disk, &log, id);
    WORLD_REQUIRE(garita_book_put(disk->book, &log) == GARITA_OK);
}

/* Writes the chunks of a set that changed, or all of them. */
static bool write_set(struct disk *disk, enum kind kind, garita_set *set, const garita_hash *log,
                      bool is_anew)
{
    static uint8_t chunk[GARITA_CHUNK_BYTES_MAX];
    int32_t (*next)(const garita_set *set, uint32_t from) =
        is_anew ? garita_set_next_chunk : garita_set_next_changed;
    int32_t index = -1;

    while ((index = next(set, (uint32_t)(index + 1))) >= 0) {
        uint32_t number = (uint32_t)index;
        size_t len;
        garita_set_chunk(chunk, &len, set, number);
        if (!write_two(disk, kind, log, &number, sizeof number, chunk, len))
            return false;
    }
    garita_set_clean(set);
    return true;
}

static bool keep_log(void *context, garita_log *log,
                     const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE], const garita_log_added *added)
{
    struct disk *disk = context;
    const struct held *held = find_held(disk, &log->id);
    struct row row, old;
    bool has_old = held != NULL && held->row != NULL && is_sound(held->row);

    WORLD_REQUIRE(disk->is_open);
    memset(&row, 0, sizeof row);
    memset(&old, 0, sizeof old);
    if (has_old)
        memcpy(&old, held->row->bytes, sizeof old);
    const garita_log *before = NULL;
    for (size_t i = 0; i < garita_book_count(disk->book); i++)
        if (garita_hash_equal(&garita_book_get(disk->book, i)->id, &log->id))
            before = garita_book_get(disk->book, i);
    bool was_damaged = before != NULL && before->is_damaged;
    row.is_anew = !log->is_damaged && (was_damaged || old.start != log->start);
    row.has_other_set = !log->is_damaged && (row.is_anew || old.batches_from != log->batches_from);
    row.is_damaged = log->is_damaged;
    row.has_head = log->has_head;
    row.head = log->head;
    row.head_len = log->head_len;
    memcpy(row.head_bytes, log->head_bytes, sizeof row.head_bytes);
    row.is_equivocated = log->is_equivocated;
    row.set_differs = log->set_differs;
    row.set_differs_at = log->set_differs_at;
    row.start = log->start;
    row.batches_from = log->batches_from;
    row.frontier = log->frontier;
    row.at_start = log->at_start;
    memcpy(row.first_key, first_key, sizeof row.first_key);
    WORLD_REQUIRE(added->leaf_count + added->batch_count == 0 ||
                  added->first == (row.is_anew ? log->start
                                   : has_old   ? old.frontier.size
                                               : 0));
    if (!write_one(disk, LOG, &log->id, &row, sizeof row))
        return false;
    for (size_t i = 0; i < added->leaf_count; i++)
        if (!write_one(disk, LEAF, &log->id, &added->leaves[i], sizeof added->leaves[i]))
            return false;
    for (size_t i = 0; i < added->batch_count; i++)
        if (!write_one(disk, BATCH, &log->id, added->batches[i].at, added->batches[i].len))
            return false;
    if (row.has_other_set && log->batches_from > 0 &&
        !write_set(disk, CHUNK, log->set, &log->id, true))
        return false;
    garita_set_clean(log->set);
    return log->elsewhere == NULL ||
           write_set(disk, ELSEWHERE, log->elsewhere, &log->id, row.is_anew);
}

static bool keep_proof(void *context, const garita_hash *log, garita_bytes proof)
{
    struct disk *disk = context;
    const struct held *held = find_held(disk, log);

    WORLD_REQUIRE(disk->is_open && held != NULL);
    if (held->proof != NULL && is_sound(held->proof))
        return operate(disk);
    return write_one(disk, PROOF, log, proof.at, proof.len);
}

static bool keep_evidence(void *context, bool *is_full, const garita_hash *log,
                          const garita_message *evidence)
{
    struct disk *disk = context;
    struct bytes message = {0};
    const struct held *held = find_held(disk, log);

    WORLD_REQUIRE(disk->is_open && held != NULL);
    *is_full = false;
    garita_bundle_write(bytes_sink, &message, evidence);
    bool is_kept = true;
    for (size_t i = 0; i < held->evidence.count; i++) {
        garita_bytes known = disk_evidence(disk, log, i);
        if (known.len >= evidence->bytes.len &&
            memcmp(known.at + known.len - evidence->bytes.len, evidence->bytes.at,
                   evidence->bytes.len) == 0)
            goto done;
    }
    is_kept = write_one(disk, EVIDENCE, log, message.at, message.len);
done:
    bytes_free(&message);
    return is_kept;
}

static bool leaf_of(void *context, garita_hash *out, uint64_t index)
{
    const struct disk_shelf *shelf = context;
    const struct held *held = find_held(shelf->disk, &shelf->log);
    struct row row;

    if (held == NULL || held->row == NULL)
        return false;
    memcpy(&row, held->row->bytes, sizeof row);
    if (index < row.start || index - row.start >= held->batches.count)
        return false;
    *out = held->leaves[index - row.start];
    return true;
}

static void leaves(void *context, garita_leaf_source *out, const garita_hash *log)
{
    static struct disk_shelf shelf; /* until the next call */

    shelf = (struct disk_shelf){context, *log};
    *out = (garita_leaf_source){.context = &shelf, .leaf = leaf_of};
}

/* --- life --- */

struct disk *disk_new(const struct bytes *pins, size_t pin_count)
{
    struct disk *disk = calloc(1, sizeof *disk);

    WORLD_REQUIRE(disk != NULL);
    disk->keeper = (garita_keeper){.context = disk,
                                   .begin = begin,
                                   .commit = commit,
                                   .rollback = rollback,
                                   .statement_trust = statement_trust,
                                   .keep_trusted = keep_trusted,
                                   .each_carried = each_carried,
                                   .keep_carried = keep_carried,
                                   .drop_carried = drop,
                                   .view = view,
                                   .load_log = load,
                                   .lost = lost,
                                   .keep_log = keep_log,
                                   .keep_proof = keep_proof,
                                   .keep_evidence = keep_evidence,
                                   .leaves = leaves};
    disk->pins = pins;
    disk->pin_count = pin_count;
    disk_mount(disk);
    return disk;
}

void disk_free(struct disk *disk)
{
    truncate_journal(disk, 0);
    forget_index(disk);
    list_free(&disk->journal);
    list_free(&disk->trusted);
    list_free(&disk->carried);
    free(disk->held);
    disk_release(disk);
    garita_trust_free(disk->next_trust);
    garita_book_free(disk->book);
    garita_trust_free(disk->trust);
    free(disk);
}

const garita_keeper *disk_keeper(struct disk *disk)
{
    return &disk->keeper;
}

/* --- what is kept --- */

const garita_trust *disk_trust(const struct disk *disk)
{
    return disk->trust;
}

garita_book *disk_book(const struct disk *disk)
{
    return disk->book;
}

uint64_t disk_version(const struct disk *disk)
{
    return disk->version;
}

size_t disk_trusted_count(const struct disk *disk)
{
    return disk->trusted.count;
}

garita_bytes disk_trusted(const struct disk *disk, size_t index, garita_digest *digest)
{
    const struct record *record = disk->trusted.at[index];

    if (digest != NULL)
        *digest = record->digest;
    return (garita_bytes){record->bytes, record->len};
}

void **disk_carried_note(struct disk *disk, size_t index)
{
    return &disk->carried.at[index]->note;
}

size_t disk_carried_count(const struct disk *disk)
{
    return disk->carried.count;
}

garita_bytes disk_carried(const struct disk *disk, size_t index, garita_carried *out)
{
    const struct record *record = disk->carried.at[index];

    memcpy(out, record->bytes, sizeof *out);
    return (garita_bytes){record->bytes + sizeof *out, record->len - sizeof *out};
}

garita_bytes disk_proof(const struct disk *disk, const garita_hash *log)
{
    const struct held *held = find_held(disk, log);

    if (held == NULL || held->proof == NULL || !is_sound(held->proof))
        return (garita_bytes){0};
    return (garita_bytes){held->proof->bytes, held->proof->len};
}

size_t disk_evidence_count(const struct disk *disk, const garita_hash *log)
{
    const struct held *held = find_held(disk, log);

    return held == NULL ? 0 : held->evidence.count;
}

garita_bytes disk_evidence(const struct disk *disk, const garita_hash *log, size_t index)
{
    const struct held *held = find_held(disk, log);

    WORLD_REQUIRE(held != NULL && index < held->evidence.count);
    const struct record *record = held->evidence.at[index];
    return (garita_bytes){record->bytes, record->len};
}

static bool batch_bytes(void *context, uint64_t *out, uint64_t first)
{
    const struct disk_shelf *shelf = context;
    const struct held *held = find_held(shelf->disk, &shelf->log);
    struct row row;

    *out = 0;
    if (held == NULL || held->row == NULL)
        return false;
    memcpy(&row, held->row->bytes, sizeof row);
    if (first < row.batches_from)
        return false;
    for (uint64_t i = first - row.start; i < held->batches.count; i++)
        *out += held->batches.at[i]->len;
    return true;
}

static bool each_batch(void *context, uint64_t first,
                       bool (*visit)(void *visitor, garita_bytes batch), void *visitor)
{
    const struct disk_shelf *shelf = context;
    const struct held *held = find_held(shelf->disk, &shelf->log);
    struct row row;

    if (held == NULL || held->row == NULL)
        return false;
    memcpy(&row, held->row->bytes, sizeof row);
    if (first < row.batches_from)
        return false;
    for (uint64_t i = first - row.start; i < held->batches.count; i++) {
        const struct record *batch = held->batches.at[i];
        if (!is_sound(batch))
            return false;
        if (!visit(visitor, (garita_bytes){batch->bytes, batch->len}))
            break;
    }
    return true;
}

bool disk_shelf_of(garita_shelf *out, struct disk_shelf *context, struct disk *disk,
                   const garita_hash *log)
{
    *context = (struct disk_shelf){disk, *log};
    for (size_t i = 0; i < garita_book_count(disk->book); i++) {
        const garita_log *held = garita_book_get(disk->book, i);
        if (!garita_hash_equal(&held->id, log))
            continue;
        *out = (garita_shelf){.log = held,
                              .leaves = {.context = context, .leaf = leaf_of},
                              .context = context,
                              .batch_bytes = batch_bytes,
                              .each_batch = each_batch};
        return held->has_head && !held->is_damaged;
    }
    return false;
}

int64_t disk_floor(const struct disk *disk)
{
    int64_t floor = INT64_MIN;

    if (disk->floor != NULL)
        memcpy(&floor, disk->floor->bytes, sizeof floor);
    return floor;
}

void disk_raise_floor(struct disk *disk, int64_t floor)
{
    if (floor > disk_floor(disk) && begin(disk)) {
        if (write_one(disk, FLOOR, NULL, &floor, sizeof floor) && commit(disk))
            return;
        rollback(disk);
    }
}

void disk_remember(struct disk *disk, const uint8_t *bytes, size_t len)
{
    if (disk->is_open || !write_one(disk, REMEMBERED, NULL, bytes, len))
        return;
    disk->committed = disk->journal.count;
}

garita_bytes disk_remembered(const struct disk *disk)
{
    if (disk->remembered == NULL || !is_sound(disk->remembered))
        return (garita_bytes){0};
    return (garita_bytes){disk->remembered->bytes, disk->remembered->len};
}
