/* garita join: a credential and attestations that came in codes of their own, in one code. No key
 * is needed: a packet is nobody's statement, and each part keeps its own signature.
 */
#include <stdlib.h>
#include <string.h>

#include <garita/packet.h>
#include <garita/picture.h>
#include <garita/text.h>

#include "advice.h"
#include "artifact.h"
#include "claims_text.h"
#include "foreign.h"
#include "i18n.h"
#include "input_file.h"
#include "json_out.h"
#include "report.h"
#include "scan_file.h"
#include "verbs.h"

struct join_options {
    const char *output, *ecc;
    uint64_t scale;
};

/* What has been read. Statements are copied: each comes from a file of its own. */
struct joining {
    const struct context *context;
    const char *source; /* of the code at hand */
    uint64_t line;
    garita_parts parts;
    const char *sources[GARITA_PACKET_PARTS_MAX]; /* of each attestation in parts */
    size_t used;
    uint8_t bytes[GARITA_PACKET_PARTS_MAX * GARITA_QR_STATEMENT_BYTES_MAX];
};

static exit_status refuse(const struct joining *joining, const char *code, const char *hint,
                          const char *message)
{
    return report_failure(
        joining->context,
        &(struct failure){EXIT_BAD_INPUT, code, joining->source, joining->line, hint}, "%s",
        message);
}

static exit_status refuse_fault(const struct joining *joining, const garita_fault *fault)
{
    struct buffer message = {0};

    buffer_add_text(&message, _(garita_error_text(fault->error)));
    if (fault->field[0] != '\0')
        buffer_add_format(&message, _(", in %s"), fault->field);
    exit_status status = refuse(joining, garita_error_name(fault->error), advice_hint(fault->error),
                                buffer_text(&message));
    buffer_free(&message);
    return status;
}

/* --- collecting --- */

static bool is_same(garita_bytes a, garita_bytes b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

/* Whether a part is here already: the same code may be in two pictures. */
static bool is_here(const struct joining *joining, garita_bytes part)
{
    const garita_parts *parts = &joining->parts;

    if (parts->credential.len > 0 && is_same(parts->credential, part))
        return true;
    for (size_t i = 0; i < parts->attestation_count; i++)
        if (is_same(parts->attestations[i], part))
            return true;
    return false;
}

static exit_status refuse_too_many(const struct joining *joining)
{
    return refuse(joining, garita_error_name(GARITA_E_FULL), NULL,
                  _("more statements than one code can hold"));
}

/* Copies a part. Each is no longer than any code, and there is room for as many as a packet has. */
static garita_bytes keep(struct joining *joining, garita_bytes part)
{
    garita_bytes kept = {joining->bytes + joining->used, part.len};

    memcpy(joining->bytes + joining->used, part.at, part.len);
    joining->used += part.len;
    return kept;
}

static bool is_full(const struct joining *joining, size_t len)
{
    const garita_parts *parts = &joining->parts;
    size_t count = parts->attestation_count + (parts->credential.len > 0 ? 1 : 0);

    return count == GARITA_PACKET_PARTS_MAX || len > sizeof joining->bytes - joining->used;
}

static exit_status take_credential(struct joining *joining, garita_bytes part)
{
    garita_credential credential;
    garita_fault fault;

    if (garita_credential_inspect(&credential, NULL, &fault, part.at, part.len) != GARITA_OK)
        return refuse_fault(joining, &fault);
    if (joining->parts.credential.len > 0)
        return refuse(joining, "two-credentials",
                      _("make a code for each; a party is scanned one after the other"),
                      _("a second credential: one code holds one"));
    if (is_full(joining, part.len))
        return refuse_too_many(joining);
    joining->parts.credential = keep(joining, part);
    return EXIT_DONE;
}

static exit_status take_attestation(struct joining *joining, garita_bytes part)
{
    garita_attestation attestation;
    garita_fault fault;

    if (garita_attestation_inspect(&attestation, NULL, &fault, part.at, part.len) != GARITA_OK)
        return refuse_fault(joining, &fault);
    if (is_full(joining, part.len))
        return refuse_too_many(joining);
    joining->sources[joining->parts.attestation_count] = joining->source;
    joining->parts.attestations[joining->parts.attestation_count++] = keep(joining, part);
    return EXIT_DONE;
}

static exit_status take_code(struct joining *joining, const uint8_t *bytes, size_t len)
{
    garita_parts parts;
    garita_fault fault;

    if (garita_packet_split(&parts, &fault, bytes, len) != GARITA_OK)
        return refuse_fault(joining, &fault);
    exit_status status = EXIT_DONE;
    if (parts.credential.len > 0 && !is_here(joining, parts.credential))
        status = take_credential(joining, parts.credential);
    for (size_t i = 0; i < parts.attestation_count && status == EXIT_DONE; i++)
        if (!is_here(joining, parts.attestations[i]))
            status = take_attestation(joining, parts.attestations[i]);
    return status;
}

static exit_status take_text(struct joining *joining, const char *text, size_t len)
{
    uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX];
    size_t bytes_len = 0;
    garita_fault fault = {.field = ""};

    fault.error = garita_text_decode(bytes, &bytes_len, sizeof bytes, &fault.at, text, len);
    if (fault.error == GARITA_OK)
        return take_code(joining, bytes, bytes_len);
    if (fault.error != GARITA_E_NOT_OURS)
        return refuse_fault(joining, &fault);
    struct buffer message = {0};
    buffer_add_format(&message, _("not a credential of ours: it looks like %s"),
                      foreign_looks_like(text, len));
    exit_status status = refuse(joining, "foreign-qr", NULL, buffer_text(&message));
    buffer_free(&message);
    return status;
}

/* --- files --- */

static exit_status take_lines(struct joining *joining, const char *text, size_t len)
{
    exit_status status = EXIT_DONE;
    size_t at = 0;

    joining->line = 0;
    while (at < len && status == EXIT_DONE) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t line_len = end != NULL ? (size_t)(end - text) - at : len - at;
        size_t taken = line_len;
        joining->line++;
        while (taken > 0 && text[at + taken - 1] == '\r')
            taken--;
        if (taken > 0)
            status = take_text(joining, text + at, taken);
        at += line_len + 1;
    }
    joining->line = 0;
    return status;
}

static exit_status take_picture(struct joining *joining, const uint8_t *bytes, size_t len)
{
    garita_qr_texts texts = {0};
    exit_status status = EXIT_DONE;

    garita_picture_error error = garita_picture_read(&texts, bytes, len, NULL);
    if (error != GARITA_PICTURE_OK)
        status = refuse(joining, garita_picture_error_name(error), NULL,
                        _(garita_picture_error_text(error)));
    for (size_t i = 0; i < texts.count && status == EXIT_DONE; i++)
        status = take_text(joining, (const char *)texts.text[i].bytes, texts.text[i].len);
    garita_qr_texts_free(&texts);
    return status;
}

static exit_status take_bytes(struct joining *joining, const uint8_t *bytes, size_t len)
{
    switch (scan_content_of(bytes, len)) {
    case SCAN_CONTENT_PICTURE:
        return take_picture(joining, bytes, len);
    case SCAN_CONTENT_STATEMENT:
        if (len > GARITA_QR_STATEMENT_BYTES_MAX) /* whatever it is, it came in no code */
            return refuse(joining, garita_error_name(GARITA_E_TOO_LONG), NULL,
                          _(garita_error_text(GARITA_E_TOO_LONG)));
        return take_code(joining, bytes, len);
    case SCAN_CONTENT_TEXT:
        return take_lines(joining, (const char *)bytes, len);
    case SCAN_CONTENT_BUNDLE:
    case SCAN_CONTENT_UNKNOWN:
        break;
    }
    return refuse(joining, "unreadable",
                  _("join reads PNG and JPEG pictures, lines of text in UTF-8, and statements"),
                  _("neither a picture nor a text nor a statement"));
}

static exit_status take_file(struct joining *joining, const char *path)
{
    struct input_file input;
    exit_status status = input_file_read(joining->context, &input, path, SCAN_FILE_BYTES_MAX);

    if (status != EXIT_DONE)
        return status;
    joining->source = input.source;
    status = take_bytes(joining, input.bytes, input.len);
    if (status == EXIT_DONE && input.len == 0)
        status = refuse(joining, "no-input", NULL, _("there is nothing in it to join"));
    joining->source = NULL;
    input_file_free(&input);
    return status;
}

/* --- that they belong together --- */

static exit_status refuse_stranger(const struct joining *joining,
                                   const garita_attestation *attestation)
{
    struct buffer message = {0};
    const char *kind = claims_text_entry(GARITA_TABLE_KINDS, (uint64_t)attestation->kind);

    if (joining->parts.credential.len > 0)
        buffer_add_format(&message,
                          _("an attestation (%s) is bound to somebody else than the "
                            "credential is about"),
                          kind);
    else
        buffer_add_format(&message,
                          _("an attestation (%s) is bound to somebody else than the first "
                            "one is"),
                          kind);
    exit_status status = refuse(joining, "wrong-subject",
                                _("it serves the one document, or company, that it was issued for"),
                                buffer_text(&message));
    buffer_free(&message);
    return status;
}

/* All were read when they were taken. */
static exit_status check_bound(struct joining *joining)
{
    const garita_parts *parts = &joining->parts;
    bool has_credential = parts->credential.len > 0;
    garita_subject subject = {0};
    garita_credential credential;
    garita_attestation attestation;

    if (has_credential) {
        garita_credential_inspect(&credential, NULL, NULL, parts->credential.at,
                                  parts->credential.len);
        garita_subject_of(&subject, &credential);
    }
    for (size_t i = 0; i < parts->attestation_count; i++) {
        garita_attestation_inspect(&attestation, NULL, NULL, parts->attestations[i].at,
                                   parts->attestations[i].len);
        if (i == 0 && !has_credential)
            subject = attestation.subject;
        if (garita_subject_equal(&subject, &attestation.subject))
            continue;
        joining->source = joining->sources[i];
        return refuse_stranger(joining, &attestation);
    }
    return EXIT_DONE;
}

/* --- the joined code --- */

struct joined {
    size_t len;
    uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX];
    struct buffer drawing;
    int qr_version;
};

static exit_status make(const struct joining *joining, struct joined *out,
                        const struct artifact_style *style, bool is_shown)
{
    const struct context *context = joining->context;
    garita_error error =
        garita_packet_join(out->bytes, &out->len, sizeof out->bytes, &joining->parts);

    if (error == GARITA_OK && is_shown)
        error = artifact_terminal(&out->drawing, &out->qr_version, style->ecc,
                                  context->out_has_color, out->bytes, out->len);
    else if (error == GARITA_OK)
        error = artifact_make(&out->drawing, &out->qr_version, style, out->bytes, out->len);
    if (error == GARITA_E_NO_MEMORY)
        return report_no_memory(context);
    if (error == GARITA_E_EMPTY)
        return refuse(joining, "no-input", NULL, _("there is nothing in it to join"));
    if (error != GARITA_OK)
        return refuse(joining, garita_error_name(error),
                      _("join fewer attestations, or use a lower --ecc"),
                      _("no QR code holds this at the error correction asked for"));
    return EXIT_DONE;
}

static exit_status tell_json(const struct joining *joining, const struct joined *joined,
                             const char *file)
{
    struct buffer text = {0};
    json_t *object = json_pack(
        "{s:b, s:i, s:o, s:i, s:i}", "credential", joining->parts.credential.len > 0,
        "attestations", (int)joining->parts.attestation_count, "file", json_out_text_or_null(file),
        "bytes", (int)joined->len, "qr_version", joined->qr_version);

    if (object != NULL && file == NULL &&
        artifact_text(&text, joined->bytes, joined->len) == GARITA_OK)
        json_object_set_new(object, "text", json_stringn(text.at, text.len));
    buffer_free(&text);
    return json_out(joining->context, object);
}

static exit_status hand_out(const struct joining *joining, const struct joined *joined,
                            const struct join_options *given, const struct artifact_style *style)
{
    const struct context *context = joining->context;
    size_t count = joining->parts.attestation_count;
    exit_status status = EXIT_DONE;

    if (given->output != NULL)
        status = output_file_write(context, given->output, artifact_kind(style->format),
                                   OUTPUT_MODE_SECRET, joined->drawing.at, joined->drawing.len);
    else if (!context->json)
        fwrite(joined->drawing.at, 1, joined->drawing.len, context->out);
    if (status != EXIT_DONE)
        return status;
    if (context->json)
        return tell_json(joining, joined, given->output);
    report_note(context,
                joining->parts.credential.len > 0
                    ? P_("joined: a credential and %zu attestation",
                         "joined: a credential and %zu attestations", count)
                    : P_("joined: %zu attestation", "joined: %zu attestations", count),
                count);
    return EXIT_DONE;
}

/* --- the verb --- */

static const struct option options[] = {
    OPTION_TEXT("output", 'o', "FILE", struct join_options, output,
                N_("where to write it: .png, .svg, .txt or .bin; in the terminal if not given")),
    OPTION_TEXT("ecc", 0, "L|M|Q|H", struct join_options, ecc,
                N_("the QR code's error correction; M if not given")),
    OPTION_NUMBER("scale", 0, "N", struct join_options, scale, GARITA_QR_SCALE_MIN,
                  GARITA_QR_SCALE_MAX, N_("pixels per module of a PNG; 8 if not given")),
    OPTION_END,
};

static exit_status read_style(const struct context *context, struct artifact_style *out,
                              const struct join_options *given)
{
    out->scale = given->scale != 0 ? (unsigned)given->scale : GARITA_QR_SCALE_DEFAULT;
    out->format = ARTIFACT_TXT;
    if (given->output != NULL && !artifact_format_of_path(&out->format, given->output))
        return report_failure(
            context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, _("png, svg, txt or bin")},
            _("\"%s\" says no form that a credential can have"), given->output);
    if (context->json && given->output != NULL && strcmp(given->output, "-") == 0)
        return report_failure(context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, NULL}, "%s",
                              _("--json and -o - both want standard output"));
    return artifact_read_ecc(context, &out->ecc, given->ecc);
}

static exit_status join(struct joining *joining, const struct join_options *given,
                        const struct artifact_style *style, char *const *paths, size_t path_count)
{
    struct joined joined = {0};
    exit_status status = EXIT_DONE;

    for (size_t i = 0; i < path_count && status == EXIT_DONE; i++)
        status = take_file(joining, paths[i]);
    if (status == EXIT_DONE)
        status = check_bound(joining);
    if (status == EXIT_DONE)
        status = make(joining, &joined, style, given->output == NULL && !joining->context->json);
    if (status == EXIT_DONE)
        status = hand_out(joining, &joined, given, style);
    buffer_free(&joined.drawing);
    return status;
}

static exit_status run(const struct context *context, const void *values, char *const *operands,
                       size_t operand_count)
{
    const struct join_options *given = values;
    struct artifact_style style = {0};

    exit_status status = read_style(context, &style, given);
    if (status == EXIT_DONE && given->output != NULL)
        status = output_file_check(context, given->output, artifact_kind(style.format));
    if (status != EXIT_DONE)
        return status;
    struct joining *joining = calloc(1, sizeof *joining);
    if (joining == NULL)
        return report_no_memory(context);
    joining->context = context;
    status = join(joining, given, &style, operands, operand_count);
    free(joining);
    return status;
}

const struct verb verb_join = {
    .name = "join",
    .summary = N_("put a credential and attestations into one QR code"),
    .synopsis = "garita join FILE... [-o FILE.png|.svg|.txt|.bin] [--ecc L|M|Q|H] [--scale N]",
    .help = N_("Reads codes (pictures, QR text, statement files) and makes one of them, so that a\n"
               "traveler carries a single QR code. Nothing is signed or judged: each statement\n"
               "keeps its own signature, and they can also be scanned one after the other.\n"
               "Attestations that are bound to somebody else are refused.\n"
               "\n"
               "  garita join card.png vaccination.png -o joined.png"),
    .options = options,
    .options_size = sizeof(struct join_options),
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .run = run,
};
