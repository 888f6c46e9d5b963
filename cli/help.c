#include "help.h"

#include <string.h>

#include "i18n.h"

const struct option common_option_table[] = {
    OPTION_TEXT("home", 0, "DIR", struct common_options, home,
                N_("where keys and trust are kept (default: $GARITA_HOME, else "
                   "~/.local/share/garita)")),
    OPTION_TEXT("state", 0, "DIR", struct common_options, state,
                N_("where homes that sign keep their counters (default: $XDG_STATE_HOME/garita, "
                   "else ~/.local/state/garita)")),
    OPTION_TEXT("now", 0, "RFC3339", struct common_options, now,
                N_("decide as if it were this moment: 2026-01-01T08:00:00Z")),
    OPTION_TEXT("lang", 0, "en|es", struct common_options, language,
                N_("language of the messages")),
    OPTION_FLAG("json", 0, struct common_options, json, N_("one JSON object a line, for programs")),
    OPTION_TEXT("passphrase-file", 0, "FILE", struct common_options, passphrase_file,
                N_("read the passphrase of a key from FILE instead of asking")),
    OPTION_FLAG("help", 'h', struct common_options, help, N_("show this help")),
    OPTION_FLAG("version", 0, struct common_options, version, N_("show the version")),
    OPTION_END,
};

static void write_options(FILE *out, const struct option *table)
{
    for (const struct option *o = table; o->name != NULL; o++) {
        int width = fprintf(out, "  %c%c%c --%s%s%s", o->letter != 0 ? '-' : ' ',
                            o->letter != 0 ? o->letter : ' ', o->letter != 0 ? ',' : ' ', o->name,
                            o->value != NULL ? " " : "", o->value != NULL ? o->value : "");
        if (width < 30)
            fprintf(out, "%*s", 30 - width, "");
        else
            fprintf(out, "\n%30s", "");
        fprintf(out, "%s\n", _(o->help));
    }
}

static void write_verbs(FILE *out, const char *group, const struct verb *verb)
{
    char name[32];

    snprintf(name, sizeof name, "%s%s%s", group, group[0] != '\0' ? " " : "", verb->name);
    fprintf(out, "  %-20s %s\n", name, _(verb->summary));
}

/* The lines of a synopsis, each after "  ". */
static void write_synopsis(FILE *out, const char *synopsis)
{
    for (const char *line = synopsis; *line != '\0';) {
        size_t len = strcspn(line, "\n");
        fprintf(out, "  %.*s\n", (int)len, line);
        line += len;
        line += *line == '\n';
    }
}

void help_overview(FILE *out)
{
    fprintf(out, "%s\n\n", _("garita: verify trusted-traveler credentials without a connection"));
    fprintf(out, "%s\n", _("Usage:"));
    fputs("  garita VERB [OPTIONS] [FILE...]\n  garita help [VERB]\n\n", out);
    fprintf(out, "%s\n", _("An officer at a checkpoint:"));
    fputs("  garita trust add usa.authority mex.authority --anchor\n"
          "  garita sync import update.gtb\n"
          "  garita scan card.png\n\n",
          out);
    fprintf(out, "%s\n", _("An agency that issues:"));
    fputs("  garita init --country USA\n"
          "  garita key new cbp\n"
          "  garita issue --as cbp claims.json -o card.png\n\n",
          out);
    fprintf(out, "%s\n", _("Verbs:"));
    for (const struct verb *const *each = verbs; *each != NULL; each++) {
        if ((*each)->subverbs == NULL)
            write_verbs(out, "", *each);
        for (const struct verb *sub = (*each)->subverbs; sub != NULL && sub->name != NULL; sub++)
            write_verbs(out, (*each)->name, sub);
    }
    fprintf(out, "\n%s\n", _("Options of every verb:"));
    write_options(out, common_option_table);
    fprintf(out, "\n%s\n%s\n",
            _("Exit status: 0 done or accept, 1 reject, 2 refer, 64 wrong usage, 65 bad input,"),
            _("66 not found, 73 would overwrite, 74 reading or writing failed, 77 not allowed."));
}

void help_verb(FILE *out, const struct verb *group, const struct verb *verb)
{
    fprintf(out, "garita %s%s%s: %s\n\n", group != NULL ? group->name : "",
            group != NULL ? " " : "", verb->name, _(verb->summary));
    fprintf(out, "%s\n", _("Usage:"));
    write_synopsis(out, verb->synopsis);
    fprintf(out, "\n%s\n", _(verb->help));
    if (verb->subverbs != NULL) {
        fprintf(out, "\n%s\n", _("Verbs:"));
        for (const struct verb *sub = verb->subverbs; sub->name != NULL; sub++)
            write_verbs(out, verb->name, sub);
    }
    if (verb->options != NULL) {
        fprintf(out, "\n%s\n", _("Options:"));
        write_options(out, verb->options);
    }
    fprintf(out, "\n%s\n", _("Options of every verb:"));
    write_options(out, common_option_table);
}
