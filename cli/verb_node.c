#include "i18n.h"
#include "node_verbs.h"

static const struct verb subverbs[] = {
    {
        .name = "certify",
        .summary = N_("sign that a machine carries what agencies sign"),
        .synopsis = "garita node certify --as KEY --subject PUBFILE --name TEXT "
                    "[--country CODE] [--address HOST:PORT]... [-o FILE]",
        .help = N_(
            "Signs, with KEY, that the key in PUBFILE is that of a node: a machine that carries\n"
            "batches, statements and heads from checkpoint to checkpoint. A node vouches for\n"
            "nothing but itself. Prints the serial, by which it can be withdrawn: its links\n"
            "to all others then end. Add the file on every machine that is to be linked with\n"
            "it, or on one that is; from there it spreads.\n"
            "\n"
            "  garita node certify --as root --subject node.pub --name \"San Ysidro 1\" \\\n"
            "      --address sy1.example.net:7701 -o a.node\n"
            "  garita trust add a.node"),
        .options = node_certify_options,
        .options_size = sizeof(struct node_certify_options),
        .operands_min = 0,
        .operands_max = 0,
        .needs_home = true,
        .run = node_certify_run,
    },
    VERB_END,
};

const struct verb verb_node = {
    .name = "node",
    .summary = N_("certify the machines that carry what agencies sign"),
    .synopsis = "garita node certify --as KEY --subject PUBFILE --name TEXT "
                "[--address HOST:PORT]...",
    .help = N_("A node is a running garitad. Others link with it only if an authority that they\n"
               "trust has certified its key."),
    .subverbs = subverbs,
};
