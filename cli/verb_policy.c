#include "i18n.h"
#include "policy_verbs.h"

static const struct verb subverbs[] = {
    {
        .name = "check",
        .summary = N_("explain every mistake of a policy file, and run its examples"),
        .synopsis = "garita policy check FILE.json",
        .help =
            N_("Reads a policy as its authors write it, says of each mistake where it is, what\n"
               "is wrong and what to do, and then runs the example travelers that the file\n"
               "holds through the same judgement as a checkpoint's. Signs nothing that leaves\n"
               "the program, and needs no home.\n"
               "\n"
               "  garita policy check pandemic-us.json"),
        .operands_min = 1,
        .operands_max = 1,
        .run = policy_check_run,
    },
    {
        .name = "eval",
        .summary = N_("evaluate one CertLogic rule on data"),
        .synopsis = "garita policy eval RULE.json DATA.json",
        .help =
            N_("Prints what the rule gives, as JSON: the value itself, with --json too. Either\n"
               "file may be - for standard input.\n"
               "\n"
               "  garita policy eval rule.json data.json"),
        .operands_min = 2,
        .operands_max = 2,
        .run = policy_eval_run,
    },
    {
        .name = "diff",
        .summary = N_("say what changes from one policy to another, and for whom"),
        .synopsis = "garita policy diff OLD NEW",
        .help = N_("Each file is a policy as its authors write it, or a signed statement. Says in\n"
                   "words what is added, removed and changed, and runs the examples of both files\n"
                   "under both, to list those whose verdict is another.\n"
                   "\n"
                   "  garita policy diff ordinary-us.json pandemic-us.json"),
        .operands_min = 2,
        .operands_max = 2,
        .run = policy_diff_run,
    },
    {
        .name = "sign",
        .summary = N_("sign a policy"),
        .synopsis = "garita policy sign --as KEY FILE.json [-o FILE]",
        .help =
            N_("Checks the file as \"garita policy check\" does, and signs it with KEY if it has\n"
               "no mistake and every example gets its verdict. Prints the serial, by which it\n"
               "can be withdrawn. Of one authority's policies that are in force the one with\n"
               "the highest serial rules alone. Without -o the statement's bytes go to standard\n"
               "output; on a terminal, and with --json, -o is needed.\n"
               "\n"
               "  garita policy sign --as cbp pandemic-us.json -o pandemic.policy"),
        .options = policy_sign_options,
        .options_size = sizeof(struct policy_sign_options),
        .operands_min = 1,
        .operands_max = 1,
        .needs_home = true,
        .run = policy_sign_run,
    },
    {
        .name = "add",
        .summary = N_("keep a signed policy, and pass it on"),
        .synopsis = "garita policy add FILE",
        .help = N_("Verifies a signed policy against the anchors that are pinned here, and keeps\n"
                   "it: it then rules the lanes of its country from its first moment on, and goes\n"
                   "to other checkpoints with all else. One that its signer had no right to sign\n"
                   "is refused, and what was in force stays so.\n"
                   "\n"
                   "  garita policy add pandemic.policy"),
        .operands_min = 1,
        .operands_max = 1,
        .needs_home = true,
        .run = policy_add_run,
    },
    {
        .name = "show",
        .summary = N_("show the policies that are here, and which rules each lane"),
        .synopsis = "garita policy show [LANE]",
        .help = N_("Without LANE: every policy that is kept here, whether it is in force, and the\n"
                   "lanes that are ruled now. With LANE: all that the lane asks, now.\n"
                   "\n"
                   "  garita policy show\n"
                   "  garita policy show pedestrian"),
        .operands_min = 0,
        .operands_max = 1,
        .needs_home = true,
        .run = policy_show_run,
    },
    VERB_END,
};

const struct verb verb_policy = {
    .name = "policy",
    .summary = N_("write, check, sign and keep what lanes accept"),
    .synopsis = "garita policy check FILE.json\n"
                "garita policy eval RULE.json DATA.json\n"
                "garita policy diff OLD NEW\n"
                "garita policy sign --as KEY FILE.json [-o FILE]\n"
                "garita policy add FILE\n"
                "garita policy show [LANE]",
    .help = N_("A policy is an authority's signed word about what its country's lanes accept."),
    .subverbs = subverbs,
};
