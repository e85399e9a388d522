/*
 * The whole path: a model letter and a list come in, a PDF of all letters is made in memory.
 *
 * The input is 'm' (Markdown) or another byte (plain text), the model letter, a line of "=====", and the list. The two
 * passes are those of commands/campaign and commands/press, with neither files nor threads.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "fuzz.h"
#include "letter/layout.h"
#include "pdf/pdf.h"

/* Long inputs repeat what short ones do, and a run should take milliseconds. */
enum { INPUT_MAX = 8 * 1024, ROWS_MAX = 6, PAGES_MAX = 40 };

static const char parting[] = "\n=====\n";
static const struct date date = {2026, 11, 22};

struct run_of_letters {
    struct arena arena;
    struct csv *csv;
    struct people *people;
    struct model model;
    struct font *font;
    struct problems problems;
    bool good[ROWS_MAX];
    size_t rows_count, good_count;
    unsigned choice; /* of the layout's settings */
};

/* A word of the letter, as it stands on its page: nothing but the comparison tells the fuzzer what it is looked for. */
static void planted(const struct pages *pages) {
    for (size_t i = 0; i < pages->pages[0].lines_count; i++) {
        const struct line *line = &pages->pages[0].lines[i];
        for (size_t j = 0; j < line->words_count; j++)
            for (size_t k = 0; k < line->words[j].word->pieces_count; k++) {
                const struct piece *piece = &line->words[j].word->pieces[k];
                if (piece->length >= 6 && memcmp(piece->text, "plants", 6) == 0)
                    fuzz_planted_fault();
            }
    }
}

/* The characters of the model; false where no font has one. */
static bool use_model(struct run_of_letters *run) {
    bool found = true;
    for (size_t i = 0; i < run->model.blocks_count; i++) {
        const struct block *block = &run->model.blocks[i];
        for (size_t j = 0; j < block->spans_count; j++) {
            const struct span *span = &block->spans[j];
            if (span->kind == SPAN_TEXT && font_use(run->font, span->style, span->text, span->length) != 0)
                found = false;
        }
    }
    return found;
}

static bool use_letter(struct run_of_letters *run, const struct letter *letter) {
    bool found = true;
    for (size_t i = 0; i < letter->blocks_count; i++) {
        const struct letter_block *block = &letter->blocks[i];
        for (size_t j = 0; block->fixed == NULL && j < block->runs_count; j++)
            if (font_use(run->font, block->runs[j].style, block->runs[j].text, block->runs[j].length) != 0)
                found = false;
    }
    return found;
}

static int check_rows(struct run_of_letters *run, struct error *error) {
    struct arena arena = ARENA_EMPTY;
    struct problems problems;
    int got = 1;
    problems_init(&problems, &arena);
    while (run->rows_count < ROWS_MAX) {
        struct person person;
        struct letter letter;
        arena_clear(&arena);
        problems_clear(&problems);
        got = people_next(run->people, &arena, &person, NULL, &problems, error);
        if (got <= 0)
            break;
        merge_letter(&run->model, run->people, &person, date, &arena, &letter, &problems);
        bool good = use_letter(run, &letter) && problems.errors_count == 0;
        run->good[run->rows_count++] = good;
        run->good_count += good;
        fuzz_promise_problems(&problems);
    }
    problems_release(&problems);
    arena_release(&arena);
    return got < 0 ? -1 : 0;
}

static const unsigned char samples[12] = {0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255};
static const struct picture picture = {.width = 4, .height = 3, .channels = 1, .samples = samples};

static void add_letter(struct run_of_letters *run, const struct person *person, struct layout *layout,
                       struct arena *arena, struct pdf *pdf) {
    struct problems problems;
    struct letter letter;
    struct pages pages;
    struct error error;
    problems_init(&problems, arena);
    FUZZ_PROMISE(merge_letter(&run->model, run->people, person, date, arena, &letter, &problems) == 0);
    layout_letter(layout, &letter, run->rows_count % 2 == 0 ? &picture : NULL, arena, &pages);
    FUZZ_PROMISE(pages.count > 0);
    if (pages.count <= PAGES_MAX)
        FUZZ_PROMISE(pdf_add(pdf, &pages, &(struct pdf_entry){.title = letter.author}, &error) == 0);
    planted(&pages); /* last, since libFuzzer learns from the latest comparisons */
    problems_release(&problems);
}

/* Opened once for all inputs. */
static const struct hyphenation *patterns_of(const char *language) {
    static struct hyphenation *english, *welsh;
    struct hyphenation **opened = strcmp(language, "cy") == 0 ? &welsh : &english;
    struct error error;
    if (*opened == NULL)
        FUZZ_PROMISE(hyphenation_open(opened, language, &error) == 0);
    return *opened;
}

/* One of COUNT. */
static unsigned choose(unsigned *choice, unsigned count) {
    unsigned chosen = *choice % count;
    *choice /= count;
    return chosen;
}

/* Every window, place and manner comes up, by how large the input is. */
static struct layout_settings settings_of(const struct run_of_letters *run) {
    static const int32_t sizes[] = {0, 8000, 16000}, leadings[] = {0, 8000, 32000}, margins[] = {0, 1, 170079};
    unsigned choice = run->choice;
    struct layout_settings settings = {
        .size_mpt = sizes[choose(&choice, 3)],
        .leading_mpt = leadings[choose(&choice, 3)],
        .margin_left_mpt = margins[choose(&choice, 3)],
        .window = (enum layout_window)choose(&choice, 4),
        .sender = choose(&choice, 2) == 0 ? SENDER_RIGHT : SENDER_LEFT,
        .fold_marks = choose(&choice, 2) == 0,
        .manner = {.alignment = choose(&choice, 3) == 0 ? ALIGN_LEFT : ALIGN_JUSTIFY,
                   .hyphenate = choose(&choice, 3) == 0,
                   .protrude = choose(&choice, 3) > 0,
                   .expand = choose(&choice, 3) > 0},
        .english = patterns_of("en-GB"),
        .welsh = patterns_of("cy"),
        .logo = choose(&choice, 2) == 0 ? &picture : NULL,
        .logo_alternative = "Logo",
    };
    settings.margin_right_mpt = settings.margin_top_mpt = settings.margin_bottom_mpt = settings.margin_left_mpt;
    return settings;
}

static void make_pdf(struct run_of_letters *run, const struct pdf_fonts *fonts) {
    struct layout_settings settings = settings_of(run);
    struct pdf_description description = {"Title", "Author", run->model.language, date, run->good_count > 1};
    struct layout *layout = layout_new(run->font, &settings);
    struct arena arena = ARENA_EMPTY;
    struct problems problems;
    struct error error;
    struct pdf *pdf = NULL;
    struct str bytes = STR_EMPTY;
    problems_init(&problems, &arena);
    FUZZ_PROMISE(pdf_new(&pdf, fonts, &description, &error) == 0);
    for (size_t i = 0; i < run->rows_count; i++) {
        struct person person;
        arena_clear(&arena);
        problems_clear(&problems);
        FUZZ_PROMISE(people_next(run->people, &arena, &person, NULL, &problems, &error) == 1);
        if (run->good[i])
            add_letter(run, &person, layout, &arena, pdf);
    }
    FUZZ_PROMISE(pdf_finish(pdf, &bytes, &error) == 0);
    FUZZ_PROMISE(bytes.length > 1000 && memcmp(bytes.bytes, "%PDF-1.", 7) == 0);
    FUZZ_PROMISE(memmem(bytes.bytes + bytes.length - 8, 8, "%%EOF", 5) != NULL);
    pdf_free(pdf);
    layout_free(layout);
    problems_release(&problems);
    arena_release(&arena);
    str_release(&bytes);
}

static int make_letters(struct run_of_letters *run, struct error *error) {
    struct pdf_fonts *fonts = NULL;
    if (check_rows(run, error) != 0)
        return -1;
    if (run->good_count == 0)
        return 0;
    if (font_finish(run->font, error) != 0 || people_rewind(run->people, error) != 0 ||
        pdf_fonts_new(&fonts, run->font, error) != 0)
        return -1;
    make_pdf(run, fonts);
    pdf_fonts_free(fonts);
    return 0;
}

static int open_run(struct run_of_letters *run, const char *model, const char *list, struct error *error) {
    if (csv_open(&run->csv, list, ENCODING_AUTO, error) != 0 ||
        people_open(&run->people, run->csv, NULL, 0, NULL, PREFER_NEITHER, NULL, &run->problems, error) != 0 ||
        model_read(&run->model, model, NULL, run->people, &run->arena, &run->problems, error) != 0)
        return -1;
    return 0;
}

/* Opening a font reads the catalogue of the whole machine: only for what may become a letter. */
static void try_letters(const char *model, const char *list, unsigned choice) {
    struct run_of_letters run = {.arena = ARENA_EMPTY, .choice = choice};
    struct error error;
    problems_init(&run.problems, &run.arena);
    int failed = open_run(&run, model, list, &error);
    if (failed == 0 && run.problems.errors_count == 0) {
        FUZZ_PROMISE(font_open(&run.font, "Gentium Book Plus", &error) == 0);
        if (use_model(&run))
            failed = make_letters(&run, &error);
    }
    if (failed != 0)
        fuzz_promise_error(&error);
    fuzz_promise_problems(&run.problems);
    font_free(run.font);
    people_close(run.people);
    csv_close(run.csv);
    problems_release(&run.problems);
    arena_release(&run.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > INPUT_MAX)
        size = INPUT_MAX;
    const uint8_t *line = memmem(data, size, parting, strlen(parting));
    if (line == NULL || line == data)
        return 0;
    const uint8_t *list = line + strlen(parting);
    const char *list_path = fuzz_file("list.csv", list, size - (size_t)(list - data));
    const char *model_path = fuzz_file(data[0] == 'm' ? "model.md" : "model.txt", data + 1, (size_t)(line - data));
    try_letters(model_path, list_path, (unsigned)size * 2654435761u >> 4);
    return 0;
}
