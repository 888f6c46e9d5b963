#include "text_out.h"

#include "report.h"
#include "terminal.h"
#include "wrap.h"

exit_status text_out(const struct context *context, struct buffer *text, size_t indent)
{
    struct buffer wrapped = {0};

    wrap_add(&wrapped, text->at, text->len, terminal_of(context->out).columns, indent);
    exit_status status = text->failed || wrapped.failed ? report_no_memory(context) : EXIT_DONE;
    if (status == EXIT_DONE)
        fwrite(wrapped.at, 1, wrapped.len, context->out);
    buffer_free(&wrapped);
    buffer_free(text);
    return status;
}
