/* `garita sync import` in process: a home of its own, which has pinned two anchors, is given
 * bundles that are put together as the input says, of what authorities published, honestly or not:
 * in any order, cut, or altered. After each, the home is what it was or knows more; at the end it
 * takes the whole honest bundle, and no serial that was revoked is accepted any more.
 */
#include "published.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <garita/bundle.h>
#include <garita/node.h>
#include <garita/store_carried.h>
#include <garita/store_check.h>
#include <garita/store_logs.h>

#include "sync_import.h"

enum { BUNDLE_MAX = 256 * 1024, GROUPS_MAX = 24, IMPORTS_MAX = 4, PATH_SIZE = 64 };

/* --- what is published --- */

enum { HONEST_HEADS = 4, SIZE = 6, SINCE_FORK = 3 };
enum { SUBJECTS = 3 }; /* whose statements there are: agencies 0 and 1, and one below agency 0 */

static world w;
static world_agency below;
/* Carried statements of agency 0: two of one node, of which one is revoked; two policies of one
 * serial; and one that is revoked. */
enum { CARRIED = 5, STATEMENT_MAX = 256 };
static struct {
    uint8_t bytes[STATEMENT_MAX];
    size_t len;
} carried[CARRIED];
static history own, fork_, anchors;
static published heads[16]; /* of agency 0: honest, of the fork, and lies; of its anchor */
static size_t head_count;
static const published *newest;

static void publish(const history *h, uint8_t size, uint8_t time, uint8_t lies, uint8_t which)
{
    const uint8_t bytes[] = {size, time, lies, which};
    const world_agency *by = h == &anchors ? &w.anchors[0] : &w.agencies[0];
    WORLD_REQUIRE(head_count < sizeof heads / sizeof heads[0]);
    published_any(&heads[head_count++], h, &(input){bytes, sizeof bytes}, &by->signer);
}

static void add(history *h, uint8_t which, uint8_t standing)
{
    const uint8_t bytes[] = {which, standing};
    WORLD_REQUIRE(history_add(h, &(input){bytes, sizeof bytes}));
}

static void make_node(size_t which, uint32_t serial)
{
    garita_node n = {.serial = serial, .expires = 40000, .country = "USA", .name = {"Lane", 4}};
    const uint8_t seed[GARITA_SEED_SIZE] = {99};
    uint8_t secret[GARITA_SECRET_KEY_SIZE];
    garita_key_pair(secret, n.public_key, seed);
    garita_key_noise(NULL, n.noise_key, seed);
    WORLD_REQUIRE(garita_node_issue(carried[which].bytes, &carried[which].len,
                                    sizeof carried[which].bytes, NULL, &n,
                                    &w.agencies[0].signer) == GARITA_OK);
}

/* Of which nobody here reads more than the serial. */
static void make_policy(size_t which, uint8_t serial, uint8_t more)
{
    const world_agency *by = &w.agencies[0];
    uint8_t map[] = {0x86,
                     0,
                     1,
                     1,
                     GARITA_TYPE_POLICY,
                     2,
                     0xc4,
                     GARITA_ID_SIZE,
                     0,
                     0,
                     0,
                     0,
                     0,
                     0,
                     0,
                     0,
                     3,
                     by->signer.key_number,
                     4,
                     serial,
                     40,
                     more};
    memcpy(map + 8, by->signer.id.bytes, GARITA_ID_SIZE);
    carried[which].len = world_sign(carried[which].bytes, map, sizeof map, GARITA_TYPE_POLICY,
                                    by->signer.secret_key);
}

static void make_carried(void)
{
    make_node(0, 2); /* revoked by the honest log */
    make_node(1, 70);
    make_policy(2, 80, 0);
    make_policy(3, 80, 1);
    make_policy(4, 9, 0); /* revoked in some history */
}

static void make_published(void)
{
    enum { REVOKED = 0x20, SUSPENDED = 0x10, OTHER_TREE = 1, OTHER_SET = 2, BAD = 4, AT = 128 };
    const garita_hash id = {{0}};
    history_start(&own, &id);
    add(&own, 0x01, REVOKED);
    add(&own, 0x06, SUSPENDED);
    add(&own, 0x02, REVOKED);
    history_copy(&fork_, &own, &id);
    add(&own, 0x58, REVOKED);
    add(&own, 0x04, 0);
    add(&own, 0x80, REVOKED | 1);
    add(&fork_, 0x20, REVOKED);
    add(&fork_, 0xc0, REVOKED);
    history_start(&anchors, &id);
    add(&anchors, 0x01, SUSPENDED); /* nobody's: the anchor's own serial */
    add(&anchors, 0x02, REVOKED);   /* agency 0 */

    publish(&own, 2, AT, 0, 0);
    publish(&own, 3, AT + 1, 0, 0);
    publish(&own, SIZE, AT + 2, 0, 0);
    publish(&own, SIZE, AT + 3, 0, 0);
    newest = &heads[HONEST_HEADS - 1];
    publish(&fork_, 4, AT + 1, 0, 0);
    publish(&fork_, 5, AT + 2, 0, 0);
    publish(&own, 2, AT + 40, 0, 0); /* a regression */
    publish(&own, 4, AT, OTHER_SET, 0);
    publish(&own, 4, AT + 1, OTHER_SET, 2 * SERIALS + 9);
    publish(&own, 5, AT + 1, OTHER_TREE, 0);
    publish(&own, 3, AT + 2, BAD, 0);
    publish(&own, 0, AT - 1, 0, 0);
    publish(&anchors, 1, AT, 0, 0);
    publish(&anchors, 2, AT, 0, 0);

    garita_authority a = {.serial = 7, .expires = 40000, .key_number = 1, .country = "USA"};
    garita_fault fault;
    world_agency_make(&below, 77);
    a.name = (garita_utf8){"Below", 5};
    memcpy(a.public_key, below.public_key, sizeof a.public_key);
    garita_pin_default(&a.scope, "USA");
    a.scope.depth = 0;
    WORLD_REQUIRE(garita_authority_issue(below.statement, &below.statement_len,
                                         sizeof below.statement, &fault, &a,
                                         &w.agencies[0].signer) == GARITA_OK);
    make_carried();
}

/* --- the home --- */

static char home[PATH_SIZE], file[PATH_SIZE + 32], bundle_path[PATH_SIZE + 32];
static uint8_t *empty_home; /* the bytes of its store */
static size_t empty_home_len;
static struct context context;

static void remove_home(void)
{
    static const char *const names[] = {"", "-wal", "-shm"};
    char path[sizeof file + 8];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s%s", file, names[i]);
        remove(path);
    }
    remove(bundle_path);
    remove(home);
}

static void write_file(const char *path, const uint8_t *bytes, size_t len)
{
    FILE *f = fopen(path, "wb");
    WORLD_REQUIRE(f != NULL && fwrite(bytes, 1, len, f) == len && fclose(f) == 0);
}

static void require_store(garita_store_error error)
{
    if (error != GARITA_STORE_OK)
        world_abort(__FILE__, __LINE__, garita_store_error_name(error));
}

static garita_store *open_home(garita_store_mode mode)
{
    static char detail[GARITA_STORE_DETAIL_SIZE];
    garita_store *store;
    require_store(garita_store_open(&store, detail, home, mode));
    return store;
}

/* Memory, where there is a disk of it: each input writes the store anew. */
static void make_home(void)
{
    static char detail[GARITA_STORE_DETAIL_SIZE];
    static const uint8_t id[GARITA_HOME_ID_SIZE] = {1};
    const char *top = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    garita_home facts;
    bool created;
    snprintf(home, sizeof home, "%s/garita-fuzz-XXXXXX", top);
    WORLD_REQUIRE(mkdtemp(home) != NULL);
    snprintf(file, sizeof file, "%s/%s", home, GARITA_STORE_FILE);
    snprintf(bundle_path, sizeof bundle_path, "%s/bundle", home);
    WORLD_REQUIRE(atexit(remove_home) == 0);
    require_store(garita_store_create(&created, &facts, detail, home, "USA", id));
    garita_store *store = open_home(GARITA_STORE_WRITE);
    require_store(garita_store_begin(store));
    for (size_t i = 0; i < 2; i++) {
        garita_scope scope;
        garita_pin_default(&scope, i == 0 ? "USA" : "MEX");
        require_store(garita_store_add_pin(store, w.anchors[i].public_key, &scope,
                                           w.anchors[i].statement, w.anchors[i].statement_len));
    }
    require_store(garita_store_commit(store));
    garita_store_close(store);

    FILE *f = fopen(file, "rb");
    struct stat facts_of_file;
    WORLD_REQUIRE(f != NULL && fstat(fileno(f), &facts_of_file) == 0);
    empty_home_len = (size_t)facts_of_file.st_size;
    empty_home = malloc(empty_home_len);
    WORLD_REQUIRE(empty_home != NULL);
    WORLD_REQUIRE(fread(empty_home, 1, empty_home_len, f) == empty_home_len && fclose(f) == 0);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    world_make(&w, 2);
    make_published();
    make_home();
    FILE *nowhere = fopen("/dev/null", "w");
    WORLD_REQUIRE(nowhere != NULL);
    context = (struct context){.home = home,
                               .language = "en",
                               .has_now = true,
                               .now = WORLD_NOW,
                               .out = nowhere,
                               .err = nowhere};
    return 0;
}

/* --- bundles --- */

typedef struct bundle {
    uint8_t bytes[BUNDLE_MAX];
    size_t len;
} bundle;

static bundle made;

static bool sink(void *to, const uint8_t *bytes, size_t bytes_len)
{
    bundle *b = to;
    WORLD_REQUIRE(bytes_len <= sizeof b->bytes - b->len);
    memcpy(b->bytes + b->len, bytes, bytes_len);
    b->len += bytes_len;
    return true;
}

static void put(const garita_message *m)
{
    WORLD_REQUIRE(garita_bundle_write(sink, &made, m));
}

static void put_tail(const published *p, size_t from)
{
    garita_message m = {.kind = GARITA_MESSAGE_TAIL, .head = published_statement(p)};
    m.frontier = p->frontier;
    if (from < p->head.size)
        history_frontier(&m.frontier, p->of, from);
    put(&m);
    for (size_t i = from; i < p->head.size; i++)
        put(&(garita_message){.kind = GARITA_MESSAGE_BATCH,
                              .bytes = {p->of->batches[i].bytes, p->of->batches[i].len}});
}

/* Whose leaves begin at from; at the head's size there are none. */
static void put_snapshot(const published *p, size_t from, size_t path_from)
{
    size_t size = (size_t)p->head.size;
    garita_message m = {
        .kind = GARITA_MESSAGE_SNAPSHOT, .head = published_statement(p), .frontier = p->frontier};
    if (from < size)
        history_frontier(&m.frontier, p->of, from);
    else
        from = size;
    if (path_from > 0 && path_from < from) {
        m.path_from = path_from;
        m.path_count = naive_consistency(m.path, p->of->leaves, size, path_from);
    }
    put(&m);
    if (from < size)
        put(&(garita_message){
            .kind = GARITA_MESSAGE_LEAVES,
            .bytes = {p->of->leaves[from].bytes, (size - from) * GARITA_HASH_SIZE}});
    chunks c;
    chunks_make(&c, &p->claims, p->has_bad_chunk);
    for (size_t i = 0; i < c.count; i++)
        put(&(garita_message){
            .kind = GARITA_MESSAGE_CHUNK, .index = c.indexes[i], .bytes = c.at[i]});
    chunks_end(&c);
}

static void put_evidence(const published *p, size_t index)
{
    garita_message m = {.kind = GARITA_MESSAGE_EVIDENCE, .head = published_statement(p)};
    if (p->head.size == 0)
        return;
    index %= (size_t)p->head.size;
    m.index = (uint32_t)index;
    m.bytes = (garita_bytes){p->of->batches[index].bytes, p->of->batches[index].len};
    m.path_count = naive_inclusion(m.path, p->of->leaves, (size_t)p->head.size, index);
    put(&m);
}

/* Of whatever form the two heads may prove: they may prove nothing. */
static void put_proof(const published *a, const published *b)
{
    uint8_t bytes[GARITA_EQUIVOCATION_BYTES_MAX];
    garita_message m = {.kind = GARITA_MESSAGE_PROOF, .bytes = {bytes, 0}};
    garita_equivocation proof = {.form = GARITA_FORM_SAME_SIZE};
    if (a->head.size > b->head.size ||
        (a->head.size == b->head.size && memcmp(a->bytes, b->bytes, a->len) > 0)) {
        const published *larger = a;
        a = b;
        b = larger;
    }
    proof.heads[0] = published_statement(a);
    proof.heads[1] = published_statement(b);
    if (a->head.signed_at > b->head.signed_at)
        proof.form = GARITA_FORM_REGRESSION;
    else if (a->head.size > 0 && a->head.size < b->head.size) {
        proof.form = GARITA_FORM_FORK;
        proof.path_count = naive_consistency(proof.path, b->of->leaves, (size_t)b->head.size,
                                             (size_t)a->head.size);
    }
    garita_equivocation_write(bytes, &m.bytes.len, &proof);
    put(&m);
}

static void put_statement(size_t which)
{
    const world_agency *of = which % SUBJECTS < 2 ? &w.agencies[which % SUBJECTS] : &below;
    put(&(garita_message){.kind = GARITA_MESSAGE_STATEMENT,
                          .bytes = {of->statement, of->statement_len}});
}

static void put_carried(size_t which)
{
    put(&(garita_message){.kind = GARITA_MESSAGE_STATEMENT,
                          .bytes = {carried[which % CARRIED].bytes, carried[which % CARRIED].len}});
}

static void begin_bundle(void)
{
    made.len = 0;
    WORLD_REQUIRE(garita_bundle_write_header(sink, &made));
}

static void end_bundle(void)
{
    put(&(garita_message){.kind = GARITA_MESSAGE_END});
}

/* A group of messages. */
static void put_some(input *in)
{
    enum { TAIL, SNAPSHOT, EVIDENCE, PROOF, STATEMENT, CARRIED_ONE, KINDS };
    uint8_t kind = input_next(in) % KINDS, which = input_next(in), more = input_next(in);
    const published *p = &heads[which % head_count];
    switch (kind) {
    case TAIL:
        put_tail(p, more % (p->head.size + 1));
        break;
    case SNAPSHOT:
        put_snapshot(p, 7 - more / 8 % 8, more % 8);
        break;
    case EVIDENCE:
        put_evidence(p, more);
        break;
    case PROOF:
        put_proof(p, &heads[more % head_count]);
        break;
    case STATEMENT:
        put_statement(which);
        break;
    default:
        put_carried(which);
        break;
    }
}

/* --- what the home knows --- */

typedef struct known {
    bool is_there;     /* agency 0, */
    bool is_withdrawn; /* and its anchor has revoked it: nothing of it counts from then on */
    bool is_revoked[SERIALS];
    bool is_equivocated; /* of the agency */
    garita_head head, head_of_anchor;
} known;

static void fail_on_damage(void *data, const garita_issuer *authority, const char *what)
{
    (void)data;
    (void)authority;
    world_abort(__FILE__, __LINE__, what);
}

static void fail_on_misfit(void *data, const garita_store_misfit *misfit)
{
    (void)data;
    world_abort(__FILE__, __LINE__, garita_error_name(misfit->error));
}

static const garita_issuer *find(const garita_trust *trust, const world_agency *of)
{
    return garita_trust_find(trust, NULL, &of->signer.id, 1);
}

static garita_head head_of(const garita_book *book, const garita_issuer *authority)
{
    const garita_log *log = garita_book_log(book, authority);
    return log != NULL ? log->head : (garita_head){0};
}

/* What a home carries. */
typedef struct carriage {
    const garita_trust *trust;
    const garita_book *book;
    garita_carried at[CARRIED];
    size_t count;
} carriage;

/* None is revoked, and none is in the way of another. */
static bool check_carried(void *to, const garita_carried *each, garita_bytes statement)
{
    carriage *c = to;
    const garita_status_source *source = garita_book_status(c->book);
    const garita_issuer *signer;
    garita_carried read;
    garita_status status = {0};
    WORLD_REQUIRE(garita_carried_read(&read, &signer, c->trust, NULL, statement.at,
                                      statement.len) == GARITA_OK);
    WORLD_REQUIRE(read.serial == each->serial && garita_hash_equal(&read.log, &each->log));
    source->look_up(source->context, &status, signer, read.serial);
    WORLD_REQUIRE(status.standing != GARITA_STANDING_REVOKED);
    WORLD_REQUIRE(!garita_book_is_revoked(c->book, signer));
    for (size_t i = 0; i < c->count; i++)
        WORLD_REQUIRE(garita_carried_compare(&read, &c->at[i]) == GARITA_CARRIED_APART);
    WORLD_REQUIRE(c->count < CARRIED);
    c->at[c->count++] = read;
    return true;
}

static known look(void)
{
    known out = {.is_there = false};
    garita_trust *trust;
    garita_book *book;
    garita_store *store = open_home(GARITA_STORE_READ);
    require_store(garita_store_load_trust(store, &trust, fail_on_misfit, NULL));
    require_store(garita_store_load_book(store, &book, trust, fail_on_damage, NULL));
    const garita_issuer *agency = find(trust, &w.agencies[0]);
    if (agency != NULL) {
        const garita_status_source *source = garita_book_status(book);
        out.is_there = true;
        for (size_t i = 0; i < SERIALS; i++) {
            garita_status status = {0};
            source->look_up(source->context, &status, agency, published_serials[i]);
            out.is_revoked[i] = status.standing == GARITA_STANDING_REVOKED;
            out.is_equivocated = status.equivocated;
        }
        out.head = head_of(book, agency);
        out.is_withdrawn = garita_book_is_revoked(book, agency);
    }
    out.head_of_anchor = head_of(book, find(trust, &w.anchors[0]));
    carriage carries = {.trust = trust, .book = book};
    require_store(garita_store_each_carried(store, check_carried, &carries));
    garita_book_free(book);
    garita_trust_free(trust);
    garita_store_close(store);
    return out;
}

/* Whether anybody ever published that it is revoked. */
static bool was_ever_revoked(size_t i)
{
    for (size_t k = 0; k < head_count; k++)
        if (heads[k].of != &anchors && heads[k].claims.of[i] == GARITA_STANDING_REVOKED)
            return true;
    return own.at[SIZE].of[i] == GARITA_STANDING_REVOKED ||
           fork_.at[fork_.size].of[i] == GARITA_STANDING_REVOKED;
}

static void require_more(const known *before, const known *after)
{
    WORLD_REQUIRE(after->is_there || !before->is_there);
    WORLD_REQUIRE(after->is_withdrawn || !before->is_withdrawn);
    WORLD_REQUIRE(after->is_equivocated || !before->is_equivocated);
    WORLD_REQUIRE(garita_head_compare(&after->head, &before->head) >= 0);
    WORLD_REQUIRE(garita_head_compare(&after->head_of_anchor, &before->head_of_anchor) >= 0);
    for (size_t i = 0; i < SERIALS; i++) {
        WORLD_REQUIRE(after->is_revoked[i] || !before->is_revoked[i]);
        WORLD_REQUIRE(!after->is_revoked[i] || was_ever_revoked(i));
    }
}

/* --- --- */

static exit_status import_made(known *now)
{
    struct sync_summary summary;
    known before = *now;
    write_file(bundle_path, made.bytes, made.len);
    exit_status status = sync_import_file(&context, &summary, bundle_path);
    WORLD_REQUIRE(status == EXIT_DONE || status == EXIT_BAD_INPUT);
    *now = look();
    require_more(&before, now);
    if (summary.changed + summary.statements_added == 0)
        WORLD_REQUIRE(memcmp(now, &before, sizeof before) == 0);
    return status;
}

/* The whole honest bundle. */
static void import_honest(known *now)
{
    begin_bundle();
    for (size_t i = 0; i < SUBJECTS; i++)
        put_statement(i);
    put_tail(newest, 0);
    end_bundle();
    exit_status status = import_made(now);
    WORLD_REQUIRE(now->is_there);
    if (now->is_withdrawn)
        return;
    WORLD_REQUIRE(now->is_equivocated || status == EXIT_DONE);
    for (size_t i = 0; i < SERIALS; i++)
        if (own.at[SIZE].of[i] == GARITA_STANDING_REVOKED)
            WORLD_REQUIRE(now->is_revoked[i] || now->is_equivocated); /* never accepted */
    if (!now->is_equivocated)
        WORLD_REQUIRE(garita_head_equal(&now->head, &newest->head));
    WORLD_REQUIRE(import_made(now) == status); /* and is safe to repeat */
}

static bool fail_on_flaw(void *data, const char *flaw)
{
    (void)data;
    world_abort(__FILE__, __LINE__, flaw);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { CUT = 250, FLIP, IMPORT };
    input in = {data, size};
    remove_home();
    WORLD_REQUIRE(mkdir(home, 0700) == 0);
    write_file(file, empty_home, empty_home_len);
    known now = look();
    size_t imports = 0, groups = 0;
    context.json = size % 2 == 1;
    begin_bundle();
    while (in.left > 0 && imports < IMPORTS_MAX && groups < GROUPS_MAX) {
        size_t at;
        switch (*in.at) {
        case CUT:
            input_next(&in);
            at = input_next(&in);
            made.len -= at < made.len ? at : made.len;
            break;
        case FLIP:
            input_next(&in);
            at = (size_t)input_next(&in) << 8;
            at |= input_next(&in);
            if (made.len > 0)
                made.bytes[at % made.len] ^= input_next(&in);
            break;
        case IMPORT:
            input_next(&in);
            end_bundle();
            import_made(&now);
            imports++;
            begin_bundle();
            break;
        default:
            put_some(&in);
            groups++;
            break;
        }
    }
    end_bundle();
    import_made(&now);
    import_honest(&now);
    garita_store *store = open_home(GARITA_STORE_READ);
    require_store(garita_store_each_flaw(store, fail_on_flaw, NULL));
    garita_store_close(store);
    return 0;
}
