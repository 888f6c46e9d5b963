#include "log_verbs.h"

#include <sodium.h>
#include <string.h>

#include <garita/date.h>

#include "decision_tip.h"
#include "i18n.h"
#include "json_out.h"

const struct option log_tip_options[] = {
    OPTION_TEXT("output", 'o', "FILE", struct log_tip_options, output,
                N_("where to write the tip; standard output if not given")),
    OPTION_END,
};

static json_t *to_json(const garita_stored_tip *tip, const char *path)
{
    char hex[2 * GARITA_TIP_BYTES_MAX + 1];
    char signed_at[GARITA_MOMENT_TEXT_SIZE];

    sodium_bin2hex(hex, sizeof hex, tip->bytes, tip->len);
    garita_moment_format(signed_at, tip->signed_at);
    return json_pack("{s:I, s:s, s:s, s:o}", "entry", (json_int_t)tip->position, "signed_at",
                     signed_at, "tip", hex, "file", json_out_text_or_null(path));
}

exit_status log_tip_run(const struct context *context, const void *values, char *const *operands,
                        size_t operand_count)
{
    const struct log_tip_options *given = values;
    bool is_on_output = given->output == NULL || strcmp(given->output, "-") == 0;
    garita_stored_tip tip;

    (void)operands;
    (void)operand_count;
    /* As JSON the bytes are in the object. */
    const char *path = !is_on_output ? given->output : context->json ? NULL : "-";
    exit_status status = decision_tip_write(context, &tip, path);
    return status == EXIT_DONE && context->json ? json_out(context, to_json(&tip, path)) : status;
}
