#include "doctor.h"

#include <stdarg.h>
#include <string.h>

#include "i18n.h"
#include "json_out.h"
#include "report.h"
#include "safe_text.h"
#include "store_report.h"
#include "terminal.h"
#include "wrap.h"

static void add_json(struct buffer *out, enum doctor_weight weight, const char *where,
                     const char *hint, const char *what)
{
    json_out_add(out,
                 json_pack("{s:s, s:o, s:o, s:o}", "finding",
                           weight == DOCTOR_DAMAGE ? "damage" : "warning", "where",
                           json_out_text(where, strlen(where)), "what",
                           json_out_text(what, strlen(what)), "hint", json_out_text_or_null(hint)));
    buffer_add_char(out, '\n');
}

static void add_text(struct buffer *out, const struct context *context, enum doctor_weight weight,
                     const char *where, const char *hint, const char *what)
{
    struct buffer text = {0};
    size_t columns = context->out_is_terminal ? terminal_of(context->out).columns : 0;

    buffer_add_text(&text, weight == DOCTOR_DAMAGE ? _("DAMAGE: ") : _("warning: "));
    safe_text_add(&text, where, strlen(where));
    buffer_add_text(&text, ": ");
    safe_text_add(&text, what, strlen(what));
    buffer_add_char(&text, '\n');
    if (hint != NULL)
        buffer_add_format(&text, "    %s %s\n", _("hint:"), hint);
    wrap_add(out, text.at, text.len, columns, 4);
    out->failed |= text.failed;
    buffer_free(&text);
}

void doctor_tell(struct doctor *doctor, enum doctor_weight weight, const char *where,
                 const char *hint, const char *format, ...)
{
    const struct context *context = doctor->context;
    struct buffer what = {0};
    struct buffer text = {0};
    va_list arguments;

    va_start(arguments, format);
    buffer_add_format_v(&what, format, arguments);
    va_end(arguments);
    if (weight == DOCTOR_DAMAGE)
        doctor->damages++;
    else
        doctor->warnings++;
    if (context->json)
        add_json(&text, weight, where, hint, buffer_text(&what));
    else
        add_text(&text, context, weight, where, hint, buffer_text(&what));
    doctor->out_of_memory |= text.failed || what.failed;
    progress_clear(&doctor->progress);
    fwrite(text.at, 1, text.len, context->out);
    fflush(context->out);
    buffer_free(&what);
    buffer_free(&text);
}

exit_status doctor_tell_store(struct doctor *doctor, const char *where, garita_store_error error)
{
    if (error == GARITA_STORE_OK)
        return EXIT_DONE;
    if (error != GARITA_STORE_CORRUPT && error != GARITA_STORE_NOT_A_HOME) {
        progress_clear(&doctor->progress);
        return store_report(doctor->context, error, garita_store_detail(doctor->store));
    }
    doctor_tell(doctor, DOCTOR_DAMAGE, where,
                _("keep a copy of the home as it is, then restore a backup"), "%s (%s)",
                _(garita_store_error_text(error)), garita_store_detail(doctor->store));
    return EXIT_DONE;
}

void doctor_step(struct doctor *doctor)
{
    progress_step(&doctor->progress, ++doctor->steps);
}
