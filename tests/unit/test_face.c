/* A face: what it refuses, its subset, and what shaping with it gives. Needs the fonts of `make check`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"
#include "base/text.h"
#include "letter/catalogue.h"
#include "letter/face.h"

enum { ARABIC = 0x41726162, LATIN = 0x4C61746E, HEBREW = 0x48656272, DEVANAGARI = 0x44657661 };

struct fixture {
    struct catalogue *catalogue;
    struct arena arena;
    struct face_scratch *scratch;
};

static int set_up(void **state) {
    static struct fixture fixture;
    struct error error;
    fixture = (struct fixture){.arena = ARENA_EMPTY, .scratch = face_scratch_new()};
    *state = &fixture;
    return catalogue_open(&fixture.catalogue, &error);
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    catalogue_close(fixture->catalogue);
    face_scratch_free(fixture->scratch);
    arena_release(&fixture->arena);
    return 0;
}

static struct font_file file_of(struct fixture *fixture, const char *family) {
    struct font_file file;
    if (!catalogue_find_family(fixture->catalogue, family, 0, &fixture->arena, &file))
        fail_msg("the font %s is not installed", family);
    return file;
}

static struct face *open_family(struct fixture *fixture, const char *family) {
    struct font_file file = file_of(fixture, family);
    struct face *face = NULL;
    struct error error;
    if (face_open(&face, file.path, file.index, &error) != 0)
        fail_msg("%s", error.message);
    return face;
}

static void add_text(struct face *face, const char *text) {
    for (size_t at = 0; at < strlen(text);) {
        uint32_t codepoint = text_next(text, strlen(text), &at);
        if (face_has(face, codepoint))
            face_add(face, codepoint);
    }
}

static void finish(struct face *face) {
    struct error error;
    if (face_subset(face, &error) != 0)
        fail_msg("%s", error.message);
}

static struct face *subset_of(struct fixture *fixture, const char *family, const char *text) {
    struct face *face = open_family(fixture, family);
    add_text(face, text);
    finish(face);
    return face;
}

struct shaped {
    const struct glyph *glyphs;
    size_t count;
    bool faithful;
    int32_t width;
};

static struct shaped shape(struct fixture *fixture, const struct face *face, const char *text, uint32_t script,
                           bool right_to_left) {
    struct shaped shaped = {.count = 0};
    shaped.count = face_shape(face, fixture->scratch, text, strlen(text), script, right_to_left, &fixture->arena,
                              &shaped.glyphs, &shaped.faithful);
    for (size_t i = 0; i < shaped.count; i++)
        shaped.width += shaped.glyphs[i].advance;
    return shaped;
}

static void write_file(const char *path, const char *bytes, size_t length) {
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, length, stream), length);
    fclose(stream);
}

/* Where the table TAG begins in a font file, and its entry in the directory. */
static unsigned char *table_in(struct str *font, const char *tag, unsigned char **entry) {
    unsigned char *bytes = (unsigned char *)font->bytes;
    for (*entry = bytes + 12; *entry + 16 <= bytes + font->length; *entry += 16)
        if (memcmp(*entry, tag, 4) == 0)
            return bytes + ((unsigned)(*entry)[9] << 16 | (unsigned)(*entry)[10] << 8 | (*entry)[11]);
    fail_msg("no table %s", tag);
    return NULL;
}

static void refuses(void **state) {
    struct fixture *fixture = *state;
    struct str good = STR_EMPTY, restricted = STR_EMPTY, hollow = STR_EMPTY;
    struct error error;
    const char *path = file_of(fixture, "Gentium Book Plus").path;
    assert_int_equal(file_read(path, 1 << 24, &good, &error), 0);
    str_add(&restricted, good.bytes, good.length);
    str_add(&hollow, good.bytes, good.length);
    unsigned char *entry;
    table_in(&restricted, "OS/2", &entry)[9] = 2; /* fsType */
    table_in(&hollow, "glyf", &entry);
    memcpy(entry, "glyg", 4);

    const struct {
        const char *name;
        const char *bytes; /* NULL: no file */
        size_t length;
        unsigned index;
        const char *expected;
    } cases[] = {
        {"missing", NULL, 0, 0, "cannot be read"},
        {"text", "not a font", 10, 0, "is not a TrueType or OpenType font"},
        {"a face that a collection has not got", good.bytes, good.length, 1, "is not a TrueType or OpenType font"},
        {"no outlines", hollow.bytes, hollow.length, 0, "has no outlines"},
        {"restricted", restricted.bytes, restricted.length, 0, "licence"},
    };
    char name[] = "/tmp/test-face-XXXXXX";
    close(mkstemp(name));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unlink(name);
        if (cases[i].bytes != NULL)
            write_file(name, cases[i].bytes, cases[i].length);
        struct face *face = NULL;
        if (face_open(&face, name, cases[i].index, &error) != -1)
            fail_msg("%s: was opened", cases[i].name);
        assert_int_equal(error.status, STATUS_CONFIGURATION);
        assert_non_null(strstr(error.message, name));
        if (strstr(error.message, cases[i].expected) == NULL)
            fail_msg("%s: %s", cases[i].name, error.message);
    }
    unlink(name);
    str_release(&good);
    str_release(&restricted);
    str_release(&hollow);
}

/* A font cut off anywhere is refused, or gives poor letters; it does not bring the program down. */
static void damaged(void **state) {
    struct fixture *fixture = *state;
    struct str good = STR_EMPTY;
    struct error error;
    assert_int_equal(file_read(file_of(fixture, "Noto Serif Hebrew").path, 1 << 24, &good, &error), 0);
    char name[] = "/tmp/test-face-XXXXXX";
    close(mkstemp(name));
    for (size_t part = 1; part < 24; part++) {
        write_file(name, good.bytes, good.length * part / 24);
        struct face *face = NULL;
        if (face_open(&face, name, 0, &error) != 0)
            continue;
        add_text(face, "שלום");
        if (face_subset(face, &error) != 0)
            assert_non_null(strstr(error.message, "damaged"));
        face_free(face);
    }
    unlink(name);
    str_release(&good);
}

static void has(void **state) {
    struct fixture *fixture = *state;
    static const struct {
        const char *name, *family;
        uint32_t codepoint;
        bool expected;
    } cases[] = {
        {"a letter", "Gentium Book Plus", 'a', true},
        {"Welsh", "Gentium Book Plus", 0x174, true},
        {"another script", "Gentium Book Plus", 0x645, false},
        {"a thin space, by the space", "Noto Naskh Arabic", 0x2009, true},
        {"a letter with its point, by its parts", "Noto Serif Hebrew", 0xFB2A, true},
        {"a Hangul syllable is not", "Gentium Book Plus", 0xAE40, false},
        {"not a letter", "Gentium Book Plus", 0x378, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct face *face = open_family(fixture, cases[i].family);
        if (face_has(face, cases[i].codepoint) != cases[i].expected)
            fail_msg("%s", cases[i].name);
        if (cases[i].expected)
            face_add(face, cases[i].codepoint);
        finish(face);
        if (face_has(face, cases[i].codepoint) != cases[i].expected)
            fail_msg("%s, in the subset", cases[i].name);
        assert_false(face_has(face, 'Z')); /* which nobody asked for */
        face_free(face);
    }
}

/* The same characters give the same bytes and name in whatever order they come; others give another name. */
static void same_subset(void **state) {
    struct fixture *fixture = *state;
    struct face *one = subset_of(fixture, "Gentium Book Plus", "Siân Ŵyn ffi"),
                *two = subset_of(fixture, "Gentium Book Plus", "iffŴ nyâSiân"),
                *other = subset_of(fixture, "Gentium Book Plus", "Siân Ŵyn ffix");
    const struct face_program *program = face_program(one), *again = face_program(two);
    assert_int_equal(program->length, again->length);
    assert_memory_equal(program->bytes, again->bytes, program->length);
    assert_string_equal(program->name, again->name);
    assert_string_not_equal(program->name, face_program(other)->name);

    assert_string_equal(program->name + 6, "+GentiumBookPlus");
    for (int i = 0; i < 6; i++)
        assert_true(program->name[i] >= 'A' && program->name[i] <= 'Z');
    face_free(one);
    face_free(two);
    face_free(other);
}

/* The PDF's font holds six tables and no more, and a description that makes sense. */
static void program(void **state) {
    struct fixture *fixture = *state;
    struct face *face = subset_of(fixture, "Gentium Book Plus", "Hamburgefonts");
    const struct face_program *program = face_program(face);
    assert_false(program->cff);
    static const char tags[] = "glyfheadhheahmtxlocamaxp";
    const char *bytes = program->bytes;
    assert_memory_equal(bytes, "\0\1\0\0\0\6", 6);
    bool found[6] = {false};
    for (size_t i = 0; i < 6; i++)
        for (size_t t = 0; t < 6; t++)
            found[t] |= memcmp(bytes + 12 + 16 * i, tags + 4 * t, 4) == 0;
    for (size_t t = 0; t < 6; t++)
        assert_true(found[t]);
    assert_true(program->length < 20000);

    assert_true(program->glyphs_count > 12 && program->glyphs_count < 60);
    assert_true(program->serif && !program->italic && !program->fixed_pitch);
    assert_true(program->ascent > 700000 && program->descent < -200000);
    assert_true(program->x_height > 400000 && program->x_height < program->cap_height && program->cap_height < 700000);
    assert_int_equal(program->italic_angle_mdeg, 0);
    face_free(face);
}

/* Each expected string is the glyphs' own text from left to right, between bars; * is a glyph without any. */
static void shapes(void **state) {
    struct fixture *fixture = *state;
    static const struct {
        const char *name, *family, *text;
        uint32_t script;
        bool right_to_left, faithful;
        const char *expected;
    } cases[] = {
        {"Welsh", "Gentium Book Plus", "Ŵyn", LATIN, false, true, "Ŵ|y|n"},
        {"a ligature", "Gentium Book Plus", "office", LATIN, false, true, "o|ffi|c|e"},
        {"a no-break space", "Gentium Book Plus", "5\u00A0m", LATIN, false, true, "5|\u00A0|m"},
        {"a space is a space", "Gentium Book Plus", " ", LATIN, false, true, " "},
        {"a hyphen-minus is none other", "Liberation Serif", "-", LATIN, false, true, "-"},
        {"a mark of its own", "Gentium Book Plus", "q\u0301", LATIN, false, false, "q|\u0301"},
        {"a joiner has no glyph", "Gentium Book Plus", "a\u200Db", LATIN, false, false, "a|b"},
        {"a soft hyphen has no glyph", "Gentium Book Plus", "a\u00ADb", LATIN, false, false, "a|b"},
        {"a thin space is not a space", "Noto Naskh Arabic", "م\u2009م", ARABIC, true, false, "م| |م"},
        {"Greek", "Gentium Book Plus", "Αθηνά μου", 0x4772656B, false, true, "Α|θ|η|ν|ά| |μ|ο|υ"},
        {"Hebrew", "Noto Serif Hebrew", "שלום", HEBREW, true, true, "ם|ו|ל|ש"},
        {"Arabic", "Noto Naskh Arabic", "محمد", ARABIC, true, true, "د|م|ح|م"},
        {"a Persian letter", "Noto Naskh Arabic", "پی", ARABIC, true, true, "ی|پ"},
        {"a vowel sign that moves", "Noto Serif Devanagari", "कि", DEVANAGARI, false, false, "*|क"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct font_file file;
        if (!catalogue_find_family(fixture->catalogue, cases[i].family, 0, &fixture->arena, &file))
            continue; /* Liberation Serif is on most machines, but nobody is asked for it */
        struct face *face = subset_of(fixture, cases[i].family, cases[i].text);
        struct shaped shaped = shape(fixture, face, cases[i].text, cases[i].script, cases[i].right_to_left);
        struct str said = STR_EMPTY;
        for (size_t g = 0; g < shaped.count; g++) {
            const char *text = face_program(face)->text[shaped.glyphs[g].id];
            str_addf(&said, "%s%s", g > 0 ? "|" : "", *text == '\0' ? "*" : text);
        }
        if (strcmp(said.bytes, cases[i].expected) != 0 || shaped.faithful != cases[i].faithful)
            fail_msg("%s: %s, %sfaithful", cases[i].name, said.bytes, shaped.faithful ? "" : "not ");
        str_release(&said);
        face_free(face);
    }
}

static void kerns(void **state) {
    struct fixture *fixture = *state;
    struct face *face = subset_of(fixture, "Gentium Book Plus", "AVTo");
    struct shaped apart[] = {shape(fixture, face, "T", LATIN, false), shape(fixture, face, "o", LATIN, false)};
    assert_true(shape(fixture, face, "To", LATIN, false).width < apart[0].width + apart[1].width);
    const struct face_program *program = face_program(face);
    assert_int_equal(apart[0].width, program->advances[apart[0].glyphs[0].id]);
    assert_true(apart[0].width > FACE_EM / 3 && apart[0].width < FACE_EM);
    face_free(face);
}

/* A font that has its kerning in a `kern` table alone, as older ones do, keeps it in the subset. */
static void kerns_by_kern_table(void **state) {
    struct fixture *fixture = *state;
    struct font_file file;
    if (!catalogue_find_family(fixture->catalogue, "Liberation Serif", 0, &fixture->arena, &file)) {
        print_message("no font with a kern table is installed (fonts-liberation2)\n");
        skip();
    }
    struct str font = STR_EMPTY;
    struct error error;
    assert_int_equal(file_read(file.path, 1 << 24, &font, &error), 0);
    unsigned char *entry;
    table_in(&font, "GPOS", &entry);
    memcpy(entry, "GPOT", 4);
    char name[] = "/tmp/test-face-XXXXXX";
    close(mkstemp(name));
    write_file(name, font.bytes, font.length);
    struct face *face = NULL;
    assert_int_equal(face_open(&face, name, 0, &error), 0);
    add_text(face, "AVo");
    finish(face);
    int32_t apart = shape(fixture, face, "A", LATIN, false).width + shape(fixture, face, "V", LATIN, false).width;
    assert_true(shape(fixture, face, "AV", LATIN, false).width < apart - FACE_EM / 20);
    face_free(face);
    unlink(name);
    str_release(&font);
}

static void joins_arabic(void **state) {
    struct fixture *fixture = *state;
    struct face *face = subset_of(fixture, "Noto Naskh Arabic", "محمد");
    struct shaped alone = shape(fixture, face, "م", ARABIC, true), name = shape(fixture, face, "محمد", ARABIC, true);
    assert_int_equal(alone.count, 1);
    assert_int_equal(name.count, 4);
    /* From left to right: dal, medial meem, hah, initial meem. */
    assert_int_not_equal(name.glyphs[3].id, alone.glyphs[0].id);
    assert_int_not_equal(name.glyphs[1].id, alone.glyphs[0].id);
    assert_int_not_equal(name.glyphs[1].id, name.glyphs[3].id);
    static const uint16_t clusters[] = {6, 4, 2, 0};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(name.glyphs[i].cluster, clusters[i]);
    face_free(face);
}

static void scripts(void **state) {
    (void)state;
    assert_int_equal(face_script('a'), LATIN);
    assert_int_equal(face_script(0x645), ARABIC);
    assert_int_equal(face_script(' '), FACE_SCRIPT_COMMON);
    assert_int_equal(face_script(0x301), FACE_SCRIPT_INHERITED);
    assert_int_equal(face_script(0x378), FACE_SCRIPT_COMMON); /* not assigned */
}

static void *shape_often(void *argument) {
    const struct face *face = argument;
    struct face_scratch *scratch = face_scratch_new();
    struct arena arena = ARENA_EMPTY;
    intptr_t width = 0;
    for (int i = 0; i < 2000; i++) {
        const char *text = i % 2 == 0 ? "Toffee AV" : "Siân Ŵyn";
        const struct glyph *glyphs;
        bool faithful;
        size_t count = face_shape(face, scratch, text, strlen(text), LATIN, false, &arena, &glyphs, &faithful);
        for (size_t g = 0; g < count; g++)
            width = (width * 31 + glyphs[g].advance) % 1000003;
        arena_clear(&arena);
    }
    arena_release(&arena);
    face_scratch_free(scratch);
    return (void *)width; // NOLINT(performance-no-int-to-ptr)
}

static void shapes_in_threads(void **state) {
    struct fixture *fixture = *state;
    struct face *face = subset_of(fixture, "Gentium Book Plus", "Toffee AV Siân Ŵyn");
    pthread_t threads[4];
    void *results[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, shape_often, face), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], &results[i]);
        assert_ptr_equal(results[i], results[0]);
    }
    face_free(face);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(refuses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damaged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(has, set_up, tear_down),
        cmocka_unit_test_setup_teardown(same_subset, set_up, tear_down),
        cmocka_unit_test_setup_teardown(program, set_up, tear_down),
        cmocka_unit_test_setup_teardown(shapes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(kerns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(kerns_by_kern_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(joins_arabic, set_up, tear_down),
        cmocka_unit_test(scripts),
        cmocka_unit_test_setup_teardown(shapes_in_threads, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
