/*
 * find: a postcode or the name of a constituency comes in, the constituency and its MP go out, or why there is no
 * answer.
 */
#include "commands/commands.h"

#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "commands/vintage.h"
#include "input/config.h"
#include "input/directory.h"
#include "input/postcode.h"
#include "input/recipient.h"

enum { ASKED_MAX = 200 };

struct finding {
    struct arena arena;
    struct config config;
    struct directory *directory;
    const char *asked;
    struct directory_result result;
    const char *why; /* there is no answer, or nobody to write to; "": there is */
    struct date today;
};

/* "Party         Labour"; of several lines, the others below the first. Nothing where TEXT is "". */
static void say(const struct report *report, const char *label, const char *text) {
    while (*text != '\0') {
        int length = (int)strcspn(text, "\n");
        report_result(report, "%-14s%.*s", label, length, text);
        text += length + (text[length] == '\n');
        label = "";
    }
}

static const char *address_of(const struct seat *seat) {
    return *seat->address == '\0' ? office_words(OFFICE_MP)->address : seat->address;
}

static void say_seat(const struct seat *seat, const struct report *report) {
    say(report, "Constituency", seat->name);
    if (strcmp(seat->name_welsh, seat->name) != 0)
        say(report, "In Welsh", seat->name_welsh);
    if (*seat->title == '\0')
        return;
    say(report, "MP", seat->title);
    say(report, "Party", seat->party);
    say(report, "Address", address_of(seat));
    say(report, "E-mail", seat->email);
    say(report, "Note", seat->note);
}

static void say_vintage(const struct report *report, const char *label, struct directory_vintage vintage) {
    struct str text = STR_EMPTY;
    if (vintage.held) {
        str_adds(&text, "imported on ");
        date_format(&text, vintage.imported, "en");
        if (*vintage.source != '\0')
            str_addf(&text, " from %s", vintage.source);
    } else {
        str_adds(&text, "not imported");
    }
    say(report, label, text.bytes);
    str_release(&text);
}

/* Those whom the answer might have been, with their MPs. */
static void say_candidates(const struct finding *finding, const struct report *report) {
    size_t widest = 0;
    for (size_t i = 0; i < finding->result.candidates_count; i++) {
        const char *name = finding->result.candidates[i]->name;
        size_t width = text_count(name, strlen(name));
        widest = width > widest ? width : widest;
    }
    for (size_t i = 0; i < finding->result.candidates_count; i++) {
        const struct seat *seat = finding->result.candidates[i];
        int padding = (int)(widest - text_count(seat->name, strlen(seat->name)));
        if (*seat->title == '\0')
            report_result(report, "  %s", seat->name);
        else
            report_result(report, "  %s%*s  %s", seat->name, padding, "", seat->title);
    }
}

static void say_everything(const struct finding *finding, const struct report *report) {
    struct directory_vintage mps = directory_mps(finding->directory);
    struct directory_vintage postcodes = directory_postcodes(finding->directory);
    bool found = finding->result.answer == DIRECTORY_FOUND;
    if (found || finding->result.answer == DIRECTORY_NOT_HELD) {
        for (size_t i = 0; i < finding->result.candidates_count; i++)
            say_seat(finding->result.candidates[i], report);
    } else {
        say_candidates(finding, report);
    }
    if (found) {
        report_result(report, "%s", "");
        say_vintage(report, "MPs", mps);
        say_vintage(report, "Postcodes", postcodes);
    }
    vintage_warn(finding->directory, finding->today, report);
}

/* JSON */

static const char *answer_name(const struct finding *finding) {
    static const char *const names[] = {
        [DIRECTORY_FOUND] = "found",           [DIRECTORY_BOUNDARY] = "boundary",     [DIRECTORY_UNKNOWN] = "unknown",
        [DIRECTORY_TERMINATED] = "terminated", [DIRECTORY_NO_MP_HERE] = "no MP here", [DIRECTORY_BFPO] = "BFPO",
        [DIRECTORY_NOT_HELD] = "not imported",
    };
    if (finding->result.answer == DIRECTORY_FOUND && *finding->why != '\0')
        return directory_is_dissolved(finding->directory) ? "dissolved" : "vacant";
    return names[finding->result.answer];
}

enum { VALUES_MAX = 24 };

struct values {
    struct report_value items[VALUES_MAX];
    size_t count;
};

static void add_text(struct values *values, const char *key, const char *text) {
    if (*text != '\0')
        values->items[values->count++] = (struct report_value){.key = key, .kind = REPORT_TEXT, .text = text};
}

static void add_vintage(struct finding *finding, struct values *values, struct directory_vintage vintage,
                        const char *const keys[4]) {
    if (!vintage.held)
        return;
    int days = directory_age_days(vintage, finding->today);
    add_text(values, keys[0],
             arena_printf(&finding->arena, "%04d-%02d-%02d", vintage.imported.year, vintage.imported.month,
                          vintage.imported.day));
    add_text(values, keys[1], vintage.source);
    values->items[values->count++] = (struct report_value){.key = keys[2], .kind = REPORT_NUMBER, .number = days};
    values->items[values->count++] =
        (struct report_value){.key = keys[3], .kind = REPORT_FLAG, .number = days > DIRECTORY_STALE_DAYS};
}

static void add_seat(struct values *values, const struct seat *seat) {
    add_text(values, "constituency", seat->name);
    add_text(values, "constituency_welsh", seat->name_welsh);
    add_text(values, "code", seat->code);
    if (*seat->title == '\0')
        return;
    add_text(values, "mp", seat->title);
    add_text(values, "dear", seat->dear);
    add_text(values, "party", seat->party);
    add_text(values, "address", address_of(seat));
    add_text(values, "email", seat->email);
    add_text(values, "note", seat->note);
}

static void print_object(struct finding *finding, const struct report *report) {
    static const char *const mps_keys[] = {"mps_imported", "mps_source", "mps_days", "mps_old"};
    static const char *const postcodes_keys[] = {"postcodes_imported", "postcodes_source", "postcodes_days",
                                                 "postcodes_old"};
    const struct directory_result *result = &finding->result;
    const char *names[DIRECTORY_CANDIDATES_MAX];
    struct values values = {.count = 0};
    add_text(&values, "asked", finding->asked);
    add_text(&values, "answer", answer_name(finding));
    add_text(&values, "message", finding->why);
    if (result->answer == DIRECTORY_FOUND) {
        add_seat(&values, result->candidates[0]);
    } else {
        for (size_t i = 0; i < result->candidates_count; i++)
            names[i] = result->candidates[i]->name;
        values.items[values.count++] = (struct report_value){
            .key = "candidates", .kind = REPORT_LIST, .list = names, .number = (long long)result->candidates_count};
    }
    add_vintage(finding, &values, directory_mps(finding->directory), mps_keys);
    add_vintage(finding, &values, directory_postcodes(finding->directory), postcodes_keys);
    report_object(report, "constituency", values.items, values.count);
}

/* Finding */

static int read_asked(struct finding *finding, const char *asked, struct error *error) {
    size_t length = strlen(asked);
    if (text_valid(asked, length) < length)
        return error_set(error, STATUS_USAGE, "find: this is not UTF-8");
    text_trim(&asked, &length);
    if (length == 0 || length > ASKED_MAX)
        return error_set(error, STATUS_USAGE, "find takes a postcode or the name of a constituency");
    finding->asked = arena_copy(&finding->arena, asked, length);
    return 0;
}

/* "L20", "L20 3N": nobody's constituency has a digit in its name; ONS codes have eight. */
static bool is_part_of_postcode(const char *asked) {
    size_t length = strlen(asked);
    return length <= 8 && strpbrk(asked, "0123456789") != NULL;
}

static int look_up(struct finding *finding, struct error *error) {
    char postcode[POSTCODE_MAX];
    struct str why = STR_EMPTY;
    const char *asked = finding->asked;
    if (postcode_normalise(asked, strlen(asked), postcode) == 0) {
        if (directory_find_postcode(finding->directory, postcode, &finding->result, error) != 0)
            return -1;
    } else {
        directory_find_constituency(finding->directory, asked, strlen(asked), &finding->result);
        if (finding->result.answer != DIRECTORY_FOUND && is_part_of_postcode(asked))
            return error_set(error, STATUS_DATA, "\"%s\" is not a whole postcode, such as SW1A 0AA", asked);
    }
    directory_explain(&finding->result, asked, &why);
    finding->why = arena_copy(&finding->arena, why.bytes, why.length);
    str_release(&why);
    return 0;
}

static int find(struct finding *finding, const struct settings *settings, struct error *error) {
    if (config_read(&finding->config, settings->config, settings->overrides, settings->overrides_count, &finding->arena,
                    error) != 0 ||
        read_asked(finding, settings->operand[0], error) != 0)
        return -1;
    const char *path = finding->config.directory.path;
    if (path == NULL)
        path = directory_default_path(&finding->arena);
    return directory_open(&finding->directory, path, error) != 0 ? -1 : look_up(finding, error);
}

enum status find_command(const struct settings *settings, const struct report *report) {
    struct finding finding = {.arena = ARENA_EMPTY, .today = date_today()};
    struct error error;
    enum status status = STATUS_DONE;
    if (find(&finding, settings, &error) != 0) {
        report_error(report, &error);
        status = error.status;
    } else {
        if (*finding.why != '\0') {
            status = STATUS_DATA;
            error_set(&error, status, "%s", finding.why);
            if (!report->json)
                report_error(report, &error);
        }
        if (report->json)
            print_object(&finding, report);
        else
            say_everything(&finding, report);
    }
    directory_close(finding.directory);
    arena_release(&finding.arena);
    return status;
}
