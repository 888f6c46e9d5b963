#include "audit.h"

#include <stdint.h>

#include "i18n.h"
#include "json_out.h"
#include "report.h"
#include "verbs.h"

static exit_status conclude(const struct audit *audit)
{
    if (audit->context->json)
        return json_out(audit->context, json_pack("{s:b, s:I, s:I}", "audited", 1, "authorities",
                                                  (json_int_t)audit->stock.logs.count, "findings",
                                                  (json_int_t)audit->found));
    if (audit->found == 0)
        report_note(audit->context, "%s",
                    _("no equivocation: nobody is known here to have signed two histories"));
    return EXIT_DONE;
}

static exit_status run(const struct context *context, const void *values, char *const *operands,
                       size_t operand_count)
{
    struct audit audit = {.context = context};

    (void)values;
    exit_status status = sync_stock_open(context, &audit.stock);
    if (status == EXIT_DONE)
        status = audit_home(&audit);
    for (size_t i = 0; i < operand_count && status == EXIT_DONE; i++)
        status = audit_file(&audit, operands[i]);
    if (status == EXIT_DONE)
        status = conclude(&audit);
    audit_free(&audit);
    if (status != EXIT_DONE)
        return status;
    if (audit.found > 0)
        return EXIT_REJECT;
    return audit.is_bad_input ? EXIT_BAD_INPUT : EXIT_DONE;
}

const struct verb verb_audit = {
    .name = "audit",
    .summary = N_("prove whether an authority has shown different histories"),
    .synopsis = "garita audit [FILE...]",
    .help = N_("Checks every proof of equivocation that this home keeps once more, and says what\n"
               "it shows; and names what is missing of each status log. FILE, a bundle or a bare\n"
               "proof, is checked too, against what this home has and the anchors pinned here;\n"
               "nothing of it is kept. The exit status is 1 if an authority has equivocated.\n"
               "\n"
               "  garita audit\n"
               "  garita audit from-tijuana.gtb from-otay.gtb"),
    .operands_min = 0,
    .operands_max = SIZE_MAX,
    .needs_home = true,
    .run = run,
};
