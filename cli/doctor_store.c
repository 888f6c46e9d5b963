/* What doctor finds in the file that SQLite keeps, and in the log of decisions. */
#include "doctor.h"

#include <string.h>

#include <garita/store_check.h>
#include <garita/store_decisions.h>

#include "i18n.h"
#include "key_files.h"
#include "node_key.h"

/* As many as SQLite itself tells of; the first says enough. */
enum { FLAWS_MAX = 100 };

struct flaws {
    struct doctor *doctor;
    size_t count;
};

static bool tell_flaw(void *context, const char *flaw)
{
    struct flaws *flaws = context;

    doctor_tell(flaws->doctor, DOCTOR_DAMAGE, GARITA_STORE_FILE,
                flaws->count == 0 ? _("keep a copy of the home as it is, then restore a backup, or "
                                      "make a new home and import bundles into it")
                                  : NULL,
                "%s", flaw);
    return ++flaws->count < FLAWS_MAX;
}

exit_status doctor_check_store(struct doctor *doctor)
{
    struct flaws flaws = {.doctor = doctor};
    garita_store_error error = garita_store_each_flaw(doctor->store, tell_flaw, &flaws);

    return doctor_tell_store(doctor, GARITA_STORE_FILE, error);
}

/* --- the log of decisions --- */

struct node_key {
    bool is_there;
    uint8_t public_key[GARITA_PUBLIC_KEY_SIZE];
};

static void find_node_key(void *context, const struct key_file *file)
{
    static const char name[] = "/" NODE_KEY_NAME SECRET_KEY_SUFFIX;
    struct node_key *key = context;
    size_t len = strlen(file->path);

    if (!file->is_one || len < sizeof name - 1 ||
        strcmp(file->path + len - (sizeof name - 1), name) != 0)
        return;
    key->is_there = true;
    memcpy(key->public_key, file->info.public_key, sizeof key->public_key);
}

static void tell_decision(void *context, const garita_decision_flaw *flaw)
{
    struct doctor *doctor = context;

    doctor_tell(
        doctor, DOCTOR_DAMAGE, _("log of decisions"),
        _("nothing can bring back what a lane decided; \"garita log verify\" tells more, and "
          "so does a tip that was exported"),
        _("entries %llu to %llu: %s"), (unsigned long long)flaw->first,
        (unsigned long long)flaw->last, _(garita_decision_flaw_text(flaw->kind)));
}

exit_status doctor_check_decisions(struct doctor *doctor)
{
    struct node_key key = {0};
    garita_decision_check check = {0};

    (void)key_files_each(doctor->context->home, find_node_key, &key);
    garita_store_error error = garita_store_check_decisions(
        doctor->store, &check, tell_decision, doctor, key.is_there ? key.public_key : NULL, NULL);
    if (error != GARITA_STORE_OK)
        return doctor_tell_store(doctor, _("log of decisions"), error);
    doctor->counts.decisions = check.end.position - check.base.position;
    if (doctor->counts.decisions > 0 && !key.is_there)
        doctor_tell(doctor, DOCTOR_WARNING, _("log of decisions"), NULL, "%s",
                    _("the key \"node\" is not there, so that nobody can tell whether its tips are "
                      "this home's"));
    return EXIT_DONE;
}
