/* garita peers: the links of the node that runs in this home. */
#include <time.h>

#include "i18n.h"
#include "json_out.h"
#include "peers_node.h"
#include "peers_text.h"
#include "text_out.h"
#include "verbs.h"

struct peers_options {
    bool watch;
};

static const struct option options[] = {
    OPTION_FLAG("watch", 0, struct peers_options, watch,
                N_("show it again each second, until the node ends or Ctrl-C")),
    OPTION_END,
};

static exit_status show(const struct context *context, const struct peers_node *node, bool is_again)
{
    struct buffer text = {0};

    if (context->json)
        return json_out(context, peers_node_to_json(node));
    if (is_again && context->out_is_terminal)
        fputs("\033[H\033[J", context->out);
    else if (is_again)
        fputc('\n', context->out);
    peers_text_add(&text, node);
    exit_status status = text_out(context, &text, 8);
    fflush(context->out);
    return status;
}

static exit_status ask_and_show(const struct context *context, bool is_again)
{
    struct peers_node node;
    enum peers_answer answer = peers_node_ask(&node, context->home);

    if (answer != PEERS_ANSWERED)
        return peers_node_report(context, answer);
    exit_status status = show(context, &node, is_again);
    peers_node_free(&node);
    return status;
}

static exit_status run(const struct context *context, const void *values, char *const *operands,
                       size_t operand_count)
{
    const struct peers_options *given = values;
    static const struct timespec second = {.tv_sec = 1};
    exit_status status = ask_and_show(context, false);

    (void)operands;
    (void)operand_count;
    /* Nobody reads any more: main says so. */
    while (given->watch && status == EXIT_DONE && !ferror(context->out)) {
        nanosleep(&second, NULL);
        status = ask_and_show(context, true);
    }
    return status;
}

const struct verb verb_peers = {
    .name = "peers",
    .summary = N_("show the running node's links"),
    .synopsis = "garita peers [--watch]",
    .help =
        N_("Shows the node that runs in this home: its links, who called whom (-> this node,\n"
           "<- the other), for how long, the time that a message takes there and back, bytes\n"
           "in and out, and whether the other holds what this node holds; then whom it refused\n"
           "lately, or who refused it, and why.\n"
           "\n"
           "  garita peers\n"
           "  garita peers --watch\n"
           "  garita peers --json | jq '.links[] | select(.agrees | not) | .name'\n"
           "\n"
           "Exit status: 0; 66 where no node runs; 74 where it does not answer in two seconds."),
    .options = options,
    .options_size = sizeof(struct peers_options),
    .needs_home = true,
    .run = run,
};
