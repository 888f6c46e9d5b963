/* cli/home.h: where the home is, and where the state that must not be in it. */
#ifndef GARITA_CLI_HOME_H
#define GARITA_CLI_HOME_H

/* The home as --home (may be null) and the environment say: $GARITA_HOME, else
 * $XDG_DATA_HOME/garita, else ~/.local/share/garita. The caller frees it. Null if memory ran out or
 * nobody says where home is. */
char *home_path(const char *option);

/* The state folder as --state (may be null) and the environment say: $XDG_STATE_HOME/garita, else
 * ~/.local/state/garita. As above. */
char *home_state_path(const char *option);

#endif
