#include "issue.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "i18n.h"
#include "output_file.h"
#include "own_log.h"
#include "progress.h"
#include "report.h"
#include "signing_act.h"

/* Rows of one transaction: one flush of the disk for so many, while other processes that sign in
 * this home wait some milliseconds. */
enum { GROUP_MAX = 100 };

struct batch {
    struct issuing *issuing;
    const char *source;
    FILE *file;
    struct buffer text;
    uint64_t line;          /* of the row in text */
    struct issue_row *rows; /* GROUP_MAX */
    size_t row_count;
    struct progress progress;
    uint64_t issued, known, refused, taken; /* taken: a file of another content has the name */
    bool needs_head;                        /* serials were assigned since the last head */
    bool is_ahead_told;                     /* that heads lie ahead of the clock */
};

/* --- reading --- */

typedef enum taken_line { LINE_TAKEN, LINE_TOO_LONG, LINE_END, LINE_FAILED } taken_line;

/* Reads the next line, without its line feed, into text; of one that is too long nothing is kept.
 */
static taken_line take_line(struct batch *batch)
{
    bool is_too_long = false;
    int c;

    buffer_clear(&batch->text);
    batch->line++;
    while ((c = getc_unlocked(batch->file)) != EOF && c != '\n') {
        if (batch->text.len == CLAIMS_BYTES_MAX)
            is_too_long = true;
        else
            buffer_add_char(&batch->text, (char)c);
    }
    if (ferror(batch->file))
        return LINE_FAILED;
    if (is_too_long)
        return LINE_TOO_LONG;
    return c == EOF && batch->text.len == 0 ? LINE_END : LINE_TAKEN;
}

static bool is_blank(const struct buffer *text)
{
    for (size_t i = 0; i < text->len; i++)
        if (strchr(" \t\r", text->at[i]) == NULL || text->at[i] == '\0')
            return false;
    return true;
}

/* Makes a row of the line; a bad one is reported and left out. */
static void take_row(struct batch *batch)
{
    struct issue_row *row = &batch->rows[batch->row_count];
    struct claims_fault fault = {0};

    if (is_blank(&batch->text))
        return;
    *row = (struct issue_row){.source = batch->source, .line = batch->line};
    if (claims_read(&row->claims, &fault, batch->text.at, batch->text.len)) {
        batch->row_count++;
        return;
    }
    batch->refused++;
    progress_clear(&batch->progress);
    issue_refuse(batch->issuing->context, row, &fault);
}

static void refuse_length(struct batch *batch)
{
    batch->refused++;
    progress_clear(&batch->progress);
    report_failure(batch->issuing->context,
                   &(struct failure){EXIT_BAD_INPUT, garita_error_name(GARITA_E_TOO_LONG),
                                     batch->source, batch->line, NULL},
                   _("a row has at most %zu bytes"), CLAIMS_BYTES_MAX);
}

/* --- signing --- */

static void forget(struct batch *batch, size_t index)
{
    claims_free(&batch->rows[index].claims);
    batch->row_count--;
    memmove(&batch->rows[index], &batch->rows[index + 1],
            (batch->row_count - index) * sizeof *batch->rows);
}

static exit_status sign_rows(struct batch *batch)
{
    for (size_t i = 0; i < batch->row_count;) {
        exit_status status = issue_sign(batch->issuing, &batch->rows[i]);
        if (status == EXIT_DONE) {
            i++;
        } else if (status == EXIT_BAD_INPUT || status == EXIT_NOT_ALLOWED) {
            batch->refused++;
            forget(batch, i);
        } else {
            return status;
        }
    }
    return EXIT_DONE;
}

static void tell_stopped(const struct batch *batch)
{
    report_note(batch->issuing->context,
                _("stopped: from line %llu on nothing is issued; rows that have a ref can be given "
                  "again without harm"),
                (unsigned long long)batch->rows[0].line);
}

static exit_status sign_head(struct batch *batch, struct own_logs *logs, bool is_last)
{
    if (!batch->is_ahead_told)
        own_logs_warn(logs);
    batch->is_ahead_told = true;
    if (!is_last && !own_logs_clock_moved(logs))
        return EXIT_DONE;
    batch->needs_head = false;
    return own_logs_sign(logs, 0);
}

/* A head makes what was signed known: with the group, unless one was signed in this second already
 * and more groups come. A batch that was cut short before its head gets it when it is run again. */
static exit_status attest(struct batch *batch, bool is_last)
{
    const struct issuing *issuing = batch->issuing;
    struct own_logs logs;

    for (size_t i = 0; i < batch->row_count; i++)
        batch->needs_head = batch->needs_head || !batch->rows[i].was_known;
    if (!batch->needs_head && !is_last)
        return EXIT_DONE;
    exit_status status = own_logs_load(&logs, issuing->context, &issuing->signing, issuing->now);
    if (status == EXIT_DONE && !batch->needs_head)
        status = own_logs_behind(&logs, &batch->needs_head);
    if (status == EXIT_DONE && batch->needs_head)
        status = sign_head(batch, &logs, is_last);
    own_logs_free(&logs);
    return status;
}

static exit_status sign_group(struct batch *batch, bool is_last)
{
    garita_store *store = batch->issuing->signing.store;
    uint64_t refused = batch->refused;
    exit_status status = issue_begin(batch->issuing);

    if (status == EXIT_DONE) {
        status = sign_rows(batch);
        if (status == EXIT_DONE)
            status = attest(batch, is_last);
        if (status == EXIT_DONE)
            status = signing_act_commit(batch->issuing->context, store);
        else
            garita_store_rollback(store);
    }
    if (status != EXIT_DONE && batch->row_count > 0) {
        batch->refused = refused;
        tell_stopped(batch);
    }
    return status;
}

/* --- writing --- */

static exit_status differs(const struct batch *batch, const struct issue_row *row, const char *path)
{
    return report_failure(batch->issuing->context,
                          &(struct failure){EXIT_EXISTS, "exists", row->source, row->line,
                                            _("use another --out-dir, or move the file away, and "
                                              "run this again")},
                          _("%s exists with other contents, and nothing is overwritten (serial "
                            "%lu is in the register)"),
                          path, (unsigned long)row->serial);
}

typedef enum presence { PRESENCE_NONE, PRESENCE_SAME, PRESENCE_OTHER } presence;

/* What is there under this name. A symbolic link, wherever it leads, is no file of ours. */
static presence look(const char *path, const struct buffer *bytes)
{
    char part[4096];
    size_t at = 0;
    ssize_t got;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0)
        return errno == ENOENT ? PRESENCE_NONE : PRESENCE_OTHER;
    while ((got = read(fd, part, sizeof part)) > 0) {
        if ((size_t)got > bytes->len - at || memcmp(part, bytes->at + at, (size_t)got) != 0)
            break;
        at += (size_t)got;
    }
    close(fd);
    return got == 0 && at == bytes->len ? PRESENCE_SAME : PRESENCE_OTHER;
}

static exit_status write_row(struct batch *batch, const struct issue_row *row)
{
    const struct issuing *issuing = batch->issuing;
    const struct context *context = issuing->context;
    char path[PATH_MAX];
    struct buffer bytes = {0};
    int qr_version = 0;
    exit_status status = EXIT_DONE;

    int len = snprintf(path, sizeof path, "%s/%010lu.%s", issuing->given->out_dir,
                       (unsigned long)row->serial, artifact_format_name(issuing->style.format));
    if (len < 0 || len >= (int)sizeof path)
        return report_failure(context,
                              &(struct failure){EXIT_IO, "io", issuing->given->out_dir, 0, NULL},
                              "%s", strerror(ENAMETOOLONG));
    /* The longest statement that there is, some 600 bytes, fits version 40-H, and of one with
     * attestations it was tried: no other reason. */
    if (artifact_make(&bytes, context->json ? &qr_version : NULL, &issuing->style, row->code,
                      row->code_len) != GARITA_OK) {
        buffer_free(&bytes);
        return report_no_memory(context);
    }
    presence there = look(path, &bytes);
    if (there == PRESENCE_OTHER) {
        batch->taken++;
        differs(batch, row, path);
    } else if (there == PRESENCE_NONE) {
        status = output_file_write(context, path, artifact_kind(issuing->style.format),
                                   OUTPUT_MODE_SECRET, bytes.at, bytes.len);
        /* Somebody else took the name meanwhile, and that is reported. */
        if (status == EXIT_EXISTS) {
            there = PRESENCE_OTHER;
            batch->taken++;
            status = EXIT_DONE;
        }
    }
    if (status == EXIT_DONE && there != PRESENCE_OTHER && context->json)
        status = issue_tell_json(context, row, path, qr_version);
    buffer_free(&bytes);
    return status;
}

static exit_status write_group(struct batch *batch)
{
    for (size_t i = 0; i < batch->row_count; i++) {
        const struct issue_row *row = &batch->rows[i];
        exit_status status = write_row(batch, row);
        if (status != EXIT_DONE) {
            report_note(batch->issuing->context,
                        _("serials %lu to %lu are issued, and in the register, but not all are "
                          "written: run this again if their rows have refs, else: garita issue "
                          "--as %s --reprint SERIAL -o FILE"),
                        (unsigned long)row->serial,
                        (unsigned long)batch->rows[batch->row_count - 1].serial,
                        batch->issuing->given->as);
            return status;
        }
        if (row->was_known)
            batch->known++;
        else
            batch->issued++;
        progress_step(&batch->progress, batch->issued + batch->known);
    }
    return EXIT_DONE;
}

/* Signs what was read, makes that durable, and only then writes it out. */
static exit_status finish_group(struct batch *batch, bool is_last)
{
    exit_status status = EXIT_DONE;

    if (batch->row_count == 0 && !(is_last && (batch->needs_head || batch->known > 0)))
        return EXIT_DONE;
    /* A long batch must notice that its authority expires meanwhile. */
    status = signing_clock(batch->issuing->context, &batch->issuing->now);
    progress_clear(&batch->progress);
    if (status == EXIT_DONE)
        status = sign_group(batch, is_last);
    if (status == EXIT_DONE)
        status = write_group(batch);
    while (batch->row_count > 0)
        forget(batch, batch->row_count - 1);
    return status;
}

/* --- the whole --- */

static exit_status run(struct batch *batch)
{
    exit_status status = EXIT_DONE;

    while (status == EXIT_DONE) {
        taken_line taken = take_line(batch);
        if (taken == LINE_END)
            break;
        if (taken == LINE_FAILED)
            return report_failure(batch->issuing->context,
                                  &(struct failure){EXIT_IO, "io", batch->source, 0, NULL},
                                  _("cannot be read: %s"), strerror(errno));
        if (batch->text.failed)
            return report_no_memory(batch->issuing->context);
        if (taken == LINE_TOO_LONG)
            refuse_length(batch);
        else
            take_row(batch);
        if (batch->row_count == GROUP_MAX)
            status = finish_group(batch, false);
    }
    return status == EXIT_DONE ? finish_group(batch, true) : status;
}

static exit_status open_source(struct batch *batch)
{
    if (strcmp(batch->source, "-") == 0) {
        batch->file = stdin;
        return EXIT_DONE;
    }
    batch->file = fopen(batch->source, "re");
    if (batch->file != NULL)
        return EXIT_DONE;
    return report_failure(batch->issuing->context,
                          &(struct failure){errno == ENOENT ? EXIT_NOT_FOUND : EXIT_IO,
                                            errno == ENOENT ? "not-found" : "io", batch->source, 0,
                                            NULL},
                          _("cannot be read: %s"), strerror(errno));
}

/* Made if it is not there: credentials are personal data. */
static exit_status make_out_dir(const struct issuing *issuing)
{
    const char *path = issuing->given->out_dir;
    int error = mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : errno;

    if (error == 0 && access(path, W_OK | X_OK) != 0)
        error = errno;
    if (error == 0)
        return EXIT_DONE;
    return report_failure(issuing->context,
                          &(struct failure){error == ENOENT ? EXIT_NOT_FOUND : EXIT_IO,
                                            error == ENOENT ? "not-found" : "io", path, 0, NULL},
                          _("cannot write into this directory: %s"), strerror(error));
}

/* That the authority may issue anything at all, before anything is asked or read: credentials, or
 * attestations. */
static exit_status check_authority(const struct issuing *issuing)
{
    const struct wish credentials = {.type = GARITA_TYPE_CREDENTIAL};
    const struct wish attestations = {.type = GARITA_TYPE_ATTESTATION};
    refusal why;
    exit_status status = signing_check_known(issuing->context, &issuing->signing);

    if (status != EXIT_DONE)
        return status;
    signing_choose(&issuing->signing, &why, &attestations, issuing->now);
    if (why == REFUSAL_NONE)
        return EXIT_DONE;
    const garita_issuer *issuer =
        signing_choose(&issuing->signing, &why, &credentials, issuing->now);
    return why == REFUSAL_NONE ? EXIT_DONE
                               : signing_refuse(issuing->context, &issuing->signing,
                                                issuing->given->as, 0, why, issuer, &credentials);
}

static exit_status sum_up(const struct batch *batch, exit_status status)
{
    report_note(batch->issuing->context,
                _("%llu issued, %llu issued before, %llu rows refused, %llu files not written"),
                (unsigned long long)batch->issued, (unsigned long long)batch->known,
                (unsigned long long)batch->refused, (unsigned long long)batch->taken);
    if (status != EXIT_DONE)
        return status;
    if (batch->refused > 0)
        return EXIT_BAD_INPUT;
    return batch->taken > 0 ? EXIT_EXISTS : EXIT_DONE;
}

exit_status issue_batch(struct issuing *issuing, const char *claims_path)
{
    struct batch batch = {.issuing = issuing, .source = claims_path};
    exit_status status = check_authority(issuing);

    if (status == EXIT_DONE)
        status = open_source(&batch);
    if (status == EXIT_DONE)
        status = make_out_dir(issuing);
    if (status == EXIT_DONE)
        status = issue_unlock(issuing);
    if (status == EXIT_DONE) {
        batch.rows = calloc(GROUP_MAX, sizeof *batch.rows);
        if (batch.rows == NULL)
            status = report_no_memory(issuing->context);
    }
    if (status == EXIT_DONE) {
        batch.progress = progress_start(issuing->context, _("issued"), 0);
        status = run(&batch);
        progress_clear(&batch.progress);
        if (batch.issued > 0)
            own_logs_warn_unsigned(issuing->context, &issuing->signing, issuing->now);
        status = sum_up(&batch, status);
    }
    while (batch.row_count > 0)
        forget(&batch, batch.row_count - 1);
    free(batch.rows);
    buffer_free(&batch.text);
    if (batch.file != NULL && batch.file != stdin)
        fclose(batch.file);
    return status;
}
