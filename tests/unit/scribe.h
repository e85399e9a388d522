/*
 * A scribe: a model letter and a list as texts, and the first row's letter, for the tests of what is made of
 * letters.
 */
#ifndef POSTBAG_TESTS_SCRIBE_H
#define POSTBAG_TESTS_SCRIBE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "input/csv.h"
#include "input/people.h"
#include "letter/merge.h"

struct scribe {
    char directory[64];
    char model_path[96];
    char list_path[96];
    struct arena arena;
    struct problems problems;
    struct csv *csv;
    struct people *people;
    struct model model;
    struct person person;
    struct letter letter;
};

static void scribe_file(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* SUFFIX: "md" or "txt". The row and the model must be without errors. */
static void scribe_open(struct scribe *scribe, const char *suffix, const char *model, const char *list) {
    struct error error;
    *scribe = (struct scribe){.directory = "/tmp/postbag-scribe-XXXXXX", .arena = ARENA_EMPTY};
    assert_non_null(mkdtemp(scribe->directory));
    snprintf(scribe->model_path, sizeof scribe->model_path, "%s/model.%s", scribe->directory, suffix);
    snprintf(scribe->list_path, sizeof scribe->list_path, "%s/list.csv", scribe->directory);
    scribe_file(scribe->model_path, model);
    scribe_file(scribe->list_path, list);
    problems_init(&scribe->problems, &scribe->arena);
    assert_int_equal(csv_open(&scribe->csv, scribe->list_path, ENCODING_UTF_8, &error), 0);
    assert_int_equal(
        people_open(&scribe->people, scribe->csv, NULL, 0, NULL, PREFER_NEITHER, NULL, &scribe->problems, &error), 0);
    assert_int_equal(
        model_read(&scribe->model, scribe->model_path, NULL, scribe->people, &scribe->arena, &scribe->problems, &error),
        0);
    assert_int_equal(people_next(scribe->people, &scribe->arena, &scribe->person, NULL, &scribe->problems, &error), 1);
    merge_letter(&scribe->model, scribe->people, &scribe->person, (struct date){2026, 11, 22}, &scribe->arena,
                 &scribe->letter, &scribe->problems);
    for (size_t i = 0; i < scribe->problems.count; i++)
        if (scribe->problems.items[i].severity == SEVERITY_ERROR)
            fail_msg("%s", scribe->problems.items[i].message);
}

static void scribe_close(struct scribe *scribe) {
    people_close(scribe->people);
    csv_close(scribe->csv);
    problems_release(&scribe->problems);
    arena_release(&scribe->arena);
    unlink(scribe->model_path);
    unlink(scribe->list_path);
    rmdir(scribe->directory);
}

#endif
