#include "peers_text.h"

#include <stdlib.h>
#include <string.h>

#include "age_text.h"
#include "bar_text.h"
#include "i18n.h"
#include "safe_text.h"

/* Of a key, as much as tells the nodes of a border apart. */
enum { KEY_SHOWN = 16 };

/* --- one line --- */

static void add_catching_up(struct buffer *out, const struct peers_node *node)
{
    buffer_add_format(out,
                      P_("; catching up: %lu log behind", "; catching up: %lu logs behind",
                         (unsigned long)node->logs_behind),
                      (unsigned long)node->logs_behind);
    if (node->bytes_total == 0)
        return;
    buffer_add_text(out, "  ");
    bar_text_add(out, (uint64_t)node->bytes, (uint64_t)node->bytes_total);
    buffer_add_text(out, ", ");
    bar_text_add_bytes(out, (uint64_t)node->bytes);
    buffer_add_text(out, _(" of "));
    bar_text_add_bytes(out, (uint64_t)node->bytes_total);
}

static void add_agreement(struct buffer *out, const struct peers_node *node)
{
    struct buffer age = {0};

    if (node->logs_behind > 0) {
        add_catching_up(out, node);
    } else if (node->has_agreed) {
        age_text_add(&age, node->agreed_s);
        buffer_add_format(out, _("; held the same as a peer %s ago"), buffer_text(&age));
    } else {
        buffer_add_text(out, _("; NOT YET COMPARED WITH ANY PEER"));
    }
    buffer_free(&age);
}

void peers_text_add_summary(struct buffer *out, const struct peers_node *node)
{
    buffer_add_text(out, _("node: running"));
    buffer_add_format(out, P_(", %lu link", ", %lu links", (unsigned long)node->up_count),
                      (unsigned long)node->up_count);
    if (!node->is_certified)
        buffer_add_text(out, _("; NOT CERTIFIED, so that peers refuse it"));
    add_agreement(out, node);
    buffer_add_char(out, '\n');
}

/* --- a table --- */

enum { COLUMNS = 9 };

struct row {
    struct buffer cells[COLUMNS];
};

static size_t width_of(const struct buffer *cell)
{
    size_t width = 0;

    for (size_t i = 0; i < cell->len; i++)
        width += ((unsigned char)cell->at[i] & 0xc0) != 0x80;
    return width;
}

/* Each column as wide as its widest cell, two blanks between, none at the end of a line. */
static void add_rows(struct buffer *out, const struct row *rows, size_t row_count)
{
    size_t widths[COLUMNS] = {0};

    for (size_t i = 0; i < row_count; i++)
        for (size_t k = 0; k < COLUMNS; k++) {
            size_t width = width_of(&rows[i].cells[k]);
            widths[k] = width > widths[k] ? width : widths[k];
        }
    for (size_t i = 0; i < row_count; i++) {
        size_t blanks = 2;
        for (size_t k = 0; k < COLUMNS; k++) {
            const struct buffer *cell = &rows[i].cells[k];
            if (cell->len > 0) {
                buffer_add_format(out, "%*s", (int)blanks, "");
                buffer_add(out, cell->at, cell->len);
                blanks = 0;
            }
            blanks += widths[k] - width_of(cell) + 2;
            out->failed = out->failed || cell->failed;
        }
        buffer_add_char(out, '\n');
    }
}

static void fill_titles(struct row *row)
{
    const char *const titles[COLUMNS] = {_("NODE"), _("COUNTRY"), "",       _("ADDRESS"), _("FOR"),
                                         _("RTT"),  _("IN"),      _("OUT"), _("STATE")};

    for (size_t k = 0; k < COLUMNS; k++)
        buffer_add_text(&row->cells[k], titles[k]);
}

/* A node by its name; else by its key; else it has not said yet who it is. */
static void add_who(struct buffer *out, const char *name, const char *node)
{
    if (name != NULL)
        safe_text_add(out, name, strlen(name));
    else if (node != NULL)
        buffer_add_format(out, "%.*s", KEY_SHOWN, node);
    else
        buffer_add_char(out, '?');
}

static void add_state(struct buffer *out, const struct peers_link *link)
{
    if (!link->is_up)
        buffer_add_text(out, link->is_inbound ? _("not admitted yet") : _("calling"));
    else
        buffer_add_text(out, link->agrees ? _("holds the same") : _("not yet the same"));
    if (link->is_configured)
        buffer_add_text(out, _(", configured"));
}

static void fill(struct row *row, const struct peers_link *link)
{
    struct buffer *cells = row->cells;

    add_who(&cells[0], link->name, link->node);
    if (link->country != NULL)
        safe_text_add(&cells[1], link->country, strlen(link->country));
    buffer_add_text(&cells[2], link->is_inbound ? "<-" : "->");
    safe_text_add(&cells[3], link->address, strlen(link->address));
    age_text_add(&cells[4], link->for_s);
    if (link->has_rtt)
        buffer_add_format(&cells[5], "%lld ms", (long long)link->rtt_ms);
    bar_text_add_bytes(&cells[6], (uint64_t)link->bytes_in);
    bar_text_add_bytes(&cells[7], (uint64_t)link->bytes_out);
    add_state(&cells[8], link);
}

static void add_links(struct buffer *out, const struct peers_node *node)
{
    size_t count = node->link_count + 1;
    struct row *rows = calloc(count, sizeof *rows);

    if (rows == NULL) {
        out->failed = true;
        return;
    }
    fill_titles(&rows[0]);
    for (size_t i = 0; i < node->link_count; i++)
        fill(&rows[i + 1], &node->links[i]);
    add_rows(out, rows, count);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < COLUMNS; k++)
            buffer_free(&rows[i].cells[k]);
    free(rows);
}

/* --- who was refused --- */

/* A reason in plain words, about whoever was refused; null for one that there are none for. */
static const char *words_for(const char *reason)
{
    static const struct {
        const char *code, *text;
    } known[] = {
        {"uncertified", N_("not certified below a pinned anchor")},
        {"revoked", N_("its certificate, or an authority above it, was revoked")},
        {"expired", N_("its certificate has expired")},
        {"not-yet-valid", N_("its certificate is not in force yet")},
        {"malformed", N_("sent what cannot be read")},
        {"flood", N_("sent more than a peer may")},
        {"forged", N_("sent what nobody signed")},
        {"unasked", N_("sent too much that nobody had asked for")},
        {"clogged", N_("did not read what it had asked for")},
        {"banned", N_("kept away for a while after one of these")},
        {"enough-links", N_("no place for another link")},
        {"duplicate", N_("there was a link between the two already")},
        {"self", N_("a node that called itself")},
        {"not-authentic", N_("altered on its way, or not from the peer")},
        {"other-key", N_("another node answered than the one that was called")},
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].code, reason) == 0)
            return _(known[i].text);
    return NULL;
}

static void add_refusal(struct buffer *out, const struct peers_refusal *refusal)
{
    const char *words = words_for(refusal->reason);

    buffer_add_text(out, "  ");
    safe_text_add(out, refusal->at, strlen(refusal->at));
    buffer_add_format(out, "  %s  ", refusal->by_us ? _("by this node") : _("by the peer"));
    safe_text_add(out, refusal->address, strlen(refusal->address));
    if (refusal->node != NULL)
        buffer_add_format(out, " (%.*s)", KEY_SHOWN, refusal->node);
    buffer_add_text(out, "  ");
    safe_text_add(out, refusal->reason, strlen(refusal->reason));
    if (words != NULL)
        buffer_add_format(out, ": %s", words);
    buffer_add_char(out, '\n');
}

/* --- all of it --- */

static void add_heading(struct buffer *out, const struct peers_node *node)
{
    add_who(out, node->name, node->node);
    if (node->name != NULL)
        buffer_add_format(out, "  %.*s", KEY_SHOWN, node->node);
    if (node->is_archive)
        buffer_add_format(out, "  %s", _("(keeps all batches)"));
    buffer_add_text(out, _("; since "));
    safe_text_add(out, node->since, strlen(node->since));
    for (size_t i = 0; i < json_array_size(node->listen); i++) {
        const char *address = json_string_value(json_array_get(node->listen, i));
        buffer_add_text(out, i == 0 ? _("; listens on ") : ", ");
        safe_text_add(out, address, strlen(address));
    }
    buffer_add_char(out, '\n');
}

void peers_text_add(struct buffer *out, const struct peers_node *node)
{
    add_heading(out, node);
    peers_text_add_summary(out, node);
    if (node->link_count > 0)
        add_links(out, node);
    if (node->refused_count > 0)
        buffer_add_format(out, "%s\n", _("refused lately:"));
    for (size_t i = 0; i < node->refused_count; i++)
        add_refusal(out, &node->refused[i]);
}
