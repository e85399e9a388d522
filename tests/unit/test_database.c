/*
 * Databases: what was written is read again, and files that are none are said to be so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/database.h"

static char directory[] = "/tmp/postbag-test-XXXXXX";
static char path[64], other_path[64];

static int make_directory(void **state) {
    (void)state;
    if (mkdtemp(directory) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/one.sqlite", directory);
    snprintf(other_path, sizeof other_path, "%s/two.sqlite", directory);
    return 0;
}

static int remove_directory(void **state) {
    (void)state;
    return rmdir(directory);
}

static int remove_files(void **state) {
    (void)state;
    unlink(path);
    unlink(other_path);
    return 0;
}

static void build(const char *sql) {
    struct database *database;
    struct error error;
    assert_int_equal(database_open(&database, path, DATABASE_BUILD, &error), 0);
    assert_int_equal(database_run(database, sql, &error), 0);
    database_close(database);
}

static void test_what_is_written_is_read(void **state) {
    (void)state;
    struct database *database;
    struct statement *statement;
    struct error error;
    assert_int_equal(database_open(&database, path, DATABASE_BUILD, &error), 0);
    assert_int_equal(database_run(database, "CREATE TABLE t (n INTEGER PRIMARY KEY, x TEXT); BEGIN", &error), 0);
    assert_int_equal(database_prepare(database, &statement, "INSERT INTO t VALUES (?1, ?2)", &error), 0);
    static const char *const texts[] = {"Ynys Môn", "", NULL};
    for (int i = 0; i < 3; i++) {
        statement_bind_number(statement, 1, (int64_t)1 << (i * 20));
        statement_bind_text(statement, 2, texts[i], texts[i] == NULL ? 0 : strlen(texts[i]));
        assert_int_equal(statement_step(statement, &error), 0);
    }
    assert_int_equal(database_run(database, "COMMIT", &error), 0);
    database_close(database);

    assert_int_equal(database_open(&database, path, DATABASE_READ, &error), 0);
    assert_int_equal(database_prepare(database, &statement, "SELECT n, x FROM t WHERE n >= ?1 ORDER BY n", &error), 0);
    for (int again = 0; again < 2; again++) { /* a statement that ended is ready again */
        statement_bind_number(statement, 1, 1);
        for (int i = 0; i < 3; i++) {
            assert_int_equal(statement_step(statement, &error), 1);
            assert_int_equal(statement_number(statement, 0), (int64_t)1 << (i * 20));
            assert_string_equal(statement_text(statement, 1), texts[i] == NULL ? "" : texts[i]);
            assert_int_equal(statement_length(statement, 1), texts[i] == NULL ? 0 : strlen(texts[i]));
        }
        assert_int_equal(statement_step(statement, &error), 0);
    }
    statement_bind_number(statement, 1, 1);
    assert_int_equal(statement_step(statement, &error), 1);
    statement_reset(statement);
    statement_bind_number(statement, 1, (int64_t)1 << 41);
    assert_int_equal(statement_step(statement, &error), 0);
    database_close(database);
}

static void test_reading_never_writes(void **state) {
    (void)state;
    struct database *database;
    struct error error;
    build("CREATE TABLE t (n)");
    assert_int_equal(database_open(&database, path, DATABASE_READ, &error), 0);
    assert_int_equal(database_run(database, "INSERT INTO t VALUES (1)", &error), -1);
    assert_int_equal(error.status, STATUS_INPUT_OUTPUT);
    database_close(database);
}

static void test_a_copy_has_everything(void **state) {
    (void)state;
    struct database *from, *database;
    struct statement *statement;
    struct error error;
    build("CREATE TABLE t (n); INSERT INTO t VALUES (7)");
    assert_int_equal(database_open(&from, path, DATABASE_READ, &error), 0);
    assert_int_equal(database_open(&database, other_path, DATABASE_BUILD, &error), 0);
    assert_int_equal(database_copy(database, from, &error), 0);
    database_close(from);
    assert_int_equal(database_prepare(database, &statement, "SELECT n FROM t", &error), 0);
    assert_int_equal(statement_step(statement, &error), 1);
    assert_int_equal(statement_number(statement, 0), 7);
    database_close(database);
}

static void test_a_missing_file(void **state) {
    (void)state;
    struct database *database;
    struct error error;
    assert_int_equal(database_open(&database, path, DATABASE_READ, &error), -1);
    assert_int_equal(error.status, STATUS_NO_INPUT);
    assert_non_null(strstr(error.message, path));
    assert_int_equal(access(path, F_OK), -1); /* and it was not made */
}

static void test_a_file_that_is_no_database(void **state) {
    (void)state;
    struct database *database;
    struct error error;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 2000; i++)
        fputs("postcode,constituency\n", file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(database_open(&database, path, DATABASE_READ, &error), -1);
    assert_int_equal(error.status, STATUS_DATA);
    assert_non_null(strstr(error.message, "is not a database"));
}

static void test_a_file_that_was_cut(void **state) {
    (void)state;
    struct database *database;
    struct statement *statement;
    struct error error;
    build("CREATE TABLE t (n, x); WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 2000)"
          " INSERT INTO t SELECT i, 'a text that fills the pages' FROM c");
    assert_int_equal(truncate(path, 3 * 4096), 0);
    int row = database_open(&database, path, DATABASE_READ, &error);
    if (row == 0) {
        row = database_prepare(database, &statement, "SELECT n FROM t", &error);
        while (row == 0 && (row = statement_step(statement, &error)) == 1)
            row = 0;
        database_close(database);
    }
    assert_int_equal(row, -1);
    assert_int_equal(error.status, STATUS_DATA);
}

static void test_a_table_that_is_not_there(void **state) {
    (void)state;
    struct database *database;
    struct statement *statement;
    struct error error;
    build("CREATE TABLE t (n)");
    assert_int_equal(database_open(&database, path, DATABASE_READ, &error), 0);
    assert_int_equal(database_prepare(database, &statement, "SELECT place FROM postcode", &error), -1);
    assert_int_equal(error.status, STATUS_DATA);
    database_close(database);
}

static void test_a_full_disk(void **state) {
    (void)state;
    struct database *database;
    struct error error;
    assert_int_equal(database_open(&database, path, DATABASE_BUILD, &error), 0);
    assert_int_equal(database_run(database, "PRAGMA max_page_count = 2; CREATE TABLE t (x)", &error), 0);
    assert_int_equal(database_run(database, "INSERT INTO t VALUES (zeroblob(100000))", &error), -1);
    assert_int_equal(error.status, STATUS_INPUT_OUTPUT);
    assert_non_null(strstr(error.message, "the disk is full"));
    database_close(database);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_what_is_written_is_read, remove_files),
        cmocka_unit_test_teardown(test_reading_never_writes, remove_files),
        cmocka_unit_test_teardown(test_a_copy_has_everything, remove_files),
        cmocka_unit_test_teardown(test_a_missing_file, remove_files),
        cmocka_unit_test_teardown(test_a_file_that_is_no_database, remove_files),
        cmocka_unit_test_teardown(test_a_file_that_was_cut, remove_files),
        cmocka_unit_test_teardown(test_a_table_that_is_not_there, remove_files),
        cmocka_unit_test_teardown(test_a_full_disk, remove_files),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
