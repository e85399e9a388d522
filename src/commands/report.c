/*
 * Reports: problems, errors and results come in, lines go out on stderr and stdout. The one place that knows how a
 * message looks, so that every command's look the same, on a terminal and in JSON.
 */
#include "commands/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "base/text.h"

/* TEXT with what is not UTF-8 replaced (a file's name may be anything): appended to OUT. */
static void add_valid(struct str *out, const char *text) {
    size_t length = strlen(text);
    for (size_t at = 0; at < length; at++) {
        size_t valid = text_valid(text + at, length - at);
        str_add(out, text + at, valid);
        at += valid;
        if (at < length)
            str_add_codepoint(out, 0xFFFD);
    }
}

/* What comes from a file or a list may hold control characters: they must not reach a terminal. */
static void print_clean(FILE *stream, const char *text) {
    struct str valid = STR_EMPTY;
    add_valid(&valid, text);
    for (size_t at = 0; at < valid.length;) {
        size_t start = at;
        uint32_t codepoint = text_next(valid.bytes, valid.length, &at);
        if (text_is_control(codepoint))
            fputs("\xEF\xBF\xBD", stream); /* U+FFFD, the replacement character */
        else
            fwrite(valid.bytes + start, 1, at - start, stream);
    }
    str_release(&valid);
}

static void wipe_progress(const struct report *report) {
    if (report->progress != NULL)
        progress_end(report->progress);
}

static void print_place(const struct place *place) {
    if (place->file == NULL)
        return;
    print_clean(stderr, place->file);
    if (place->line > 0)
        fprintf(stderr, ":%u", place->line);
    if (place->line > 0 && place->column > 0)
        fprintf(stderr, ":%u", place->column);
    fputs(": ", stderr);
}

/* The line at fault, and a caret under its COLUMN-th character. A long line is shown around that place. */
static void print_source(const char *source, unsigned column) {
    enum { BEFORE = 60, SHOWN = 100 };
    size_t length = strlen(source);
    unsigned skipped = column > BEFORE ? column - BEFORE : 0;
    unsigned character = 0;
    fputs("    ", stderr);
    for (size_t at = 0; at < length; character++) {
        size_t start = at;
        uint32_t codepoint = text_next(source, length, &at);
        if (character < skipped || character >= skipped + SHOWN)
            continue;
        if (codepoint == '\t' || text_is_control(codepoint))
            fputc(' ', stderr);
        else
            fwrite(source + start, 1, at - start, stderr);
    }
    fputc('\n', stderr);
    if (column > 0)
        fprintf(stderr, "    %*s^\n", (int)(column - 1 - skipped), "");
}

/* One object on a line of its own; what comes from threads does not mix. */
struct object {
    struct str line;
    struct json json;
};

static void object_text(struct object *object, const char *key, const char *text) {
    struct str valid = STR_EMPTY;
    add_valid(&valid, text);
    json_text(&object->json, key, valid.bytes, valid.length);
    str_release(&valid);
}

static void object_begin(struct object *object, const char *type) {
    object->line = STR_EMPTY;
    object->json = json_begin(&object->line);
    json_open(&object->json, NULL, '{');
    object_text(object, "type", type);
}

static void object_print(struct object *object) {
    json_close(&object->json, '}');
    str_addc(&object->line, '\n');
    flockfile(stdout);
    fwrite(object->line.bytes, 1, object->line.length, stdout);
    funlockfile(stdout);
    str_release(&object->line);
}

static void object_place(struct object *object, const struct place *place) {
    if (place->file != NULL)
        object_text(object, "file", place->file);
    if (place->line > 0)
        json_number(&object->json, "line", place->line);
    if (place->column > 0)
        json_number(&object->json, "column", place->column);
}

static const char *severity_name(enum severity severity) {
    return severity == SEVERITY_ERROR ? "error" : severity == SEVERITY_WARNING ? "warning" : "note";
}

static void print_problem_json(const struct problem *problem) {
    struct object object;
    object_begin(&object, "problem");
    object_text(&object, "severity", severity_name(problem->severity));
    object_place(&object, &problem->place);
    if (problem->row > 0)
        json_number(&object.json, "row", problem->row);
    object_text(&object, "message", problem->message);
    object_print(&object);
}

void report_problem(const struct report *report, const struct problem *problem) {
    if (report->json) {
        print_problem_json(problem);
        return;
    }
    if (report->quiet && problem->severity == SEVERITY_NOTE)
        return;
    wipe_progress(report);
    print_place(&problem->place);
    if (problem->row > 0)
        fprintf(stderr, "row %u: ", problem->row);
    if (problem->severity == SEVERITY_WARNING)
        fputs("warning: ", stderr);
    else if (problem->severity == SEVERITY_NOTE)
        fputs("note: ", stderr);
    print_clean(stderr, problem->message);
    fputc('\n', stderr);
    if (problem->source != NULL)
        print_source(problem->source, problem->place.column);
}

void report_problems(const struct report *report, const struct problems *problems) {
    for (size_t i = 0; i < problems->count; i++)
        report_problem(report, &problems->items[i]);
    if (problems->count == PROBLEMS_MAX)
        report_remark(report, "There are more problems; the first %d are shown.", PROBLEMS_MAX);
}

void report_error(const struct report *report, const struct error *error) {
    wipe_progress(report);
    if (report->json) {
        struct object object;
        object_begin(&object, "error");
        json_number(&object.json, "status", error->status);
        object_place(&object, &error->place);
        object_text(&object, "message", error->message);
        object_print(&object);
    }
    fputs("postbag: ", stderr);
    print_place(&error->place);
    print_clean(stderr, error->message);
    fputc('\n', stderr);
    if (error->source != NULL)
        print_source(error->source, error->place.column);
}

static void print_line(FILE *stream, const char *format, va_list arguments) {
    struct str line = STR_EMPTY;
    str_addv(&line, format, arguments);
    print_clean(stream, line.bytes);
    fputc('\n', stream);
    str_release(&line);
}

void report_remark(const struct report *report, const char *format, ...) {
    if (report->json || report->quiet)
        return;
    wipe_progress(report);
    va_list arguments;
    va_start(arguments, format);
    print_line(stderr, format, arguments);
    va_end(arguments);
}

void report_result(const struct report *report, const char *format, ...) {
    if (report->json)
        return;
    wipe_progress(report);
    va_list arguments;
    va_start(arguments, format);
    print_line(stdout, format, arguments);
    va_end(arguments);
}

void report_letter(const struct report *report, unsigned row, const char *path) {
    if (!report->json) {
        if (report->verbose)
            fprintf(stderr, "%s\n", path);
        return;
    }
    struct object object;
    object_begin(&object, "letter");
    if (row > 0)
        json_number(&object.json, "row", row);
    object_text(&object, "file", path);
    object_print(&object);
}

void report_summary(const struct report *report, const struct summary *summary) {
    if (!report->json)
        return;
    struct object object;
    object_begin(&object, "summary");
    object_text(&object, "command", report->command);
    json_number(&object.json, "letters", (long long)summary->letters);
    json_number(&object.json, "problem_rows", (long long)summary->problem_rows);
    json_number(&object.json, "recipients", (long long)summary->recipients);
    if (summary->problems_path != NULL)
        object_text(&object, "problems", summary->problems_path);
    json_flag(&object.json, "interrupted", summary->interrupted);
    object_print(&object);
}

static void object_list(struct object *object, const struct report_value *value) {
    json_open(&object->json, value->key, '[');
    for (long long i = 0; i < value->number; i++)
        object_text(object, NULL, value->list[i]);
    json_close(&object->json, ']');
}

static void object_values(struct object *object, const struct report_value *values, size_t count) {
    for (const struct report_value *value = values; value < values + count; value++) {
        switch (value->kind) {
        case REPORT_TEXT:
            object_text(object, value->key, value->text);
            break;
        case REPORT_NUMBER:
            json_number(&object->json, value->key, value->number);
            break;
        case REPORT_FLAG:
            json_flag(&object->json, value->key, value->number != 0);
            break;
        case REPORT_LIST:
            object_list(object, value);
            break;
        case REPORT_GROUP:
            json_open(&object->json, value->key, '{');
            object_values(object, value->group, (size_t)value->number);
            json_close(&object->json, '}');
            break;
        }
    }
}

void report_object(const struct report *report, const char *type, const struct report_value *values, size_t count) {
    if (!report->json)
        return;
    struct object object;
    object_begin(&object, type);
    object_values(&object, values, count);
    object_print(&object);
}

const char *report_count(char buffer[REPORT_COUNT_MAX], size_t n, const char *singular, const char *plural) {
    char number[PROGRESS_NUMBER_MAX];
    snprintf(buffer, REPORT_COUNT_MAX, "%s %s", progress_number(number, n), n == 1 ? singular : plural);
    return buffer;
}
