/*
 * Accounts: that limits hold over restarts, over processes that ask at the same time and are killed, and over clocks
 * that are set.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/database.h"
#include "record/account.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char name[] = "branch@union.example at smtp.union.example:587";
static const int64_t noon_ms = 1795348800000; /* Sunday, 22 November 2026, 12:00 UTC */

static char directory[] = "/tmp/postbag-test-XXXXXX";
static char path[64];

static int make_directory(void **state) {
    (void)state;
    setenv("TZ", "UTC0", 1);
    tzset();
    return mkdtemp(directory) == NULL ? -1 : 0;
}

static int remove_directory(void **state) {
    (void)state;
    return rmdir(directory);
}

static int new_file(void **state) {
    (void)state;
    snprintf(path, sizeof path, "%s/state/postbag/accounts", directory);
    return 0;
}

static int remove_files(void **state) {
    (void)state;
    char other[96];
    static const char *const tails[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < COUNT(tails); i++) {
        snprintf(other, sizeof other, "%s/state/postbag/accounts%s", directory, tails[i]);
        unlink(other);
    }
    snprintf(other, sizeof other, "%s/state/postbag", directory);
    rmdir(other);
    snprintf(other, sizeof other, "%s/state", directory);
    rmdir(other);
    return 0;
}

static struct quota quota_of(const char *rate, const char *hours) {
    struct quota quota = {.rates_count = 0};
    if (*rate != '\0')
        assert_null(quota_read_rate(&quota, rate));
    if (*hours != '\0')
        assert_null(quota_read_hours(&quota, hours));
    return quota;
}

static struct account *open_account(const char *who, const char *rate, const char *hours) {
    struct account *account = NULL;
    struct error error;
    struct quota quota = quota_of(rate, hours);
    if (account_open(&account, path, who, &quota, &error) != 0)
        fail_msg("%s", error.message);
    return account;
}

/* 0: taken; else how long to wait. */
static int64_t take(struct account *account, int64_t now_ms) {
    struct error error;
    int64_t free_ms = -1;
    int taken = account_take(account, now_ms, &free_ms, &error);
    if (taken < 0)
        fail_msg("%s", error.message);
    assert_true(taken == 1 ? free_ms == -1 : free_ms > now_ms);
    return taken == 1 ? 0 : free_ms - now_ms;
}

static void test_where_it_is(void **state) {
    (void)state;
    struct arena arena = ARENA_EMPTY;
    setenv("HOME", "/home/jane", 1);
    setenv("XDG_STATE_HOME", "/srv/state", 1);
    assert_string_equal(account_default_path(&arena), "/srv/state/postbag/accounts");
    setenv("XDG_STATE_HOME", "relative", 1);
    assert_string_equal(account_default_path(&arena), "/home/jane/.local/state/postbag/accounts");
    unsetenv("XDG_STATE_HOME");
    assert_string_equal(account_default_path(&arena), "/home/jane/.local/state/postbag/accounts");
    unsetenv("HOME");
    assert_null(account_default_path(&arena));
    arena_release(&arena);
}

static void test_it_is_private(void **state) {
    (void)state;
    struct stat file;
    umask(0);
    account_close(open_account(name, "", ""));
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    *strrchr(path, '/') = '\0';
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0700);
}

static void test_no_limit(void **state) {
    (void)state;
    struct account *account = open_account(name, "", "");
    for (int i = 0; i < 100; i++)
        assert_int_equal(take(account, noon_ms), 0);
    account_close(account);
    account_close(NULL);
}

static void test_limits_hold_over_restarts(void **state) {
    (void)state;
    static const char rate[] = "2/s, 5/min";
    struct account *account = open_account(name, rate, "");
    assert_int_equal(take(account, noon_ms), 0);
    assert_int_equal(take(account, noon_ms + 400), 0);
    assert_int_equal(take(account, noon_ms + 500), 500);
    account_close(account);

    account = open_account(name, rate, "");
    assert_int_equal(take(account, noon_ms + 999), 1);
    assert_int_equal(take(account, noon_ms + 1000), 0);
    assert_int_equal(take(account, noon_ms + 1000), 400);
    assert_int_equal(take(account, noon_ms + 1400), 0);
    assert_int_equal(take(account, noon_ms + 2000), 0);
    assert_int_equal(take(account, noon_ms + 2400), 60000 - 2400); /* now the minute's */
    account_close(account);

    /* The records are of what was sent, whatever the limits were then. */
    account = open_account(name, "5/day", "");
    assert_int_equal(take(account, noon_ms + CLOCK_HOUR_MS), CLOCK_DAY_MS - CLOCK_HOUR_MS);
    assert_int_equal(take(account, noon_ms + CLOCK_DAY_MS), 0);
    account_close(account);
}

static void test_accounts_are_apart(void **state) {
    (void)state;
    struct account *one = open_account(name, "1/day", "");
    struct account *other = open_account("other@union.example at smtp.union.example:587", "1/day", "");
    assert_int_equal(take(one, noon_ms), 0);
    assert_int_equal(take(other, noon_ms), 0);
    assert_int_equal(take(one, noon_ms), CLOCK_DAY_MS);
    assert_int_equal(take(other, noon_ms), CLOCK_DAY_MS);
    account_close(one);
    account_close(other);
}

static void test_hours_and_rates_together(void **state) {
    (void)state;
    /* Sunday noon: shut until Monday at nine. */
    struct account *account = open_account(name, "1/h", "Mon-Fri 9-17");
    int64_t monday_ms = noon_ms + (int64_t)21 * CLOCK_HOUR_MS;
    assert_int_equal(take(account, noon_ms), monday_ms - noon_ms);
    /* At 16:30 one goes; the next is allowed by the rate at 17:30, when it is shut. */
    int64_t late_ms = monday_ms + 7 * CLOCK_HOUR_MS + 30 * CLOCK_MINUTE_MS;
    assert_int_equal(take(account, late_ms), 0);
    assert_int_equal(take(account, late_ms + CLOCK_MINUTE_MS), monday_ms + CLOCK_DAY_MS - late_ms - CLOCK_MINUTE_MS);
    account_close(account);
}

static void test_a_clock_that_was_set_back(void **state) {
    (void)state;
    struct account *account = open_account(name, "2/h", "");
    int64_t wrong_ms = noon_ms + (int64_t)4000 * CLOCK_DAY_MS;
    assert_int_equal(take(account, wrong_ms), 0);
    assert_int_equal(take(account, wrong_ms + 5), 0);
    assert_int_equal(take(account, noon_ms), CLOCK_HOUR_MS); /* not eleven years */
    assert_int_equal(take(account, noon_ms + CLOCK_MINUTE_MS), CLOCK_HOUR_MS - CLOCK_MINUTE_MS);
    assert_int_equal(take(account, noon_ms + CLOCK_HOUR_MS), 0);
    account_close(account);
}

/* What another process counted a moment after this one looked at its watch does not count as earlier. */
static void test_a_clock_that_was_read_before(void **state) {
    (void)state;
    struct account *account = open_account(name, "2/min", "");
    assert_int_equal(take(account, noon_ms + 40), 0);
    assert_int_equal(take(account, noon_ms), 0);
    assert_int_equal(take(account, noon_ms + 60 * 1000), 40);
    assert_int_equal(take(account, noon_ms + 60 * 1000 + 40), 0);
    account_close(account);
}

static int64_t rows(void) {
    struct database *database = NULL;
    struct statement *statement;
    struct error error;
    assert_int_equal(database_open(&database, path, DATABASE_SHARED, &error), 0);
    assert_int_equal(database_prepare(database, &statement, "SELECT count(*) FROM sent", &error), 0);
    assert_int_equal(statement_step(statement, &error), 1);
    int64_t count = statement_number(statement, 0);
    database_close(database);
    return count;
}

static void test_old_times_are_deleted(void **state) {
    (void)state;
    struct account *account = open_account(name, "10/day", "");
    for (int i = 0; i < 10; i++)
        assert_int_equal(take(account, noon_ms + i), 0);
    account_close(account);
    account = open_account(name, "10/day", "");
    assert_int_equal(take(account, noon_ms + (int64_t)2 * CLOCK_DAY_MS), 0);
    assert_int_equal(rows(), 11);
    account_close(account);
    account = open_account("other@union.example at smtp.union.example:587", "10/day", "");
    assert_int_equal(take(account, noon_ms + 5 + (int64_t)3 * CLOCK_DAY_MS), 0);
    assert_int_equal(rows(), 7); /* the five last of the first day, and two later */
    account_close(account);
    account = open_account(name, "2/day", "");
    assert_int_equal(take(account, noon_ms + (int64_t)3 * CLOCK_DAY_MS), 0);
    assert_int_equal(take(account, noon_ms + (int64_t)3 * CLOCK_DAY_MS), 0);
    assert_int_equal(take(account, noon_ms + (int64_t)3 * CLOCK_DAY_MS), CLOCK_DAY_MS);
    account_close(account);
}

/* A child that takes what it can get; each byte in the pipe is a message that went. */
static pid_t start_taker(int output, bool forever) {
    pid_t child = fork();
    if (child != 0)
        return child;
    struct account *account = NULL;
    struct error error;
    struct quota quota = quota_of("60/day", "");
    if (account_open(&account, path, name, &quota, &error) != 0)
        _exit(2);
    for (int idle = 0; forever || idle < 3;) {
        int64_t free_ms;
        int taken = account_take(account, noon_ms + idle, &free_ms, &error);
        if (taken < 0 || (taken == 1 && write(output, "m", 1) != 1))
            _exit(3);
        idle += taken == 0;
    }
    account_close(account);
    _exit(0);
}

static size_t count_bytes(int input) {
    char bytes[256];
    size_t total = 0;
    for (ssize_t count; (count = read(input, bytes, sizeof bytes)) > 0;)
        total += (size_t)count;
    return total;
}

/* Several processes that make the file, open it and ask at the same time: as many as the limit, and no more. */
static void test_processes_share_a_limit(void **state) {
    (void)state;
    pid_t children[8];
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    for (size_t i = 0; i < COUNT(children); i++)
        children[i] = start_taker(ends[1], false);
    close(ends[1]);
    for (size_t i = 0; i < COUNT(children); i++) {
        int status = -1;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(count_bytes(ends[0]), 60);
    close(ends[0]);
}

/* Killed at any moment, they never send more, and what is lost is at most what was counted and did not go. */
static void test_killed_processes_keep_the_limit(void **state) {
    (void)state;
    enum { ROUNDS = 20 };
    size_t sent = 0;
    for (int round = 0; round < ROUNDS; round++) {
        int ends[2], status = -1;
        assert_int_equal(pipe(ends), 0);
        pid_t child = start_taker(ends[1], true);
        close(ends[1]);
        usleep((useconds_t)(2000 + 700 * round));
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        sent += count_bytes(ends[0]);
        close(ends[0]);
    }
    struct account *account = open_account(name, "60/day", ""); /* makes the record, where all were killed before */
    assert_true(sent <= 60);
    assert_true(rows() <= 60);
    assert_true((int64_t)sent <= rows());
    assert_true(rows() - (int64_t)sent <= ROUNDS);
    for (int64_t i = rows(); i < 60; i++)
        assert_int_equal(take(account, noon_ms + 10), 0);
    assert_true(take(account, noon_ms + 10) > 0);
    account_close(account);
}

static void test_files_that_are_no_records(void **state) {
    (void)state;
    struct account *account = NULL;
    struct error error;
    struct quota quota = quota_of("1/day", "");
    account_close(open_account(name, "", ""));
    struct database *database = NULL;
    assert_int_equal(database_open(&database, path, DATABASE_KEEP, &error), 0);
    assert_int_equal(database_run(database, "PRAGMA user_version = 2", &error), 0);
    database_close(database);
    assert_int_equal(account_open(&account, path, name, &quota, &error), -1);
    assert_int_equal(error.status, STATUS_DATA);
    assert_non_null(strstr(error.message, "newer"));

    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 100; i++)
        fputs("This is a text and no database.\n", file);
    fclose(file);
    assert_int_equal(account_open(&account, path, name, &quota, &error), -1);
    assert_int_equal(error.status, STATUS_DATA);

    assert_int_equal(account_open(&account, "/dev/null/postbag/accounts", name, &quota, &error), -1);
    assert_int_equal(error.status, STATUS_CANNOT_CREATE);
    assert_null(account);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, new_file, remove_files)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_where_it_is),
        TEST(test_it_is_private),
        TEST(test_no_limit),
        TEST(test_limits_hold_over_restarts),
        TEST(test_accounts_are_apart),
        TEST(test_hours_and_rates_together),
        TEST(test_a_clock_that_was_set_back),
        TEST(test_a_clock_that_was_read_before),
        TEST(test_old_times_are_deleted),
        TEST(test_processes_share_a_limit),
        TEST(test_killed_processes_keep_the_limit),
        TEST(test_files_that_are_no_records),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
