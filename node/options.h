/* node/options.h: garitad's command line. */
#ifndef GARITA_NODE_OPTIONS_H
#define GARITA_NODE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "engine/bounds.h"
#include "fail.h"

/* More addresses than a machine has networks. */
#define OPTIONS_LISTEN_MAX 16

struct options {
    char *home;  /* as --home and the environment say */
    char *state; /* where homes that sign keep their counters; null if nobody says */
    const char *key;
    const char *passphrase_file;
    struct sockaddr_storage listen[OPTIONS_LISTEN_MAX];
    size_t listen_count;
    const char *peers[ENGINE_CONFIGURED_MAX];
    size_t peer_count;
    bool is_archive;
    bool is_answered; /* --help or --version: it was printed, and that was all */
};

/* Reads it. What *out points to is the command line's, but for home and state. Returns EXIT_DONE,
 * or another status after a message; options_free either way. */
enum exit_status options_read(struct options *out, int argc, char **argv);
void options_free(struct options *options);

#endif
