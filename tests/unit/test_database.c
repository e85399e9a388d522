/*
 * Databases: what was written is read again, and files that are none are said to be so.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
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
    static const char *const suffixes[] = {"-wal", "-shm", "-journal"};
    for (int i = 0; i < 3; i++) {
        char beside[80];
        snprintf(beside, sizeof beside, "%s%s", path, suffixes[i]);
        unlink(beside);
    }
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

static int64_t number(struct database *database, const char *sql) {
    struct statement *statement;
    struct error error;
    assert_int_equal(database_prepare(database, &statement, sql, &error), 0);
    assert_int_equal(statement_step(statement, &error), 1);
    int64_t value = statement_number(statement, 0);
    statement_reset(statement);
    return value;
}

static void test_what_is_kept_is_private_and_synced(void **state) {
    (void)state;
    struct database *database;
    struct error error;
    struct stat status;
    umask(0);
    assert_int_equal(database_open(&database, path, DATABASE_KEEP, &error), 0);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(number(database, "PRAGMA synchronous"), 2);
    assert_int_equal(number(database, "PRAGMA secure_delete"), 1);
    assert_int_equal(number(database, "PRAGMA foreign_keys"), 1);
    assert_int_equal(number(database, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
    database_close(database);
}

static void test_bytes_and_changes(void **state) {
    (void)state;
    struct database *database;
    struct statement *statement;
    struct error error;
    assert_int_equal(database_open(&database, DATABASE_MEMORY, DATABASE_KEEP, &error), 0);
    assert_int_equal(database_run(database, "CREATE TABLE t (x BLOB)", &error), 0);
    assert_int_equal(database_prepare(database, &statement, "INSERT INTO t VALUES (?1)", &error), 0);
    statement_bind_bytes(statement, 1, "a\0b", 3);
    assert_int_equal(statement_step(statement, &error), 0);
    assert_int_equal(database_last_row(database), 1);
    statement_bind_bytes(statement, 1, NULL, 3);
    assert_int_equal(statement_step(statement, &error), 0);
    assert_int_equal(database_prepare(database, &statement, "SELECT x FROM t ORDER BY rowid", &error), 0);
    assert_int_equal(statement_step(statement, &error), 1);
    assert_int_equal(statement_length(statement, 0), 3);
    assert_memory_equal(statement_bytes(statement, 0), "a\0b", 3);
    assert_int_equal(statement_step(statement, &error), 1);
    assert_null(statement_bytes(statement, 0));
    statement_reset(statement);
    assert_int_equal(database_run(database, "UPDATE t SET x = NULL", &error), 0);
    assert_int_equal(database_changes(database), 2);
    database_close(database);
    assert_int_equal(access(DATABASE_MEMORY, F_OK), -1);
}

static void test_reading_beside_a_writer(void **state) {
    (void)state;
    struct database *writer, *reader;
    struct error error;
    assert_int_equal(database_open(&reader, path, DATABASE_SHARED, &error), -1);
    assert_int_equal(error.status, STATUS_NO_INPUT);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(database_open(&writer, path, DATABASE_KEEP, &error), 0);
    assert_int_equal(database_run(writer, "CREATE TABLE t (n); BEGIN IMMEDIATE; INSERT INTO t VALUES (1)", &error), 0);
    assert_int_equal(database_open(&reader, path, DATABASE_SHARED, &error), 0);
    assert_int_equal(number(reader, "SELECT count(*) FROM t"), 0);
    assert_int_equal(database_run(writer, "COMMIT", &error), 0);
    assert_int_equal(number(reader, "SELECT count(*) FROM t"), 1);
    assert_int_equal(database_run(reader, "DELETE FROM t", &error), -1);
    database_close(writer);
    assert_int_equal(number(reader, "SELECT count(*) FROM t"), 1);
    database_close(reader);
}

/* In a process of its own, whose files cannot grow: as on a full disk, but with another reason. */
static void test_a_disk_that_takes_no_more(void **state) {
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        struct database *database;
        struct error error;
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){100000, 100000});
        int failed = database_open(&database, path, DATABASE_KEEP, &error) == 0 &&
                     database_run(database, "CREATE TABLE t (x)", &error) == 0 &&
                     database_run(database, "INSERT INTO t VALUES (zeroblob(400000))", &error) == -1;
        _exit(failed && error.status == STATUS_INPUT_OUTPUT && strstr(error.message, "cannot be written") != NULL ? 0
                                                                                                                  : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void test_a_folder_that_may_only_be_read(void **state) {
    (void)state;
    struct database *database;
    struct error error;
    assert_int_equal(database_open(&database, path, DATABASE_KEEP, &error), 0);
    assert_int_equal(database_run(database, "CREATE TABLE t (x)", &error), 0);
    database_close(database);
    assert_int_equal(chmod(directory, 0555), 0);
    bool root = geteuid() == 0;
    if (root) {
        assert_int_equal(chown(path, 65534, 65534), 0);
        assert_int_equal(seteuid(65534), 0);
    }
    int result = database_open(&database, path, DATABASE_KEEP, &error);
    if (root)
        assert_int_equal(seteuid(0), 0);
    chmod(directory, 0700);
    assert_int_equal(result, -1);
    assert_int_equal(error.status, STATUS_CANNOT_CREATE);
    assert_non_null(strstr(error.message, "cannot be written"));
    assert_non_null(strstr(error.message, path));
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
        cmocka_unit_test_teardown(test_what_is_kept_is_private_and_synced, remove_files),
        cmocka_unit_test_teardown(test_bytes_and_changes, remove_files),
        cmocka_unit_test_teardown(test_reading_beside_a_writer, remove_files),
        cmocka_unit_test_teardown(test_a_disk_that_takes_no_more, remove_files),
        cmocka_unit_test_teardown(test_a_folder_that_may_only_be_read, remove_files),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
