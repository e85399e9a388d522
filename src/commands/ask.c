/*
 * The questions: a person at a terminal comes in, the fields of one letter go out. Each answer is checked when it is
 * given, so that nobody has to begin again at the end.
 */
#include "commands/ask.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/str.h"
#include "base/text.h"
#include "input/postcode.h"
#include "letter/model.h"

enum { ANSWER_MAX = 2000, GIVEN_MAX = 64 };

struct questions {
    struct settings *settings;
    struct directory *directory; /* or NULL */
    const struct addressing *addressing;
    struct arena *arena;
    struct error *error;
};

bool ask_is_due(const struct settings *settings) {
    return settings->given_count == 0 && !settings->json && isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* One line without spaces at its ends. -1 at the end of input or on Ctrl-C. */
static int read_line(const struct questions *questions, const char **answer, size_t *length) {
    char line[ANSWER_MAX];
    fflush(stderr);
    if (fgets(line, sizeof line, stdin) == NULL || *questions->settings->interrupted)
        return error_set(questions->error, STATUS_INTERRUPTED, "stopped; nothing was written");
    *length = text_valid(line, strlen(line));
    *answer = line;
    text_trim(answer, length);
    *answer = arena_copy(questions->arena, *answer, *length);
    return 0;
}

static int ask_line(const struct questions *questions, const char *prompt, const char **answer) {
    size_t length = 0;
    fputs(prompt, stderr);
    return read_line(questions, answer, &length);
}

/* Asks until there is an answer. */
static int ask_for(const struct questions *questions, const char *prompt, const char **answer) {
    *answer = "";
    do {
        if (ask_line(questions, prompt, answer) != 0)
            return -1;
    } while (**answer == '\0');
    return 0;
}

static int ask_lines(const struct questions *questions, const char *prompt, const char **answer) {
    struct str lines = STR_EMPTY;
    int result = 0;
    fputs(prompt, stderr);
    for (;;) {
        const char *line = "";
        size_t length = 0;
        result = read_line(questions, &line, &length);
        if (result != 0 || (length == 0 && lines.length > 0))
            break;
        if (lines.length > 0)
            str_addc(&lines, '\n');
        str_add(&lines, line, length);
    }
    *answer = arena_copy(questions->arena, lines.bytes, lines.length);
    str_release(&lines);
    return result;
}

static int ask_postcode(const struct questions *questions, const char **answer) {
    char postcode[POSTCODE_MAX];
    for (;;) {
        if (ask_for(questions, "Your postcode: ", answer) != 0)
            return -1;
        if (postcode_normalise(*answer, strlen(*answer), postcode) == 0)
            return 0;
        fputs("That is not a whole postcode, such as SW1A 1AA.\n", stderr);
    }
}

static void give(struct settings *settings, const char *name, const char *value) {
    if (settings->given_count < GIVEN_MAX)
        settings->given[settings->given_count++] = (struct people_given){name, value};
}

/* Which fields the letter holds: it is read once as if nothing more were known than the answers so far. */
static int read_needs(const struct questions *questions, const char *path, struct model *model) {
    struct people *people = NULL;
    struct problems problems;
    problems_init(&problems, questions->arena);
    int result = people_open(&people, NULL, questions->settings->given, questions->settings->given_count,
                             questions->directory, PREFER_NEITHER, questions->addressing, &problems, questions->error);
    if (result == 0)
        result = model_read(model, path, NULL, people, questions->arena, &problems, questions->error);
    people_close(people);
    problems_release(&problems);
    return result;
}

/* Whether the directory knows the MP by the answers so far; says who it is, or else why not. -1: it cannot be read. */
static int find_mp(const struct questions *questions, bool *found) {
    struct people *people = NULL;
    struct person person;
    struct problems problems;
    *found = false;
    if (questions->directory == NULL)
        return 0;
    problems_init(&problems, questions->arena);
    int result = people_open(&people, NULL, questions->settings->given, questions->settings->given_count,
                             questions->directory, PREFER_NEITHER, questions->addressing, &problems, questions->error);
    problems_clear(&problems);
    if (result == 0 && people_next(people, questions->arena, &person, NULL, &problems, questions->error) < 0)
        result = -1;
    if (result == 0) {
        const struct value *values = person.values;
        *found = values[FIELD_MP_TITLE].length > 0;
        if (*found)
            fprintf(stderr, "Your MP is %s (%s).\n", values[FIELD_MP_TITLE].text, values[FIELD_CONSTITUENCY].text);
        else if (problems.count > 0)
            fprintf(stderr, "Your MP was not found: %s.\n", problems.items[0].message);
    }
    people_close(people);
    problems_release(&problems);
    return result;
}

/* Who the MP is: by the postcode, else by the constituency, else as answered. */
static int ask_mp(const struct questions *questions, bool *constituency_known) {
    bool found = false;
    const char *answer;
    int result = find_mp(questions, &found);
    *constituency_known = found;
    if (result == 0 && !found && questions->directory != NULL && directory_mps(questions->directory).held) {
        result = ask_for(questions, "Your constituency: ", &answer);
        if (result == 0) {
            give(questions->settings, "constituency", answer);
            *constituency_known = true;
            result = find_mp(questions, &found);
        }
    }
    if (result != 0 || found)
        return result;
    const struct office_words *words = office_words(questions->addressing->office);
    const char *prompt = "Your MP's name (members.parliament.uk tells you who it is): ";
    if (questions->addressing->office != OFFICE_MP)
        prompt = arena_printf(questions->arena, "The %s's name: ", words->one);
    result = ask_for(questions, prompt, &answer);
    if (result == 0)
        give(questions->settings, words->column, answer);
    return result;
}

static int ask_further(const struct questions *questions, const char *path) {
    static const struct {
        enum field field;
        const char *name;
        const char *prompt;
        bool optional;
    } further[] = {
        {FIELD_CONSTITUENCY, "constituency", "Your constituency: ", false},
        {FIELD_WARD, "ward", "Your ward (an empty line for none): ", true},
        {FIELD_MEMBER_ID, "member number", "Your membership number (an empty line for none): ", true},
        {FIELD_EMAIL, "email", "Your e-mail address (an empty line for none): ", true},
        {FIELD_TELEPHONE, "telephone", "Your telephone number (an empty line for none): ", true},
        {FIELD_EMPLOYER, "employer", "Your employer (an empty line for none): ", true},
        {FIELD_JOB_TITLE, "job title", "Your job (an empty line for none): ", true},
        {FIELD_PERSONAL_MESSAGE, "personal message", "A sentence of your own helps; an empty line for none: ", true},
    };
    struct model model;
    int result = read_needs(questions, path, &model);
    const char *answer = "";
    bool constituency_known = false;
    if (result == 0 && questions->addressing->office != OFFICE_FIXED)
        result = ask_mp(questions, &constituency_known);
    for (size_t i = 0; result == 0 && i < sizeof further / sizeof *further; i++) {
        if (model.styles[further[i].field] == 0 || (further[i].field == FIELD_CONSTITUENCY && constituency_known))
            continue;
        result = (further[i].optional ? ask_line : ask_for)(questions, further[i].prompt, &answer);
        if (result == 0 && *answer != '\0')
            give(questions->settings, further[i].name, answer);
    }
    return result;
}

int ask_who(struct settings *settings, const char *model, struct directory *directory,
            const struct addressing *addressing, struct arena *arena, struct error *error) {
    struct questions questions = {settings, directory, addressing, arena, error};
    const char *name, *address, *postcode;
    settings->given = ARENA_ARRAY(arena, struct people_given, GIVEN_MAX);
    if (ask_for(&questions, "Your name: ", &name) != 0 ||
        ask_lines(&questions, "Your address, line by line, and an empty line to end:\n", &address) != 0 ||
        ask_postcode(&questions, &postcode) != 0)
        return -1;
    give(settings, "name", name);
    give(settings, "address", address);
    give(settings, "postcode", postcode);
    return ask_further(&questions, model);
}
