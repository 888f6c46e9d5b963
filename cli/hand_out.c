#include "hand_out.h"

#include <stdio.h>
#include <string.h>

#include "artifact.h"
#include "i18n.h"
#include "json_out.h"
#include "report.h"

exit_status hand_out_check(const struct context *context, const char *output)
{
    artifact_format format = ARTIFACT_BIN;

    if (output == NULL)
        return EXIT_DONE;
    if (strcmp(output, "-") == 0 && context->json)
        return report_failure(context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, NULL}, "%s",
                              _("--json and -o - both want standard output"));
    if (!artifact_format_of_path(&format, output))
        format = ARTIFACT_BIN;
    return output_file_check(context, output, artifact_kind(format));
}

static exit_status write_out(const struct context *context, const struct hand_out *statement)
{
    struct buffer file = {0};
    struct artifact_style style = {ARTIFACT_BIN, GARITA_QR_ECC_M, GARITA_QR_SCALE_DEFAULT};

    if (!artifact_format_of_path(&style.format, statement->output))
        style.format = ARTIFACT_BIN;
    /* The longest of them, 1,024 bytes, fits version 33-M. */
    garita_error error = artifact_make(&file, NULL, &style, statement->bytes, statement->bytes_len);
    exit_status status =
        error == GARITA_OK
            ? output_file_write(context, statement->output, artifact_kind(style.format),
                                OUTPUT_MODE_PUBLIC, file.at, file.len)
            : report_no_memory(context);
    buffer_free(&file);
    return status;
}

static exit_status tell_json(const struct context *context, const struct hand_out *statement,
                             json_t *facts, const char *text)
{
    json_object_set_new(facts, "file", json_out_text_or_null(statement->output));
    json_object_set_new(facts, "text", json_string(text));
    json_object_set_new(facts, "bytes", json_integer((json_int_t)statement->bytes_len));
    return json_out(context, facts);
}

exit_status hand_out(const struct context *context, const struct hand_out *statement, json_t *facts)
{
    struct buffer text = {0};
    exit_status status = EXIT_DONE;

    if (artifact_text(&text, statement->bytes, statement->bytes_len) != GARITA_OK ||
        buffer_text(&text)[0] == '\0') {
        json_decref(facts);
        return report_no_memory(context);
    }
    if (statement->output != NULL)
        status = write_out(context, statement);
    if (status != EXIT_DONE) {
        report_note(context,
                    _("it is signed, and in the register; write it again with: garita issue --as "
                      "%s --reprint %lu -o FILE.bin"),
                    statement->key_name, (unsigned long)statement->serial);
        json_decref(facts);
    } else if (context->json) {
        status = tell_json(context, statement, facts, text.at);
    } else if (statement->output == NULL) {
        fprintf(context->out, "%lu\n%s\n", (unsigned long)statement->serial, text.at);
    } else if (strcmp(statement->output, "-") == 0) {
        report_note(context, _("serial %lu"), (unsigned long)statement->serial);
    } else {
        fprintf(context->out, "%lu\n", (unsigned long)statement->serial);
    }
    buffer_free(&text);
    return status;
}
