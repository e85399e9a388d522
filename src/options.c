/*
 * Options: argv comes in, settings go out. One table names every option, what it takes and what it does; getopt's
 * tables and the usage are made from it.
 */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
    OPTION_JSON = UCHAR_MAX + 1,
    OPTION_COMBINED,
    OPTION_SORT,
    OPTION_YES,
    OPTION_NO_WAIT,
    OPTION_RESEND_UNSURE,
    OPTION_ROWS,
    OPTION_MAILBOX,
    OPTION_HELP,
    OPTION_VERSION
};

/* HELP NULL: it belongs to the commands that name it, and their usage shows it. */
static const struct description {
    int code;             /* the letter, or one of the above */
    const char *word;     /* of a long option, or NULL */
    const char *argument; /* what it takes, or NULL */
    const char *help;
} descriptions[] = {
    {'t', NULL, "MODEL", "the model letter, .txt or .md"},
    {'i', NULL, "LIST", "the list of constituents, as Excel saves it as CSV; - for standard input"},
    {'f', NULL, "FIELD=VALUE", "a field for every letter; without -i, one letter is made of these alone"},
    {'c', NULL, "FILE", "the configuration, instead of postbag.conf"},
    {'o', NULL, "SECTION.KEY=VALUE", "one setting of the configuration, such as letter.date=2026-11-22"},
    {'r', NULL, "ROW", NULL},
    {'n', NULL, "N", NULL},
    {OPTION_COMBINED, "combined", NULL, NULL},
    {OPTION_SORT, "sort", "ORDER", NULL},
    {OPTION_YES, "yes", NULL, NULL},
    {OPTION_NO_WAIT, "no-wait", NULL, NULL},
    {OPTION_RESEND_UNSURE, "resend-unsure", NULL, NULL},
    {OPTION_ROWS, "rows", "STATE", NULL},
    {OPTION_MAILBOX, "mailbox", NULL, NULL},
    {'j', NULL, "N", "work on N letters at a time (as many as the computer has cores)"},
    {OPTION_JSON, "json", NULL, "say everything as JSON, one object a line"},
    {'q', NULL, NULL, "say less; -v: say more"},
    {'v', NULL, NULL, NULL},
    {'h', "help", NULL, NULL},
    {OPTION_VERSION, "version", NULL, NULL},
};
enum { DESCRIPTIONS_COUNT = sizeof descriptions / sizeof *descriptions };

/* What stands behind a command: that many words are needed, and so many more may be there. */
static const struct {
    const char *name;
    size_t operands;
    size_t operands_more;
    const char *usage; /* behind the name */
    const char *help;
} commands[] = {
    {"check", 0, 0, "[--mailbox]", "look at everything, write nothing; try the mailbox's log-in"},
    {"preview", 0, 0, "[-n N] [-r ROW]", "a few letters (3) marked DRAFT, and the e-mails as they would go"},
    {"write", 0, 0, "[-r ROW] [--combined] [--sort surname|mp|row]", "the letters, to print, sign and post"},
    {"send", 0, 0, "[--yes] [--no-wait] [-r ROW] [--resend-unsure]", "e-mail each letter, once"},
    {"petition", 0, 0, "[--yes] [--no-wait] [-r ROW] [--resend-unsure]", "tell a petition's webhook, once"},
    {"status", 0, 1, "[--rows STATE] [WHO]", "what was sent, and what is left"},
    {"resolve", 2, 0, "KEY sent|ready", "settle a letter that may have been sent, or retry one"},
    {"find", 1, 0, "POSTCODE|CONSTITUENCY", "the constituency and its MP"},
    {"import", 2, 0, "mps|postcodes FILE", "take in a list of MPs or postcodes"},
    {"forget", 1, 0, "KEY|NAME|E-MAIL [--yes]", "erase what is kept of one person"},
    {"purge", 0, 0, "[--yes]", "erase what is kept, once it is old"},
};
enum { COMMANDS_COUNT = sizeof commands / sizeof *commands };

void options_usage(void) {
    char name[64];
    puts("Postbag fills a model letter from a list of constituents, and prints or sends each letter, once.\n"
         "\n"
         "  postbag [OPTION]... COMMAND\n");
    for (size_t i = 0; i < COMMANDS_COUNT; i++) {
        snprintf(name, sizeof name, "%s %s", commands[i].name, commands[i].usage);
        printf("  %-32s %s%s\n", name, strlen(name) > 32 ? " " : "", commands[i].help);
    }
    putchar('\n');
    for (int i = 0; i < DESCRIPTIONS_COUNT; i++) {
        const struct description *option = &descriptions[i];
        if (option->help == NULL)
            continue;
        if (option->code <= UCHAR_MAX)
            snprintf(name, sizeof name, "-%c%s%s", option->code, option->argument == NULL ? "" : " ",
                     option->argument == NULL ? "" : option->argument);
        else
            snprintf(name, sizeof name, "--%s", option->word);
        printf("  %-20s %s\n", name, option->help);
    }
    puts("\nThe manual: man postbag, man postbag.conf");
}

static int read_number(const char *text, unsigned most, const char *option, unsigned *out, struct error *error) {
    char *end;
    errno = 0;
    unsigned long number = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || number < 1 || number > most)
        return error_set(error, STATUS_USAGE, "%s takes a whole number from 1 to %u, not \"%s\"", option, most, text);
    *out = (unsigned)number;
    return 0;
}

static int read_given(struct settings *settings, const char *text, struct arena *arena, struct error *error) {
    const char *equals = strchr(text, '=');
    if (equals == NULL || equals == text)
        return error_set(error, STATUS_USAGE, "-f takes FIELD=VALUE, such as -f 'name=Jane Doe', not \"%s\"", text);
    settings->given[settings->given_count++] =
        (struct people_given){arena_copy(arena, text, (size_t)(equals - text)), equals + 1};
    return 0;
}

static int read_sort(const char *text, enum sort *sort, struct error *error) {
    static const char *const names[] = {[SORT_ROW] = "row", [SORT_SURNAME] = "surname", [SORT_MP] = "mp"};
    for (int i = SORT_ROW; i <= SORT_MP; i++) {
        if (strcasecmp(text, names[i]) == 0) {
            *sort = (enum sort)i;
            return 0;
        }
    }
    return error_set(error, STATUS_USAGE, "--sort takes surname, mp or row, not \"%s\"", text);
}

static int take_option(struct options *options, int code, const char *argument, struct arena *arena,
                       struct error *error) {
    struct settings *settings = &options->settings;
    switch (code) {
    case 't':
        settings->model = argument;
        return 0;
    case 'i':
        settings->list = argument;
        return 0;
    case 'f':
        return read_given(settings, argument, arena, error);
    case 'c':
        settings->config = argument;
        return 0;
    case 'o':
        settings->overrides[settings->overrides_count++] = argument;
        return 0;
    case 'r':
        return read_number(argument, UINT_MAX, "-r", &settings->row, error);
    case 'n':
        if (strcmp(argument, "all") != 0)
            return read_number(argument, UINT_MAX, "-n", &settings->previews, error);
        settings->previews = 0;
        return 0;
    case 'j':
        return read_number(argument, SETTINGS_JOBS_MAX, "-j", &settings->jobs, error);
    case OPTION_COMBINED:
        settings->combined = true;
        return 0;
    case OPTION_SORT:
        return read_sort(argument, &settings->sort, error);
    case OPTION_YES:
        settings->yes = true;
        return 0;
    case OPTION_NO_WAIT:
        settings->no_wait = true;
        return 0;
    case OPTION_RESEND_UNSURE:
        settings->resend_unsure = true;
        return 0;
    case OPTION_ROWS:
        settings->rows = argument;
        return 0;
    case OPTION_MAILBOX:
        settings->mailbox = true;
        return 0;
    case OPTION_JSON:
        settings->json = true;
        return 0;
    case 'q':
        settings->quiet = true;
        return 0;
    case 'v':
        settings->verbose = true;
        return 0;
    case OPTION_VERSION:
        options->wish = OPTIONS_VERSION;
        return 0;
    default:
        options->wish = OPTIONS_HELP;
        return 0;
    }
}

/* getopt's own tables, from ours. ":" first: we say ourselves what is wrong. */
static void make_tables(char letters[2 * DESCRIPTIONS_COUNT + 2], struct option words[DESCRIPTIONS_COUNT + 1]) {
    *letters++ = ':';
    for (int i = 0; i < DESCRIPTIONS_COUNT; i++) {
        const struct description *option = &descriptions[i];
        if (option->code <= UCHAR_MAX) {
            *letters++ = (char)option->code;
            if (option->argument != NULL)
                *letters++ = ':';
        }
        if (option->word != NULL)
            *words++ = (struct option){option->word, option->argument == NULL ? no_argument : required_argument, NULL,
                                       option->code};
    }
    *letters = '\0';
    *words = (struct option){0};
}

/* The names of all commands: "check, preview … and purge". */
static const char *name_commands(struct arena *arena) {
    const char *names = commands[0].name;
    for (size_t i = 1; i < COMMANDS_COUNT; i++)
        names = arena_printf(arena, "%s%s%s", names, i + 1 < COMMANDS_COUNT ? ", " : " and ", commands[i].name);
    return names;
}

static int read_command(struct options *options, int argc, char **argv, struct arena *arena, struct error *error) {
    if (options->wish != OPTIONS_RUN)
        return 0;
    if (optind == argc)
        return error_set(error, STATUS_USAGE, "what is to be done? %s; postbag --help says more", name_commands(arena));
    struct settings *settings = &options->settings;
    size_t words_count = (size_t)(argc - optind) - 1;
    char **words = argv + optind + 1;
    size_t i = 0;
    options->command = argv[optind];
    while (i < COMMANDS_COUNT && strcmp(commands[i].name, options->command) != 0)
        i++;
    if (i == COMMANDS_COUNT)
        return error_set(error, STATUS_USAGE, "there is no command \"%s\"; there are %s", options->command,
                         name_commands(arena));
    if (words_count < commands[i].operands)
        return error_set(error, STATUS_USAGE, "%s needs something behind it: postbag %s %s", options->command,
                         options->command, commands[i].usage);
    while (settings->operands_count < words_count &&
           settings->operands_count < commands[i].operands + commands[i].operands_more) {
        settings->operand[settings->operands_count] = words[settings->operands_count];
        settings->operands_count++;
    }
    if (settings->operands_count < words_count)
        return error_set(error, STATUS_USAGE, "\"%s\" is one word too many; a name with spaces needs quotes",
                         words[settings->operands_count]);
    return 0;
}

int options_read(struct options *options, int argc, char **argv, struct arena *arena, struct error *error) {
    char letters[2 * DESCRIPTIONS_COUNT + 2];
    struct option words[DESCRIPTIONS_COUNT + 1];
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    struct settings *settings = &options->settings;
    *options = (struct options){.wish = OPTIONS_RUN};
    settings->jobs = cores < 1 ? 1 : cores > SETTINGS_JOBS_MAX ? SETTINGS_JOBS_MAX : (unsigned)cores;
    settings->previews = 3;
    settings->given = ARENA_ARRAY(arena, struct people_given, (size_t)argc);
    settings->overrides = ARENA_ARRAY(arena, const char *, (size_t)argc);

    make_tables(letters, words);
    opterr = 0;
    for (int code; (code = getopt_long(argc, argv, letters, words, NULL)) != -1;) {
        const char *written = argv[optind - 1];
        if (code == ':')
            return error_set(error, STATUS_USAGE, "%s needs something behind it; postbag --help says what", written);
        if (code == '?')
            return error_set(error, STATUS_USAGE, "there is no option %s; postbag --help lists them", written);
        if (take_option(options, code, optarg, arena, error) != 0)
            return -1;
    }
    if (settings->sort != SORT_UNSAID && !settings->combined)
        return error_set(error, STATUS_USAGE,
                         "--sort says in which order the letters of one file stand, and needs --combined beside it");
    return read_command(options, argc, argv, arena, error);
}
