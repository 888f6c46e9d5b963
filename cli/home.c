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

/* "garita" in the folder that the environment names, else below the user's own. XDG Base
 * Directory Specification: a relative path is to be ignored. */
static char *user_path(const char *variable, const char *otherwise)
{
    const char *named = getenv(variable);
    const char *user_home = getenv("HOME");

    if (named != NULL && named[0] == '/')
        return join(named, "/garita");
    if (user_home == NULL || user_home[0] == '\0') {
        const struct passwd *user = getpwuid(getuid());
        user_home = user != NULL ? user->pw_dir : NULL;
    }
    return user_home != NULL ? join(user_home, otherwise) : NULL;
}

char *home_path(const char *option)
{
    const char *garita_home = getenv("GARITA_HOME");

    if (option != NULL)
        return strdup(option);
    if (garita_home != NULL && garita_home[0] != '\0')
        return strdup(garita_home);
    return user_path("XDG_DATA_HOME", "/.local/share/garita");
}

char *home_state_path(const char *option)
{
    return option != NULL ? strdup(option) : user_path("XDG_STATE_HOME", "/.local/state/garita");
}
