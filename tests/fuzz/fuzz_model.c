/*
 * The model letter: any text, as Markdown where the first byte is 'm', as plain text otherwise, read and filled for one
 * person whose fields hold what a list may hold.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "fuzz.h"
#include "letter/merge.h"
#include "letter/model.h"

enum { INPUT_MAX = 32 * 1024 };

static const struct people_given given[] = {
    {"name", "Siân *O’Brien*"},        {"address line 1", "1 [High] Street"},
    {"address line 2", "Bootle"},      {"postcode", "L20 9ZX"},
    {"constituency", "Bootle"},        {"MP", "Ms Ann Invented"},
    {"personal message", "a\n\nb\nc"}, {"country", "Wales"},
    {"own column", "\"own\""},
};

/* A model that is otherwise right, and has more blocks than any of the seeds: the fuzzer has to grow one. */
static void planted(const struct model *model) {
    if (model->blocks_count >= 36)
        fuzz_planted_fault();
}

static void promise_placeholder(const struct placeholder *placeholder, const struct people *people) {
    FUZZ_PROMISE(placeholder != NULL);
    FUZZ_PROMISE((placeholder->place.line > 0) == (placeholder->place.column > 0)); /* neither: put in by the program */
    FUZZ_PROMISE(placeholder->fields_count > 0);
    for (size_t i = 0; i < placeholder->fields_count; i++)
        FUZZ_PROMISE(placeholder->fields[i] >= 0 && (size_t)placeholder->fields[i] < people_fields_count(people));
}

/* Conditions are nested, and no text says more than it may. */
static void look_at_spans(const struct block *block, const struct people *people) {
    int depth = 0;
    for (size_t i = 0; i < block->spans_count; i++) {
        const struct span *span = &block->spans[i];
        FUZZ_PROMISE(span->style < STYLES_COUNT);
        if (span->kind == SPAN_TEXT) {
            fuzz_promise_text(span->text, strlen(span->text));
            FUZZ_PROMISE(strlen(span->text) >= span->length && memchr(span->text, '\n', span->length) == NULL);
        } else if (span->kind == SPAN_FIELD) {
            promise_placeholder(span->placeholder, people);
        } else if (span->kind == SPAN_IF) {
            promise_placeholder(&span->condition->subject, people);
            depth++;
        } else if (span->kind == SPAN_END) {
            depth--;
        }
        FUZZ_PROMISE(depth >= 0 && (span->kind != SPAN_ELSE || depth > 0));
    }
    FUZZ_PROMISE(depth == 0);
}

static void look_at_model(const struct model *model, const struct people *people) {
    int depth = 0, salutations = 0;
    for (size_t i = 0; i < model->blocks_count; i++) {
        const struct block *block = &model->blocks[i];
        depth += (block->kind == BLOCK_IF) - (block->kind == BLOCK_END);
        salutations += block->kind == BLOCK_SALUTATION;
        FUZZ_PROMISE(depth >= 0 && (block->kind != BLOCK_ELSE || depth > 0));
        if (block->kind == BLOCK_IF)
            promise_placeholder(&block->condition->subject, people);
        look_at_spans(block, people);
    }
    FUZZ_PROMISE(depth == 0 && salutations == 1);
    planted(model);
    FUZZ_PROMISE(model->address_slots <= ADDRESS_LINES_MAX);
}

static void look_at_letter(const struct letter *letter) {
    for (size_t i = 0; i < letter->blocks_count; i++) {
        FUZZ_PROMISE(letter->blocks[i].kind < BLOCK_IF);
        for (size_t j = 0; j < letter->blocks[i].runs_count; j++) {
            const struct run *run = &letter->blocks[i].runs[j];
            char *copy = strndup(run->text, run->length);
            fuzz_promise_text(copy, run->length);
            free(copy);
        }
    }
    fuzz_promise_text(letter->title, strlen(letter->title));
    fuzz_promise_text(letter->author, strlen(letter->author));
}

static void fill(const struct model *model, struct people *people, struct arena *arena, struct problems *problems) {
    struct person person;
    struct letter letter;
    struct error error;
    problems_clear(problems);
    FUZZ_PROMISE(people_next(people, arena, &person, NULL, problems, &error) == 1);
    FUZZ_PROMISE(problems->errors_count == 0);
    if (merge_letter(model, people, &person, (struct date){2026, 11, 22}, arena, &letter, problems) == 0)
        look_at_letter(&letter);
    fuzz_promise_problems(problems);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0)
        return 0;
    if (size > INPUT_MAX)
        size = INPUT_MAX;
    struct arena arena = ARENA_EMPTY;
    struct problems problems;
    struct people *people = NULL;
    struct model model;
    struct error error;
    problems_init(&problems, &arena);
    FUZZ_PROMISE(people_open(&people, NULL, given, sizeof given / sizeof *given, NULL, PREFER_NEITHER, NULL, &problems,
                             &error) == 0);
    FUZZ_PROMISE(problems.errors_count == 0);
    const char *path = fuzz_file(data[0] == 'm' ? "model.md" : "model.txt", data + 1, size - 1);
    if (model_read(&model, path, NULL, people, &arena, &problems, &error) != 0) {
        fuzz_promise_error(&error);
    } else {
        fuzz_promise_problems(&problems);
        if (problems.errors_count == 0) {
            struct str described = STR_EMPTY;
            model_describe(&model, &described);
            fuzz_promise_text(described.bytes, described.length);
            str_release(&described);
            look_at_model(&model, people);
            fill(&model, people, &arena, &problems);
        }
    }
    people_close(people);
    problems_release(&problems);
    arena_release(&arena);
    return 0;
}
