/* garita inspect: what a statement says. Nothing is judged, and so nothing is believed. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <sodium.h>

#include <garita/attestation.h>
#include <garita/authority.h>
#include <garita/credential.h>
#include <garita/date.h>
#include <garita/head.h>
#include <garita/packet.h>
#include <garita/picture.h>
#include <garita/policy.h>
#include <garita/text.h>
#include <garita/tip.h>

#include "advice.h"
#include "artifact.h"
#include "authority_text.h"
#include "claims.h"
#include "claims_text.h"
#include "foreign.h"
#include "i18n.h"
#include "input_file.h"
#include "json_out.h"
#include "line_split.h"
#include "node_text.h"
#include "policy_json.h"
#include "policy_text.h"
#include "report.h"
#include "scan_file.h"
#include "tally.h"
#include "verbs.h"

/* Where the statement at hand came from, and how it has gone so far. */
struct inspection {
    const struct context *context;
    const char *source;
    uint64_t line;
    struct tally tally;
};

static void fail(struct inspection *inspection, const char *code, const char *hint,
                 const char *message)
{
    const struct failure failure = {EXIT_BAD_INPUT, code, inspection->source, inspection->line,
                                    hint};

    tally_add_failure(&inspection->tally,
                      report_failure(inspection->context, &failure, "%s", message));
}

static void fail_no_memory(struct inspection *inspection)
{
    tally_add_failure(&inspection->tally, report_no_memory(inspection->context));
}

/* "not Base45 (RFC 9285), at 17" or "…, in holder.name at 40" */
static void fail_fault(struct inspection *inspection, const garita_fault *fault)
{
    struct buffer message = {0};

    buffer_add_text(&message, _(garita_error_text(fault->error)));
    if (fault->field[0] != '\0' && strcmp(fault->field, "text") != 0)
        buffer_add_format(&message, _(", in %s"), fault->field);
    buffer_add_format(&message, _(", at %zu"), fault->at);
    fail(inspection, garita_error_name(fault->error), advice_hint(fault->error),
         buffer_text(&message));
    buffer_free(&message);
}

/* What the object of any statement has. Takes body, which may be null for want of memory, as the
 * member name. serial may be null. Null without memory. */
static json_t *statement_to_json(const char *type, size_t bytes_len, const garita_peek *peek,
                                 const uint32_t *serial, const char *name, json_t *body)
{
    char id[GARITA_ID_TEXT_SIZE];

    garita_id_format(id, &peek->signer);
    json_t *object = json_pack("{s:s, s:I, s:s, s:i}", "type", type, "bytes", (json_int_t)bytes_len,
                               "issuer", id, "key_number", (int)peek->key_number);
    if (serial != NULL)
        json_object_set_new(object, "serial", json_integer((json_int_t)*serial));
    if (json_object_set_new(object, name, body) != 0) {
        json_decref(object);
        return NULL;
    }
    return object;
}

/* Takes the object; a null one is reported as a lack of memory. */
static void write_object(struct inspection *inspection, json_t *object)
{
    exit_status status = json_out(inspection->context, object);

    if (status == EXIT_DONE)
        tally_add_verdict(&inspection->tally, GARITA_ACCEPT);
    else
        tally_add_failure(&inspection->tally, status);
}

static void write_json(struct inspection *inspection, const char *type, size_t bytes_len,
                       const garita_peek *peek, const uint32_t *serial, const char *name,
                       json_t *body)
{
    write_object(inspection, statement_to_json(type, bytes_len, peek, serial, name, body));
}

static void add_heading(struct buffer *out, const struct inspection *inspection,
                        const char *heading, size_t bytes_len, const char *warning)
{
    bool has_color = inspection->context->out_has_color;

    buffer_add_text(out, has_color ? "\033[1m" : "");
    buffer_add_text(out, heading);
    buffer_add_text(out, has_color ? "\033[0m" : "");
    buffer_add_format(out, P_(", %zu byte\n", ", %zu bytes\n", bytes_len), bytes_len);
    buffer_add_text(out, warning);
    buffer_add_char(out, '\n');
}

static void add_signer(struct buffer *out, const garita_peek *peek, uint32_t serial)
{
    char id[GARITA_ID_TEXT_SIZE];

    garita_id_format(id, &peek->signer);
    claims_text_label(out, _("Signer"));
    buffer_add_format(out, _("claims to be %s, key %u; serial %llu"), id,
                      (unsigned)peek->key_number, (unsigned long long)serial);
    buffer_add_char(out, '\n');
}

static void write_text(struct inspection *inspection, struct buffer *text)
{
    if (text->failed) {
        fail_no_memory(inspection);
    } else {
        fwrite(text->at, 1, text->len, inspection->context->out);
        tally_add_verdict(&inspection->tally, GARITA_ACCEPT);
    }
    buffer_free(text);
}

/* --- codes: a credential, an attestation, or several of them --- */

/* A part of a code, read. */
struct part {
    garita_bytes bytes;
    garita_peek peek;
    garita_type type;
    garita_credential credential;
    garita_attestation attestation;
};

static bool read_part(struct inspection *inspection, struct part *out, garita_type type,
                      garita_bytes bytes)
{
    garita_fault fault;

    *out = (struct part){.bytes = bytes, .type = type};
    garita_error error =
        type == GARITA_TYPE_ATTESTATION
            ? garita_attestation_inspect(&out->attestation, &out->peek, &fault, bytes.at, bytes.len)
            : garita_credential_inspect(&out->credential, &out->peek, &fault, bytes.at, bytes.len);
    if (error != GARITA_OK)
        fail_fault(inspection, &fault);
    return error == GARITA_OK;
}

static void add_part(struct buffer *out, const struct inspection *inspection,
                     const struct part *part)
{
    if (part->type == GARITA_TYPE_ATTESTATION) {
        add_heading(out, inspection, _("Attestation"), part->bytes.len,
                    _("NOT JUDGED: this is what it says. Nothing of it is proven, not even who "
                      "signed it; that is for \"garita scan\", beside the credential."));
        claims_text_add_attestation(out, &part->attestation);
        add_signer(out, &part->peek, part->attestation.serial);
        return;
    }
    add_heading(out, inspection, _("Credential"), part->bytes.len,
                _("NOT JUDGED: this is what it says. Nothing of it is proven, not even who signed "
                  "it; that is for \"garita scan\"."));
    claims_text_add_subject(out, &part->credential);
    claims_text_add_grant(out, &part->credential);
    add_signer(out, &part->peek, part->credential.serial);
}

static json_t *part_to_json(const struct part *part)
{
    if (part->type == GARITA_TYPE_ATTESTATION)
        return statement_to_json("attestation", part->bytes.len, &part->peek,
                                 &part->attestation.serial, "claims",
                                 claims_attestation_to_json(&part->attestation));
    return statement_to_json("credential", part->bytes.len, &part->peek, &part->credential.serial,
                             "claims", claims_to_json(&part->credential));
}

static void inspect_part(struct inspection *inspection, garita_type type, garita_bytes bytes)
{
    struct part part;
    struct buffer text = {0};

    if (!read_part(inspection, &part, type, bytes))
        return;
    if (inspection->context->json) {
        write_object(inspection, part_to_json(&part));
        return;
    }
    add_part(&text, inspection, &part);
    write_text(inspection, &text);
}

/* The text of a QR code of this statement alone. */
static json_t *text_to_json(garita_bytes bytes)
{
    struct buffer text = {0};
    json_t *json = artifact_text(&text, bytes.at, bytes.len) == GARITA_OK
                       ? json_stringn(text.at, text.len)
                       : NULL;

    buffer_free(&text);
    return json;
}

/* The credential's object, or one of the type "packet" where there is no credential, with the
 * attestations beside it; and in its claims their texts, so that "issue" takes them again. */
static json_t *packet_to_json(const struct part *parts, size_t count, size_t bytes_len)
{
    bool has_credential = parts[0].type == GARITA_TYPE_CREDENTIAL;
    json_t *object =
        has_credential ? part_to_json(&parts[0]) : json_pack("{s:s}", "type", "packet");
    json_t *texts = json_array();
    json_t *objects = json_array();
    bool failed =
        json_object_set_new(object, "packet_bytes", json_integer((json_int_t)bytes_len)) != 0;

    for (size_t i = has_credential ? 1 : 0; i < count; i++)
        failed = json_array_append_new(objects, part_to_json(&parts[i])) != 0 ||
                 json_array_append_new(texts, text_to_json(parts[i].bytes)) != 0 || failed;
    failed = json_object_set_new(object, "attestations", objects) != 0 || failed;
    if (has_credential)
        failed =
            json_object_set_new(json_object_get(object, "claims"), "attestations", texts) != 0 ||
            failed;
    else
        json_decref(texts);
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}

static void inspect_packet(struct inspection *inspection, const uint8_t *bytes, size_t len)
{
    struct part parts[GARITA_PACKET_PARTS_MAX];
    struct buffer text = {0};
    garita_parts split;
    garita_fault fault;
    size_t count = 0;
    bool is_read = true;

    if (garita_packet_split(&split, &fault, bytes, len) != GARITA_OK) {
        fail_fault(inspection, &fault);
        return;
    }
    if (split.credential.len > 0)
        is_read = read_part(inspection, &parts[count++], GARITA_TYPE_CREDENTIAL, split.credential);
    for (size_t i = 0; i < split.attestation_count && is_read; i++)
        is_read =
            read_part(inspection, &parts[count++], GARITA_TYPE_ATTESTATION, split.attestations[i]);
    if (!is_read)
        return;
    if (inspection->context->json) {
        write_object(inspection, packet_to_json(parts, count, len));
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buffer_add_char(&text, '\n');
        add_part(&text, inspection, &parts[i]);
    }
    write_text(inspection, &text);
}

/* --- other statements --- */

static void inspect_authority(struct inspection *inspection, const uint8_t *bytes, size_t len)
{
    garita_authority authority;
    garita_peek peek;
    garita_fault fault;
    struct buffer text = {0};

    if (garita_authority_inspect(&authority, &peek, &fault, bytes, len) != GARITA_OK) {
        fail_fault(inspection, &fault);
        return;
    }
    if (inspection->context->json) {
        write_json(inspection, "authority", len, &peek, &authority.serial, "authority",
                   authority_text_to_json(&authority));
        return;
    }
    add_heading(&text, inspection,
                authority.self_issued ? _("Authority statement about the signer itself")
                                      : _("Authority statement"),
                len,
                _("NOT JUDGED: this is what it says. Nothing of it is proven, not even who signed "
                  "it; that is for \"garita trust add\"."));
    authority_text_add(&text, &authority);
    add_signer(&text, &peek, authority.serial);
    write_text(inspection, &text);
}

static void inspect_node(struct inspection *inspection, const uint8_t *bytes, size_t len)
{
    garita_node node;
    garita_peek peek;
    garita_fault fault;
    struct buffer text = {0};

    if (garita_node_inspect(&node, &peek, &fault, bytes, len) != GARITA_OK) {
        fail_fault(inspection, &fault);
        return;
    }
    if (inspection->context->json) {
        write_json(inspection, "node", len, &peek, &node.serial, "claims",
                   node_text_to_json(&node));
        return;
    }
    add_heading(&text, inspection, _("Node statement"), len,
                _("NOT JUDGED: this is what it says. Nothing of it is proven, not even who signed "
                  "it; that is for \"garita trust add\"."));
    node_text_add(&text, &node);
    add_signer(&text, &peek, node.serial);
    write_text(inspection, &text);
}

static json_t *tip_to_json(const garita_tip *tip)
{
    char home[2 * GARITA_DECISION_HOME_SIZE + 1];
    char hash[2 * GARITA_HASH_SIZE + 1];
    char signed_at[GARITA_MOMENT_TEXT_SIZE];

    sodium_bin2hex(home, sizeof home, tip->home, sizeof tip->home);
    sodium_bin2hex(hash, sizeof hash, tip->place.hash.bytes, GARITA_HASH_SIZE);
    garita_moment_format(signed_at, tip->signed_at);
    return json_pack("{s:s, s:I, s:s, s:s}", "home", home, "entry", (json_int_t)tip->place.position,
                     "hash", hash, "signed_at", signed_at);
}

static void write_tip_json(struct inspection *inspection, size_t len, const garita_peek *peek,
                           const garita_tip *tip)
{
    char id[GARITA_ID_TEXT_SIZE];

    garita_id_format(id, &peek->signer);
    exit_status status =
        json_out(inspection->context, json_pack("{s:s, s:I, s:s, s:i, s:o}", "type", "tip", "bytes",
                                                (json_int_t)len, "issuer", id, "key_number",
                                                (int)peek->key_number, "tip", tip_to_json(tip)));
    if (status == EXIT_DONE)
        tally_add_verdict(&inspection->tally, GARITA_ACCEPT);
    else
        tally_add_failure(&inspection->tally, status);
}

static void add_hex(struct buffer *out, const char *label, const uint8_t *bytes, size_t len)
{
    char hex[2 * GARITA_HASH_SIZE + 1];

    claims_text_label(out, label);
    buffer_add_format(out, "%s\n", sodium_bin2hex(hex, sizeof hex, bytes, len));
}

static json_t *head_to_json(const garita_head *head)
{
    char root[2 * GARITA_HASH_SIZE + 1];
    char set_root[2 * GARITA_HASH_SIZE + 1];
    char signed_at[GARITA_MOMENT_TEXT_SIZE];
    char next_due[GARITA_MOMENT_TEXT_SIZE];

    sodium_bin2hex(root, sizeof root, head->root.bytes, GARITA_HASH_SIZE);
    sodium_bin2hex(set_root, sizeof set_root, head->set_root.bytes, GARITA_HASH_SIZE);
    garita_moment_format(signed_at, head->signed_at);
    garita_moment_format(next_due, head->next_due);
    return json_pack("{s:I, s:s, s:s, s:I, s:s, s:s}", "size", (json_int_t)head->size, "root", root,
                     "set_root", set_root, "issued", (json_int_t)head->issued, "signed_at",
                     signed_at, "next_due", next_due);
}

static void add_moment(struct buffer *out, const char *label, int64_t moment)
{
    char text[GARITA_MOMENT_TEXT_SIZE];

    garita_moment_format(text, moment);
    claims_text_label(out, label);
    buffer_add_format(out, "%s\n", text);
}

static void add_number(struct buffer *out, const char *label, uint64_t number)
{
    claims_text_label(out, label);
    buffer_add_format(out, "%llu\n", (unsigned long long)number);
}

static void inspect_head(struct inspection *inspection, const uint8_t *bytes, size_t len)
{
    char id[GARITA_ID_TEXT_SIZE];
    garita_head head;
    garita_peek peek;
    garita_fault fault;
    struct buffer text = {0};

    if (garita_head_inspect(&head, &peek, &fault, bytes, len) != GARITA_OK) {
        fail_fault(inspection, &fault);
        return;
    }
    if (inspection->context->json) {
        write_json(inspection, "head", len, &peek, NULL, "claims", head_to_json(&head));
        return;
    }
    add_heading(&text, inspection, _("Head of a status log"), len,
                _("NOT JUDGED: this is what it says. Nothing of it is proven, not even who signed "
                  "it; that is for \"garita sync import\"."));
    add_number(&text, _("Batches"), head.size);
    add_hex(&text, _("Root"), head.root.bytes, GARITA_HASH_SIZE);
    add_hex(&text, _("Set"), head.set_root.bytes, GARITA_HASH_SIZE);
    add_number(&text, _("Issued"), head.issued);
    add_moment(&text, _("Signed"), head.signed_at);
    add_moment(&text, _("Next due"), head.next_due);
    garita_id_format(id, &peek.signer);
    claims_text_label(&text, _("Signer"));
    buffer_add_format(&text, _("claims to be %s, key %u"), id, (unsigned)peek.key_number);
    buffer_add_char(&text, '\n');
    write_text(inspection, &text);
}

static void add_policy(struct buffer *out, const garita_policy *policy)
{
    claims_text_label(out, _("Policy"));
    policy_text_add_words(out, &policy->title);
    buffer_add_char(out, '\n');
    claims_text_label(out, _("Country"));
    buffer_add_format(out, "%s\n", policy->country);
    add_moment(out, _("From"), policy->from);
    add_moment(out, _("Until"), policy->until);
    for (size_t i = 0; i < policy->lane_count; i++)
        policy_text_add_lane(out, &policy->lanes[i], 2, false);
}

static void inspect_policy(struct inspection *inspection, const uint8_t *bytes, size_t len)
{
    garita_policy *policy = NULL;
    garita_peek peek;
    garita_fault fault;
    struct buffer text = {0};

    garita_error error = garita_policy_inspect(&policy, &peek, &fault, bytes, len);
    if (error == GARITA_E_NO_MEMORY) {
        fail_no_memory(inspection);
    } else if (error != GARITA_OK) {
        fail_fault(inspection, &fault);
    } else if (inspection->context->json) {
        write_json(inspection, "policy", len, &peek, &policy->serial, "claims",
                   policy_json_write(policy));
    } else {
        add_heading(&text, inspection, _("Policy"), len,
                    _("NOT JUDGED: this is what it says. Nothing of it is proven, not even who "
                      "signed it; that is for \"garita policy add\"."));
        add_policy(&text, policy);
        add_signer(&text, &peek, policy->serial);
        write_text(inspection, &text);
    }
    garita_policy_free(policy);
}

static void inspect_tip(struct inspection *inspection, const uint8_t *bytes, size_t len)
{
    char when[GARITA_MOMENT_TEXT_SIZE];
    char id[GARITA_ID_TEXT_SIZE];
    garita_tip tip;
    garita_peek peek;
    garita_fault fault;
    struct buffer text = {0};

    if (garita_tip_inspect(&tip, &peek, &fault, bytes, len) != GARITA_OK) {
        fail_fault(inspection, &fault);
        return;
    }
    if (inspection->context->json) {
        write_tip_json(inspection, len, &peek, &tip);
        return;
    }
    add_heading(&text, inspection, _("Tip of a log of decisions"), len,
                _("NOT JUDGED: this is what it says. Nothing of it is proven, not even who signed "
                  "it; that is for \"garita log verify --tip\"."));
    garita_moment_format(when, tip.signed_at);
    garita_id_format(id, &peek.signer);
    claims_text_label(&text, _("Entries"));
    buffer_add_format(&text, "%llu\n", (unsigned long long)tip.place.position);
    add_hex(&text, _("Hash"), tip.place.hash.bytes, GARITA_HASH_SIZE);
    add_hex(&text, _("Home"), tip.home, sizeof tip.home);
    claims_text_label(&text, _("Signed"));
    buffer_add_format(&text, "%s\n", when);
    claims_text_label(&text, _("Signer"));
    buffer_add_format(&text, _("claims to be the node key %s"), id);
    buffer_add_char(&text, '\n');
    write_text(inspection, &text);
}

static void inspect_statement(struct inspection *inspection, const uint8_t *bytes, size_t len)
{
    int type = garita_statement_type(bytes, len);

    if (garita_packet_is_one(bytes, len))
        inspect_packet(inspection, bytes, len);
    else if (type == GARITA_TYPE_AUTHORITY)
        inspect_authority(inspection, bytes, len);
    else if (type == GARITA_TYPE_HEAD)
        inspect_head(inspection, bytes, len);
    else if (type == GARITA_TYPE_POLICY)
        inspect_policy(inspection, bytes, len);
    else if (type == GARITA_TYPE_NODE)
        inspect_node(inspection, bytes, len);
    else if (type == GARITA_TYPE_TIP)
        inspect_tip(inspection, bytes, len);
    else if (type == GARITA_TYPE_ATTESTATION)
        inspect_part(inspection, GARITA_TYPE_ATTESTATION, (garita_bytes){bytes, len});
    else if (type == GARITA_TYPE_CREDENTIAL || type == 0)
        /* What is no statement at all is told best by the reader of the commonest type. */
        inspect_part(inspection, GARITA_TYPE_CREDENTIAL, (garita_bytes){bytes, len});
    else
        fail(inspection, garita_error_name(GARITA_E_UNKNOWN_TYPE),
             _("a newer version of this program may read it"),
             _("a statement of a type that this version does not show"));
}

static void inspect_text(struct inspection *inspection, const char *text, size_t text_len)
{
    uint8_t bytes[GARITA_QR_STATEMENT_BYTES_MAX];
    size_t len = 0;
    garita_fault fault = {.field = ""};

    fault.error = garita_text_decode(bytes, &len, sizeof bytes, &fault.at, text, text_len);
    if (fault.error == GARITA_OK) {
        inspect_statement(inspection, bytes, len);
    } else if (fault.error == GARITA_E_NOT_OURS) {
        struct buffer message = {0};
        buffer_add_format(&message, _("not a credential of ours: it looks like %s"),
                          foreign_looks_like(text, text_len));
        fail(inspection, "foreign-qr", NULL, buffer_text(&message));
        buffer_free(&message);
    } else {
        fail_fault(inspection, &fault);
    }
}

static void inspect_lines(struct inspection *inspection, const char *text, size_t len)
{
    struct line_split *split = calloc(1, sizeof *split);
    bool is_last = false;

    if (split == NULL) {
        fail_no_memory(inspection);
        return;
    }
    while (!is_last) {
        is_last = len == 0;
        size_t taken = is_last ? 0 : line_split_take(split, text, len);
        if (is_last)
            line_split_end(split);
        for (size_t i = 0; i < split->count; i++) {
            inspection->line = split->lines[i].number;
            inspect_text(inspection, split->lines[i].at, split->lines[i].len);
        }
        text += taken;
        len -= taken;
    }
    inspection->line = 0;
    free(split);
}

static void inspect_picture(struct inspection *inspection, const uint8_t *bytes, size_t len)
{
    garita_qr_texts texts = {0};

    garita_picture_error error = garita_picture_read(&texts, bytes, len, NULL);
    if (error != GARITA_PICTURE_OK)
        fail(inspection, garita_picture_error_name(error),
             error == GARITA_PICTURE_NO_QR ? advice_do(GARITA_REASON_NO_QR) : NULL,
             _(garita_picture_error_text(error)));
    for (size_t i = 0; i < texts.count; i++)
        inspect_text(inspection, (const char *)texts.text[i].bytes, texts.text[i].len);
    garita_qr_texts_free(&texts);
}

static void inspect(struct inspection *inspection, const uint8_t *bytes, size_t len)
{
    switch (scan_content_of(bytes, len)) {
    case SCAN_CONTENT_PICTURE:
        inspect_picture(inspection, bytes, len);
        break;
    case SCAN_CONTENT_STATEMENT:
        inspect_statement(inspection, bytes, len);
        break;
    case SCAN_CONTENT_TEXT:
        inspect_lines(inspection, (const char *)bytes, len);
        if (inspection->tally.verdicts + inspection->tally.failures == 0)
            fail(inspection, "no-input", NULL, _("there is nothing in it to inspect"));
        break;
    case SCAN_CONTENT_BUNDLE:
        fail(inspection, "unreadable", scan_bundle_hint(),
             _("neither a picture nor a text nor a statement"));
        break;
    case SCAN_CONTENT_UNKNOWN:
        fail(inspection, "unreadable",
             _("inspect reads PNG and JPEG pictures, lines of text in UTF-8, and statements"),
             _("neither a picture nor a text nor a statement"));
        break;
    }
}

static exit_status run(const struct context *context, const void *values, char *const *operands,
                       size_t operand_count)
{
    struct inspection inspection = {.context = context, .source = operands[0]};
    struct input_file input;

    (void)values;
    (void)operand_count;
    exit_status status = input_file_read(context, &input, operands[0], SCAN_FILE_BYTES_MAX);
    if (status != EXIT_DONE)
        return status;
    inspect(&inspection, input.bytes, input.len);
    input_file_free(&input);
    return tally_status(&inspection.tally);
}

const struct verb verb_inspect = {
    .name = "inspect",
    .summary = N_("show what a credential or another statement says, without judging it"),
    .synopsis = "garita inspect FILE|-",
    .help = N_("Shows the contents of a picture, of QR text, or of a statement file. Nothing is\n"
               "checked but the form: who signed it is a claim. To judge a credential, use\n"
               "\"garita scan\".\n"
               "\n"
               "Examples:\n"
               "  garita inspect card.png\n"
               "  garita inspect cbp.authority         an authority, with its fingerprint\n"
               "  garita inspect a.node                a node, with its addresses\n"
               "  garita inspect --json card.png       with the claims as \"garita issue\" takes "
               "them\n"
               "  garita inspect joined.png            a credential, and the attestations with it"),
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
