#include "authority_verbs.h"
#include "i18n.h"

static const struct verb subverbs[] = {
    {
        .name = "anchor",
        .summary = N_("make a key the anchor of a country or organization"),
        .synopsis = "garita authority anchor KEY --name TEXT --country CODE [--until DATE] "
                    "[-o FILE]",
        .help =
            N_("Signs, with KEY itself, the statement that others pin with \"garita trust add\n"
               "FILE --anchor\" after they have compared its fingerprint with you. In force\n"
               "for 20 years. The same again gives the same statement; with a later --until\n"
               "the anchor is renewed, and \"garita trust add\" renews it where it is pinned.\n"
               "Only the home that made the anchor may do so, and no other can be stopped: one\n"
               "that holds the key without its register begins a second history, which\n"
               "checkpoints take as proof against the anchor.\n"
               "\n"
               "  garita authority anchor usa --name DHS --country USA -o usa.authority\n"
               "  garita authority anchor usa --until 2066-01-01 -o usa-2066.authority"),
        .options = authority_anchor_options,
        .options_size = sizeof(struct authority_anchor_options),
        .operands_min = 1,
        .operands_max = 1,
        .needs_home = true,
        .run = authority_anchor_run,
    },
    {
        .name = "certify",
        .summary = N_("sign what another authority may do"),
        .synopsis =
            "garita authority certify --as KEY --subject PUBFILE --name TEXT --country CODE "
            "--programmes LIST\n"
            "garita authority certify --as KEY --subject PUBFILE --rotates AUTHORITY",
        .help = N_("Signs, with KEY, that the key in PUBFILE belongs to an authority, and what\n"
                   "that one may do: never more than KEY's own authority. Prints the serial, by\n"
                   "which it can be withdrawn. Give the file to the authority; checkpoints add it\n"
                   "with \"garita trust add\". With --rotates the key is a further one of an\n"
                   "authority that has one already; what is not given is as it was.\n"
                   "\n"
                   "  garita authority certify --as usa --subject cbp.pub --name CBP \\\n"
                   "      --country USA --programmes sentri,global-entry,fast -o cbp.authority\n"
                   "  garita authority certify --as usa --subject cbp2.pub \\\n"
                   "      --rotates 4f1c8a90be7d2356 -o cbp2.authority"),
        .options = authority_certify_options,
        .options_size = sizeof(struct authority_certify_options),
        .operands_min = 0,
        .operands_max = 0,
        .needs_home = true,
        .run = authority_certify_run,
    },
    VERB_END,
};

const struct verb verb_authority = {
    .name = "authority",
    .summary = N_("make an anchor, and certify the authorities below it"),
    .synopsis = "garita authority anchor KEY --name TEXT --country CODE [--until DATE] [-o FILE]\n"
                "garita authority certify --as KEY --subject PUBFILE --name TEXT --country CODE "
                "--programmes LIST",
    .help = N_("An anchor is pinned by checkpoints; every other authority is trusted through\n"
               "a chain of statements that ends in one."),
    .subverbs = subverbs,
};
