/*
 * The model letter, by example: tests/model/CASE.txt or CASE.md, read for the list CASE.list, or default.list where
 * there is none, must give the blocks in CASE.blocks and the diagnostics in CASE.err. (Of the list only the header
 * matters.)
 *
 *     build/unit/test_model             shows the differences
 *     ACCEPT=1 build/unit/test_model    makes what comes out what is expected; look at it with git diff
 *
 * Run in the top folder of the project. MODEL_CASE=NAME runs one case.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/str.h"
#include "input/csv.h"
#include "input/people.h"
#include "letter/model.h"

#define CASES "tests/model"

/* Dumps. */

static void dump_names(struct str *out, const struct placeholder *placeholder, const struct people *people) {
    for (size_t i = 0; i < placeholder->fields_count; i++)
        str_addf(out, "%s%s", i == 0 ? "" : "/", people_field_name(people, placeholder->fields[i]));
}

static void dump_condition(struct str *out, const struct condition *condition, const struct people *people) {
    str_adds(out, condition->negated ? "if not " : "if ");
    dump_names(out, &condition->subject, people);
    if (condition->value != NULL)
        str_addf(out, " is %s", condition->value);
}

static void dump_style(struct str *out, unsigned style) {
    str_adds(out, style & STYLE_BOLD ? "*" : "");
    str_adds(out, style & STYLE_ITALIC ? "_" : "");
}

static void dump_span(struct str *out, const struct span *span, const struct people *people) {
    switch (span->kind) {
    case SPAN_TEXT:
        dump_style(out, span->style);
        str_addf(out, "\"%.*s\"", (int)span->length, span->text);
        dump_style(out, span->style);
        break;
    case SPAN_FIELD:
        dump_style(out, span->style);
        str_addc(out, '[');
        dump_names(out, span->placeholder, people);
        if (span->placeholder->otherwise != NULL)
            str_addc(out, '|');
        for (const char *c = span->placeholder->otherwise; c != NULL && *c != '\0'; c++)
            str_addc(out, *c == '\n' ? '/' : *c);
        str_addc(out, ']');
        dump_style(out, span->style);
        break;
    case SPAN_BREAK:
        str_adds(out, "/");
        break;
    case SPAN_IF:
        str_addc(out, '{');
        dump_condition(out, span->condition, people);
        str_addc(out, '}');
        break;
    case SPAN_ELSE:
        str_adds(out, "{else}");
        break;
    case SPAN_END:
        str_adds(out, "{end}");
        break;
    }
}

static void dump_block(struct str *out, const struct block *block, const struct people *people) {
    if (block->place.line == 0)
        str_adds(out, "  put in  ");
    else
        str_addf(out, "%3u:%-3u   ", block->place.line, block->place.column);
    str_adds(out, block_name(block->kind));
    if (block->quote_depth > 0)
        str_addf(out, " quote=%u", block->quote_depth);
    if (block->list_depth > 0)
        str_addf(out, " list=%u", block->list_depth);
    if (block->number > 0)
        str_addf(out, " number=%u", block->number);
    if (block->continues)
        str_adds(out, " continues");
    if (block->condition != NULL) {
        str_addc(out, ' ');
        dump_condition(out, block->condition, people);
    }
    str_adds(out, block->spans_count > 0 ? ": " : "");
    for (size_t i = 0; i < block->spans_count; i++) {
        str_adds(out, i == 0 ? "" : " ");
        dump_span(out, &block->spans[i], people);
    }
    str_addc(out, '\n');
}

static void dump_model(struct str *out, const struct model *model, const struct people *people) {
    struct str described = STR_EMPTY;
    model_describe(model, &described);
    str_addf(out, "%s\nlanguage %s, address lines %u%s\n", described.bytes, model->language, model->address_slots,
             model->joined ? ", joined" : "");
    str_release(&described);
    for (size_t i = 0; i < model->blocks_count; i++)
        dump_block(out, &model->blocks[i], people);
}

static void dump_problems(struct str *out, const struct problems *problems) {
    static const char *const severities[] = {"error", "warning", "note"};
    for (size_t i = 0; i < problems->count; i++) {
        const struct problem *problem = &problems->items[i];
        str_addf(out, "%s:%u:%u: %s: %s\n", problem->place.file, problem->place.line, problem->place.column,
                 severities[problem->severity], problem->message);
        if (problem->source != NULL)
            str_addf(out, "    %s\n    %*s^\n", problem->source, (int)problem->place.column - 1, "");
    }
}

/* Cases. */

struct model_case {
    char *file; /* "mp-draft.txt" */
    char *name; /* "mp-draft" */
};

static void case_path(struct str *path, const struct model_case *model_case, const char *suffix) {
    str_clear(path);
    str_addf(path, "%s/%s.%s", CASES, model_case->name, suffix);
}

static struct csv *open_list(const struct model_case *model_case) {
    struct str path = STR_EMPTY;
    struct error error;
    struct csv *csv = NULL;
    case_path(&path, model_case, "list");
    if (access(path.bytes, R_OK) != 0) {
        str_clear(&path);
        str_adds(&path, CASES "/default.list");
    }
    if (csv_open(&csv, path.bytes, ENCODING_UTF_8, &error) != 0)
        fail_msg("%s: %s", path.bytes, error.message);
    str_release(&path);
    return csv;
}

static void write_expected(const char *path, const struct str *text) {
    if (text->length == 0) {
        unlink(path);
        return;
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text->bytes, 1, text->length, file), text->length);
    assert_int_equal(fclose(file), 0);
}

/* What is expected stands in CASE.SUFFIX; no file means nothing. */
static bool compare(const struct model_case *model_case, const char *suffix, const struct str *text) {
    struct str path = STR_EMPTY, expected = STR_EMPTY;
    struct error error;
    case_path(&path, model_case, suffix);
    if (getenv("ACCEPT") != NULL)
        write_expected(path.bytes, text);
    else if (access(path.bytes, R_OK) == 0)
        assert_int_equal(file_read(path.bytes, 1 << 20, &expected, &error), 0);
    bool same = getenv("ACCEPT") != NULL ||
                (expected.length == text->length && memcmp(expected.bytes, text->bytes, text->length) == 0);
    if (!same)
        print_message("%s: expected\n%s\nand got\n%s\n", path.bytes, expected.bytes, text->bytes);
    str_release(&path);
    str_release(&expected);
    return same;
}

static void run_case(void **state) {
    const struct model_case *model_case = *state;
    struct arena arena = ARENA_EMPTY;
    struct problems problems, list_problems;
    struct error error;
    struct people *people = NULL;
    struct model model;
    struct str path = STR_EMPTY, blocks = STR_EMPTY, diagnostics = STR_EMPTY;
    problems_init(&problems, &arena);
    problems_init(&list_problems, &arena);

    struct csv *csv = open_list(model_case);
    if (people_open(&people, csv, NULL, 0, NULL, PREFER_NEITHER, NULL, &list_problems, &error) != 0)
        fail_msg("%s", error.message);
    str_addf(&path, "%s/%s", CASES, model_case->file);
    if (model_read(&model, path.bytes, NULL, people, &arena, &problems, &error) != 0) {
        str_addf(&diagnostics, "%s:%u:%u: %s\n", path.bytes, error.place.line, error.place.column, error.message);
    } else {
        dump_model(&blocks, &model, people);
        dump_problems(&diagnostics, &problems);
    }
    bool same_blocks = compare(model_case, "blocks", &blocks);
    bool same_diagnostics = compare(model_case, "err", &diagnostics);

    people_close(people);
    csv_close(csv);
    problems_release(&problems);
    problems_release(&list_problems);
    arena_release(&arena);
    str_release(&path);
    str_release(&blocks);
    str_release(&diagnostics);
    assert_true(same_blocks && same_diagnostics);
}

static int is_model(const struct dirent *entry) {
    const char *suffix = strrchr(entry->d_name, '.');
    return suffix != NULL && (strcmp(suffix, ".txt") == 0 || strcmp(suffix, ".md") == 0);
}

int main(void) {
    struct dirent **entries;
    int count = scandir(CASES, &entries, is_model, alphasort);
    if (count <= 0) {
        fprintf(stderr, "no cases in %s: run this in the top folder of the project\n", CASES);
        return 1;
    }
    struct model_case *cases = memory_alloc((size_t)count, sizeof *cases);
    struct CMUnitTest *tests = memory_alloc((size_t)count, sizeof *tests);
    const char *only = getenv("MODEL_CASE");
    size_t tests_count = 0;
    for (int i = 0; i < count; i++) {
        const char *file = entries[i]->d_name;
        cases[i].file = memory_copy(file, strlen(file));
        cases[i].name = memory_copy(file, (size_t)(strrchr(file, '.') - file));
        if (only == NULL || strcmp(only, cases[i].name) == 0)
            tests[tests_count++] = (struct CMUnitTest){cases[i].name, run_case, NULL, NULL, &cases[i]};
        free(entries[i]);
    }
    free(entries);
    int failed = _cmocka_run_group_tests("model", tests, tests_count, NULL, NULL);
    for (int i = 0; i < count; i++) {
        free(cases[i].file);
        free(cases[i].name);
    }
    free(cases);
    free(tests);
    return failed;
}
