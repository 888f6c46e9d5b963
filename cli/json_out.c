#include "json_out.h"

#include <assert.h>
#include <string.h>

#include "report.h"
#include "safe_text.h"

static void add_value(struct buffer *out, json_t *value);

static void add_object(struct buffer *out, json_t *object)
{
    const char *name;
    json_t *value;
    char before = '{';

    json_object_foreach(object, name, value)
    {
        buffer_add_char(out, before);
        before = ',';
        safe_text_add_json(out, name, strlen(name));
        buffer_add_char(out, ':');
        add_value(out, value);
    }
    buffer_add_text(out, before == '{' ? "{}" : "}");
}

static void add_array(struct buffer *out, const json_t *array)
{
    buffer_add_char(out, '[');
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i > 0)
            buffer_add_char(out, ',');
        add_value(out, json_array_get(array, i));
    }
    buffer_add_char(out, ']');
}

static void add_value(struct buffer *out, json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        add_object(out, value);
        break;
    case JSON_ARRAY:
        add_array(out, value);
        break;
    case JSON_STRING:
        safe_text_add_json(out, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        buffer_add_signed(out, json_integer_value(value));
        break;
    case JSON_TRUE:
        buffer_add_text(out, "true");
        break;
    case JSON_FALSE:
        buffer_add_text(out, "false");
        break;
    case JSON_NULL:
        buffer_add_text(out, "null");
        break;
    case JSON_REAL:
        assert(false && "nothing here is a fraction");
        break;
    }
}

void json_out_add(struct buffer *out, json_t *object)
{
    if (object != NULL)
        add_value(out, object);
    else
        out->failed = true;
    json_decref(object);
}

exit_status json_out(const struct context *context, json_t *object)
{
    struct buffer text = {0};
    exit_status status = EXIT_DONE;

    json_out_add(&text, object);
    buffer_add_char(&text, '\n');
    if (text.failed)
        status = report_no_memory(context);
    else
        fwrite(text.at, 1, text.len, context->out);
    buffer_free(&text);
    fflush(context->out);
    return status;
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
