/*
 * Archives: a plain file and the right member of a .zip give the same bytes, and a .zip that is a trap, locked or broken
 * is refused in words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zip.h>

#include "base/str.h"
#include "input/archive.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static char path[64];

static int set_up(void **state) {
    (void)state;
    strcpy(path, "/tmp/postbag-test-XXXXXX");
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    close(descriptor);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    unlink(path);
    return 0;
}

static void write_bytes(const void *bytes, size_t length) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

struct member {
    const char *name;
    const char *text;
    size_t repeated; /* 0: once */
    int method;
};

static void write_zip(const struct member *members, size_t count) {
    int code;
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);
    assert_non_null(zip);
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(members[i].text), times = members[i].repeated == 0 ? 1 : members[i].repeated;
        char *bytes = malloc(length * times + 1);
        assert_non_null(bytes);
        for (size_t j = 0; j < times; j++)
            memcpy(bytes + j * length, members[i].text, length);
        zip_source_t *source = zip_source_buffer(zip, bytes, length * times, 1);
        zip_int64_t index = zip_file_add(zip, members[i].name, source, ZIP_FL_ENC_UTF_8);
        assert_true(index >= 0);
        assert_int_equal(zip_set_file_compression(zip, (zip_uint64_t)index, members[i].method, 0), 0);
    }
    assert_int_equal(zip_close(zip), 0);
}

/* Members whose path holds "Data/"; the more often, the better. */
static unsigned suits(const char *name) {
    unsigned found = 0;
    for (const char *at = name; (at = strstr(at, "Data/")) != NULL; at++)
        found++;
    return found;
}

/* What is read, or "! " and the error, or "nothing". */
static void read_all(struct str *out) {
    struct archive *archive = NULL;
    struct error error = {.message = ""};
    char piece[7];
    ssize_t got = 0;
    int opened = archive_open(&archive, path, suits, &error);
    if (opened == 0) {
        str_adds(out, "nothing");
        return;
    }
    if (opened > 0)
        while ((got = archive_read(archive, piece, sizeof piece, &error)) > 0)
            str_add(out, piece, (size_t)got);
    archive_close(archive);
    if (opened < 0 || got < 0) {
        str_clear(out);
        str_addf(out, "! %s", error.message);
        assert_true(error.status == STATUS_DATA || error.status == STATUS_NO_INPUT);
    }
}

static void assert_read(const char *expected) {
    struct str out = STR_EMPTY;
    read_all(&out);
    assert_string_equal(out.bytes, expected);
    str_release(&out);
}

static void assert_refused(const char *part) {
    struct str out = STR_EMPTY;
    read_all(&out);
    if (out.bytes[0] != '!' || strstr(out.bytes, part) == NULL)
        fail_msg("\"%s\" is not refused with \"%s\"", out.bytes, part);
    str_release(&out);
}

static void test_plain(void **state) {
    (void)state;
    write_bytes("postcode,constituency\n", 22);
    assert_read("postcode,constituency\n");
    write_bytes("", 0);
    assert_read("");
}

static void test_members(void **state) {
    (void)state;
    static const struct {
        const char *name;
        struct member members[3];
        const char *expected;
    } cases[] = {
        {"the only one", {{"Data/a.csv", "first", 0, ZIP_CM_DEFLATE}}, "first"},
        {"stored", {{"Data/a.csv", "first", 0, ZIP_CM_STORE}}, "first"},
        {"the one that suits", {{"a.csv", "first", 0, 0}, {"Data/b.csv", "second", 0, 0}}, "second"},
        {"the one that suits better", {{"Data/a.csv", "longer by far", 0, 0}, {"Data/Data/b.csv", "b", 0, 0}}, "b"},
        {"of equals the largest",
         {{"Data/a.csv", "a", 0, 0}, {"Data/b.csv", "bb", 0, 0}, {"Data/c.csv", "c", 0, 0}},
         "bb"},
        {"none that suits", {{"a.csv", "first", 0, 0}}, "nothing"},
        {"a path out of the .zip", {{"../../../Data/a.csv", "harmless", 0, 0}}, "harmless"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t count = 0;
        while (count < COUNT(cases[i].members) && cases[i].members[count].name != NULL)
            count++;
        write_zip(cases[i].members, count);
        struct str out = STR_EMPTY;
        read_all(&out);
        if (strcmp(out.bytes, cases[i].expected) != 0)
            fail_msg("%s: \"%s\", not \"%s\"", cases[i].name, out.bytes, cases[i].expected);
        str_release(&out);
    }
}

static void test_name_and_size(void **state) {
    (void)state;
    struct archive *archive = NULL;
    struct error error;
    write_zip(&(struct member){"Data/a.csv", "0123456789", 10, ZIP_CM_DEFLATE}, 1);
    assert_int_equal(archive_open(&archive, path, suits, &error), 1);
    assert_true(archive_is_zip(archive));
    assert_string_equal(archive_name(archive), "Data/a.csv");
    assert_int_equal(archive_size(archive), 100);
    archive_close(archive);
}

static void test_bomb(void **state) {
    (void)state;
    write_zip(&(struct member){"Data/a.csv", "0000000000", 1000000, ZIP_CM_DEFLATE}, 1);
    assert_refused("200 times");
}

/* Alters the records of the only member in what they say; OFFSETs as in APPNOTE.TXT 4.3.7 and 4.3.12. */
static void alter(size_t local_offset, size_t central_offset, const void *bytes, size_t length) {
    char file[4096];
    FILE *stream = fopen(path, "r");
    assert_non_null(stream);
    size_t size = fread(file, 1, sizeof file, stream);
    fclose(stream);
    char *central = memmem(file, size, "PK\001\002", 4);
    assert_non_null(central);
    memcpy(file + local_offset, bytes, length);
    memcpy(central + central_offset, bytes, length);
    write_bytes(file, size);
}

static void test_lie_about_size(void **state) {
    (void)state;
    write_zip(&(struct member){"Data/a.csv", "0123456789", 100, ZIP_CM_DEFLATE}, 1);
    alter(22, 24, "\020\0\0\0", 4);
    assert_refused("damaged");
}

static void test_locked(void **state) {
    (void)state;
    write_zip(&(struct member){"Data/a.csv", "0123456789", 0, ZIP_CM_STORE}, 1);
    alter(6, 8, "\001", 1);
    assert_refused("password");
}

static void test_unusual_method(void **state) {
    (void)state;
    write_zip(&(struct member){"Data/a.csv", "0123456789", 0, ZIP_CM_STORE}, 1);
    alter(8, 10, "\014", 1);
    assert_refused("unusual");
}

static void test_wrong_sum(void **state) {
    (void)state;
    write_zip(&(struct member){"Data/a.csv", "0123456789", 0, ZIP_CM_STORE}, 1);
    alter(14, 16, "abcd", 4);
    assert_refused("damaged");
}

static void test_cut_short(void **state) {
    (void)state;
    write_bytes("PK\003\004 and then nothing", 22);
    assert_refused("damaged");
}

/* The end record says that there are 65,535 files. */
static void test_too_many(void **state) {
    (void)state;
    static const char bytes[] = "PK\005\006\0\0\0\0\377\377\377\377\0\0\0\0\0\0\0\0\0\0";
    write_bytes(bytes, sizeof bytes - 1);
    assert_refused("too many");
}

static void test_not_there(void **state) {
    (void)state;
    unlink(path);
    assert_refused("No such file");
    strcpy(path, "/tmp");
    assert_refused("directory");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_plain, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_members, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_name_and_size, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bomb, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_lie_about_size, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_locked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_unusual_method, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wrong_sum, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cut_short, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_too_many, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_not_there, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
