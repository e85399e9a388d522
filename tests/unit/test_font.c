/* Fonts and shaping: names of many scripts, stand-ins, the fixed repertoire, and the memory of words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>

#include "base/str.h"
#include "base/text.h"
#include "letter/font.h"
#include "letter/model.h"

#define FAMILY "Gentium Book Plus"
#define MARK "\u0301"

static struct font *open_font(const char *family) {
    struct font *font = NULL;
    struct error error;
    if (font_open(&font, family, &error) != 0)
        fail_msg("%s", error.message);
    return font;
}

static void finish(struct font *font) {
    struct error error;
    if (font_finish(font, &error) != 0)
        fail_msg("%s", error.message);
}

static uint32_t use(struct font *font, unsigned style, const char *text) {
    return font_use(font, style, text, strlen(text));
}

static const struct word *shape(struct shaper *shaper, unsigned style, const char *text) {
    size_t at = 0;
    bool right_to_left = text_is_right_to_left(text_next(text, strlen(text), &at));
    return shaper_word(shaper, style, text, strlen(text), right_to_left);
}

/* "GentiumBookPlus", without the tag. */
static const char *face_name(const struct font *font, const struct piece *piece) {
    return font_face(font, piece->face)->name + 7;
}

/* The pieces of a word say the whole of it, and its width is theirs and their glyphs'. */
static void check_word(const struct font *font, const struct word *word, const char *text, bool right_to_left) {
    struct str said = STR_EMPTY;
    int32_t width = 0;
    for (size_t i = 0; i < word->pieces_count; i++) {
        const struct piece *piece = &word->pieces[right_to_left ? word->pieces_count - 1 - i : i];
        str_add(&said, piece->text, piece->length);
        assert_true(piece->face < font_faces_count(font));
        int32_t advances = 0;
        for (size_t g = 0; g < piece->glyphs_count; g++) {
            assert_true(piece->glyphs[g].id > 0 && piece->glyphs[g].id < font_face(font, piece->face)->glyphs_count);
            assert_true(piece->glyphs[g].cluster < piece->length);
            advances += piece->glyphs[g].advance;
        }
        assert_int_equal(advances, piece->width);
        width += advances;
    }
    assert_string_equal(said.bytes, text);
    assert_int_equal(width, word->width);
    str_release(&said);
}

static void check_name(const char *text, const char *expected_face, bool faithful) {
    struct font *font = open_font(FAMILY);
    uint32_t missing = use(font, 0, text);
    if (missing != 0) {
        font_free(font);
        fail_msg("%s: no font has U+%04X", text, missing);
    }
    finish(font);
    struct shaper *shaper = shaper_new(font);
    const struct word *word = shape(shaper, 0, text);
    size_t at = 0;
    check_word(font, word, text, text_is_right_to_left(text_next(text, strlen(text), &at)));
    assert_int_equal(word->pieces_count, 1);
    assert_true(word->width > FACE_EM / 2);
    if (strcmp(face_name(font, word->pieces), expected_face) != 0 || word->pieces->faithful != faithful)
        fail_msg("%s: in %s, %sfaithful", text, face_name(font, word->pieces), word->pieces->faithful ? "" : "not ");
    shaper_free(shaper);
    font_free(font);
}

static void names(void **state) {
    (void)state;
    static const struct {
        const char *text, *face;
        bool faithful;
    } cases[] = {
        {"Siân", "GentiumBookPlus", true},
        {"Ŵyn", "GentiumBookPlus", true},
        {"Łukasz", "GentiumBookPlus", true},
        {"Ștefan", "GentiumBookPlus", true},
        {"O’Brien", "GentiumBookPlus", true},
        {"Ffion", "GentiumBookPlus", true},
        {"Nguyễn", "GentiumBookPlus", true},
        {"Ọ̀ṣun", "GentiumBookPlus", false},
        {"Αθηνά", "GentiumBookPlus", true},
        {"Ольга", "GentiumBookPlus", true},
        {"محمد", "NotoNaskhArabic-Regular", true},
        {"الله", "NotoNaskhArabic-Regular", true},
        {"سلام", "NotoNaskhArabic-Regular", true},
        {"שלום", "NotoSerifHebrew-Regular", true},
        {"श्रीमती", "NotoSerifDevanagari-Regular", false},
        {"রাহুল", "NotoSerifBengali-Regular", false},
        {"ਗੁਰਪ੍ਰੀਤ", "NotoSerifGurmukhi-Regular", false},
        {"தமிழ்", "NotoSerifTamil-Regular", false},
        {"น้ำ", "NotoSerifThai-Regular", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_name(cases[i].text, cases[i].face, cases[i].faithful);
}

/* Scripts whose fonts `make check` does not install, because they are large: in whatever font this machine has. */
static void check_if_installed(const char *text) {
    struct font *font = open_font(FAMILY);
    uint32_t missing = use(font, 0, text);
    if (missing != 0) {
        print_message("%s: no font on this machine has U+%04X\n", text, missing);
        font_free(font);
        skip();
    }
    finish(font);
    struct shaper *shaper = shaper_new(font);
    const struct word *word = shape(shaper, 0, text);
    check_word(font, word, text, false);
    for (size_t i = 0; i < word->pieces_count; i++) {
        assert_true(word->pieces[i].faithful);
        assert_string_not_equal(face_name(font, &word->pieces[i]), "GentiumBookPlus");
    }
    assert_true(word->width > FACE_EM / 2);
    shaper_free(shaper);
    font_free(font);
}

static void chinese(void **state) {
    (void)state;
    check_if_installed("李小龍");
}

static void japanese(void **state) {
    (void)state;
    check_if_installed("かな");
}

static void korean(void **state) {
    (void)state;
    check_if_installed("김");
}

static void emoji(void **state) {
    (void)state;
    check_if_installed("😀");
}

/* A word is cut where its face or direction's script changes, and its pieces stand as they are seen. */
static void mixed(void **state) {
    (void)state;
    struct font *font = open_font(FAMILY);
    assert_int_equal(use(font, 0, "(שלום)"), 0);
    assert_int_equal(use(font, 0, "aश-Ωb"), 0);
    finish(font);
    struct shaper *shaper = shaper_new(font);

    const struct word *word = shaper_word(shaper, 0, "(שלום)", strlen("(שלום)"), true);
    check_word(font, word, "(שלום)", true);
    assert_int_equal(word->pieces_count, 3);
    assert_string_equal(word->pieces[0].text, ")");
    assert_string_equal(face_name(font, &word->pieces[1]), "NotoSerifHebrew-Regular");
    /* Right-to-left brackets are mirrored. */
    const struct face_program *program = font_face(font, word->pieces[0].face);
    assert_string_equal(program->text[word->pieces[0].glyphs[0].id], "(");

    word = shaper_word(shaper, 0, "aश-Ωb", strlen("aश-Ωb"), false);
    check_word(font, word, "aश-Ωb", false);
    assert_int_equal(word->pieces_count, 4); /* a, श, -Ω, b */
    shaper_free(shaper);
    font_free(font);
}

static void missing(void **state) {
    (void)state;
    struct font *font = open_font(FAMILY);
    static const struct {
        const char *name, *text;
        uint32_t expected;
    } cases[] = {
        {"plain", "Jane Smith, 1 High Street", 0},
        {"of several lines", "1 High Street\nBootle\r\nL20 3NX\t!", 0},
        {"nothing", "", 0},
        {"invisible", "a\u200Db\u00ADc\u200E\u2060", 0},
        {"not assigned", "ab\u0378\u0379", 0x378},
        {"again", "ab\u0378\u0379", 0x378},
        {"for private use, though the font has it", "\uF130", 0xF130},
        {"a control character", "a\a", 7},
        {"DEL", "abcdefgh\177", 0x7F},
        {"DEL in eight bytes", "abc\177klmnopqrs", 0x7F},
        {"a mark that is not assigned", "a\u1ADD", 0x1ADD},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t found = use(font, 0, cases[i].text);
        if (found != cases[i].expected)
            fail_msg("%s: U+%04X", cases[i].name, found);
    }
    font_free(font);
}

/* A base whose mark its own face has not got is printed with it in a face that has both, wherever the word is cut. */
static void marks(void **state) {
    (void)state;
    static const char text[] = "ש" MARK "a\u05C1"; /* a Hebrew letter with an acute, a Latin one with a Hebrew point */
    struct font *font = open_font(FAMILY);
    assert_int_equal(use(font, 0, text), 0);
    assert_int_equal(use(font, 0, "क" MARK), 0);
    finish(font);
    struct shaper *shaper = shaper_new(font);
    for (size_t at = 0; at < strlen(text);) {
        const struct word *word = shaper_word(shaper, 0, text + at, strlen(text) - at, false);
        check_word(font, word, text + at, false);
        size_t glyphs = 0;
        for (size_t i = 0; i < word->pieces_count; i++)
            glyphs += word->pieces[i].glyphs_count;
        assert_int_equal(glyphs, text_count(text + at, strlen(text) - at));
        text_next(text, strlen(text), &at);
    }
    shaper_free(shaper);
    font_free(font);
}

static void families(void **state) {
    (void)state;
    static const struct {
        const char *family, *expected;
    } cases[] = {
        {"Gentium Bok Plus", "the font “Gentium Bok Plus” is not installed; did you mean “Gentium Book Plus”?"},
        {"Quite Another Thing Altogether", "the font “Quite Another Thing Altogether” is not installed"},
        {"", "the font “” is not installed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct font *font = NULL;
        struct error error;
        assert_int_equal(font_open(&font, cases[i].family, &error), -1);
        assert_null(font);
        assert_int_equal(error.status, STATUS_CONFIGURATION);
        assert_string_equal(error.message, cases[i].expected);
    }
}

static void styles(void **state) {
    (void)state;
    static const struct {
        const char *name, *family;
        unsigned style;
        const char *expected;
    } cases[] = {
        {"bold", FAMILY, STYLE_BOLD, "GentiumBookPlus-Bold"},
        {"bold italic", FAMILY, STYLE_BOLD | STYLE_ITALIC, "GentiumBookPlus-BoldItalic"},
        {"a family without bold", "Noto Sans Math", STYLE_BOLD, "NotoSansMath-Regular"},
        {"without italic", "Noto Serif Georgian", STYLE_ITALIC, "NotoSerifGeorgian-Regular"},
        {"bold before italic", "Noto Serif Georgian", STYLE_BOLD | STYLE_ITALIC, "NotoSerifGeorgian-Bold"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct font *font = open_font(cases[i].family);
        /* What the family has: that its stand-ins have a style is another matter. */
        const char *text = strstr(cases[i].family, "Georgian") != NULL ? "ქ" : "∑";
        text = strcmp(cases[i].family, FAMILY) == 0 ? "a" : text;
        assert_int_equal(use(font, cases[i].style, text), 0);
        finish(font);
        struct shaper *shaper = shaper_new(font);
        const struct word *word = shape(shaper, cases[i].style, text);
        check_word(font, word, text, false);
        if (strcmp(face_name(font, word->pieces), cases[i].expected) != 0)
            fail_msg("%s: %s", cases[i].name, face_name(font, word->pieces));
        shaper_free(shaper);
        font_free(font);
    }
}

/* One person's letter has the same fonts, whoever else is on the list, as long as their names are European. */
static void fixed_repertoire(void **state) {
    (void)state;
    static const struct {
        const char *one, *two;
        bool same;
    } cases[] = {
        {"Jane Smith", "“Ŵyn” — …, Ýmir • €5", true},
        {"Łukasz", "Şerban Čapek, Șerban", true}, /* which of these names it is, nobody can tell */
        {"Jane Smith", "Łukasz", false},
        {"Jane Smith", "Ольга", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct font *one = open_font(FAMILY), *two = open_font(FAMILY);
        assert_int_equal(use(one, STYLE_BOLD, cases[i].one), 0);
        assert_int_equal(use(two, STYLE_BOLD, cases[i].two), 0);
        finish(one);
        finish(two);
        assert_int_equal(font_faces_count(one), 2); /* regular and bold, and nothing for a style that nobody used */
        assert_int_equal(font_faces_count(two), 2);
        bool same = true;
        for (size_t j = 0; j < 2; j++) {
            const struct face_program *program = font_face(one, j), *other = font_face(two, j);
            same = same && program->length == other->length &&
                   memcmp(program->bytes, other->bytes, program->length) == 0 &&
                   strcmp(program->name, other->name) == 0;
        }
        if (same != cases[i].same)
            fail_msg("%s and %s: %d", cases[i].one, cases[i].two, same);
        font_free(one);
        font_free(two);
    }
}

/* The order in which a list is read does not decide the faces. */
static void order(void **state) {
    (void)state;
    static const char *const texts[] = {"☎", "م", "✓", "Ж", "ש"};
    struct font *one = open_font(FAMILY), *two = open_font(FAMILY);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(use(one, 0, texts[i]), 0);
        assert_int_equal(use(two, 0, texts[4 - i]), 0);
    }
    finish(one);
    finish(two);
    struct shaper *shapers[] = {shaper_new(one), shaper_new(two)};
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(face_name(one, shape(shapers[0], 0, texts[i])->pieces),
                            face_name(two, shape(shapers[1], 0, texts[i])->pieces));
    shaper_free(shapers[0]);
    shaper_free(shapers[1]);
    font_free(one);
    font_free(two);
}

static void remembers(void **state) {
    (void)state;
    struct font *font = open_font(FAMILY);
    use(font, STYLE_ITALIC, "a");
    finish(font);
    struct shaper *shaper = shaper_new(font);
    const struct word *word = shape(shaper, 0, "Minister");
    assert_ptr_equal(shape(shaper, 0, "Minister"), word);
    assert_ptr_not_equal(shape(shaper, STYLE_BOLD, "Minister"), word);
    assert_ptr_not_equal(shaper_word(shaper, 0, "Minister", 8, true), word);
    assert_ptr_not_equal(shape(shaper, 0, "Ministers"), word);
    assert_false(shaper_trim(shaper));

    /* As many words as make it forget, each found again while it remembers. */
    char text[32];
    int32_t width = word->width;
    for (int i = 0; i < 20001; i++) {
        snprintf(text, sizeof text, "%d", i);
        word = shape(shaper, 0, text);
        assert_true(word->pieces_count == 1 && word->pieces->glyphs_count == strlen(text));
    }
    for (int i = 0; i < 20001; i++) {
        snprintf(text, sizeof text, "%d", i);
        assert_memory_equal(shape(shaper, 0, text)->pieces->text, text, strlen(text) + 1);
    }
    assert_true(shaper_trim(shaper));
    assert_int_equal(shape(shaper, 0, "Minister")->width, width);
    assert_false(shaper_trim(shaper));
    shaper_free(shaper);
    font_free(font);
}

/* Text that was made to be too much for a word: no limit is passed, and nothing wraps. */
static void endless(void **state) {
    (void)state;
    static const char *const repeated[] = {"W", "a" MARK, MARK, "\u200D", "W\u00AD", "ש", "é\u1AB0\u0483", "م\u064E"};
    struct font *font = open_font(FAMILY);
    struct str texts[8];
    for (size_t i = 0; i < 8; i++) {
        str_init(&texts[i]);
        while (texts[i].length < (i == 0 ? 1000000 : 9000))
            str_adds(&texts[i], repeated[i]);
        assert_int_equal(use(font, 0, texts[i].bytes), 0);
    }
    finish(font);
    struct shaper *shaper = shaper_new(font);
    for (size_t i = 0; i < 8; i++) {
        const struct word *word = shaper_word(shaper, 0, texts[i].bytes, texts[i].length, i >= 5);
        size_t length = 0;
        for (size_t p = 0; p < word->pieces_count; p++) {
            assert_true(word->pieces[p].length <= FACE_TEXT_MAX);
            length += word->pieces[p].length;
        }
        assert_int_equal(length, texts[i].length);
        assert_true(word->width >= 0 && word->width <= WORD_WIDTH_MAX);
        assert_true(i != 0 || word->width == WORD_WIDTH_MAX);
        str_release(&texts[i]);
    }
    assert_true(shaper_trim(shaper)); /* a million glyphs are too many to keep */
    shaper_free(shaper);
    font_free(font);
}

static void *shape_names(void *argument) {
    static const char *const texts[] = {"Siân", "محمد", "श्रीमती", "office", "שלום"};
    struct shaper *shaper = shaper_new(argument);
    intptr_t width = 0;
    for (int i = 0; i < 300; i++) {
        char text[64];
        snprintf(text, sizeof text, "%s%d", texts[i % 5], i % 5 == 3 ? i : 0);
        width += shape(shaper, i % 2 == 0 ? 0 : STYLE_BOLD, text)->width / 1000;
    }
    shaper_free(shaper);
    return (void *)width; // NOLINT(performance-no-int-to-ptr)
}

static void threads(void **state) {
    (void)state;
    struct font *font = open_font(FAMILY);
    for (unsigned style = 0; style <= STYLE_BOLD; style++)
        assert_int_equal(use(font, style, "Siân محمد श्रीमती office שלום"), 0);
    finish(font);
    pthread_t workers[4];
    void *results[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&workers[i], NULL, shape_names, font), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(workers[i], &results[i]);
        assert_ptr_equal(results[i], results[0]);
    }
    font_free(font);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(chinese),
        cmocka_unit_test(japanese),
        cmocka_unit_test(korean),
        cmocka_unit_test(emoji),
        cmocka_unit_test(mixed),
        cmocka_unit_test(missing),
        cmocka_unit_test(marks),
        cmocka_unit_test(families),
        cmocka_unit_test(styles),
        cmocka_unit_test(fixed_repertoire),
        cmocka_unit_test(order),
        cmocka_unit_test(remembers),
        cmocka_unit_test(endless),
        cmocka_unit_test(threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
