/* garita: from the command line to a verb. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <garita/date.h>
#include <garita/key.h>

#include "context.h"
#include "exit_status.h"
#include "help.h"
#include "home.h"
#include "i18n.h"
#include "nearest.h"
#include "options.h"
#include "report.h"
#include "verbs.h"

/* A verb and the arguments that are left for it. */
struct command {
    const struct verb *group; /* null unless verb is a subverb */
    const struct verb *verb;
    char **argv;
    size_t argc;
};

/* Keys and passphrases pass through this process: no core file, no debugger of the same user. */
static void refuse_core_dumps(void)
{
    const struct rlimit none = {0, 0};

    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* How to speak is settled before anything can be wrong: finds --json and --lang wherever they are.
 */
static void settle_speech(struct context *context, char **argv, size_t argc)
{
    const char *language = i18n_language_of_environment();

    for (size_t i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        const char *wish = NULL;
        if (strcmp(argv[i], "--json") == 0)
            context->json = true;
        else if (strncmp(argv[i], "--lang=", 7) == 0)
            wish = argv[i] + 7;
        else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
            wish = argv[++i];
        if (wish != NULL && i18n_has_language(wish))
            language = wish;
    }
    i18n_set_language(language);
    context->language = i18n_language();
}

static void settle_streams(struct context *context)
{
    const char *no_color = getenv("NO_COLOR");
    bool colors = no_color == NULL || no_color[0] == '\0'; /* no-color.org */

    context->out = stdout;
    context->err = stderr;
    context->out_is_terminal = isatty(STDOUT_FILENO) == 1;
    context->err_is_terminal = isatty(STDERR_FILENO) == 1;
    context->out_has_color = colors && context->out_is_terminal;
    context->err_has_color = colors && context->err_is_terminal;
}

static exit_status unknown_verb(const struct context *context, const char *typed,
                                const struct verb *group)
{
    struct buffer hint = {0};
    struct nearest meant = nearest_to(typed);

    if (group == NULL) {
        for (const struct verb *const *each = verbs; *each != NULL; each++)
            nearest_offer(&meant, (*each)->name);
    } else {
        for (const struct verb *each = group->subverbs; each->name != NULL; each++)
            nearest_offer(&meant, each->name);
    }
    const char *outer = group != NULL ? group->name : "";
    const char *space = group != NULL ? " " : "";
    if (meant.best != NULL)
        buffer_add_format(&hint, _("did you mean \"garita %s%s%s\"?"), outer, space, meant.best);
    else
        buffer_add_format(&hint, _("\"garita %s%s--help\" shows what there is"), outer, space);
    exit_status status =
        report_failure(context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, buffer_text(&hint)},
                       _("there is no verb \"%s%s%s\""), outer, space, typed);
    buffer_free(&hint);
    return status;
}

/* Finds the verb, and the subverb in a group; common options may stand before and between. */
static exit_status find_verb(const struct context *context, struct command *command,
                             struct common_options *common)
{
    const struct option_set sets[OPTION_SETS_MAX] = {{common_option_table, common}};
    size_t at;

    for (;;) {
        exit_status status = options_read(context, &at, sets, true, command->argv, command->argc);
        if (status != EXIT_DONE)
            return status;
        command->argv += at;
        command->argc -= at;
        if (command->argc == 0)
            return EXIT_DONE;

        const char *typed = command->argv[0];
        const struct verb *found = NULL;
        if (command->verb == NULL && strcmp(typed, "help") == 0 && !common->help) {
            common->help = true;
            command->argv++;
            command->argc--;
            continue;
        }
        if (command->verb == NULL) {
            for (const struct verb *const *each = verbs; *each != NULL && found == NULL; each++)
                found = strcmp((*each)->name, typed) == 0 ? *each : NULL;
        } else {
            command->group = command->verb;
            for (const struct verb *each = command->group->subverbs; each->name != NULL; each++)
                if (strcmp(each->name, typed) == 0)
                    found = each;
        }
        if (found == NULL)
            return unknown_verb(context, typed, command->group);
        command->verb = found;
        command->argv++;
        command->argc--;
        if (found->subverbs == NULL)
            return EXIT_DONE;
    }
}

static exit_status settle_common(struct context *context, const struct common_options *common)
{
    if (common->language != NULL && !i18n_has_language(common->language))
        return report_failure(context, &(struct failure){EXIT_USAGE, "usage", NULL, 0, NULL},
                              _("--lang takes en or es, not \"%s\""), common->language);
    if (common->now != NULL) {
        if (garita_moment_parse(&context->now, common->now, strlen(common->now)) != GARITA_OK)
            return report_failure(
                context,
                &(struct failure){EXIT_USAGE, "usage", NULL, 0,
                                  _("with the zone, as in 2026-01-01T08:00:00Z or "
                                    "2026-01-01T00:00:00-08:00")},
                _("--now takes a moment as RFC 3339 writes it, not \"%s\""), common->now);
        context->has_now = true;
    }
    context->passphrase_file = common->passphrase_file;
    return EXIT_DONE;
}

static exit_status check_operands(const struct context *context, const struct command *command,
                                  size_t count)
{
    const struct verb *verb = command->verb;
    const char *first_end = strchr(verb->synopsis, '\n');
    int first_len =
        (int)(first_end != NULL ? (size_t)(first_end - verb->synopsis) : strlen(verb->synopsis));
    struct buffer hint = {0};
    exit_status status = EXIT_DONE;

    buffer_add_format(&hint, "%.*s", first_len, verb->synopsis);
    const struct failure failure = {EXIT_USAGE, "usage", NULL, 0, buffer_text(&hint)};
    if (count < verb->operands_min)
        status = report_failure(context, &failure, "%s", _("something is missing"));
    else if (count > verb->operands_max)
        status = report_failure(context, &failure, _("\"%s\" is one argument too many"),
                                command->argv[verb->operands_max]);
    buffer_free(&hint);
    return status;
}

/* Reads the verb's own arguments into values, and runs it. */
static exit_status run(struct context *context, struct command *command,
                       struct common_options *common, void *values)
{
    const struct verb *verb = command->verb;
    const struct option_set sets[OPTION_SETS_MAX] = {{verb->options, values},
                                                     {common_option_table, common}};
    size_t operand_count;

    exit_status status =
        options_read(context, &operand_count, sets, false, command->argv, command->argc);
    if (status != EXIT_DONE)
        return status;
    if (common->help) {
        help_verb(context->out, command->group, verb);
        return EXIT_DONE;
    }
    status = settle_common(context, common);
    if (status == EXIT_DONE)
        status = check_operands(context, command, operand_count);
    if (status != EXIT_DONE)
        return status;

    if (common->home != NULL && common->home[0] == '\0')
        return report_failure(
            context,
            &(struct failure){EXIT_USAGE, "usage", NULL, 0, _("leave it out for the usual place")},
            "%s", _("--home takes a directory, and this is an empty text"));

    if (common->state != NULL && common->state[0] == '\0')
        return report_failure(
            context,
            &(struct failure){EXIT_USAGE, "usage", NULL, 0, _("leave it out for the usual place")},
            "%s", _("--state takes a directory, and this is an empty text"));

    char *home = home_path(common->home);
    char *state = home_state_path(common->state);
    context->home = home;
    context->state = state;
    if (home == NULL && verb->needs_home)
        status = report_failure(
            context,
            &(struct failure){EXIT_NOT_FOUND, "no-home", NULL, 0, _("name it with --home DIR")},
            "%s", _("cannot tell where the home is"));
    else
        status = verb->run(context, values, command->argv, operand_count);
    free(home);
    free(state);
    return status;
}

/* Shows what there is, in all or in a group of verbs. If nobody asked for it, that is wrong usage.
 */
static exit_status run_without_verb(const struct context *context, const struct verb *group,
                                    bool is_asked)
{
    FILE *out = is_asked ? context->out : context->err;

    if (!is_asked && context->json)
        return report_failure(
            context,
            &(struct failure){EXIT_USAGE, "usage", NULL, 0, _("--help shows what there is")}, "%s",
            _("the verb is missing"));
    if (group == NULL)
        help_overview(out);
    else
        help_verb(out, NULL, group);
    return is_asked ? EXIT_DONE : EXIT_USAGE;
}

static exit_status run_command(struct context *context, char **argv, size_t argc)
{
    struct command command = {.argv = argv, .argc = argc};
    struct common_options common = {0};

    exit_status status = find_verb(context, &command, &common);
    if (status != EXIT_DONE)
        return status;
    if (common.version) {
        fputs("garita " GARITA_VERSION "\n", context->out);
        return EXIT_DONE;
    }
    if (command.verb == NULL || command.verb->subverbs != NULL)
        return run_without_verb(context, command.verb, common.help || argc == 0);

    void *values = calloc(1, command.verb->options_size + 1);
    if (values == NULL)
        return report_no_memory(context);
    status = run(context, &command, &common, values);
    free(values);
    return status;
}

int main(int argc, char **argv)
{
    struct context context = {0};

    refuse_core_dumps();
    /* A reader that goes away and a limit on file sizes are failed writes (74), not silent deaths.
     */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    settle_streams(&context);
    size_t count = argc > 0 ? (size_t)argc - 1 : 0;
    settle_speech(&context, argv + 1, count);
    if (garita_init() != GARITA_OK)
        return report_no_memory(&context);

    exit_status status = run_command(&context, argv + 1, count);

    if (fflush(context.out) != 0 || ferror(context.out) != 0) {
        fprintf(context.err, "garita: %s %s\n", _("error:"), _("cannot write standard output"));
        status = EXIT_IO;
    }
    return status;
}
