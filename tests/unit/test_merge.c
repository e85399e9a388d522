/*
 * The merge: a model letter and a row of a list, and the letter that comes of them, block by block, or the problems.
 *
 * In what is expected a line is a block, "/" ends a line within it, and values stand in « ».
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "input/csv.h"
#include "input/people.h"
#include "letter/merge.h"

static const struct date date = {2026, 11, 22};

static void write_file(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/* A model letter and a list, read. */
struct desk {
    char directory[64];
    char model_path[96];
    char list_path[96];
    struct arena arena;
    struct problems problems; /* of the list and the model */
    struct csv *csv;
    struct people *people;
    struct model model;
};

static void desk_open(struct desk *desk, const char *suffix, const char *model, const char *list) {
    struct error error;
    *desk = (struct desk){.directory = "/tmp/postbag-merge-XXXXXX", .arena = ARENA_EMPTY};
    assert_non_null(mkdtemp(desk->directory));
    snprintf(desk->model_path, sizeof desk->model_path, "%s/model.%s", desk->directory, suffix);
    snprintf(desk->list_path, sizeof desk->list_path, "%s/list.csv", desk->directory);
    write_file(desk->model_path, model);
    write_file(desk->list_path, list);
    problems_init(&desk->problems, &desk->arena);
    assert_int_equal(csv_open(&desk->csv, desk->list_path, ENCODING_UTF_8, &error), 0);
    assert_int_equal(
        people_open(&desk->people, desk->csv, NULL, 0, NULL, PREFER_NEITHER, NULL, &desk->problems, &error), 0);
    assert_int_equal(
        model_read(&desk->model, desk->model_path, NULL, desk->people, &desk->arena, &desk->problems, &error), 0);
    for (size_t i = 0; i < desk->problems.count; i++)
        if (desk->problems.items[i].severity == SEVERITY_ERROR)
            print_message("%s\n", desk->problems.items[i].message);
}

static void desk_close(struct desk *desk) {
    people_close(desk->people);
    csv_close(desk->csv);
    problems_release(&desk->problems);
    arena_release(&desk->arena);
    unlink(desk->model_path);
    unlink(desk->list_path);
    rmdir(desk->directory);
}

static void dump_run(struct str *out, const struct run *run) {
    str_adds(out, run->value ? "«" : "");
    str_adds(out, run->style & STYLE_BOLD ? "*" : "");
    for (size_t i = 0; i < run->length; i++)
        str_addc(out, run->text[i] == '\n' ? '/' : run->text[i]);
    str_adds(out, run->style & STYLE_BOLD ? "*" : "");
    str_adds(out, run->value ? "»" : "");
}

static void dump_letter(struct str *out, const struct letter *letter) {
    for (size_t i = 0; i < letter->blocks_count; i++) {
        const struct letter_block *block = &letter->blocks[i];
        str_adds(out, block_name(block->kind));
        if (block->number > 0)
            str_addf(out, " %u", block->number);
        str_addf(out, "%s: ", block->continues ? " continues" : "");
        for (size_t j = 0; j < block->runs_count; j++)
            dump_run(out, &block->runs[j]);
        str_addc(out, '\n');
    }
}

static void dump_problems(struct str *out, const struct problems *problems) {
    for (size_t i = 0; i < problems->count; i++)
        str_addf(out, "%u:%u row %u: %s\n", problems->items[i].place.line, problems->items[i].place.column,
                 problems->items[i].row, problems->items[i].message);
}

/* The first row's letter as a dump, or only its PROBLEMS (those of the merge) where it has any. */
static void fill_first_row(struct desk *desk, struct str *out) {
    struct arena arena = ARENA_EMPTY;
    struct problems row, merged;
    struct person person;
    struct letter letter;
    struct error error;
    problems_init(&row, &arena);
    problems_init(&merged, &arena);
    assert_int_equal(people_next(desk->people, &arena, &person, NULL, &row, &error), 1);
    size_t errors = merge_letter(&desk->model, desk->people, &person, date, &arena, &letter, &merged);
    if (errors == 0) {
        assert_int_equal(merged.count, 0);
        dump_letter(out, &letter);
    } else {
        dump_problems(out, &merged);
    }
    problems_release(&row);
    problems_release(&merged);
    arena_release(&arena);
}

#define END "\nYours sincerely\n[Name]\n"
#define BEGUN "[Name]\n[Address]\n[Postcode]\n[Date]\nTo the point\n\nDear Sir or Madam\n\n"
#define WHO "Name,Address line 1,Address line 2,Postcode,MP"
#define JANE "Jane Doe,1 High Street,Bootle,L20 9ZX,Ann Other"

static const struct {
    const char *name;
    const char *suffix;
    const char *model;
    const char *list;
    const char *expected; /* the letter, or the problems */
} cases[] = {
    {"what the model leaves out is put in", "txt", "Dear [MP]\n\nText.\n" END, WHO "\n" JANE "\n",
     "sender: «*Jane Doe*»/«1 High Street/Bootle»/«L20 9ZX»\n"
     "date: «22 November 2026»\n"
     "recipient: «Ann Other MP»/«House of Commons/London/SW1A 0AA»\n"
     "salutation: Dear «Ann Other»\n"
     "paragraph: Text.\n"
     "closing: Yours sincerely\n"
     "signature: «Jane Doe»\n"},
    {"a letter that needs no name of an MP", "txt", "Dear Sir or Madam\n\nText.\n" END,
     "Name,Address,Postcode\nJane Doe,1 High Street,L20 9ZX\n",
     "sender: «*Jane Doe*»/«1 High Street»/«L20 9ZX»\n"
     "date: «22 November 2026»\n"
     "recipient: «House of Commons/London/SW1A 0AA»\n"
     "salutation: Dear Sir or Madam\n"
     "paragraph: Text.\n"
     "closing: Yours sincerely\n"
     "signature: «Jane Doe»\n"},
    {"a letter that needs one", "txt", "Dear [MP]\n\nText of [MP].\n" END,
     WHO "\nJane Doe,1 High Street,Bootle,L20 9ZX,\n", "2:5 row 1: the letter needs \"MP\", and this row has none\n"},
    {"lines of empty fields disappear", "txt",
     "[Name]\n[Address line 1]\n[Address line 2]\n[Address line 3]\n[Postcode]\n[Date]\nHouse of Commons\n\nDear Sir "
     "or "
     "Madam\n\n[Personal message]\n\nText.\n" END,
     "Name,Address line 1,Address line 2,Address line 3,Postcode,Personal message\nJane Doe,1 High Street,,,L20 9ZX,\n",
     "sender: «*Jane Doe*»/«1 High Street»/«L20 9ZX»\n"
     "date: «22 November 2026»\n"
     "recipient: House of Commons\n"
     "salutation: Dear Sir or Madam\n"
     "paragraph: Text.\n"
     "closing: Yours sincerely\n"
     "signature: «Jane Doe»\n"},
    {"empty fields of an address go with their separators", "txt",
     "[Name], [Address line 1], [Address line 2], [Address line 3], [Town], UK\n[County] [Postcode]\n[Date]\n"
     "The MP\n\nDear Sir or Madam\n" END,
     "Name,Address line 1,Address line 2,Address line 3,Town,County,Postcode\nJane Doe,1 High Street,,Bootle,,,L20 "
     "9ZX\n",
     "sender: «Jane Doe», «1 High Street», «Bootle», UK/«L20 9ZX»\n"
     "date: «22 November 2026»\n"
     "recipient: The MP\n"
     "salutation: Dear Sir or Madam\n"
     "closing: Yours sincerely\n"
     "signature: «Jane Doe»\n"},
    {"other empty fields are problems, once each and all of them", "txt",
     BEGUN "In [Ward], in [Ward], in [Constituency/Ward], for [Branch].\n" END,
     "Name,Address,Postcode,Ward,Constituency,Branch\nJane Doe,1 High Street,L20 9ZX,,,\n",
     "2:4 row 1: the letter needs \"Ward\", and this row has none\n"
     "2:5 row 1: the letter needs \"Constituency\" or \"Ward\", and this row has none\n"
     "2:6 row 1: the letter needs \"Branch\", and this row has none\n"},
    {"what people_next reported is not reported twice", "txt", BEGUN "In [Ward], in [Branch].\n" END,
     "Name,Address,Postcode,Ward,Branch\nJane Doe,1 High Street,L20 9ZX,#N/A,\n",
     "2:5 row 1: the letter needs \"Branch\", and this row has none\n"},
    {"the address flows into the model's lines, whatever its columns are", "txt",
     "[Name]\n[Address line 1]\n[Address line 2]\n[Address line 3]\n[Postcode]\n[Date]\nThe MP\n\nDear Sir or "
     "Madam\n" END,
     "Name,Address,Town,Postcode\nJane Doe,\"Flat 2\n1 High Street\",Bootle,L20 9ZX\n",
     "sender: «*Jane Doe*»/«Flat 2»/«1 High Street»/«Bootle»/«L20 9ZX»\n"
     "date: «22 November 2026»\n"
     "recipient: The MP\n"
     "salutation: Dear Sir or Madam\n"
     "closing: Yours sincerely\n"
     "signature: «Jane Doe»\n"},
    {"and around what the model places itself", "txt",
     "[Name]\n[Address line 1]\n[Address line 2]\n[Town]\n[Postcode]\n[Date]\nThe MP\n\nDear Sir or Madam\n" END,
     "Name,Address,Town,Postcode\nJane Doe,\"Flat 2\n1 High Street\",Bootle,L20 9ZX\n",
     "sender: «*Jane Doe*»/«Flat 2»/«1 High Street»/«Bootle»/«L20 9ZX»\n"
     "date: «22 November 2026»\n"
     "recipient: The MP\n"
     "salutation: Dear Sir or Madam\n"
     "closing: Yours sincerely\n"
     "signature: «Jane Doe»\n"},
    {"an address that is too long is a problem", "txt",
     "[Name]\n[Address line 1]\n[Address line 2]\n[Postcode]\n[Date]\nThe MP\n\nDear Sir or Madam\n" END,
     "Name,Address line 1,Address line 2,Address line 3,Town,Postcode\nJane Doe,Flat 2,1 High "
     "Street,Seaforth,Bootle,L20 "
     "9ZX\n",
     "2:4 row 1: the address has 4 lines and the letter has room for 2\n"},
    {"an address below the signature", "txt",
     "Dear Sir or Madam\n\nI live at [Address].\n" END "[Address]\n[Postcode]\n", WHO "\n" JANE "\n",
     "date: «22 November 2026»\n"
     "recipient: «Ann Other MP»/«House of Commons/London/SW1A 0AA»\n"
     "salutation: Dear Sir or Madam\n"
     "paragraph: I live at «1 High Street, Bootle».\n"
     "closing: Yours sincerely\n"
     "signature: «Jane Doe»/«1 High Street/Bootle»/«L20 9ZX»\n"},
    {"forms of the MP's name", "txt",
     "[Name]\n[Address]\n[Postcode]\n[Date]\n[MP]\nHouse of Commons\n\nDear [MP]\n\nI ask [MP].\n" END,
     "Name,Address,Postcode,MP\nJane Doe,1 High Street,L20 9ZX,Ms Ann Other\n",
     "sender: «*Jane Doe*»/«1 High Street»/«L20 9ZX»\n"
     "date: «22 November 2026»\n"
     "recipient: «Ms Ann Other MP»/House of Commons\n"
     "salutation: Dear «Ms Other»\n"
     "paragraph: I ask «Ann Other».\n"
     "closing: Yours sincerely\n"
     "signature: «Jane Doe»\n"},
    {"the model's own MP", "txt", "[Name]\n[Address]\n[Postcode]\n[Date]\n[MP] MP\n\nDear [MP]\n" END,
     "Name,Address,Postcode,MP\nJane Doe,1 High Street,L20 9ZX,Ann Other\n",
     "sender: «*Jane Doe*»/«1 High Street»/«L20 9ZX»\n"
     "date: «22 November 2026»\n"
     "recipient: «Ann Other» MP\n"
     "salutation: Dear «Ann Other»\n"
     "closing: Yours sincerely\n"
     "signature: «Jane Doe»\n"},
    {"conditions", "txt",
     BEGUN
     "A [if ward]in [ward][else]here[end] [if not ward] x [end] and [if country is Wales] Cymru [end], [if country "
     "is not Wales]y[end].\n\n[if ward]\nno\n[else]\nyes\n[end]\n\n[if country is WALES]\n\none\n\n[if not "
     "ward]\n\ntwo\n\n[end]\n\n[end]\nthree\n" END,
     "Name,Address,Postcode,Ward,Country\nJane Doe,1 High Street,L20 9ZX,,wales\n",
     "sender: «*Jane Doe*»/«1 High Street/wales»/«L20 9ZX»\n"
     "date: «22 November 2026»\n"
     "recipient: To the point\n"
     "salutation: Dear Sir or Madam\n"
     "paragraph: A here x and Cymru,.\n"
     "paragraph: yes\n"
     "paragraph: one\n"
     "paragraph: two\n"
     "paragraph: three\n"
     "closing: Yours sincerely\n"
     "signature: «Jane Doe»\n"},
    {"a value with blank lines becomes paragraphs", "txt",
     BEGUN "[Personal message]\n\nIn short: [Personal message]\n" END,
     "Name,Address,Postcode,Personal message\nJane Doe,1 High Street,L20 9ZX,\"One\ntwo\n\nThree\"\n",
     "sender: «*Jane Doe*»/«1 High Street»/«L20 9ZX»\n"
     "date: «22 November 2026»\n"
     "recipient: To the point\n"
     "salutation: Dear Sir or Madam\n"
     "paragraph: «One/two»\n"
     "paragraph: «Three»\n"
     "paragraph: In short: «One two Three»\n"
     "closing: Yours sincerely\n"
     "signature: «Jane Doe»\n"},
    {"an item of a list with a value of paragraphs", "md", BEGUN "- [Personal message]\n- last\n" END,
     "Name,Address,Postcode,Personal message\nJane Doe,1 High Street,L20 9ZX,\"One\n\nTwo\"\n",
     "sender: «*Jane Doe*»/«1 High Street»/«L20 9ZX»\n"
     "date: «22 November 2026»\n"
     "recipient: To the point\n"
     "salutation: Dear Sir or Madam\n"
     "item: «One»\n"
     "paragraph continues: «Two»\n"
     "item: last\n"
     "closing: Yours sincerely\n"
     "signature: «Jane Doe»\n"},
    {"a list is numbered as it is printed", "md",
     BEGUN
     "[if ward]\n\n1. first\n\n[end]\n\n2. second\n\n[if ward]\n\n3. third\n\n[else]\n\n3. instead\n\n[end]\n\n4. "
     "[branch]\n5. last\n\nText\n\n3. three\n4. four\n" END,
     "Name,Address,Postcode,Ward,Branch\nJane Doe,1 High Street,L20 9ZX,,\n",
     "sender: «*Jane Doe*»/«1 High Street»/«L20 9ZX»\n"
     "date: «22 November 2026»\n"
     "recipient: To the point\n"
     "salutation: Dear Sir or Madam\n"
     "item 1: second\n"
     "item 2: instead\n"
     "item 3: last\n"
     "paragraph: Text\n"
     "item 3: three\n"
     "item 4: four\n"
     "closing: Yours sincerely\n"
     "signature: «Jane Doe»\n"},
    {"values are text and never markup, and defaults are the model's", "md",
     BEGUN "**In** [Ward], [Branch|the *branch*'s] and [Employer|] here, [Employer|].\n" END,
     "Name,Address,Postcode,Ward,Branch,Employer\nJane Doe,1 High Street,L20 9ZX,*[x]* <b>,,\n",
     "sender: «*Jane Doe*»/«1 High Street»/«L20 9ZX»\n"
     "date: «22 November 2026»\n"
     "recipient: To the point\n"
     "salutation: Dear Sir or Madam\n"
     "paragraph: *In* «*[x]* <b>», the *branch*’s and here,.\n"
     "closing: Yours sincerely\n"
     "signature: «Jane Doe»\n"},
};

static void test_case(void **state) {
    size_t i = *(const size_t *)*state;
    struct desk desk;
    struct str got = STR_EMPTY;
    desk_open(&desk, cases[i].suffix, cases[i].model, cases[i].list);
    fill_first_row(&desk, &got);
    assert_string_equal(got.bytes, cases[i].expected);
    str_release(&got);
    desk_close(&desk);
}

static void fill_for(const char *model, const char *list, void (*look)(const struct desk *, const struct letter *)) {
    struct desk desk;
    struct arena arena = ARENA_EMPTY;
    struct problems problems;
    struct person person;
    struct letter letter;
    struct error error;
    desk_open(&desk, "txt", model, list);
    problems_init(&problems, &arena);
    assert_int_equal(people_next(desk.people, &arena, &person, NULL, &problems, &error), 1);
    assert_int_equal(merge_letter(&desk.model, desk.people, &person, date, &arena, &letter, &problems), 0);
    look(&desk, &letter);
    problems_release(&problems);
    arena_release(&arena);
    desk_close(&desk);
}

static void look_at_subject(const struct desk *desk, const struct letter *letter) {
    (void)desk;
    assert_string_equal(letter->title, "Jobs in Bootle");
    assert_string_equal(letter->author, "Jane Doe");
    assert_string_equal(letter->language, "cy");
    assert_string_equal(letter->blocks[1].runs[0].text, "22 Tachwedd 2026");
}

static void test_title_is_the_subject(void **state) {
    (void)state;
    fill_for("Subject: Jobs in [ward]\nLanguage: cy\n\nAnnwyl [MP]\n" END,
             "Name,Address,Postcode,MP,Ward\nJane Doe,1 High Street,L20 9ZX,Ann Other,Bootle\n", look_at_subject);
}

static void look_at_title(const struct desk *desk, const struct letter *letter) {
    (void)desk;
    assert_string_equal(letter->title, "Letter to Ann Other MP");
}

static void test_title_without_subject(void **state) {
    (void)state;
    fill_for("Dear [MP]\n" END, WHO "\n" JANE "\n", look_at_title);
}

/* What is the same in every letter points to the model's block, and only that. */
static void look_at_fixed(const struct desk *desk, const struct letter *letter) {
    bool fixed = false, own = false;
    for (size_t i = 0; i < letter->blocks_count; i++) {
        const struct letter_block *block = &letter->blocks[i];
        bool same = block->kind == BLOCK_CLOSING || (block->kind == BLOCK_PARAGRAPH && block->runs_count == 1);
        assert_int_equal(block->fixed != NULL, same);
        if (block->fixed != NULL)
            assert_true(block->fixed >= desk->model.blocks &&
                        block->fixed < desk->model.blocks + desk->model.blocks_count);
        fixed |= same;
        own |= !same;
    }
    assert_true(fixed && own);
}

static void test_fixed_blocks(void **state) {
    (void)state;
    fill_for("Dear [MP]\n\nThe same for all.\n\nFor [name] alone.\n" END, WHO "\n" JANE "\n", look_at_fixed);
}

/* 340 words with a few fields: what a campaign's letter is. The bound is ten times what it takes, for slow machines. */
static void test_speed(void **state) {
    (void)state;
    enum { LETTERS = 2000, MICROSECONDS_MAX = 150 };
    struct str model = STR_EMPTY;
    struct desk desk;
    struct arena row = ARENA_EMPTY, arena = ARENA_EMPTY;
    struct problems problems;
    struct person person;
    struct letter letter;
    struct error error;
    str_adds(&model, "[Name]\n[Address line 1]\n[Address line 2]\n[Postcode]\n\n[Date]\n\nDear [MP]\n\nIn [MP].\n\n");
    for (int i = 0; i < 12; i++)
        str_adds(&model, "A paragraph of the model's own text that is the same in every one of all these letters.\n\n");
    str_adds(&model, END);
    desk_open(&desk, "txt", model.bytes, WHO "\n" JANE "\n");
    problems_init(&problems, &row);
    assert_int_equal(people_next(desk.people, &row, &person, NULL, &problems, &error), 1);

    struct timespec begin, end;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
    for (int i = 0; i < LETTERS; i++) {
        arena_clear(&arena);
        assert_int_equal(merge_letter(&desk.model, desk.people, &person, date, &arena, &letter, &problems), 0);
    }
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    double us = ((double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec)) / 1e3 / LETTERS;
    print_message("%.1f microseconds a letter\n", us);
    assert_true(us < MICROSECONDS_MAX);

    problems_release(&problems);
    arena_release(&row);
    arena_release(&arena);
    desk_close(&desk);
    str_release(&model);
}

int main(void) {
    enum { CASES = sizeof cases / sizeof *cases, OTHERS = 4 };
    static size_t numbers[CASES];
    static struct CMUnitTest tests[CASES + OTHERS] = {
        {"the title is the subject", test_title_is_the_subject, NULL, NULL, NULL},
        {"the title without a subject", test_title_without_subject, NULL, NULL, NULL},
        {"fixed blocks", test_fixed_blocks, NULL, NULL, NULL},
        {"speed", test_speed, NULL, NULL, NULL},
    };
    for (size_t i = 0; i < CASES; i++) {
        numbers[i] = i;
        tests[OTHERS + i] = (struct CMUnitTest){cases[i].name, test_case, NULL, NULL, &numbers[i]};
    }
    return _cmocka_run_group_tests("merge", tests, CASES + OTHERS, NULL, NULL);
}
