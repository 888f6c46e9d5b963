/* Attestations that come with a credential's claims, to go into the same code: as texts "GT1:…". */
#include <stdlib.h>

#include <garita/text.h>

#include "claims_reader.h"
#include "i18n.h"

/* One of the list, and what it is to be bound to. */
struct attaching {
    struct claims_reader *reader;
    struct claims_attached *attached;
    garita_subject subject;
    size_t index;
};

static void check_bound(struct attaching *a, garita_bytes statement)
{
    garita_attestation attestation;
    garita_fault fault;
    garita_error error =
        garita_attestation_inspect(&attestation, NULL, &fault, statement.at, statement.len);

    if (error != GARITA_OK) {
        claims_fail(a->reader, garita_error_name(error), "attestations[%zu]: %s%s%s", a->index,
                    fault.field, fault.field[0] != '\0' ? ": " : "", _(garita_error_text(error)));
        return;
    }
    if (garita_subject_equal(&attestation.subject, &a->subject))
        return;
    claims_fail(a->reader, "wrong-subject",
                _("attestations[%zu]: it is bound to another holder or company"), a->index);
    claims_advise(
        a->reader, "%s",
        _("it serves the one document, or company, that it was issued for: ask its issuer "
          "for one that names what these claims name"));
}

static void add_part(struct attaching *a, garita_bytes statement)
{
    garita_parts *parts = &a->attached->parts;

    if (a->reader->failed)
        return;
    check_bound(a, statement);
    if (a->reader->failed)
        return;
    /* The credential is a part too. */
    if (parts->attestation_count + 1 == GARITA_PACKET_PARTS_MAX)
        claims_fail(a->reader, garita_error_name(GARITA_E_FULL),
                    _("attestations[%zu]: one code holds a credential and at most %d attestations"),
                    a->index, GARITA_PACKET_PARTS_MAX - 1);
    else
        parts->attestations[parts->attestation_count++] = statement;
}

static void add_bytes(struct attaching *a, const uint8_t *bytes, size_t len)
{
    garita_parts parts;
    garita_error error = garita_packet_split(&parts, NULL, bytes, len);

    if (error != GARITA_OK)
        claims_fail(a->reader, garita_error_name(error), "attestations[%zu]: %s", a->index,
                    _(garita_error_text(error)));
    else if (parts.credential.len > 0)
        claims_fail(a->reader, garita_error_name(GARITA_E_WRONG_TYPE),
                    _("attestations[%zu]: it is no attestation"), a->index);
    for (size_t i = 0; i < parts.attestation_count; i++)
        add_part(a, parts.attestations[i]);
}

static void add_text(struct attaching *a, const json_t *value)
{
    struct claims_attached *attached = a->attached;
    uint8_t *bytes = attached->bytes + attached->used;
    size_t len = 0;

    if (!json_is_string(value)) {
        claims_fail(a->reader, garita_error_name(GARITA_E_WRONG_KIND),
                    _("attestations[%zu] must be the text of a QR code: \"GT1:…\""), a->index);
        return;
    }
    garita_error error =
        garita_text_decode(bytes, &len, sizeof attached->bytes - attached->used, NULL,
                           json_string_value(value), json_string_length(value));
    if (error == GARITA_E_NO_SPACE)
        error = GARITA_E_TOO_LONG; /* together they are longer than any code */
    if (error != GARITA_OK) {
        claims_fail(a->reader, garita_error_name(error), "attestations[%zu]: %s", a->index,
                    _(garita_error_text(error)));
        return;
    }
    attached->used += len;
    add_bytes(a, bytes, len);
}

void claims_read_attached(struct claims_reader *reader, struct claims *out,
                          const struct claims_shape *shape)
{
    const json_t *list = json_object_get(out->root, "attestations");
    struct attaching attaching = {.reader = reader};
    const json_t *value;

    if (list == NULL || reader->failed || (json_is_array(list) && json_array_size(list) == 0))
        return;
    if (!json_is_array(list)) {
        claims_fail(reader, garita_error_name(GARITA_E_WRONG_KIND),
                    _("%sattestations must be a list: [\"GT1:…\"]"), shape->path);
        return;
    }
    out->attached = calloc(1, sizeof *out->attached);
    if (out->attached == NULL) {
        claims_fail(reader, garita_error_name(GARITA_E_NO_MEMORY), "%s",
                    _(garita_error_text(GARITA_E_NO_MEMORY)));
        return;
    }
    attaching.attached = out->attached;
    garita_subject_of(&attaching.subject, &out->credential);
    json_array_foreach(list, attaching.index, value)
    {
        if (!reader->failed)
            add_text(&attaching, value);
    }
}
