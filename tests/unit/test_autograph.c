/* Signatures of the second pass: found again without being decoded again, and missed when their files have gone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "commands/autograph.h"
#include "painter.h"

static char folder[] = "/tmp/postbag-autograph-XXXXXX";

static int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state) {
    (void)state;
    return rmdir(folder);
}

static void path_of(char path[100], unsigned number) {
    snprintf(path, 100, "%s/%u.png", folder, number);
}

/* The signature NUMBER, a pixel of that grey. */
static void make_file(unsigned number) {
    char path[100];
    unsigned char grey = (unsigned char)number;
    struct str bytes = STR_EMPTY;
    paint_png(&bytes, &(struct painted_png){.width = 1, .height = 1, .depth = 8, .rows = &grey, .row_length = 1});
    path_of(path, number);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.bytes, 1, bytes.length, file), bytes.length);
    assert_int_equal(fclose(file), 0);
    str_release(&bytes);
}

static void remove_file(unsigned number) {
    char path[100];
    path_of(path, number);
    assert_int_equal(unlink(path), 0);
}

/* Asks for signature NUMBER as row 7 does. */
static int ask(struct autograph_cache *cache, unsigned number, const struct picture **signature, struct error *error) {
    char cell[20];
    snprintf(cell, sizeof cell, "%u.png", number);
    struct value value = {cell, strlen(cell), 8, 1};
    struct person person = {.row = 7, .line = 8, .values = &value};
    struct autograph autograph = {.column = 0, .folder = folder};
    return autograph_of(&autograph, cache, &person, signature, error);
}

static void test_what_is_kept(void **state) {
    (void)state;
    struct autograph_cache cache = {.next = 0};
    const struct picture *signature, *first, *again;
    struct error error;
    for (unsigned i = 0; i <= AUTOGRAPH_KEPT; i++)
        make_file(i);
    assert_int_equal(ask(&cache, 0, &first, &error), 0);
    for (unsigned i = 1; i < AUTOGRAPH_KEPT; i++) {
        assert_int_equal(ask(&cache, i, &signature, &error), 0);
        assert_int_equal(signature->samples[0], i);
    }
    remove_file(0);
    assert_int_equal(ask(&cache, 0, &again, &error), 0);
    assert_ptr_equal(again, first); /* as promised: AUTOGRAPH_KEPT - 1 others came between */
    assert_int_equal(again->samples[0], 0);

    assert_int_equal(ask(&cache, AUTOGRAPH_KEPT, &signature, &error), 0); /* one too many: the oldest is given up */
    assert_int_equal(ask(&cache, 0, &signature, &error), -1);
    assert_int_equal(error.status, STATUS_NO_INPUT);
    assert_non_null(strstr(error.message, "row 7: the signature 0.png cannot be found: "));
    assert_non_null(strstr(error.message, "; a moment ago it could be read"));
    for (unsigned i = 1; i <= AUTOGRAPH_KEPT; i++)
        remove_file(i);
    autograph_cache_release(&cache);
}

static void test_one_for_all(void **state) {
    (void)state;
    struct picture common = {.width = 1, .height = 1};
    struct autograph autograph = {.signature = &common, .column = -1};
    struct autograph_cache cache = {.next = 0};
    struct person person = {.row = 1};
    const struct picture *signature = NULL;
    struct error error;
    assert_int_equal(autograph_of(&autograph, &cache, &person, &signature, &error), 0);
    assert_ptr_equal(signature, &common);
}

static void test_an_empty_cell(void **state) {
    (void)state;
    struct value value = {"", 0, 2, 1};
    struct autograph autograph = {.column = 0, .folder = folder};
    struct autograph_cache cache = {.next = 0};
    struct person person = {.row = 1, .values = &value};
    const struct picture *signature = (const struct picture *)&value;
    struct error error;
    assert_int_equal(autograph_of(&autograph, &cache, &person, &signature, &error), 0);
    assert_null(signature);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_kept),
        cmocka_unit_test(test_one_for_all),
        cmocka_unit_test(test_an_empty_cell),
    };
    return cmocka_run_group_tests_name("autograph", tests, make_folder, remove_folder);
}
