#include "options.h"

#include <assert.h>
#include <string.h>

#include "i18n.h"
#include "nearest.h"
#include "report.h"

/* An option together with the struct that its value goes to. */
struct target {
    const struct option *option;
    void *values;
    uint64_t *given; /* bit i: option i of this table was given */
    size_t index;
};

struct reader {
    const struct context *context;
    const struct option_set *sets;
    uint64_t given[OPTION_SETS_MAX];
    char **argv;
    size_t argc;
    size_t next; /* the argument to read next */
};

#define USAGE(hint) (&(struct failure){EXIT_USAGE, "usage", NULL, 0, (hint)})

/* Finds an option by its long name (name_len characters) or, if name is null, by its letter. */
static bool find(struct target *out, struct reader *reader, const char *name, size_t name_len,
                 char letter)
{
    for (size_t s = 0; s < OPTION_SETS_MAX; s++) {
        const struct option *table = reader->sets[s].table;
        for (size_t i = 0; table != NULL && table[i].name != NULL; i++) {
            bool is_it = name != NULL ? strlen(table[i].name) == name_len &&
                                            memcmp(table[i].name, name, name_len) == 0
                                      : table[i].letter != 0 && table[i].letter == letter;
            if (is_it) {
                *out = (struct target){&table[i], reader->sets[s].values, &reader->given[s], i};
                return true;
            }
        }
    }
    return false;
}

static exit_status unknown(const struct reader *reader, const char *argument)
{
    struct buffer hint = {0};
    const char *equals = strchr(argument, '=');
    size_t len = equals != NULL ? (size_t)(equals - argument) : strlen(argument);
    char name[64];

    if (argument[1] == '-' && len < sizeof name) {
        memcpy(name, argument + 2, len - 2);
        name[len - 2] = '\0';
        struct nearest meant = nearest_to(name);
        for (size_t s = 0; s < OPTION_SETS_MAX; s++)
            for (const struct option *o = reader->sets[s].table; o != NULL && o->name != NULL; o++)
                nearest_offer(&meant, o->name);
        if (meant.best != NULL)
            buffer_add_format(&hint, _("did you mean --%s?"), meant.best);
    }
    if (hint.len == 0)
        buffer_add_text(&hint, _("--help lists the options; a file whose name begins with a dash "
                                 "is written ./-name or comes after --"));
    exit_status status = report_failure(reader->context, USAGE(buffer_text(&hint)),
                                        _("unknown option %s"), argument);
    buffer_free(&hint);
    return status;
}

static bool read_number(uint64_t *out, const char *text, uint64_t min, uint64_t max)
{
    uint64_t number = 0;

    if (text[0] == '\0')
        return false;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at < '0' || *at > '9')
            return false;
        uint64_t digit = (uint64_t)(*at - '0');
        if (number > (UINT64_MAX - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    *out = number;
    return number >= min && number <= max;
}

static exit_status append(const struct reader *reader, const struct option *option,
                          struct option_list *list, const char *value)
{
    assert(option->max <= OPTION_LIST_MAX);
    if (list->count == option->max)
        return report_failure(reader->context, USAGE(NULL),
                              _("--%s may be given at most %llu times"), option->name,
                              (unsigned long long)option->max);
    list->at[list->count++] = value;
    return EXIT_DONE;
}

/* Stores the value, or for a flag that it was given. */
static exit_status store(const struct reader *reader, const struct target *target,
                         const char *value)
{
    const struct option *option = target->option;
    unsigned char *field = (unsigned char *)target->values + option->offset;
    uint64_t bit = (uint64_t)1 << target->index;

    if (option->kind == OPTION_KIND_LIST)
        return append(reader, option, (struct option_list *)(void *)field, value);
    if ((*target->given & bit) != 0)
        return report_failure(reader->context, USAGE(NULL), _("--%s is given twice"), option->name);
    *target->given |= bit;

    if (option->kind == OPTION_KIND_FLAG) {
        *(bool *)field = true;
    } else if (option->kind == OPTION_KIND_TEXT) {
        memcpy(field, &value, sizeof value);
    } else {
        uint64_t number = 0;
        if (!read_number(&number, value, option->min, option->max))
            return report_failure(reader->context, USAGE(NULL),
                                  _("--%s takes a number from %llu to %llu, not \"%s\""),
                                  option->name, (unsigned long long)option->min,
                                  (unsigned long long)option->max, value);
        memcpy(field, &number, sizeof number);
    }
    return EXIT_DONE;
}

/* Reads the option at next, and its value. */
static exit_status read_option(struct reader *reader)
{
    const char *argument = reader->argv[reader->next++];
    bool is_long = argument[1] == '-';
    const char *attached = is_long ? strchr(argument, '=') : NULL;
    struct target target;

    if (is_long) {
        const char *name = argument + 2;
        size_t len = attached != NULL ? (size_t)(attached - name) : strlen(name);
        if (!find(&target, reader, name, len, 0))
            return unknown(reader, argument);
        if (attached != NULL)
            attached++;
    } else {
        if (!find(&target, reader, NULL, 0, argument[1]))
            return unknown(reader, argument);
        if (argument[2] != '\0')
            attached = argument + 2;
    }

    if (target.option->kind == OPTION_KIND_FLAG) {
        if (attached != NULL)
            return report_failure(reader->context, USAGE(NULL), _("--%s takes no value"),
                                  target.option->name);
        return store(reader, &target, NULL);
    }
    if (attached == NULL) {
        if (reader->next == reader->argc)
            return report_failure(reader->context, USAGE(NULL), _("--%s needs a value: --%s %s"),
                                  target.option->name, target.option->name, target.option->value);
        attached = reader->argv[reader->next++];
    }
    return store(reader, &target, attached);
}

exit_status options_read(const struct context *context, size_t *operand_count,
                         const struct option_set sets[OPTION_SETS_MAX], bool stop_at_operand,
                         char **argv, size_t argc)
{
    struct reader reader = {.context = context, .sets = sets, .argv = argv, .argc = argc};
    size_t operands = 0;

    *operand_count = 0;
    while (reader.next < argc) {
        char *argument = argv[reader.next];
        if (strcmp(argument, "--") == 0) {
            reader.next++;
            break;
        }
        if (argument[0] == '-' && argument[1] != '\0') {
            exit_status status = read_option(&reader);
            if (status != EXIT_DONE)
                return status;
            continue;
        }
        if (stop_at_operand)
            break;
        argv[operands++] = argument;
        reader.next++;
    }
    if (stop_at_operand) {
        *operand_count = reader.next;
        return EXIT_DONE;
    }
    while (reader.next < argc)
        argv[operands++] = argv[reader.next++];
    *operand_count = operands;
    return EXIT_DONE;
}
