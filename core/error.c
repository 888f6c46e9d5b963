#include <garita/error.h>

#include <stddef.h>

static const struct {
    const char *name;
    const char *text;
} errors[] = {
#define GARITA_ERROR_ROW(constant, name, text) {name, text},
    GARITA_ERRORS(GARITA_ERROR_ROW)
#undef GARITA_ERROR_ROW
};

static const size_t error_count = sizeof errors / sizeof errors[0];

const char *garita_error_name(garita_error error)
{
    return (size_t)error < error_count ? errors[error].name : "?";
}

const char *garita_error_text(garita_error error)
{
    return (size_t)error < error_count ? errors[error].text : "?";
}
