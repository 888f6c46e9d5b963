#include "statement_files.h"

#include <stdlib.h>
#include <string.h>

#include <garita/authority.h>
#include <garita/bundle.h>
#include <garita/node.h>
#include <garita/statement.h>
#include <garita/text.h>

#include "i18n.h"
#include "input_file.h"
#include "report.h"
#include "scan_file.h"

/* As many of the longest texts as anchors and agencies can be handed over at once. */
#define FILE_BYTES_MAX ((size_t)GARITA_ISSUERS_MAX * (GARITA_QR_TEXT_MAX + 2))

/* More anchors and agencies than a set can hold are no hand-over. */
static exit_status refuse_count(const struct context *context, const char *source, uint64_t line)
{
    return report_failure(
        context,
        &(struct failure){EXIT_BAD_INPUT, garita_error_name(GARITA_E_FULL), source, line, NULL},
        _("more than %d statements at once"), GARITA_ISSUERS_MAX);
}

static bool grow(struct statement_files *files)
{
    size_t cap = files->cap == 0 ? 4 : 2 * files->cap;
    struct statement *at = realloc(files->at, cap * sizeof *at);

    if (at == NULL)
        return false;
    files->at = at;
    files->cap = cap;
    return true;
}

/* Keeps one more statement. */
static exit_status add(const struct context *context, struct statement_files *files,
                       const struct statement *statement)
{
    if (files->count == GARITA_ISSUERS_MAX)
        return refuse_count(context, statement->source, statement->line);
    if (files->count == files->cap && !grow(files))
        return report_no_memory(context);
    files->at[files->count++] = *statement;
    return EXIT_DONE;
}

static exit_status refuse(const struct context *context, const char *source, uint64_t line,
                          garita_error error)
{
    return report_failure(
        context,
        &(struct failure){EXIT_BAD_INPUT, garita_error_name(error), source, line,
                          error == GARITA_E_NOT_OURS
                              ? _("a statement is a file of bytes, or a line that begins GT1:")
                              : NULL},
        "%s", _(garita_error_text(error)));
}

static exit_status refuse_form(const struct context *context, const struct statement *statement,
                               const garita_fault *fault)
{
    const struct failure failure = {EXIT_BAD_INPUT, garita_error_name(fault->error),
                                    statement->source, statement->line, NULL};

    if (fault->error == GARITA_E_WRONG_TYPE)
        return report_failure(
            context, &failure, "%s",
            _("neither an authority statement nor a node's; \"garita inspect\" shows what it is"));
    return report_failure(context, &failure, "%s%s%s", fault->field,
                          fault->field[0] != '\0' ? ": " : "", _(garita_error_text(fault->error)));
}

/* Keeps one more, if its form is that of an authority or node statement. */
static exit_status check_and_add(const struct context *context, struct statement_files *files,
                                 struct statement *statement)
{
    garita_authority authority;
    garita_node node;
    garita_fault fault = {.field = ""};

    if (garita_statement_type(statement->bytes, statement->len) == GARITA_TYPE_NODE) {
        statement->type = GARITA_TYPE_NODE;
        fault.error = garita_node_inspect(&node, NULL, &fault, statement->bytes, statement->len);
    } else {
        statement->type = GARITA_TYPE_AUTHORITY;
        fault.error =
            garita_authority_inspect(&authority, NULL, &fault, statement->bytes, statement->len);
    }
    return fault.error == GARITA_OK ? add(context, files, statement)
                                    : refuse_form(context, statement, &fault);
}

static exit_status read_line(const struct context *context, struct statement_files *files,
                             const char *source, uint64_t line, const char *text, size_t len)
{
    struct statement statement = {.source = source, .line = line};

    garita_error error = garita_text_decode(statement.bytes, &statement.len, sizeof statement.bytes,
                                            NULL, text, len);
    return error == GARITA_OK ? check_and_add(context, files, &statement)
                              : refuse(context, source, line, error);
}

static exit_status read_lines(const struct context *context, struct statement_files *files,
                              const char *source, const char *text, size_t len)
{
    const char *end = text + len;
    uint64_t line = 0;
    exit_status status = EXIT_DONE;

    while (text < end && status == EXIT_DONE) {
        const char *feed = memchr(text, '\n', (size_t)(end - text));
        const char *next = feed != NULL ? feed + 1 : end;
        size_t line_len = (size_t)((feed != NULL ? feed : end) - text);
        line++;
        if (line_len > 0 && text[line_len - 1] == '\r')
            line_len--;
        if (line_len > 0)
            status = read_line(context, files, source, line, text, line_len);
        text = next;
    }
    return status;
}

static exit_status read_bytes(const struct context *context, struct statement_files *files,
                              const char *source, const uint8_t *bytes, size_t len)
{
    struct statement statement = {.source = source, .len = len};

    if (len > sizeof statement.bytes)
        return refuse(context, source, 0, GARITA_E_TOO_LONG);
    memcpy(statement.bytes, bytes, len);
    return check_and_add(context, files, &statement);
}

static exit_status read_file(const struct context *context, struct statement_files *files,
                             const char *path)
{
    struct input_file file = {0};
    size_t before = files->count;
    exit_status status = input_file_read(context, &file, path, FILE_BYTES_MAX);

    if (status != EXIT_DONE)
        return status;
    if (garita_statement_type(file.bytes, file.len) == GARITA_TYPE_POLICY)
        status = report_failure(
            context,
            &(struct failure){EXIT_BAD_INPUT, garita_error_name(GARITA_E_WRONG_TYPE), file.source,
                              0, _("a policy is for: garita policy add")},
            "%s", _("neither an authority statement nor a node's"));
    else if (garita_bundle_is_one(file.bytes, file.len))
        status =
            report_failure(context,
                           &(struct failure){EXIT_BAD_INPUT, garita_error_name(GARITA_E_NOT_OURS),
                                             file.source, 0, scan_bundle_hint()},
                           "%s", _("neither an authority statement nor a node's"));
    else if (garita_statement_type(file.bytes, file.len) != 0)
        status = read_bytes(context, files, file.source, file.bytes, file.len);
    else
        status = read_lines(context, files, file.source, (const char *)file.bytes, file.len);
    if (status == EXIT_DONE && files->count == before)
        status = refuse(context, file.source, 0, GARITA_E_TRUNCATED);
    input_file_free(&file);
    return status;
}

exit_status statement_files_read(const struct context *context, struct statement_files *out,
                                 char *const *paths, size_t path_count)
{
    exit_status status = EXIT_DONE;

    for (size_t i = 0; i < path_count && status == EXIT_DONE; i++)
        status = read_file(context, out, paths[i]);
    return status;
}

void statement_files_free(struct statement_files *files)
{
    free(files->at);
    *files = (struct statement_files){0};
}
