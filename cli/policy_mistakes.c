#include "policy_mistakes.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "i18n.h"
#include "json_out.h"
#include "report.h"

static void free_one(struct policy_mistake *mistake)
{
    buffer_free(&mistake->place);
    buffer_free(&mistake->message);
    buffer_free(&mistake->hint);
}

void policy_mistakes_free(struct policy_mistakes *mistakes)
{
    for (size_t i = 0; i < mistakes->count; i++)
        free_one(&mistakes->at[i]);
    free(mistakes->at);
    *mistakes = (struct policy_mistakes){0};
}

/* --- adding --- */

/* Room for one more; null if it is not kept. */
static struct policy_mistake *grow(struct policy_mistakes *mistakes)
{
    if (mistakes->count == POLICY_MISTAKES_MAX) {
        mistakes->left_out++;
        return NULL;
    }
    if (mistakes->count == mistakes->cap) {
        size_t cap = mistakes->cap == 0 ? 8 : 2 * mistakes->cap;
        struct policy_mistake *at = realloc(mistakes->at, cap * sizeof *at);
        if (at == NULL) {
            mistakes->out_of_memory = true;
            return NULL;
        }
        mistakes->at = at;
        mistakes->cap = cap;
    }
    struct policy_mistake *one = &mistakes->at[mistakes->count++];
    *one = (struct policy_mistake){0};
    return one;
}

static void add(struct policy_mistakes *mistakes, const struct json_place *place, const char *code,
                bool is_warning, const char *format, va_list arguments)
    __attribute__((format(printf, 5, 0)));

static void add(struct policy_mistakes *mistakes, const struct json_place *place, const char *code,
                bool is_warning, const char *format, va_list arguments)
{
    mistakes->error_count += !is_warning;
    struct policy_mistake *one = grow(mistakes);
    if (one == NULL)
        return;
    one->code = code;
    one->is_warning = is_warning;
    json_place_add(&one->place, place);
    buffer_add_format_v(&one->message, format, arguments);
    mistakes->out_of_memory |= one->place.failed || one->message.failed;
}

void policy_mistakes_add(struct policy_mistakes *mistakes, const struct json_place *place,
                         const char *code, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add(mistakes, place, code, false, format, arguments);
    va_end(arguments);
}

void policy_mistakes_warn(struct policy_mistakes *mistakes, const struct json_place *place,
                          const char *code, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add(mistakes, place, code, true, format, arguments);
    va_end(arguments);
}

/* The one that was added last; null if it was not kept. */
static struct policy_mistake *newest(struct policy_mistakes *mistakes)
{
    return mistakes->count == 0 || mistakes->left_out > 0 ? NULL
                                                          : &mistakes->at[mistakes->count - 1];
}

void policy_mistakes_go_on(struct policy_mistakes *mistakes, const char *pointer)
{
    struct policy_mistake *one = newest(mistakes);

    if (one != NULL)
        buffer_add_text(&one->place, pointer);
}

void policy_mistakes_advise(struct policy_mistakes *mistakes, const char *format, ...)
{
    struct policy_mistake *one = newest(mistakes);
    va_list arguments;

    if (one == NULL)
        return;
    va_start(arguments, format);
    buffer_add_format_v(&one->hint, format, arguments);
    va_end(arguments);
}

/* --- telling --- */

static int compare(const void *a, const void *b)
{
    const struct policy_mistake *x = a;
    const struct policy_mistake *y = b;

    if (x->is_warning != y->is_warning)
        return x->is_warning ? 1 : -1;
    return x->line == y->line ? 0 : x->line < y->line ? -1 : 1;
}

/* By insertion, which leaves those of one line as they came. */
static void sort(struct policy_mistake *at, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct policy_mistake one = at[i];
        size_t j = i;
        for (; j > 0 && compare(&at[j - 1], &one) > 0; j--)
            at[j] = at[j - 1];
        at[j] = one;
    }
}

void policy_mistakes_finish(struct policy_mistakes *mistakes, const char *text, size_t text_len)
{
    for (size_t i = 0; i < mistakes->count; i++) {
        struct policy_mistake *one = &mistakes->at[i];
        if (one->line == 0)
            one->line = json_place_line(text, text_len, buffer_text(&one->place));
        mistakes->out_of_memory |= one->place.failed || one->message.failed || one->hint.failed;
    }
    sort(mistakes->at, mistakes->count);
}

static exit_status report_warning_json(const struct context *context,
                                       const struct policy_mistake *one, const char *source)
{
    json_t *object = json_object();

    json_object_set_new(object, "warning", json_string(one->code));
    json_object_set_new(object, "message", json_out_text(one->message.at, one->message.len));
    json_object_set_new(object, "source", json_out_text_or_null(source));
    json_object_set_new(object, "line", json_integer((json_int_t)one->line));
    json_object_set_new(object, "place", json_out_text(one->place.at, one->place.len));
    if (one->hint.len > 0)
        json_object_set_new(object, "hint", json_out_text(one->hint.at, one->hint.len));
    return json_out(context, object);
}

static exit_status report_one(const struct context *context, struct policy_mistake *one,
                              const char *source)
{
    const char *place = buffer_text(&one->place);
    const char *message = buffer_text(&one->message);

    if (!one->is_warning)
        return report_failure(context,
                              &(struct failure){EXIT_BAD_INPUT, one->code, source, one->line,
                                                one->hint.len > 0 ? buffer_text(&one->hint) : NULL},
                              "%s%s%s", place, place[0] != '\0' ? ": " : "", message);
    if (context->json)
        return report_warning_json(context, one, source);
    report_warning(context, "%s:%u: %s%s%s%s%s", source, one->line, place,
                   place[0] != '\0' ? ": " : "", message, one->hint.len > 0 ? "; " : "",
                   buffer_text(&one->hint));
    return EXIT_DONE;
}

exit_status policy_mistakes_report(const struct context *context,
                                   const struct policy_mistakes *mistakes, const char *source)
{
    exit_status worst = EXIT_DONE;

    if (mistakes->out_of_memory)
        return report_no_memory(context);
    for (size_t i = 0; i < mistakes->count; i++) {
        exit_status status = report_one(context, &mistakes->at[i], source);
        worst = status != EXIT_DONE ? status : worst;
    }
    if (mistakes->left_out > 0)
        report_note(context, _("and %zu more; mend these first"), mistakes->left_out);
    return mistakes->error_count > 0 ? EXIT_BAD_INPUT : worst;
}
