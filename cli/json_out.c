#include "json_out.h"

#include <string.h>

#include "buffer.h"
#include "report.h"
#include "safe_text.h"

exit_status json_out(const struct context *context, json_t *object)
{
    int result = object != NULL ? json_dumpf(object, context->out, JSON_COMPACT) : -1;

    json_decref(object);
    if (object == NULL || (result != 0 && !ferror(context->out)))
        return report_no_memory(context);
    fputc('\n', context->out);
    fflush(context->out);
    return EXIT_DONE;
}

json_t *json_out_text(const char *text, size_t text_len)
{
    json_t *string = json_stringn(text, text_len);

    if (string == NULL) {
        struct buffer safe = {0};
        safe_text_add(&safe, text, text_len);
        if (!safe.failed)
            string = json_stringn(safe.at, safe.len);
        buffer_free(&safe);
    }
    return string;
}

json_t *json_out_text_or_null(const char *text)
{
    return text != NULL ? json_out_text(text, strlen(text)) : json_null();
}
