#include "catalog.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define MAGIC 0x950412deu

enum { WORD_MAGIC, WORD_REVISION, WORD_COUNT, WORD_ORIGINALS, WORD_TRANSLATIONS };

static uint32_t word_at(const struct catalog *catalog, size_t offset)
{
    uint32_t word;

    if (offset > catalog->len || catalog->len - offset < sizeof word)
        return 0;
    memcpy(&word, catalog->bytes + offset, sizeof word);
    return word;
}

static uint32_t header(const struct catalog *catalog, unsigned word)
{
    return word_at(catalog, word * sizeof(uint32_t));
}

/* Entry index of the table at offset: a string with its terminating zero, or null. */
static const char *entry(const struct catalog *catalog, uint32_t table, uint32_t index, size_t *len)
{
    size_t at = (size_t)table + (size_t)index * 2 * sizeof(uint32_t);
    uint32_t entry_len = word_at(catalog, at);
    uint32_t offset = word_at(catalog, at + sizeof(uint32_t));

    if (offset >= catalog->len || catalog->len - offset <= entry_len)
        return NULL;
    *len = entry_len;
    return (const char *)catalog->bytes + offset;
}

/* The original of a pair is "one", a zero, "many". */
static bool is_pair(const char *original, size_t original_len, const char *many)
{
    size_t one_len = strlen(original);

    return one_len < original_len && strcmp(original + one_len + 1, many) == 0;
}

static const char *form_of(const char *forms, size_t forms_len, unsigned form)
{
    const char *at = forms;

    while (form-- > 0) {
        size_t len = strlen(at) + 1;
        if (len > forms_len - (size_t)(at - forms))
            return NULL;
        at += len;
    }
    return at;
}

const char *catalog_find(const struct catalog *catalog, const char *text, const char *many,
                         unsigned form)
{
    if (header(catalog, WORD_MAGIC) != MAGIC)
        return NULL;

    uint32_t low = 0;
    uint32_t high = header(catalog, WORD_COUNT);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        size_t len = 0;
        const char *original = entry(catalog, header(catalog, WORD_ORIGINALS), middle, &len);
        if (original == NULL)
            return NULL;
        int order = strcmp(text, original);
        if (order == 0) {
            if (many != NULL && !is_pair(original, len, many))
                return NULL;
            const char *translation =
                entry(catalog, header(catalog, WORD_TRANSLATIONS), middle, &len);
            return translation == NULL ? NULL : form_of(translation, len, form);
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
