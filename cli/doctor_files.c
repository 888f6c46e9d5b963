/* What doctor finds around the store: who may read and write the home, and whether its keys are
 * keys. */
#include "doctor.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "i18n.h"
#include "key_files.h"
#include "secret_key.h"

enum { OTHERS_WRITE = S_IWGRP | S_IWOTH, OTHERS_READ = S_IRGRP | S_IROTH };

static void tell_writable(struct doctor *doctor, const char *path, mode_t mode)
{
    if ((mode & OTHERS_WRITE) != 0)
        doctor_tell(doctor, DOCTOR_WARNING, path, _("chmod go-w, on all that is in the home"),
                    _("others than its owner may write it (mode %04o): they can change who is "
                      "trusted here, and what is revoked"),
                    (unsigned)(mode & 07777));
}

/* A file that is not there is nobody's to write. */
static void check_mode(struct doctor *doctor, const char *name)
{
    char path[PATH_MAX];
    struct stat info;
    int len = snprintf(path, sizeof path, "%s%s", doctor->context->home, name);

    if (len > 0 && len < (int)sizeof path && stat(path, &info) == 0)
        tell_writable(doctor, path, info.st_mode);
}

static void check_key(void *context, const struct key_file *file)
{
    struct doctor *doctor = context;
    mode_t mode = file->stat.st_mode;

    doctor->counts.keys++;
    if (file->error != 0) {
        doctor_tell(doctor, DOCTOR_WARNING, file->path, NULL, _("cannot be read: %s"),
                    strerror(file->error));
        return;
    }
    if (!file->is_one)
        doctor_tell(doctor, DOCTOR_DAMAGE, file->path,
                    _("restore this file from a backup; without it nothing can be signed with "
                      "this key, and what it signed stays valid"),
                    "%s", _("is no key file"));
    if ((mode & (OTHERS_READ | OTHERS_WRITE)) != 0)
        doctor_tell(doctor, DOCTOR_WARNING, file->path, _("chmod 600, on each key file"),
                    _("others than its owner may read or write this secret key (mode %04o)"),
                    (unsigned)(mode & 07777));
}

exit_status doctor_check_files(struct doctor *doctor)
{
    static const char *const names[] = {"", "/" SECRET_KEY_DIRECTORY, "/" GARITA_STORE_FILE,
                                        "/" GARITA_STORE_FILE "-wal", "/" GARITA_STORE_FILE "-shm"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        check_mode(doctor, names[i]);
    int number = key_files_each(doctor->context->home, check_key, doctor);
    if (number != 0)
        doctor_tell(doctor, DOCTOR_WARNING, doctor->context->home, NULL,
                    _("its keys cannot be read: %s"), strerror(number));
    return EXIT_DONE;
}
