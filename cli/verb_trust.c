#include "i18n.h"
#include "trust_verbs.h"

#include <stdint.h>

static const struct verb subverbs[] = {
    {
        .name = "add",
        .summary = N_("pin an anchor, or add an authority that one of them vouches for"),
        .synopsis = "garita trust add FILE... [--anchor [--countries LIST] [--programmes LIST] "
                    "[--types LIST]]",
        .help = N_("With --anchor: trusts an anchor's own statement, within a scope. Compare the\n"
                   "fingerprint that is shown with the authority itself, by another way than the\n"
                   "one that the file came by. Without: adds statements that lead to a pinned\n"
                   "anchor, in any order. FILE holds one statement, or lines that begin GT1:.\n"
                   "All or nothing. A node's statement is kept for others, and to link with it.\n"
                   "\n"
                   "  garita trust add usa.authority --anchor\n"
                   "  garita trust add cbp.authority\n"
                   "  garita trust add a.node"),
        .options = trust_add_options,
        .options_size = sizeof(struct trust_add_options),
        .operands_min = 1,
        .operands_max = SIZE_MAX,
        .needs_home = true,
        .run = trust_add_run,
    },
    {
        .name = "list",
        .summary = N_("show who is trusted, and for what"),
        .synopsis = "garita trust list",
        .help = N_("Shows the anchors and, indented, the authorities below them, with what their\n"
                   "chains leave them, and the nodes that they certified."),
        .needs_home = true,
        .run = trust_list_run,
    },
    {
        .name = "remove",
        .summary = N_("trust an authority no longer"),
        .synopsis = "garita trust remove ID",
        .help = N_("Takes away an authority, by its id or the fingerprint of its first key, or a\n"
                   "further key of one, by that key's fingerprint; and all that then has no chain\n"
                   "to an anchor. Or a node, by the id or the fingerprint of its key: it comes\n"
                   "back with the next bundle or peer that has it, until it is revoked.\n"
                   "\n"
                   "  garita trust remove 4f1c8a90be7d2356"),
        .operands_min = 1,
        .operands_max = 1,
        .needs_home = true,
        .run = trust_remove_run,
    },
    VERB_END,
};

const struct verb verb_trust = {
    .name = "trust",
    .summary = N_("decide who is trusted here"),
    .synopsis = "garita trust add FILE... [--anchor]\n"
                "garita trust list\n"
                "garita trust remove ID",
    .help = N_("Only signatures that lead to an anchor pinned here count."),
    .subverbs = subverbs,
};
