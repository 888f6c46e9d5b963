#include "subjects.h"

#include <stdlib.h>
#include <string.h>

#include <garita/attestation.h>
#include <garita/authority.h>
#include <garita/credential.h>
#include <garita/node.h>
#include <garita/programme.h>
#include <garita/store_signing.h>
#include <garita/store_view.h>

#include "i18n.h"
#include "json_out.h"
#include "progress.h"
#include "report.h"
#include "store_report.h"

enum { AUTHORITIES_TOLD_MAX = 10, CREDENTIALS_TOLD_MAX = 5 };
enum { OTHERS_MAX = 2 * SUBJECTS_MAX };

/* --- finding --- */

struct search {
    struct subjects *out;
    garita_store *store;
    const garita_trust *signers;
    const uint8_t *first_key;
};

static void copy_text(char *out, size_t out_size, const char *text, size_t len)
{
    len = len < out_size ? len : out_size - 1;
    if (len > 0)
        memcpy(out, text, len);
    out[len] = '\0';
}

/* An anchor's word about itself is what every chain below it begins with; that about a further key
 * of it is not. */
static void add_authority(struct subjects *out, struct subject *subject, bool is_root)
{
    out->has_authority = true;
    if (is_root)
        out->root = subject->serial;
    subject->type = GARITA_TYPE_AUTHORITY;
    if (out->authority_count < SUBJECTS_MAX)
        out->authorities[out->authority_count++] = *subject;
}

static void add_other(struct subjects *out, const struct subject *subject)
{
    if (out->other_count < SUBJECTS_MAX)
        out->others[out->other_count++] = *subject;
}

/* Of another home of this authority, but known here. */
static bool find_known(const struct search *search, struct subject *subject)
{
    for (size_t i = 0; i < garita_trust_count(search->signers); i++) {
        const garita_issuer *record = garita_trust_get(search->signers, i);
        if (record->serial != subject->serial ||
            memcmp(record->parent->first_key, search->first_key, GARITA_PUBLIC_KEY_SIZE) != 0)
            continue;
        subject->key_number = record->key_number;
        memcpy(subject->name, record->name, sizeof subject->name);
        add_authority(search->out, subject, record->parent == record);
        return true;
    }
    return false;
}

static garita_store_error read_entry(const struct search *search, struct subject *subject)
{
    struct subjects *out = search->out;
    garita_register_entry entry;
    garita_authority authority;
    garita_credential credential;
    garita_attestation attestation;
    garita_node node;
    garita_store_error error =
        garita_store_get_serial(search->store, &entry, search->first_key, subject->serial);

    if (error != GARITA_STORE_OK)
        return error;
    if (entry.type == GARITA_TYPE_AUTHORITY &&
        garita_authority_inspect(&authority, NULL, NULL, entry.bytes, entry.bytes_len) ==
            GARITA_OK) {
        subject->key_number = authority.key_number;
        copy_text(subject->name, sizeof subject->name, authority.name.at, authority.name.len);
        add_authority(out, subject, authority.self_issued && authority.key_number == 1);
        return GARITA_STORE_OK;
    }
    copy_text(subject->ref, sizeof subject->ref, entry.ref.at, entry.ref.len);
    if (entry.type == GARITA_TYPE_NODE &&
        garita_node_inspect(&node, NULL, NULL, entry.bytes, entry.bytes_len) == GARITA_OK)
        copy_text(subject->name, sizeof subject->name, node.name.at, node.name.len);
    if (entry.type == GARITA_TYPE_CREDENTIAL &&
        garita_credential_inspect(&credential, NULL, NULL, entry.bytes, entry.bytes_len) ==
            GARITA_OK)
        subject->programme = credential.programme;
    if (entry.type == GARITA_TYPE_ATTESTATION &&
        garita_attestation_inspect(&attestation, NULL, NULL, entry.bytes, entry.bytes_len) ==
            GARITA_OK)
        subject->kind = (uint8_t)attestation.kind;
    add_other(out, subject);
    return GARITA_STORE_OK;
}

/* What is neither shown nor an authority is not read. */
static garita_store_error find(const struct search *search, uint32_t serial)
{
    struct subjects *out = search->out;
    struct subject subject = {.serial = serial};
    garita_store_error error =
        garita_store_get_type(search->store, &subject.type, search->first_key, serial);

    if (error == GARITA_STORE_ABSENT) {
        subject.type = 0;
        if (!find_known(search, &subject))
            add_other(out, &subject);
        return serials_add(&out->unregistered, serial) ? GARITA_STORE_OK : GARITA_STORE_NO_MEMORY;
    }
    if (error != GARITA_STORE_OK ||
        (subject.type != GARITA_TYPE_AUTHORITY && out->other_count == SUBJECTS_MAX))
        return error;
    return read_entry(search, &subject);
}

exit_status subjects_find(const struct context *context, struct subjects *out, garita_store *store,
                          const garita_trust *signers,
                          const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE],
                          const struct serials *serials)
{
    const struct search search = {out, store, signers, first_key};
    struct progress progress = progress_start(context, _("serials looked up"), serials->count);

    out->authorities = calloc(SUBJECTS_MAX, sizeof *out->authorities);
    out->others = calloc(OTHERS_MAX, sizeof *out->others);
    if (out->authorities == NULL || out->others == NULL)
        return report_no_memory(context);
    garita_store_error error = garita_store_hold(store);
    for (size_t i = 0; i < serials->count && error == GARITA_STORE_OK; i++) {
        error = find(&search, serials->at[i]);
        progress_step(&progress, i + 1);
    }
    progress_clear(&progress);
    garita_store_rollback(store);
    return error == GARITA_STORE_OK ? EXIT_DONE
                                    : store_report(context, error, garita_store_detail(store));
}

void subjects_add_node(struct subjects *subjects, uint32_t serial, const char *name, uint32_t with)
{
    if (subjects->other_count == OTHERS_MAX)
        return;
    struct subject *subject = &subjects->others[subjects->other_count++];
    *subject = (struct subject){.serial = serial, .type = GARITA_TYPE_NODE, .with = with};
    copy_text(subject->name, sizeof subject->name, name, strlen(name));
}

void subjects_free(struct subjects *subjects)
{
    free(subjects->authorities);
    free(subjects->others);
    serials_free(&subjects->unregistered);
    *subjects = (struct subjects){0};
}

/* --- telling --- */

static void tell_authority(const struct context *context, const struct subject *subject,
                           garita_standing standing, bool keeps_key)
{
    unsigned long serial = subject->serial;
    unsigned key = subject->key_number;

    if (keeps_key)
        report_note(context, _("%lu is the authority %s, whose key %u stays in force"), serial,
                    subject->name, key);
    else if (standing == GARITA_STANDING_REVOKED)
        report_note(context,
                    _("%lu is the authority %s: everything that it issued with key %u is rejected "
                      "from now on"),
                    serial, subject->name, key);
    else if (standing == GARITA_STANDING_SUSPENDED)
        report_note(context,
                    _("%lu is the authority %s: everything that it issued with key %u is referred "
                      "until it is reinstated"),
                    serial, subject->name, key);
    else
        report_note(context, _("%lu is the authority %s: what it issued with key %u counts again"),
                    serial, subject->name, key);
}

/* "sentri", "vaccination": of a credential its programme, of an attestation its kind. */
static const char *short_name(const struct subject *subject)
{
    const garita_programme *programme = garita_programme_by_code(subject->programme);
    const garita_entry *kind = garita_entry_by_code(GARITA_TABLE_KINDS, subject->kind);

    if (subject->type == GARITA_TYPE_CREDENTIAL && programme != NULL)
        return programme->name;
    if (subject->type == GARITA_TYPE_ATTESTATION && kind != NULL)
        return kind->name;
    return garita_type_name(subject->type);
}

static void tell_node(const struct context *context, const struct subject *subject,
                      garita_standing standing)
{
    unsigned long serial = subject->serial;

    if (subject->with != 0)
        report_note(context, _("%lu is the same node, as %s, and is revoked with %lu"), serial,
                    subject->name, (unsigned long)subject->with);
    else if (standing == GARITA_STANDING_REVOKED)
        report_note(context,
                    _("%lu is the node %s: its links to all others end, unless somebody else "
                      "certified it"),
                    serial, subject->name);
    else if (standing == GARITA_STANDING_SUSPENDED)
        report_note(context,
                    _("%lu is the node %s: it keeps its links; only a revocation ends them"),
                    serial, subject->name);
    else
        report_note(context, _("%lu is the node %s"), serial, subject->name);
}

static void tell_other(const struct context *context, const struct subject *subject,
                       garita_standing standing)
{
    unsigned long serial = subject->serial;

    if (subject->type == 0)
        report_note(context, _("%lu: never issued by this home"), serial);
    else if (subject->type == GARITA_TYPE_NODE)
        tell_node(context, subject, standing);
    else if (subject->ref[0] != '\0')
        /* TRANSLATORS: "4711: sentri, ref A-17" */
        report_note(context, _("%lu: %s, ref %s"), serial, short_name(subject), subject->ref);
    else
        report_note(context, "%lu: %s", serial, short_name(subject));
}

void subjects_tell(const struct context *context, const struct subjects *subjects,
                   garita_standing standing, bool keeps_key)
{
    for (size_t i = 0; i < subjects->authority_count && i < AUTHORITIES_TOLD_MAX; i++)
        tell_authority(context, &subjects->authorities[i], standing, keeps_key);
    if (subjects->authority_count > AUTHORITIES_TOLD_MAX)
        report_note(context, "%s", _("and more authorities: --json lists them"));
    for (size_t i = 0; i < subjects->other_count; i++)
        if (subjects->other_count <= CREDENTIALS_TOLD_MAX ||
            subjects->others[i].type == GARITA_TYPE_NODE)
            tell_other(context, &subjects->others[i], standing);
}

static json_t *one_json(const struct subject *subject)
{
    json_t *object = json_pack("{s:I, s:s?}", "serial", (json_int_t)subject->serial, "type",
                               subject->type != 0 ? garita_type_name(subject->type) : NULL);

    if (object == NULL)
        return NULL;
    if (subject->type == GARITA_TYPE_AUTHORITY) {
        json_object_set_new(object, "name", json_string(subject->name));
        json_object_set_new(object, "key_number", json_integer(subject->key_number));
    } else if (subject->type == GARITA_TYPE_NODE) {
        json_object_set_new(object, "name", json_string(subject->name));
        if (subject->with != 0)
            json_object_set_new(object, "with", json_integer(subject->with));
    } else if (subject->type == GARITA_TYPE_CREDENTIAL ||
               subject->type == GARITA_TYPE_ATTESTATION) {
        json_object_set_new(object, subject->type == GARITA_TYPE_CREDENTIAL ? "programme" : "kind",
                            json_string(short_name(subject)));
        json_object_set_new(object, "ref",
                            json_out_text_or_null(subject->ref[0] != '\0' ? subject->ref : NULL));
    }
    return object;
}

json_t *subjects_to_json(const struct subjects *subjects)
{
    json_t *list = json_array();

    for (size_t i = 0; i < subjects->authority_count; i++)
        json_array_append_new(list, one_json(&subjects->authorities[i]));
    for (size_t i = 0; i < subjects->other_count && json_array_size(list) < SUBJECTS_MAX; i++)
        json_array_append_new(list, one_json(&subjects->others[i]));
    return list;
}
