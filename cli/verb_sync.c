#include <stdint.h>
#include <string.h>

#include "i18n.h"
#include "output_file.h"
#include "report.h"
#include "sync_verbs.h"

exit_status sync_check_output(const struct context *context, const char *output)
{
    if (context->json && strcmp(output, "-") == 0)
        return report_failure(
            context,
            &(struct failure){EXIT_USAGE, "usage", NULL, 0, _("write to a file with -o FILE")},
            "%s", _("--json and -o - both want standard output"));
    return output_file_check(context, output, OUTPUT_BINARY);
}

static const struct verb subverbs[] = {
    {
        .name = "have",
        .summary = N_("list what this home has, for whoever makes it a bundle"),
        .synopsis = "garita sync have [-o FILE]",
        .help = N_("Writes how far each status log has come here and which statements are known,\n"
                   "some 80 bytes for each authority, and nothing about any holder. With it,\n"
                   "\"sync export --for\" leaves out what is here already.\n"
                   "\n"
                   "  garita sync have -o have.bin"),
        .options = sync_have_options,
        .options_size = sizeof(struct sync_have_options),
        .needs_home = true,
        .run = sync_have_run,
    },
    {
        .name = "export",
        .summary = N_("write a bundle of all that another home needs to know"),
        .synopsis = "garita sync export [-o FILE] [--for HAVE]",
        .help =
            N_("Writes every authority statement, status log, proof of equivocation and newest\n"
               "head that this home has, its own and others'. With --for, only what the home\n"
               "that wrote HAVE lacks. All of it is signed by its authorities: a bundle may\n"
               "be carried by anybody. What nobody would take, being signed with a revoked\n"
               "key, is left out with a warning. A tip of this home's log of decisions is\n"
               "signed too, and stays here.\n"
               "\n"
               "  garita sync export -o all.gtb\n"
               "  garita sync export --for have.bin -o update.gtb"),
        .options = sync_export_options,
        .options_size = sizeof(struct sync_export_options),
        .needs_home = true,
        .run = sync_export_run,
    },
    {
        .name = "import",
        .summary = N_("take what a bundle brings"),
        .synopsis = "garita sync import FILE...",
        .help =
            N_("Takes what leads to an anchor that is pinned here, each authority's part whole\n"
               "or not at all, and says what it brought. What is known or older changes\n"
               "nothing; what contradicts is proof that an authority shows two histories, and\n"
               "is kept. Safe to repeat, and to interrupt.\n"
               "\n"
               "  garita sync import update.gtb"),
        .operands_min = 1,
        .operands_max = SIZE_MAX,
        .needs_home = true,
        .run = sync_import_run,
    },
    VERB_END,
};

const struct verb verb_sync = {
    .name = "sync",
    .summary = N_("carry revocations from home to home, without a network"),
    .synopsis = "garita sync have [-o FILE]\n"
                "garita sync export [-o FILE] [--for HAVE]\n"
                "garita sync import FILE...",
    .help = N_("A bundle is a file that holds what authorities have signed: who they are, and\n"
               "what they have suspended, reinstated and revoked."),
    .subverbs = subverbs,
};
