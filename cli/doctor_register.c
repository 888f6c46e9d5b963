/* What doctor finds in the register of what this home signed, and in the counter that keeps a
 * restored home from signing. */
#include "doctor.h"

#include <stdlib.h>
#include <string.h>

#include <garita/attestation.h>
#include <garita/authority.h>
#include <garita/credential.h>
#include <garita/store_check.h>
#include <garita/store_signing.h>

#include "i18n.h"
#include "report.h"

/* --- entries --- */

/* Whether the statement says what the register says of it: the serial. Of types without a serial
 * that this version can read there is nothing to compare. */
static bool says_serial(const garita_verified *verified, const garita_register_entry *entry)
{
    garita_credential credential;
    garita_attestation attestation;
    garita_authority authority;

    if (entry->type == GARITA_TYPE_ATTESTATION)
        return garita_attestation_decode(&attestation, NULL, verified) == GARITA_OK &&
               attestation.serial == entry->serial;
    if (entry->type == GARITA_TYPE_CREDENTIAL)
        return garita_credential_decode(&credential, NULL, verified) == GARITA_OK &&
               credential.serial == entry->serial;
    if (entry->type == GARITA_TYPE_AUTHORITY)
        return garita_authority_decode(&authority, NULL, verified) == GARITA_OK &&
               authority.serial == entry->serial;
    return true;
}

/* For the longest statement that there is. */
enum { SCRATCH_SIZE = GARITA_SCRATCH_SIZE(GARITA_POLICY_BYTES_MAX) };

enum entry_state { ENTRY_GOOD, ENTRY_OF_NOBODY, ENTRY_BAD };

/* Under each key that the authority has by this number. */
static enum entry_state check_signature(const garita_trust *signers,
                                        const garita_register_entry *entry, const garita_peek *peek,
                                        uint8_t *scratch)
{
    garita_verified verified;
    enum entry_state state = ENTRY_OF_NOBODY;

    for (const garita_issuer *issuer = NULL;
         (issuer = garita_trust_find(signers, issuer, &peek->signer, peek->key_number)) != NULL;) {
        if (memcmp(issuer->first_key, entry->first_key, GARITA_PUBLIC_KEY_SIZE) != 0)
            continue;
        state = ENTRY_BAD;
        if (garita_statement_verify(&verified, peek, issuer->public_key, scratch, SCRATCH_SIZE) ==
            GARITA_OK)
            return says_serial(&verified, entry) ? ENTRY_GOOD : ENTRY_BAD;
    }
    return state;
}

static enum entry_state check_entry(const garita_trust *signers, const garita_register_entry *entry,
                                    uint8_t *scratch)
{
    garita_peek peek;

    if (entry->bytes_len == 0 ||
        garita_statement_peek(&peek, NULL, entry->type, entry->bytes, entry->bytes_len) !=
            GARITA_OK ||
        peek.key_number != entry->key_number)
        return ENTRY_BAD;
    return check_signature(signers, entry, &peek, scratch);
}

struct gone_over {
    struct doctor *doctor;
    uint8_t *scratch; /* of SCRATCH_SIZE */
    uint64_t of_nobody;
};

static bool visit_entry(void *context, const garita_register_entry *entry)
{
    struct gone_over *gone_over = context;
    struct doctor *doctor = gone_over->doctor;
    garita_id id;
    char id_text[GARITA_ID_TEXT_SIZE];

    doctor->counts.entries++;
    doctor_step(doctor);
    enum entry_state state = check_entry(doctor->signers, entry, gone_over->scratch);
    gone_over->of_nobody += state == ENTRY_OF_NOBODY;
    if (state != ENTRY_BAD)
        return true;
    garita_key_id(&id, entry->first_key);
    garita_id_format(id_text, &id);
    doctor_tell(doctor, DOCTOR_DAMAGE, _("register"),
                _("keep a copy of the home as it is, then restore a backup; what was handed out "
                  "under this serial is as good as it was"),
                _("serial %lu of authority %s is not the statement that was signed"),
                (unsigned long)entry->serial, id_text);
    return true;
}

static exit_status check_entries(struct doctor *doctor)
{
    struct gone_over gone_over = {.doctor = doctor, .scratch = malloc(SCRATCH_SIZE)};

    if (gone_over.scratch == NULL)
        return report_no_memory(doctor->context);
    garita_store_error error = garita_store_each_registered(doctor->store, visit_entry, &gone_over);
    free(gone_over.scratch);
    if (gone_over.of_nobody > 0)
        doctor_tell(doctor, DOCTOR_WARNING, _("register"), NULL,
                    _("entries whose signature cannot be checked, since nobody here knows the "
                      "authority any more: %llu"),
                    (unsigned long long)gone_over.of_nobody);
    return doctor_tell_store(doctor, _("register"), error);
}

/* --- the counter --- */

static const char *explain(garita_doubt doubt)
{
    switch (doubt) {
    case GARITA_DOUBT_MISSING:
        return _("the counter against restored backups is not here: another machine or user, or "
                 "it was lost");
    case GARITA_DOUBT_OLDER:
        return _("this home is older than its counter: it was restored from a backup, or its copy "
                 "has signed meanwhile");
    case GARITA_DOUBT_NEWER:
        return _("the counter against restored backups is older than this home");
    case GARITA_DOUBT_UNREADABLE:
        return _("the counter against restored backups cannot be read");
    case GARITA_DOUBT_PENDING:
        return _("it was in doubt whether this home holds all that was signed, and no record of "
                 "this authority has been imported since");
    case GARITA_DOUBT_NONE:
        break;
    }
    return "";
}

struct signers {
    struct doctor *doctor;
    uint8_t (*at)[GARITA_PUBLIC_KEY_SIZE];
    size_t count, cap;
};

static bool collect_signer(void *context, const uint8_t first_key[GARITA_PUBLIC_KEY_SIZE])
{
    struct signers *signers = context;

    if (signers->count == signers->cap) {
        size_t cap = signers->cap == 0 ? 8 : 2 * signers->cap;
        void *at = realloc(signers->at, cap * sizeof *signers->at);
        if (at == NULL) {
            signers->doctor->out_of_memory = true;
            return false;
        }
        signers->at = at;
        signers->cap = cap;
    }
    memcpy(signers->at[signers->count++], first_key, GARITA_PUBLIC_KEY_SIZE);
    return true;
}

static exit_status check_counter(struct doctor *doctor, const uint8_t *first_key)
{
    garita_doubt doubt = GARITA_DOUBT_NONE;
    garita_id id;
    char id_text[GARITA_ID_TEXT_SIZE];
    garita_store_error error =
        garita_store_doubt(doctor->store, &doubt, doctor->context->state, first_key);

    if (error != GARITA_STORE_OK)
        return doctor_tell_store(doctor, _("signing"), error);
    if (doubt == GARITA_DOUBT_NONE)
        return EXIT_DONE;
    garita_key_id(&id, first_key);
    garita_id_format(id_text, &id);
    doctor_tell(doctor, DOCTOR_WARNING, _("signing"),
                _("nothing is signed until a record of this authority has come back from the "
                  "world: garita sync import FILE"),
                _("authority %s: %s"), id_text, explain(doubt));
    return EXIT_DONE;
}

/* That no serial would be given a second time. */
static exit_status check_next_serial(struct doctor *doctor, const uint8_t *first_key)
{
    uint32_t serial;
    garita_store_error error = garita_store_next_serial(doctor->store, &serial, first_key);

    return doctor_tell_store(doctor, _("register"),
                             error == GARITA_STORE_NO_SERIAL ? GARITA_STORE_OK : error);
}

static exit_status check_signers(struct doctor *doctor)
{
    struct signers signers = {.doctor = doctor};
    garita_store_error error = garita_store_each_signer(doctor->store, collect_signer, &signers);
    exit_status status = doctor_tell_store(doctor, _("signing"), error);

    for (size_t i = 0; i < signers.count && status == EXIT_DONE; i++) {
        status = check_next_serial(doctor, signers.at[i]);
        /* Nobody says where the counters are: then nothing can be signed, and that is told. */
        if (status == EXIT_DONE && doctor->context->state != NULL)
            status = check_counter(doctor, signers.at[i]);
    }
    free(signers.at);
    return status;
}

exit_status doctor_check_register(struct doctor *doctor)
{
    exit_status status = EXIT_DONE;

    if (doctor->signers != NULL)
        status = check_entries(doctor);
    return status == EXIT_DONE ? check_signers(doctor) : status;
}
