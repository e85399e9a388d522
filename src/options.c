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
#include <unistd.h>

enum { OPTION_JSON = UCHAR_MAX + 1, OPTION_COMBINED, OPTION_HELP, OPTION_VERSION };

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
    {'r', NULL, "ROW", "preview, write: this row of the list only, counted from 1 below the header"},
    {'n', NULL, "N", "preview: how many letters, or all (3)"},
    {OPTION_COMBINED, "combined", NULL, "write: all letters in one file to print"},
    {'j', NULL, "N", "work on N letters at a time (as many as the computer has cores)"},
    {OPTION_JSON, "json", NULL, "say everything as JSON, one object a line"},
    {'q', NULL, NULL, "say less"},
    {'v', NULL, NULL, "say more: name every file that is written"},
    {'h', "help", NULL, "show this"},
    {OPTION_VERSION, "version", NULL, "show the version"},
};
enum { DESCRIPTIONS_COUNT = sizeof descriptions / sizeof *descriptions };

void options_usage(void) {
    puts("Postbag fills a model letter from a list of constituents and makes a PDF of each.\n"
         "\n"
         "  postbag -t LETTER.txt -i LIST.csv check      look at everything, write nothing\n"
         "  postbag -t LETTER.txt -i LIST.csv preview    a few letters marked DRAFT\n"
         "  postbag -t LETTER.txt -i LIST.csv write      the letters, to print, sign and post\n"
         "  postbag -t LETTER.txt write                  one letter: you are asked who you are\n"
         "  postbag import mps FILE                      take in a list of MPs; import postcodes FILE likewise\n"
         "  postbag find POSTCODE                        the constituency and its MP; also find CONSTITUENCY\n");
    for (int i = 0; i < DESCRIPTIONS_COUNT; i++) {
        const struct description *option = &descriptions[i];
        char name[64];
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
            *words++ = (struct option){option->word, no_argument, NULL, option->code};
    }
    *letters = '\0';
    *words = (struct option){0};
}

/* What stands behind a command; the others take nothing. */
static const struct {
    const char *command;
    int operands;
    const char *help;
} operands[] = {
    {"find", 1, "find POSTCODE, or find CONSTITUENCY"},
    {"import", SETTINGS_OPERANDS_MAX, "import mps FILE, or import postcodes FILE"},
};

static int read_operands(struct options *options, int count, char **words, struct error *error) {
    for (size_t i = 0; i < sizeof operands / sizeof *operands; i++) {
        if (strcmp(operands[i].command, options->command) != 0)
            continue;
        if (count < operands[i].operands)
            return error_set(error, STATUS_USAGE, "%s needs something behind it: postbag %s", options->command,
                             operands[i].help);
        options->settings.operands_count = (size_t)operands[i].operands;
        for (int j = 0; j < operands[i].operands; j++)
            options->settings.operand[j] = words[j];
        words += operands[i].operands;
        count -= operands[i].operands;
    }
    if (count > 0)
        return error_set(error, STATUS_USAGE, "\"%s\" is one word too many; a name with spaces needs quotes", *words);
    return 0;
}

static int read_command(struct options *options, int argc, char **argv, struct error *error) {
    if (options->wish != OPTIONS_RUN)
        return 0;
    if (optind == argc)
        return error_set(error, STATUS_USAGE,
                         "what is to be done? check, preview, write, find or import; postbag --help says more");
    options->command = argv[optind];
    return read_operands(options, argc - optind - 1, argv + optind + 1, error);
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
    return read_command(options, argc, argv, error);
}
