#include "home.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buffer.h"

static char *join(const char *directory, const char *rest)
{
    struct buffer path = {0};

    buffer_add_text(&path, directory);
    buffer_add_text(&path, rest);
    buffer_add_char(&path, '\0');
    if (path.failed)
        buffer_free(&path);
    return path.at;
}

char *home_path(const char *option)
{
    const char *garita_home = getenv("GARITA_HOME");
    const char *data_home = getenv("XDG_DATA_HOME");
    const char *user_home = getenv("HOME");

    if (option != NULL)
        return strdup(option);
    if (garita_home != NULL && garita_home[0] != '\0')
        return strdup(garita_home);
    /* XDG Base Directory Specification: a relative path is to be ignored. */
    if (data_home != NULL && data_home[0] == '/')
        return join(data_home, "/garita");
    if (user_home == NULL || user_home[0] == '\0') {
        const struct passwd *user = getpwuid(getuid());
        user_home = user != NULL ? user->pw_dir : NULL;
    }
    return user_home != NULL ? join(user_home, "/.local/share/garita") : NULL;
}
