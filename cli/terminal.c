#include "terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

enum { COLUMNS_USUAL = 80, ROWS_USUAL = 24 };

struct terminal terminal_of(FILE *stream)
{
    struct winsize size = {0};

    if (isatty(fileno(stream)) != 1)
        return (struct terminal){0};
    (void)ioctl(fileno(stream), TIOCGWINSZ, &size);
    return (struct terminal){.columns = size.ws_col > 0 ? size.ws_col : COLUMNS_USUAL,
                             .rows = size.ws_row > 0 ? size.ws_row : ROWS_USUAL};
}
