#include <string.h>

#include "i18n.h"
#include "issue.h"
#include "report.h"
#include "verbs.h"

static const struct option options[] = {
    OPTION_TEXT("as", 0, "KEY", struct issue_options, as, N_("the key of this home that signs")),
    OPTION_TEXT("output", 'o', "FILE", struct issue_options, output,
                N_("where to write it: .png, .svg, .txt or .bin; in the terminal if not given")),
    OPTION_TEXT("ecc", 0, "L|M|Q|H", struct issue_options, ecc,
                N_("the QR code's error correction; M if not given")),
    OPTION_NUMBER("scale", 0, "N", struct issue_options, scale, GARITA_QR_SCALE_MIN,
                  GARITA_QR_SCALE_MAX, N_("pixels per module of a PNG; 8 if not given")),
    OPTION_FLAG("batch", 0, struct issue_options, batch,
                N_("many: a JSON object of claims on each line")),
    OPTION_TEXT("out-dir", 0, "DIR", struct issue_options, out_dir,
                N_("with --batch: where to write them, each named by its serial in ten digits, "
                   "such as 0000000017.png")),
    OPTION_TEXT("format", 0, "txt|png|svg|bin", struct issue_options, format,
                N_("with --batch: in which form; png if not given")),
    OPTION_NUMBER("reprint", 0, "SERIAL", struct issue_options, reprint, 1, GARITA_SERIAL_MAX,
                  N_("hand out again what was issued, from the register")),
    OPTION_END,
};

static exit_status usage(const struct context *context, const char *message)
{
    return report_failure(context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, NULL}, "%s",
                          message);
}

static exit_status unknown_format(const struct context *context, const char *given)
{
    return report_failure(
        context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, _("png, svg, txt or bin")},
        _("\"%s\" says no form that a credential can have"), given);
}

/* Which options go together. */
static exit_status check_combination(const struct context *context,
                                     const struct issue_options *given, size_t operand_count)
{
    if (given->as == NULL)
        return usage(context, _("--as KEY is needed: who issues?"));
    if (given->reprint != 0 && (given->batch || operand_count > 0))
        return usage(context, _("--reprint takes neither claims nor --batch"));
    if (given->reprint == 0 && operand_count == 0)
        return usage(context, _("claims are needed: a file, or - for standard input"));
    if (given->batch && given->output != NULL)
        return usage(context, _("with --batch it is --out-dir DIR, not -o"));
    if (given->batch && given->out_dir == NULL)
        return usage(context, _("--batch needs --out-dir DIR"));
    if (!given->batch && (given->out_dir != NULL || given->format != NULL))
        return usage(context, _("--out-dir and --format go with --batch"));
    return EXIT_DONE;
}

/* Standard input and output are there once. */
static exit_status check_streams(const struct context *context, const struct issue_options *given,
                                 char *const *operands, size_t operand_count)
{
    bool reads_claims = operand_count > 0 && strcmp(operands[0], "-") == 0;
    bool reads_passphrase =
        context->passphrase_file != NULL && strcmp(context->passphrase_file, "-") == 0;

    if (reads_claims && reads_passphrase)
        return usage(context, _("the claims and the passphrase cannot both be standard input"));
    if (context->json && given->output != NULL && strcmp(given->output, "-") == 0)
        return usage(context, _("--json and -o - both want standard output"));
    return EXIT_DONE;
}

static exit_status read_style(const struct context *context, struct artifact_style *out,
                              const struct issue_options *given)
{
    out->scale = given->scale != 0 ? (unsigned)given->scale : GARITA_QR_SCALE_DEFAULT;
    out->format = given->batch ? ARTIFACT_PNG : ARTIFACT_TXT;
    if (given->format != NULL && !artifact_format_by_name(&out->format, given->format))
        return unknown_format(context, given->format);
    if (given->output != NULL && !artifact_format_of_path(&out->format, given->output))
        return unknown_format(context, given->output);
    return artifact_read_ecc(context, &out->ecc, given->ecc);
}

static exit_status run(const struct context *context, const void *values, char *const *operands,
                       size_t operand_count)
{
    struct issuing issuing = {.context = context, .given = values};
    const struct issue_options *given = values;

    exit_status status = check_combination(context, given, operand_count);
    if (status == EXIT_DONE)
        status = check_streams(context, given, operands, operand_count);
    if (status == EXIT_DONE)
        status = read_style(context, &issuing.style, given);
    if (status == EXIT_DONE && given->output != NULL)
        status = output_file_check(context, given->output, artifact_kind(issuing.style.format));
    if (status == EXIT_DONE)
        status = signing_clock(context, &issuing.now);
    if (status != EXIT_DONE)
        return status;

    status = signing_open(context, &issuing.signing, given->as);
    if (status == EXIT_DONE) {
        if (given->reprint != 0)
            status = issue_reprint(&issuing);
        else if (given->batch)
            status = issue_batch(&issuing, operands[0]);
        else
            status = issue_one(&issuing, operands[0]);
    }
    signing_close(&issuing.signing);
    return status;
}

const struct verb verb_issue = {
    .name = "issue",
    .summary = N_("sign credentials and attestations, and draw them as QR codes"),
    .synopsis = "garita issue --as KEY CLAIMS.json [-o FILE.png|.svg|.txt|.bin] [--ecc L|M|Q|H] "
                "[--scale N]\n"
                "garita issue --as KEY --batch CLAIMS.ndjson --out-dir DIR [--format "
                "txt|png|svg|bin]\n"
                "garita issue --as KEY --reprint SERIAL [-o FILE]",
    .help = N_("Signs the claims in a JSON file with the next serial of KEY's authority, and\n"
               "enters them in the register of this home before anything is written. Claims\n"
               "may carry a \"ref\" of your own: the same ref with the same claims gives the\n"
               "same statement, so that a batch that was cut short can simply be run again.\n"
               "Bad rows are reported by line; the others proceed.\n"
               "\n"
               "Claims are a credential's (of a traveler, a company or a vehicle), or, with the\n"
               "member \"attestation\", those of a vaccination, a test and so on. A credential's\n"
               "\"attestations\" may list the texts of some, which then go into the same code.\n"
               "\n"
               "  garita issue --as cbp card.json -o card.png\n"
               "  garita issue --as health vaccination.json -o vaccination.png\n"
               "  garita issue --as cbp --batch cards.ndjson --out-dir cards\n"
               "  garita issue --as cbp --reprint 17 -o card.png"),
    .options = options,
    .options_size = sizeof(struct issue_options),
    .operands_min = 0,
    .operands_max = 1,
    .needs_home = true,
    .run = run,
};
