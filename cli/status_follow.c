#include "status_follow.h"

#include <time.h>

#include "peers_node.h"
#include "peers_text.h"
#include "terminal.h"

/* As much of the line as one row has room for, without its line feed. */
static void show(const struct context *context, const struct peers_node *node)
{
    struct buffer text = {0};
    size_t columns = terminal_of(context->err).columns;
    size_t used = 0;

    peers_text_add_summary(&text, node);
    if (text.failed)
        text.len = 0;
    fputs("\r\033[K", context->err);
    for (size_t i = 0; i < text.len && text.at[i] != '\n'; i++) {
        used += ((unsigned char)text.at[i] & 0xc0) != 0x80;
        if (columns > 0 && used >= columns)
            break;
        fputc(text.at[i], context->err);
    }
    fflush(context->err);
    buffer_free(&text);
}

void status_follow(const struct context *context)
{
    static const struct timespec often = {.tv_nsec = 200000000};
    struct peers_node node;
    bool is_level = false;

    if (!context->err_is_terminal)
        return;
    while (!is_level && peers_node_ask(&node, context->home) == PEERS_ANSWERED) {
        is_level = peers_node_is_level(&node);
        if (!is_level) {
            show(context, &node);
            nanosleep(&often, NULL);
        }
        peers_node_free(&node);
    }
    fputs("\r\033[K", context->err);
    fflush(context->err);
}
