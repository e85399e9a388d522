/* The catalogue: families by name and style, stand-ins by character, and no traces. Needs the fonts of `make check`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "letter/catalogue.h"
#include "letter/model.h"

struct fixture {
    struct catalogue *catalogue;
    struct arena arena;
};

static int set_up(void **state) {
    static struct fixture fixture;
    struct error error;
    fixture = (struct fixture){.arena = ARENA_EMPTY};
    *state = &fixture;
    return catalogue_open(&fixture.catalogue, &error);
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    catalogue_close(fixture->catalogue);
    arena_release(&fixture->arena);
    return 0;
}

/* The file's own name, or "none". */
static const char *name_of(bool found, const struct font_file *file) {
    const char *slash = found ? strrchr(file->path, '/') : NULL;
    return slash == NULL ? "none" : slash + 1;
}

static void family(void **state) {
    struct fixture *fixture = *state;
    static const struct {
        const char *name, *family;
        unsigned style;
        const char *expected;
    } cases[] = {
        {"regular", "Gentium Book Plus", 0, "GentiumBookPlus-Regular.ttf"},
        {"bold", "Gentium Book Plus", STYLE_BOLD, "GentiumBookPlus-Bold.ttf"},
        {"italic", "Gentium Book Plus", STYLE_ITALIC, "GentiumBookPlus-Italic.ttf"},
        {"bold italic", "Gentium Book Plus", STYLE_BOLD | STYLE_ITALIC, "GentiumBookPlus-BoldItalic.ttf"},
        {"in another case", "gentium book plus", 0, "GentiumBookPlus-Regular.ttf"},
        {"not the book weight of another family", "Gentium Plus", 0, "GentiumPlus-Regular.ttf"},
        {"the normal width of many", "Noto Serif", 0, "NotoSerif-Regular.ttf"},
        {"bold in name only", "Noto Serif Myanmar", 0, "NotoSerifMyanmar-Regular.ttf"},
        {"nothing is slanted for it", "Noto Naskh Arabic", STYLE_ITALIC, "none"},
        {"not installed", "No Such Font", 0, "none"},
        {"empty", "", 0, "none"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct font_file file;
        bool found = catalogue_find_family(fixture->catalogue, cases[i].family, cases[i].style, &fixture->arena, &file);
        if (strcmp(name_of(found, &file), cases[i].expected) != 0)
            fail_msg("%s: %s", cases[i].name, name_of(found, &file));
    }
    assert_true(catalogue_has_family(fixture->catalogue, "noto serif"));
    assert_false(catalogue_has_family(fixture->catalogue, "Noto Seri"));
}

static void nearest(void **state) {
    struct fixture *fixture = *state;
    assert_string_equal(catalogue_nearest_family(fixture->catalogue, "Gentium Bok Plus"), "Gentium Book Plus");
    assert_null(catalogue_nearest_family(fixture->catalogue, "Quite Another Thing Altogether"));
}

/* A stand-in must be the hand that a letter is written in, and not whichever font happens to have the character. */
static void stand_in(void **state) {
    struct fixture *fixture = *state;
    static const struct {
        const char *name, *text;
        unsigned style;
        const char *expected;
    } cases[] = {
        {"Arabic in Naskh", "م", 0, "NotoNaskhArabic-Regular.ttf"},
        {"Arabic in bold", "م", STYLE_BOLD, "NotoNaskhArabic-Bold.ttf"},
        {"Arabic has no italic", "م", STYLE_ITALIC, "NotoNaskhArabic-Regular.ttf"},
        {"Hebrew", "ש", 0, "NotoSerifHebrew-Regular.ttf"},
        {"a letter with its point", "שׁ", 0, "NotoSerifHebrew-Regular.ttf"},
        {"Devanagari", "श", 0, "NotoSerifDevanagari-Regular.ttf"},
        {"Bengali in bold", "র", STYLE_BOLD, "NotoSerifBengali-Bold.ttf"},
        {"Gurmukhi", "ਗ", 0, "NotoSerifGurmukhi-Regular.ttf"},
        {"Tamil", "த", 0, "NotoSerifTamil-Regular.ttf"},
        {"not assigned", "\u0378", 0, "none"},
        {"two that no font has both of", "महم", 0, "none"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t codepoints[8];
        size_t count = 0;
        for (size_t at = 0; at < strlen(cases[i].text);)
            codepoints[count++] = text_next(cases[i].text, strlen(cases[i].text), &at);
        struct font_file file;
        bool found =
            catalogue_find_characters(fixture->catalogue, codepoints, count, cases[i].style, &fixture->arena, &file);
        if (strcmp(name_of(found, &file), cases[i].expected) != 0)
            fail_msg("%s: %s", cases[i].name, name_of(found, &file));
    }
}

static void rejected(void **state) {
    struct fixture *fixture = *state;
    const uint32_t meem = 0x645;
    struct font_file first, second;
    assert_true(catalogue_find_characters(fixture->catalogue, &meem, 1, 0, &fixture->arena, &first));
    catalogue_reject(fixture->catalogue, &first);
    assert_true(catalogue_find_characters(fixture->catalogue, &meem, 1, 0, &fixture->arena, &second));
    assert_string_not_equal(first.path, second.path);
}

/* Whether DIRECTORY, which is there again afterwards, holds nothing. */
static bool is_empty_directory(const char *directory) {
    return rmdir(directory) == 0 && mkdir(directory, 0700) == 0;
}

/* With no cache to read and nowhere to write one, the fonts are found all the same, in silence and without a trace. */
static void leaves_no_trace(void **state) {
    struct fixture *fixture = *state;
    struct font_file file;
    assert_true(catalogue_find_family(fixture->catalogue, "Gentium Book Plus", 0, &fixture->arena, &file));
    char home[] = "/tmp/test-catalogue-XXXXXX", configuration[64], output[64];
    assert_non_null(mkdtemp(home));
    snprintf(configuration, sizeof configuration, "%s.conf", home);
    snprintf(output, sizeof output, "%s.err", home);
    FILE *stream = fopen(configuration, "w");
    assert_non_null(stream);
    fprintf(stream,
            "<?xml version=\"1.0\"?><!DOCTYPE fontconfig SYSTEM \"urn:fontconfig:fonts.dtd\">"
            "<fontconfig><dir>%.*s</dir><cachedir>%s/cache</cachedir></fontconfig>",
            (int)(strrchr(file.path, '/') - file.path), file.path, home);
    fclose(stream);

    setenv("FONTCONFIG_FILE", configuration, 1);
    int saved = dup(STDERR_FILENO), captured = open(output, O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(saved >= 0 && captured >= 0);
    fflush(stderr);
    dup2(captured, STDERR_FILENO);
    struct catalogue *catalogue = NULL;
    struct error error;
    int result = catalogue_open(&catalogue, &error);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    unsetenv("FONTCONFIG_FILE");
    struct stat status;
    assert_int_equal(fstat(captured, &status), 0);
    close(captured);

    assert_int_equal(result, 0);
    assert_true(catalogue_has_family(catalogue, "Gentium Book Plus"));
    assert_false(catalogue_has_family(catalogue, "Noto Serif"));
    assert_int_equal(status.st_size, 0);
    assert_true(is_empty_directory(home));
    catalogue_close(catalogue);
    rmdir(home);
    unlink(configuration);
    unlink(output);
}

static void no_fonts(void **state) {
    (void)state;
    setenv("FONTCONFIG_FILE", "/nonexistent/fonts.conf", 1);
    struct catalogue *catalogue = NULL;
    struct error error;
    assert_int_equal(catalogue_open(&catalogue, &error), -1);
    unsetenv("FONTCONFIG_FILE");
    assert_int_equal(error.status, STATUS_CONFIGURATION);
    assert_non_null(strstr(error.message, "no font was found on this machine"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(family, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nearest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stand_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rejected, set_up, tear_down),
        cmocka_unit_test_setup_teardown(leaves_no_trace, set_up, tear_down),
        cmocka_unit_test(no_fonts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
