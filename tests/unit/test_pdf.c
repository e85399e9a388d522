/* Whole documents, as other people's programs read them: qpdf, pdftotext, pdfinfo, pdffonts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "letter/model.h"
#include "pdf/pdf.h"

static const struct letter_block *block; /* any: only whether it is NULL counts */
static struct font *font;
static struct shaper *shaper;
static struct pdf_fonts *fonts;
static struct arena arena;

static const char *const texts[] = {
    "Si\u00E2n \u0174yn \u0141ukasz O\u2019Brien",
    "The office of f\u00EEr, \u00A356m (75 per cent)",
    "\u0391\u03B8\u03B7\u03BD\u03AC",
    "\u0645\u062D\u0645\u062F",
    "caf\u00E9 affluent efficient",
};

static int set_up(void **state) {
    (void)state;
    struct error error;
    block = (const struct letter_block *)&arena;
    if (font_open(&font, "Gentium Book Plus", &error) != 0)
        fail_msg("%s", error.message);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(font_use(font, 0, texts[i], strlen(texts[i])), 0);
    assert_int_equal(font_use(font, STYLE_BOLD, "Re: pay", 7), 0);
    assert_int_equal(font_finish(font, &error), 0);
    shaper = shaper_new(font);
    assert_int_equal(pdf_fonts_new(&fonts, font, &error), 0);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pdf_fonts_free(fonts);
    shaper_free(shaper);
    font_free(font);
    arena_release(&arena);
    return 0;
}

/* TEXT as line NUMBER of a page, words and spaces as the layout places them. */
static struct line make_line(const char *text, unsigned style, unsigned number) {
    enum { WORDS_MAX = 32 };
    struct placed *words = ARENA_ARRAY(&arena, struct placed, WORDS_MAX);
    struct line line = {70866, 80000 + 14000 * (int32_t)number, 10500, words, 0, block};
    int64_t x = 0;
    for (size_t length; *text != '\0'; text += length) {
        length = *text == ' ' ? 1 : strcspn(text, " ");
        size_t at = 0;
        bool right_to_left = text_is_right_to_left(text_next(text, length, &at));
        assert_true(line.words_count < WORDS_MAX);
        struct placed *placed = &words[line.words_count++];
        placed->word = shaper_word(shaper, style, text, length, right_to_left);
        placed->x_mpt = (int32_t)x;
        x += (int64_t)placed->word->width * line.size_mpt / FACE_EM;
    }
    return line;
}

/* A page of the given lines, of which the first is bold if BOLD. */
static struct page make_page(const char *const *lines, size_t count, bool bold) {
    struct line *made = ARENA_ARRAY(&arena, struct line, count);
    for (size_t i = 0; i < count; i++)
        made[i] = make_line(lines[i], bold && i == 0 ? STYLE_BOLD : 0, (unsigned)i);
    return (struct page){made, count};
}

static const struct pdf_description description = {
    .title = "Letter to \u0174yn MP",
    .author = "Si\u00E2n \U0001F600 O\u2019Brien",
    .language = "cy",
    .date = {2026, 11, 22},
};

static void make_letter(const struct page *page, const struct pdf_description *of, struct str *out) {
    struct error error;
    struct pdf *pdf = NULL;
    assert_int_equal(pdf_new(&pdf, fonts, of, &error), 0);
    assert_int_equal(pdf_add(pdf, &(struct pages){page, 1}, NULL, &error), 0);
    assert_int_equal(pdf_finish(pdf, out, &error), 0);
    pdf_free(pdf);
}

/* What COMMAND, with %s for the file's name, prints about PDF. It must succeed. */
static struct str ask(const char *command, const struct str *pdf) {
    char path[] = "/tmp/postbag-test-XXXXXX", line[512];
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, pdf->bytes, pdf->length), (ssize_t)pdf->length);
    close(descriptor);
    snprintf(line, sizeof line, command, path);
    struct str answer = STR_EMPTY;
    FILE *stream = popen(line, "r");
    assert_non_null(stream);
    for (size_t got = 1; got > 0;) {
        char buffer[4096];
        got = fread(buffer, 1, sizeof buffer, stream);
        str_add(&answer, buffer, got);
    }
    int status = pclose(stream);
    unlink(path);
    if (status != 0)
        fail_msg("%s: status %d: %s", line, status, answer.bytes);
    return answer;
}

static void assert_says(const char *command, const struct str *pdf, const char *expected) {
    struct str answer = ask(command, pdf);
    if (strstr(answer.bytes, expected) == NULL)
        fail_msg("%s: expected %s, but got %s", command, expected, answer.bytes);
    str_release(&answer);
}

static void test_letter(void **state) {
    (void)state;
    struct page page = make_page(texts, sizeof texts / sizeof *texts, false);
    struct str pdf = STR_EMPTY;
    make_letter(&page, &description, &pdf);
    assert_memory_equal(pdf.bytes, "%PDF-1.7\n", 9);
    assert_says("qpdf --check %s 2>&1", &pdf, "No syntax or stream encoding errors found");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_says("pdftotext %s - 2>&1", &pdf, texts[i]);
    str_release(&pdf);
}

static void test_no_warning(void **state) {
    (void)state;
    struct page page = make_page(texts, sizeof texts / sizeof *texts, false);
    struct str pdf = STR_EMPTY;
    make_letter(&page, &description, &pdf);
    struct str warnings = ask("pdftotext %s - 2>&1 >/dev/null", &pdf);
    assert_string_equal(warnings.bytes, "");
    str_release(&warnings);
    str_release(&pdf);
}

static void test_description(void **state) {
    (void)state;
    struct page page = make_page((const char *[]){"pay"}, 1, false);
    struct str pdf = STR_EMPTY;
    make_letter(&page, &description, &pdf);
    static const char *const says[] = {
        "Title:           Letter to \u0174yn MP\n",
        "Author:          Si\u00E2n \U0001F600 O\u2019Brien\n",
        "Producer:        Postbag\n",
        "CreationDate:    2026-11-22T00:00:00",
        "Pages:           1\n",
        "595.276 x 841.89 pts (A4)",
        "PDF version:     1.7\n",
    };
    for (size_t i = 0; i < sizeof says / sizeof *says; i++)
        assert_says("TZ=UTC pdfinfo -isodates %s", &pdf, says[i]);
    assert_says("qpdf --qdf --object-streams=disable %s -", &pdf, "/Lang (cy)");
    assert_says("qpdf --qdf --object-streams=disable %s -", &pdf, "/PrintScaling /None");
    assert_says("qpdf --qdf --object-streams=disable %s -", &pdf, "/Duplex /Simplex");
    assert_says("qpdf --qdf --object-streams=disable %s -", &pdf, "/DisplayDocTitle true");
    str_release(&pdf);

    /* nothing at all is said, and a text without end is cut between two characters */
    make_letter(&page, &(struct pdf_description){.date = {2026, 1, 1}}, &pdf);
    assert_says("qpdf --check %s 2>&1", &pdf, "No syntax or stream encoding errors found");
    struct str title = STR_EMPTY;
    for (size_t i = 0; i < 100000; i++)
        str_adds(&title, i == 0 ? "x" : "\u00E2");
    make_letter(&page, &(struct pdf_description){.title = title.bytes, .date = {2026, 1, 1}}, &pdf);
    str_cut(&title, PDF_TEXT_MAX - 1); /* an x and 1023 characters of two bytes */
    str_addc(&title, '\n');
    assert_says("pdfinfo %s", &pdf, title.bytes);
    str_release(&title);
    str_release(&pdf);
}

/* A letter holds the faces that it shows, whole fonts never, and no other face of the run. */
static void test_fonts(void **state) {
    (void)state;
    struct page page = make_page((const char *[]){"Re: pay", "pay"}, 2, true);
    struct str pdf = STR_EMPTY;
    make_letter(&page, &description, &pdf);
    struct str list = ask("pdffonts %s 2>&1", &pdf);
    size_t rows = 0;
    for (const char *at = list.bytes; (at = strchr(at, '\n')) != NULL; at++)
        rows++;
    assert_int_equal(rows, 2 + 2); /* below two lines of heading */
    assert_non_null(strstr(list.bytes, "+GentiumBookPlus "));
    assert_non_null(strstr(list.bytes, "+GentiumBookPlus-Bold "));
    const char *first = strstr(list.bytes, "yes yes yes"); /* embedded, subset, Unicode */
    assert_non_null(first);
    assert_non_null(strstr(first + 1, "yes yes yes"));
    str_release(&list);
    str_release(&pdf);
}

static void test_same_bytes(void **state) {
    (void)state;
    struct page page = make_page(texts, sizeof texts / sizeof *texts, true);
    struct str first = STR_EMPTY, second = STR_EMPTY;
    str_adds(&second, "what was there before");
    make_letter(&page, &description, &first);
    make_letter(&page, &description, &second);
    assert_int_equal(first.length, second.length);
    assert_memory_equal(first.bytes, second.bytes, first.length);
    str_release(&first);
    str_release(&second);
}

static void test_draft(void **state) {
    (void)state;
    struct page page = make_page(texts, sizeof texts / sizeof *texts, false);
    struct pdf_description draft = description;
    draft.draft = true;
    struct str pdf = STR_EMPTY, plain = STR_EMPTY;
    make_letter(&page, &draft, &pdf);
    make_letter(&page, &description, &plain);
    assert_true(pdf.length > plain.length);
    struct str with = ask("pdftotext -layout %s - 2>&1", &pdf), without = ask("pdftotext -layout %s - 2>&1", &plain);
    assert_string_equal(with.bytes, without.bytes);
    str_release(&with);
    str_release(&without);
    str_release(&pdf);
    str_release(&plain);
}

/* More pages than a node of the page tree holds, an outline entry for each letter. */
static void test_combined(void **state) {
    (void)state;
    enum { LETTERS = 150, PAGES = 3 };
    struct page made[PAGES];
    for (size_t i = 0; i < PAGES; i++)
        made[i] = make_page(&texts[i], 1, false);
    struct error error;
    struct pdf *pdf = NULL;
    struct str out = STR_EMPTY;
    assert_int_equal(pdf_new(&pdf, fonts, &description, &error), 0);
    for (unsigned i = 0; i < LETTERS; i++) {
        char outline[64];
        snprintf(outline, sizeof outline, "%u \u0141(\U0001F600)", i);
        assert_int_equal(pdf_add(pdf, &(struct pages){made, PAGES}, &(struct pdf_entry){.title = outline}, &error), 0);
    }
    assert_int_equal(pdf_finish(pdf, &out, &error), 0);
    pdf_free(pdf);

    assert_says("qpdf --check %s 2>&1", &out, "No syntax or stream encoding errors found");
    assert_says("pdfinfo %s", &out, "Pages:           450\n");
    assert_says("pdftotext -f 449 -l 449 %s - 2>&1", &out, texts[1]);
    struct str outline = ask("qpdf --json --json-key=outlines %s", &out);
    assert_non_null(strstr(outline.bytes, "\"destpageposfrom1\": 1,"));
    assert_non_null(strstr(outline.bytes, "\"destpageposfrom1\": 448,"));
    assert_non_null(strstr(outline.bytes, "\"title\": \"149 \u0141(\U0001F600)\""));
    str_release(&outline);
    str_release(&out);
}

static void test_refusals(void **state) {
    (void)state;
    struct error error;
    struct pdf *pdf = NULL;
    struct str out = STR_EMPTY;
    assert_int_equal(pdf_new(&pdf, fonts, &description, &error), 0);
    assert_int_equal(pdf_finish(pdf, &out, &error), -1);
    assert_string_equal(error.message, "the PDF could not be made: it has no page");
    struct pages many = {NULL, PDF_PAGES_MAX + 1};
    assert_int_equal(pdf_add(pdf, &many, NULL, &error), -1);
    assert_string_equal(error.message, "the PDF could not be made: it would have more than 100000 pages");
    pdf_free(pdf);
    str_release(&out);
}

int main(void) {
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_letter),   cmocka_unit_test(test_no_warning), cmocka_unit_test(test_description),
        cmocka_unit_test(test_fonts),    cmocka_unit_test(test_same_bytes), cmocka_unit_test(test_draft),
        cmocka_unit_test(test_combined), cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(all, set_up, tear_down);
}
