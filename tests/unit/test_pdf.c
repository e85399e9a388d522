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
#include "input/picture.h"
#include "pdf/pdf.h"

static const struct letter_block block = {.kind = BLOCK_PARAGRAPH};
static struct font *font;
static struct shaper *shaper;
static struct pdf_fonts *fonts;
static struct arena arena;

static const char *const texts[] = {
    "Si\u00E2n \u0174yn \u0141ukasz O\u2019Brien",
    "The office of f\u00EEr, \u00A356m (75 per cent)",
    "\u0391\u03B8\u03B7\u03BD\u03AC",
    "\u0645\u062D\u0645\u062F",
    "caf\u00E9 affluent efficient pay Re-",
};

static int set_up(void **state) {
    (void)state;
    struct error error;
    if (font_open(&font, "Gentium Book Plus", &error) != 0)
        fail_msg("%s", error.message);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(font_use(font, 0, texts[i], strlen(texts[i])), 0);
    assert_int_equal(font_use(font, STYLE_BOLD, texts[0], strlen(texts[0])), 0);
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
    struct line line = {.x_mpt = 70866,
                        .baseline_mpt = 80000 + 14000 * (int32_t)number,
                        .size_mpt = 10500,
                        .words = words,
                        .block = &block};
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
    return (struct page){.lines = made, .lines_count = count};
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
    assert_int_equal(pdf_add(pdf, &(struct pages){.pages = page, .count = 1}, NULL, &error), 0);
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
        "Tagged:          yes\n",
        "Metadata Stream: yes\n",
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
    struct str metadata = ask("pdfinfo -meta %s", &pdf);
    assert_null(strstr(metadata.bytes, "pdfuaid")); /* which would not be true without a title and a language */
    str_release(&metadata);
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

/* What XML has signs for is escaped, what it cannot hold is left out, and the rest is there as it was given. */
static void test_metadata(void **state) {
    (void)state;
    struct page page = make_page((const char *[]){"pay"}, 1, false);
    struct pdf_description hostile = description;
    hostile.title = "a <b> & ]]> \"c\" \x01\x1F d\tq";
    hostile.author = "\u0174yn </rdf:li> \U0001F600 \uFFFE";
    struct str pdf = STR_EMPTY;
    make_letter(&page, &hostile, &pdf);
    static const char *const says[] = {
        ">a &lt;b&gt; &amp; ]]&gt; \"c\"  d&#9;q</rdf:li>",
        "<rdf:li>\u0174yn &lt;/rdf:li&gt; \U0001F600 </rdf:li>",
        "<dc:language><rdf:Bag><rdf:li>cy</rdf:li></rdf:Bag></dc:language>",
        "<pdf:Producer>Postbag</pdf:Producer><xmp:CreateDate>2026-11-22T00:00:00Z</xmp:CreateDate>",
        "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance><pdfuaid:part>1</pdfuaid:part>",
    };
    for (size_t i = 0; i < sizeof says / sizeof *says; i++)
        assert_says("pdfinfo -meta %s", &pdf, says[i]);
    str_release(&pdf);
}

/* ---- Structure ---- */

struct test_block {
    struct letter_block block; /* with list_depth, and not `continues`: its first line is its bullet */
    const char *lines[4];
};

/* The line NUMBER of BLOCK; the label of an item and its first line stand beside each other. */
static struct line block_line(const struct test_block *from, size_t i, unsigned number) {
    struct line line = make_line(from->lines[i], 0, number);
    line.block = &from->block;
    if (from->block.kind == BLOCK_ITEM && !from->block.continues && i == 0)
        line.baseline_mpt += 14000;
    return line;
}

/* What a reader of the structure finds in a letter of one page, line by line without the quotes around texts. */
static struct str structure_of(const struct test_block *blocks, const struct figure *figures, size_t figures_count) {
    struct line *lines = ARENA_ARRAY(&arena, struct line, 64);
    unsigned count = 0;
    for (; blocks->lines[0] != NULL; blocks++)
        for (size_t i = 0; i < 4 && blocks->lines[i] != NULL; i++, count++)
            lines[count] = block_line(blocks, i, count);
    struct page page = {.lines = lines, .lines_count = count, .figures = figures, .figures_count = figures_count};
    struct str pdf = STR_EMPTY;
    make_letter(&page, &description, &pdf);
    assert_says("qpdf --check %s 2>&1", &pdf, "No syntax or stream encoding errors found");
    struct str structure = ask("pdfinfo -struct-text %s 2>&1 | sed 's/ (block).*//; s/(inline).*//; s/ *$//'", &pdf);
    str_release(&pdf);
    return structure;
}

static void test_structure(void **state) {
    (void)state;
    static const struct {
        const char *name;
        struct test_block blocks[8];
        const char *expected;
    } cases[] = {
        {"an address is a paragraph a line, and where a line was too long it goes on",
         {{{.kind = BLOCK_SENDER}, {"Re ", "pay", "pay"}}, {{.kind = BLOCK_PARAGRAPH}, {"pay ", "pay"}}},
         "Document\n  P\n    \"Re pay\"\n  P\n    \"pay\"\n  P\n    \"pay pay\"\n"},
        {"the subject is the first heading, and others stand under it",
         {{{.kind = BLOCK_SUBJECT}, {"pay"}}, {{.kind = BLOCK_HEADING}, {"Re"}}, {{.kind = BLOCK_HEADING}, {"pay"}}},
         "Document\n  H1\n    \"pay\"\n  H2\n    \"Re\"\n  H2\n    \"pay\"\n"},
        {"without a subject",
         {{{.kind = BLOCK_PARAGRAPH}, {"pay"}}, {{.kind = BLOCK_HEADING}, {"Re"}}},
         "Document\n  P\n    \"pay\"\n  H1\n    \"Re\"\n"},
        {"a list in a list, and a second paragraph of an item",
         {{{.kind = BLOCK_ITEM, .list_depth = 1}, {"a", "Re"}},
          {{.kind = BLOCK_ITEM, .list_depth = 2, .number = 1}, {"f", "pay"}},
          {{.kind = BLOCK_ITEM, .list_depth = 1, .continues = true}, {"caf"}},
          {{.kind = BLOCK_ITEM, .list_depth = 1}, {"e", "of ", "pay"}},
          {{.kind = BLOCK_PARAGRAPH}, {"pay"}}},
         "Document\n  L\n     /ListNumbering /Disc\n    LI\n      Lbl\n        \"a\"\n      LBody\n        P\n"
         "          \"Re\"\n        L\n           /ListNumbering /Decimal\n          LI\n            Lbl\n"
         "              \"f\"\n            LBody\n              P\n                \"pay\"\n        P\n"
         "          \"caf\"\n    LI\n      Lbl\n        \"e\"\n      LBody\n        P\n          \"of pay\"\n"
         "  P\n    \"pay\"\n"},
        {"bullets after numbers, and numbers that begin again, are lists of their own",
         {{{.kind = BLOCK_ITEM, .list_depth = 1, .number = 1}, {"a", "pay"}},
          {{.kind = BLOCK_ITEM, .list_depth = 1}, {"a", "pay"}},
          {{.kind = BLOCK_ITEM, .list_depth = 1, .number = 4}, {"a", "pay"}},
          {{.kind = BLOCK_ITEM, .list_depth = 1, .number = 4}, {"a", "pay"}}},
         "Document\n  L\n     /ListNumbering /Decimal\n    LI\n      Lbl\n        \"a\"\n      LBody\n        P\n"
         "          \"pay\"\n  L\n     /ListNumbering /Disc\n    LI\n      Lbl\n        \"a\"\n      LBody\n"
         "        P\n          \"pay\"\n  L\n     /ListNumbering /Decimal\n    LI\n      Lbl\n        \"a\"\n"
         "      LBody\n        P\n          \"pay\"\n  L\n     /ListNumbering /Decimal\n    LI\n      Lbl\n"
         "        \"a\"\n      LBody\n        P\n          \"pay\"\n"},
        {"a quotation, in the text and in an item",
         {{{.kind = BLOCK_PARAGRAPH, .quote_depth = 1}, {"pay"}},
          {{.kind = BLOCK_PARAGRAPH, .quote_depth = 1}, {"pay"}},
          {{.kind = BLOCK_ITEM, .list_depth = 1}, {"a", "Re"}},
          {{.kind = BLOCK_ITEM, .list_depth = 1, .quote_depth = 1, .continues = true}, {"pay"}},
          {{.kind = BLOCK_ITEM, .list_depth = 1}, {"a", "Re"}}},
         "Document\n  BlockQuote\n    P\n      \"pay\"\n    P\n      \"pay\"\n  L\n     /ListNumbering /Disc\n"
         "    LI\n      Lbl\n        \"a\"\n      LBody\n        P\n          \"Re\"\n        BlockQuote\n"
         "          P\n            \"pay\"\n    LI\n      Lbl\n        \"a\"\n      LBody\n        P\n"
         "          \"Re\"\n"},
        {"a list that begins two levels deep, and an item without a bullet",
         {{{.kind = BLOCK_ITEM, .list_depth = 2}, {"a", "Re"}},
          {{.kind = BLOCK_ITEM, .list_depth = 3, .continues = true}, {"pay"}}},
         "Document\n  L\n     /ListNumbering /Disc\n    LI\n      LBody\n        L\n"
         "           /ListNumbering /Disc\n          LI\n            Lbl\n              \"a\"\n            LBody\n"
         "              P\n                \"Re\"\n              L\n                 /ListNumbering /Disc\n"
         "                LI\n                  LBody\n                    P\n                      \"pay\"\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str structure = structure_of(cases[i].blocks, NULL, 0);
        if (strcmp(structure.bytes, cases[i].expected) != 0)
            fail_msg("%s:\nexpected %s\nbut got  %s", cases[i].name, cases[i].expected, structure.bytes);
        str_release(&structure);
    }
}

/* Lists in lists without end are a structure of some depth all the same. */
static void test_deep_structure(void **state) {
    (void)state;
    static const struct test_block blocks[] = {
        {{.kind = BLOCK_ITEM, .list_depth = 5000, .quote_depth = 5000}, {"a", "Re"}},
        {{.kind = BLOCK_ITEM, .list_depth = 4000, .quote_depth = 5000}, {"a", "pay"}},
        {{.kind = BLOCK_PARAGRAPH}, {"of"}},
        {.lines = {NULL}},
    };
    struct str structure = structure_of(blocks, NULL, 0);
    assert_non_null(strstr(structure.bytes, "\"Re\""));
    assert_non_null(strstr(structure.bytes, "\"pay\""));
    assert_non_null(strstr(structure.bytes, "\n  P\n    \"of\"\n"));
    str_release(&structure);
}

static void test_paragraph_on_two_pages(void **state) {
    (void)state;
    static const struct letter_block other = {.kind = BLOCK_PARAGRAPH};
    struct line first = make_line("Re ", 0, 0), heading = make_line("caf", 0, 0), second = make_line("pay", 0, 1);
    struct line third = make_line("of", 0, 2);
    heading.block = NULL;
    third.block = &other;
    struct line next[] = {heading, second, third};
    struct page pages[] = {{.lines = &first, .lines_count = 1}, {.lines = next, .lines_count = 3}};
    struct error error;
    struct pdf *pdf = NULL;
    struct str out = STR_EMPTY;
    assert_int_equal(pdf_new(&pdf, fonts, &description, &error), 0);
    assert_int_equal(pdf_add(pdf, &(struct pages){.pages = pages, .count = 2}, NULL, &error), 0);
    assert_int_equal(pdf_finish(pdf, &out, &error), 0);
    pdf_free(pdf);
    struct str structure = ask("pdfinfo -struct-text %s 2>&1", &out);
    assert_string_equal(structure.bytes, "Document\n  P (block)\n    \"Re \"\n    \"pay\"\n  P (block)\n    \"of\"\n");
    assert_says("pdftotext %s -", &out, "caf"); /* the heading is shown, and is none of it */
    str_release(&structure);
    str_release(&out);
}

/* Two pixels: one is opaque. */
static const unsigned char samples[] = {0, 0, 255, 255, 255, 255}, opacity[] = {255, 0};
static const struct picture picture = {
    .width = 2, .height = 1, .channels = 3, .samples = samples, .alpha = opacity, .digest = {{1}}};

/* It is read where it belongs, says what it shows, and is embedded once, whoever has made it ready. */
static void test_figures(void **state) {
    (void)state;
    static const struct test_block blocks[] = {
        {{.kind = BLOCK_CLOSING}, {"Re"}}, {{.kind = BLOCK_SIGNATURE}, {"pay"}}, {.lines = {NULL}}};
    struct error error;
    struct figure figures[] = {
        {.x_mpt = 70866, .y_mpt = 100000, .width_mpt = 100000, .height_mpt = 50000, .picture = &picture},
        {.x_mpt = 70866, .y_mpt = 20000, .width_mpt = 100000, .height_mpt = 50000, .picture = &picture},
        {.x_mpt = 0, .y_mpt = 0, .width_mpt = 50000, .height_mpt = 50000, .picture = &picture},
    };
    figures[0].alternative = "The (signature) of Si\u00E2n";
    figures[0].block = &blocks[1].block;
    figures[1].alternative = "Logo";
    struct page page = make_page((const char *[]){"pay"}, 1, false);
    page.figures = figures;
    page.figures_count = 3;
    struct str letters[2] = {STR_EMPTY, STR_EMPTY};
    for (size_t i = 0; i < 2; i++) {
        struct str structure = structure_of(blocks, figures, 3);
        assert_string_equal(structure.bytes,
                            "Document\n  Figure:\n     /BBox [70.866 771.89 170.866 821.89]\n    \"\"\n  P\n"
                            "    \"Re\"\n  Figure:\n     /BBox [70.866 691.89 170.866 741.89]\n    \"\"\n  P\n"
                            "    \"pay\"\n");
        str_release(&structure);
        make_letter(&page, &description, &letters[i]);
        struct str images =
            ask("pdfimages -list %s | awk 'NR>2 {print $3, $4, $5, $6, $7, $11}' | sort -u", &letters[i]);
        const char *mask = strstr(images.bytes, "smask 2 1 gray 1 ");
        assert_memory_equal(images.bytes, "image 2 1 rgb 3 ", 16);
        assert_ptr_equal(mask, strchr(images.bytes, '\n') + 1);
        assert_ptr_equal(strchr(mask, '\n') + 1, images.bytes + images.length); /* and no third one */
        str_release(&images);
        assert_int_equal(pdf_fonts_add_picture(fonts, &picture, &error), 0); /* for the second time round */
        assert_int_equal(pdf_fonts_add_picture(fonts, &picture, &error), 0);
    }
    assert_says("qpdf --qdf --object-streams=disable %s - | grep -a /Alt", &letters[0],
                "/Alt <feff00540068006500200028007300690067006e006100740075007200650029");
    str_release(&letters[0]);
    str_release(&letters[1]);
}

/* A hyphen at a line's end is read as what it is, a place where the word may be parted. */
static void test_soft_hyphen(void **state) {
    (void)state;
    struct line lines[] = {make_line("Re-", 0, 0), make_line("pay", 0, 1)};
    ((struct placed *)lines[0].words)->added_length = 1;
    struct page page = {.lines = lines, .lines_count = 2};
    struct str pdf = STR_EMPTY;
    make_letter(&page, &description, &pdf);
    assert_says("pdftotext %s -", &pdf, "Re\u00AD\npay");
    assert_says("pdfinfo -struct-text %s", &pdf, "\"Re\"\n    \"-\"\n    \"pay\""); /* poppler shows the glyph */
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

/* What `qpdf --json` says under KEY about PDF. */
static void assert_json_says(const struct str *pdf, const char *key, const char *expected) {
    char command[64];
    snprintf(command, sizeof command, "qpdf --json --json-key=%s %%s", key);
    assert_says(command, pdf, expected);
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
        struct pages all = {.pages = made, .count = PAGES};
        struct pdf_entry entry = {.title = outline, .language = i % 2 == 0 ? "cy" : "en-GB"};
        assert_int_equal(pdf_add(pdf, &all, &entry, &error), 0);
    }
    assert_int_equal(pdf_finish(pdf, &out, &error), 0);
    pdf_free(pdf);

    assert_says("qpdf --check %s 2>&1", &out, "No syntax or stream encoding errors found");
    assert_says("pdfinfo %s", &out, "Pages:           450\n");
    assert_says("pdftotext -f 449 -l 449 %s - 2>&1", &out, texts[1]);
    assert_json_says(&out, "outlines", "\"destpageposfrom1\": 1,");
    assert_json_says(&out, "outlines", "\"destpageposfrom1\": 448,");
    assert_json_says(&out, "outlines", "\"title\": \"149 \u0141(\U0001F600)\"");
    struct str structure = ask("pdfinfo -struct-text %s 2>&1 | grep -c '^  Sect'", &out);
    assert_string_equal(structure.bytes, "150\n");
    str_release(&structure);
    struct str languages = ask("qpdf --qdf --object-streams=disable %s - | grep -ac '/Lang (en-GB)'", &out);
    assert_string_equal(languages.bytes, "75\n"); /* those in the document's own language need no word of it */
    str_release(&languages);
    str_release(&out);
}

/* Groups begin anew where the last letter was in another; pages are called by their letter. */
static void test_groups_and_labels(void **state) {
    (void)state;
    static const struct pdf_entry entries[] = {
        {.group = "Bootle: Jane", .title = "Doe", .label = "12"},
        {.group = "Bootle: Jane", .title = "O(Brien)", .label = "7"},
        {.group = "Luton: Mo", .title = "Ash", .label = "3"},
        {.title = "alone"},
        {.title = "alone too"},
        {.group = "Luton: Mo", .title = "Rees", .label = "Si\u00E2n"},
        {.group = "without a title", .label = "9"},
    };
    struct page made[] = {make_page((const char *[]){"pay"}, 1, false),
                          make_page((const char *[]){"pay Re-"}, 1, false)};
    struct error error;
    struct pdf *pdf = NULL;
    struct str out = STR_EMPTY;
    assert_int_equal(pdf_new(&pdf, fonts, &description, &error), 0);
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
        assert_int_equal(pdf_add(pdf, &(struct pages){.pages = made, .count = 2}, &entries[i], &error), 0);
    assert_int_equal(pdf_add(pdf, &(struct pages){.pages = made, .count = 0}, &entries[0], &error), 0);
    assert_int_equal(pdf_finish(pdf, &out, &error), 0);
    pdf_free(pdf);

    assert_says("qpdf --check %s 2>&1", &out, "No syntax or stream encoding errors found");
    struct str outline = ask(
        "qpdf --json=1 --json-key=outlines %s | grep -E '\"title|\"destpageposfrom1|\"kids\": .$' | tr -d ' \n'", &out);
    assert_string_equal(
        outline.bytes,
        "\"destpageposfrom1\":1,\"kids\":[\"destpageposfrom1\":1,\"title\":\"Doe\"\"destpageposfrom1\":3,"
        "\"title\":\"O(Brien)\"\"title\":\"Bootle:Jane\"\"destpageposfrom1\":5,\"kids\":["
        "\"destpageposfrom1\":5,\"title\":\"Ash\"\"title\":\"Luton:Mo\"\"destpageposfrom1\":7,"
        "\"title\":\"alone\"\"destpageposfrom1\":9,\"title\":\"alonetoo\"\"destpageposfrom1\":11,"
        "\"kids\":[\"destpageposfrom1\":11,\"title\":\"Rees\"\"title\":\"Luton:Mo\"");
    str_release(&outline);
    struct str labels = ask("qpdf --json=1 --json-key=pagelabels %s | tr -d ' \n'", &out);
    assert_non_null(strstr(labels.bytes, "{\"index\":0,\"label\":{\"/P\":\"12-\",\"/S\":\"/D\",\"/St\":1}}"));
    assert_non_null(strstr(labels.bytes, "{\"index\":2,\"label\":{\"/P\":\"7-\",\"/S\":\"/D\",\"/St\":1}}"));
    assert_non_null(strstr(labels.bytes, "{\"index\":6,\"label\":{\"/S\":\"/D\",\"/St\":7}}"));
    assert_non_null(strstr(labels.bytes, "{\"index\":10,\"label\":{\"/P\":\"Si\u00E2n-\",\"/S\":\"/D\",\"/St\":1}}"));
    str_release(&labels);
    str_release(&out);
}

/* Nothing of what makes two letters different may be left out of what tells files apart. */
static void test_identifier(void **state) {
    (void)state;
    struct page pages[] = {make_page((const char *[]){"pay"}, 1, false), make_page((const char *[]){"Re"}, 1, false),
                           make_page((const char *[]){"pay"}, 1, true)};
    struct pdf_description other = description;
    other.author = "Somebody Else";
    struct str seen = STR_EMPTY;
    for (size_t i = 0; i < 4; i++) {
        struct str pdf = STR_EMPTY;
        make_letter(&pages[i % 3], i < 3 ? &description : &other, &pdf);
        struct str identifier = ask("qpdf --show-object=trailer %s | grep -ao '/ID.*]'", &pdf);
        assert_true(identifier.length >= 2 * 32);
        assert_null(strstr(seen.bytes, identifier.bytes));
        str_adds(&seen, identifier.bytes);
        str_release(&identifier);
        str_release(&pdf);
    }
    str_release(&seen);
}

static void test_refusals(void **state) {
    (void)state;
    struct error error;
    struct pdf *pdf = NULL;
    struct str out = STR_EMPTY;
    assert_int_equal(pdf_new(&pdf, fonts, &description, &error), 0);
    assert_int_equal(pdf_finish(pdf, &out, &error), -1);
    assert_string_equal(error.message, "the PDF could not be made: it has no page");
    struct pages many = {.count = PDF_PAGES_MAX + 1};
    assert_int_equal(pdf_add(pdf, &many, NULL, &error), -1);
    assert_string_equal(error.message, "the PDF could not be made: it would have more than 100000 pages");
    pdf_free(pdf);
    str_release(&out);
}

/* A row has a cell for every head, also where nothing stands in it; what follows the table is none of its cells. */
static void test_table(void **state) {
    (void)state;
    static const struct letter_block blocks[] = {
        {.kind = BLOCK_HEADING}, {.kind = BLOCK_PARAGRAPH}, {.kind = BLOCK_PARAGRAPH}, {.kind = BLOCK_PARAGRAPH}};
    static const struct {
        const char *text;
        unsigned block, column;
    } given[] = {{"of", 0, 1}, {"pay", 0, 2}, {"Re", 1, 2}, {"pay", 1, 2}, {"of", 2, 1}, {"the", 2, 9}, {"cent", 3, 0}};
    enum { LINES = sizeof given / sizeof *given };
    struct line lines[LINES];
    struct error error;
    struct pdf *pdf = NULL;
    struct str out = STR_EMPTY;
    for (unsigned i = 0; i < LINES; i++) {
        lines[i] = make_line(given[i].text, 0, i);
        lines[i].block = &blocks[given[i].block];
        lines[i].column = given[i].column;
    }
    const struct page pages[] = {{.lines = lines, .lines_count = 4}, {.lines = lines + 4, .lines_count = LINES - 4}};
    assert_int_equal(pdf_new(&pdf, fonts, &description, &error), 0);
    assert_int_equal(pdf_add(pdf, &(struct pages){.pages = pages, .count = 2}, NULL, &error), 0);
    assert_int_equal(pdf_finish(pdf, &out, &error), 0);
    pdf_free(pdf);
    struct str structure = ask("pdfinfo -struct-text %s 2>&1 | sed 's/ *(.*//' | tr '\n' ' ' | tr -s ' '", &out);
    assert_string_equal(structure.bytes,
                        "Document Table TR TH: /Scope /Column \"of\" TH: /Scope /Column \"pay\" TR TD TD \"Repay\" "
                        "TR TD \"of\" TD \"the\" P \"cent\" ");
    str_release(&structure);
    str_release(&out);
}

/* A document in the memory of another, whatever that was and however it ended, is the same as in new memory. */
static void test_renewed(void **state) {
    (void)state;
    struct figure figure = {.width_mpt = 1000, .height_mpt = 1000, .picture = &picture, .alternative = "A dot"};
    struct page page = make_page(texts, sizeof texts / sizeof *texts, false);
    struct page other = make_page((const char *[]){"Re: pay"}, 1, true);
    struct pages many = {.pages = &other, .count = (size_t)PDF_PAGES_MAX + 1};
    const struct pdf_entry entry = {.group = "of", .title = "pay", .label = "7", .language = "en-GB"};
    struct str expected = STR_EMPTY, out = STR_EMPTY;
    struct error error;
    struct pdf *pdf = NULL;
    other.figures = &figure;
    other.figures_count = 1;
    make_letter(&page, &description, &expected);
    assert_int_equal(pdf_new(&pdf, fonts, &(struct pdf_description){.date = {2026, 1, 1}, .draft = true}, &error), 0);
    for (int ends = 0; ends < 3; ends++) {
        assert_int_equal(pdf_add(pdf, &(struct pages){.pages = &other, .count = 1}, &entry, &error), 0);
        if (ends == 0)
            assert_int_equal(pdf_finish(pdf, &out, &error), 0);
        if (ends == 1)
            assert_int_equal(pdf_add(pdf, &many, &entry, &error), -1);
        assert_int_equal(pdf_renew(pdf, &description, &error), 0);
        assert_int_equal(pdf_add(pdf, &(struct pages){.pages = &page, .count = 1}, NULL, &error), 0);
        assert_int_equal(pdf_finish(pdf, &out, &error), 0);
        assert_int_equal(out.length, expected.length);
        assert_memory_equal(out.bytes, expected.bytes, out.length);
        assert_int_equal(pdf_renew(pdf, &(struct pdf_description){.draft = true}, &error), 0);
    }
    pdf_free(pdf);
    str_release(&expected);
    str_release(&out);
}

/* Behind 16 MB, where an offset has four bytes, everything is found as before. */
static void test_large_file(void **state) {
    (void)state;
    enum { WIDTH = 3000, HEIGHT = 2000 };
    unsigned char *noise = malloc((size_t)WIDTH * HEIGHT * 3);
    uint32_t seed = 1;
    assert_non_null(noise);
    for (size_t i = 0; i < (size_t)WIDTH * HEIGHT * 3; i++)
        noise[i] = (unsigned char)((seed = seed * 1664525 + 1013904223) >> 24);
    struct picture large = {.width = WIDTH, .height = HEIGHT, .channels = 3, .samples = noise};
    struct figure figure = {.width_mpt = 300000, .height_mpt = 200000, .picture = &large, .alternative = "Noise"};
    struct page page = make_page((const char *[]){"Re pay"}, 1, false);
    struct str pdf = STR_EMPTY;
    page.figures = &figure;
    page.figures_count = 1;
    make_letter(&page, &description, &pdf);
    free(noise);
    assert_true(pdf.length > 1 << 24);
    assert_says("qpdf --check %s 2>&1", &pdf, "No syntax or stream encoding errors found");
    assert_says("pdftotext %s -", &pdf, "Re pay");
    assert_says("qpdf --show-xref %s", &pdf, "compressed; stream = ");
    str_release(&pdf);
}

int main(void) {
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_letter),
        cmocka_unit_test(test_no_warning),
        cmocka_unit_test(test_description),
        cmocka_unit_test(test_metadata),
        cmocka_unit_test(test_structure),
        cmocka_unit_test(test_deep_structure),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_renewed),
        cmocka_unit_test(test_large_file),
        cmocka_unit_test(test_paragraph_on_two_pages),
        cmocka_unit_test(test_figures),
        cmocka_unit_test(test_soft_hyphen),
        cmocka_unit_test(test_fonts),
        cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_draft),
        cmocka_unit_test(test_combined),
        cmocka_unit_test(test_groups_and_labels),
        cmocka_unit_test(test_identifier),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(all, set_up, tear_down);
}
