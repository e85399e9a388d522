/*
 * Reports: problems, errors and results come in, lines go out on stderr and stdout. The one place that knows how a
 * message looks, so that every command's look the same, on a terminal and in JSON.
 */
#include "commands/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

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

static void print_json(json_t *object) {
    char *line = json_dumps(object, JSON_COMPACT);
    if (line != NULL) {
        flockfile(stdout);
        fputs(line, stdout);
        fputc('\n', stdout);
        funlockfile(stdout);
    }
    free(line);
    json_decref(object);
}

static json_t *json_text(const char *text) {
    struct str valid = STR_EMPTY;
    add_valid(&valid, text);
    json_t *value = json_stringn(valid.bytes, valid.length);
    str_release(&valid);
    return value;
}

static void set_place(json_t *object, const struct place *place) {
    if (place->file != NULL)
        json_object_set_new(object, "file", json_text(place->file));
    if (place->line > 0)
        json_object_set_new(object, "line", json_integer(place->line));
    if (place->column > 0)
        json_object_set_new(object, "column", json_integer(place->column));
}

static const char *severity_name(enum severity severity) {
    return severity == SEVERITY_ERROR ? "error" : severity == SEVERITY_WARNING ? "warning" : "note";
}

static void print_problem_json(const struct problem *problem) {
    json_t *object = json_object();
    json_object_set_new(object, "type", json_string("problem"));
    json_object_set_new(object, "severity", json_string(severity_name(problem->severity)));
    set_place(object, &problem->place);
    if (problem->row > 0)
        json_object_set_new(object, "row", json_integer(problem->row));
    json_object_set_new(object, "message", json_text(problem->message));
    print_json(object);
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
        json_t *object = json_object();
        json_object_set_new(object, "type", json_string("error"));
        json_object_set_new(object, "status", json_integer(error->status));
        set_place(object, &error->place);
        json_object_set_new(object, "message", json_text(error->message));
        print_json(object);
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
    json_t *object = json_object();
    json_object_set_new(object, "type", json_string("letter"));
    if (row > 0)
        json_object_set_new(object, "row", json_integer(row));
    json_object_set_new(object, "file", json_text(path));
    print_json(object);
}

void report_summary(const struct report *report, const struct summary *summary) {
    if (!report->json)
        return;
    json_t *object = json_object();
    json_object_set_new(object, "type", json_string("summary"));
    json_object_set_new(object, "command", json_string(report->command));
    json_object_set_new(object, "letters", json_integer((json_int_t)summary->letters));
    json_object_set_new(object, "problem_rows", json_integer((json_int_t)summary->problem_rows));
    json_object_set_new(object, "recipients", json_integer((json_int_t)summary->recipients));
    if (summary->problems_path != NULL)
        json_object_set_new(object, "problems", json_text(summary->problems_path));
    json_object_set_new(object, "interrupted", json_boolean(summary->interrupted));
    print_json(object);
}

static json_t *json_group(const struct report_value *values, size_t count);

static json_t *json_value(const struct report_value *value) {
    if (value->kind == REPORT_TEXT)
        return json_text(value->text);
    if (value->kind == REPORT_NUMBER)
        return json_integer(value->number);
    if (value->kind == REPORT_FLAG)
        return json_boolean(value->number != 0);
    if (value->kind == REPORT_GROUP)
        return json_group(value->group, (size_t)value->number);
    json_t *list = json_array();
    for (long long i = 0; i < value->number; i++)
        json_array_append_new(list, json_text(value->list[i]));
    return list;
}

static json_t *json_group(const struct report_value *values, size_t count) {
    json_t *object = json_object();
    for (size_t i = 0; i < count; i++)
        json_object_set_new(object, values[i].key, json_value(&values[i]));
    return object;
}

void report_object(const struct report *report, const char *type, const struct report_value *values, size_t count) {
    if (!report->json)
        return;
    json_t *object = json_object();
    json_t *group = json_group(values, count);
    json_object_set_new(object, "type", json_string(type));
    json_object_update(object, group);
    json_decref(group);
    print_json(object);
}

const char *report_count(char buffer[REPORT_COUNT_MAX], size_t n, const char *singular, const char *plural) {
    char number[PROGRESS_NUMBER_MAX];
    snprintf(buffer, REPORT_COUNT_MAX, "%s %s", progress_number(number, n), n == 1 ? singular : plural);
    return buffer;
}
