#include <garita/log.h>

#include <assert.h>
#include <string.h>

#include <sodium.h>

/* --- which log --- */

void garita_log_id(garita_hash *out, const garita_issuer *authority)
{
    static const char prefix[] = "garita/v1/log"; /* with its zero byte */
    const garita_issuer *below[GARITA_CHAIN_DEPTH_MAX];
    size_t count = 0;
    for (; authority->level > 0; authority = authority->parent) {
        assert(count < GARITA_CHAIN_DEPTH_MAX);
        below[count++] = authority;
    }
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const uint8_t *)prefix, sizeof prefix);
    crypto_hash_sha256_update(&state, authority->anchor->first_key, GARITA_PUBLIC_KEY_SIZE);
    while (count-- > 0)
        crypto_hash_sha256_update(&state, below[count]->first_key, GARITA_PUBLIC_KEY_SIZE);
    crypto_hash_sha256_final(&state, out->bytes);
}

garita_error garita_log_start(garita_log *out, const garita_hash *id)
{
    *out = (garita_log){.id = *id};
    return garita_set_new(&out->set);
}

void garita_log_end(garita_log *log)
{
    garita_set_free(log->set);
    garita_set_free(log->elsewhere);
    *log = (garita_log){0};
}

garita_error garita_log_copy(garita_log *out, const garita_log *log)
{
    garita_set *set, *elsewhere = NULL;
    *out = (garita_log){0};
    garita_error e = garita_set_copy(&set, log->set);
    if (e == GARITA_OK && log->elsewhere)
        e = garita_set_copy(&elsewhere, log->elsewhere);
    if (e != GARITA_OK) {
        garita_set_free(set);
        return e;
    }
    *out = *log;
    out->set = set;
    out->elsewhere = elsewhere;
    return GARITA_OK;
}

/* --- what a verdict needs --- */

static bool is_revoked(const garita_set *set, uint32_t serial)
{
    return set && garita_set_get(set, serial) == GARITA_STANDING_REVOKED;
}

void garita_log_status(const garita_log *log, garita_status *out, uint32_t serial)
{
    *out = (garita_status){.equivocated = log->is_equivocated || log->set_differs};
    out->standing = is_revoked(log->elsewhere, serial) ? GARITA_STANDING_REVOKED
                                                       : garita_set_get(log->set, serial);
    if (!log->has_head || log->is_damaged)
        return;
    out->has_head = true;
    out->issued = log->head.issued;
    out->signed_at = log->head.signed_at;
    out->next_due = log->head.next_due;
}

/* --- what the authority itself does --- */

garita_error garita_log_append(garita_log *log, garita_event *events, const uint8_t *batch,
                               size_t batch_len)
{
    int64_t time;
    size_t event_count;
    garita_hash leaf;
    assert(!log->is_damaged);
    if (log->frontier.size >= GARITA_LOG_SIZE_MAX)
        return GARITA_E_FULL;
    garita_error e = garita_batch_decode(&time, events, &event_count, NULL, batch, batch_len);
    if (e == GARITA_OK)
        e = garita_set_apply(log->set, events, event_count);
    if (e != GARITA_OK)
        return e;
    garita_merkle_leaf(&leaf, batch, batch_len);
    garita_frontier_append(&log->frontier, &leaf);
    return GARITA_OK;
}

bool garita_log_is_ahead(const garita_log *log, int64_t now)
{
    return log->has_head && log->head.signed_at - GARITA_CLOCK_SKEW_S > now;
}

/* The moment that a new head bears: a clock may say anything. */
static int64_t next_signed_at(const garita_log *log, int64_t now)
{
    if (!log->has_head)
        return now;
    bool has_grown = log->frontier.size > log->head.size;
    int64_t earliest = log->head.signed_at + (has_grown ? 0 : 1);
    return now > earliest ? now : earliest;
}

static int64_t due_after(int64_t signed_at, int64_t valid_for_s)
{
    bool fits = signed_at >= 0 && signed_at <= GARITA_MOMENT_MAX &&
                valid_for_s <= GARITA_MOMENT_MAX - signed_at;
    return fits ? signed_at + valid_for_s : GARITA_MOMENT_MAX;
}

garita_error garita_log_sign(garita_log *log, uint32_t issued, int64_t now, int64_t valid_for_s,
                             const garita_signer *signer)
{
    uint8_t bytes[GARITA_HEAD_BYTES_MAX];
    size_t len;
    garita_head head = {.size = log->frontier.size, .issued = issued};
    assert(!log->is_damaged);
    garita_frontier_root(&head.root, &log->frontier);
    garita_set_root(&head.set_root, log->set);
    if (log->has_head && log->head.issued > issued)
        head.issued = log->head.issued;
    head.signed_at = next_signed_at(log, now);
    head.next_due = due_after(head.signed_at, valid_for_s);
    garita_error e = garita_head_issue(bytes, &len, sizeof bytes, NULL, &head, signer);
    if (e != GARITA_OK)
        return e;
    log->has_head = true;
    log->head = head;
    log->head_len = len;
    memcpy(log->head_bytes, bytes, len);
    return GARITA_OK;
}
