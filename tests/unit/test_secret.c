/*
 * Secrets: from files that are private, from commands that end, from the environment, and from a person at a terminal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/str.h"
#include "commands/secret.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char variable[] = "POSTBAG_TEST_PASSWORD";
static char directory[] = "/tmp/postbag test's-XXXXXX";
static char path[64];

static int make_directory(void **state) {
    (void)state;
    unsetenv(variable);
    if (mkdtemp(directory) == NULL || freopen("/dev/null", "r", stdin) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/password", directory);
    return 0;
}

static int remove_directory(void **state) {
    (void)state;
    unlink(path);
    return rmdir(directory);
}

static void write_file(const char *bytes, size_t length, mode_t mode) {
    unlink(path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static struct secret_source source_of(const char *file, const char *command) {
    return (struct secret_source){.key = "smtp.password_file",
                                  .file = file,
                                  .command = command,
                                  .variable = variable,
                                  .what = "Password of branch@union.example"};
}

/* What every way in must make of these bytes. */
static const struct {
    const char *bytes;
    size_t length;
    const char *secret; /* NULL: an error that says … */
    const char *about;
} texts[] = {
    {"hunter2", 7, "hunter2", NULL},
    {"hunter2\n", 8, "hunter2", NULL},
    {"hunter2\r\n", 9, "hunter2", NULL},
    {"hunter2\nsecond line\n", 20, "hunter2", NULL},
    {" abcd efgh \n", 12, " abcd efgh ", NULL},
    {"\xEF\xBB\xBFhunter2\r\n", 12, "hunter2", NULL},
    {"p\xC3\xA4ss\n", 6, "p\xC3\xA4ss", NULL},
    {"", 0, NULL, "it is empty"},
    {"\n", 1, NULL, "its first line is empty"},
    {"\r\nhunter2\n", 10, NULL, "its first line is empty"},
    {"\xEF\xBB\xBF\n", 4, NULL, "its first line is empty"},
    {"hun\0ter2\n", 9, NULL, "a character that no password has"},
    {"hun\tter2\n", 9, NULL, "a character that no password has"},
    {"hun\rter2\n", 9, NULL, "a character that no password has"},
};

static void expect(const struct secret_source *source, const char *expected, const char *about) {
    struct arena arena = ARENA_EMPTY;
    struct error error = {.status = STATUS_DONE};
    const char *secret = NULL;
    int result = secret_find(source, &secret, &arena, &error);
    if (expected != NULL) {
        if (result != 0)
            fail_msg("%s", error.message);
        assert_string_equal(secret, expected);
    } else {
        assert_int_equal(result, -1);
        assert_int_equal(error.status, STATUS_CONFIGURATION);
        assert_null(secret);
        if (strstr(error.message, about) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", error.message, about);
        assert_null(strstr(error.message, "hunter2"));
    }
    arena_release(&arena);
}

static void test_files(void **state) {
    (void)state;
    struct secret_source source = source_of(path, NULL);
    for (size_t i = 0; i < COUNT(texts); i++) {
        write_file(texts[i].bytes, texts[i].length, 0600);
        expect(&source, texts[i].secret, texts[i].about);
    }
    write_file("hunter2\n", 8, 0400);
    expect(&source, "hunter2", NULL);
}

static void test_the_longest_file(void **state) {
    (void)state;
    struct secret_source source = source_of(path, NULL);
    char bytes[4098];
    memset(bytes, 'x', sizeof bytes);
    bytes[4096] = '\0';
    write_file(bytes, 4096, 0600);
    expect(&source, bytes, NULL);
    bytes[4096] = '\n';
    write_file(bytes, 4097, 0600);
    expect(&source, NULL, "more than 4096");
}

static void test_files_that_others_can_read(void **state) {
    (void)state;
    static const mode_t modes[] = {0640, 0604, 0644, 0620, 0610, 0601};
    struct secret_source source = source_of(path, NULL);
    struct str advice = STR_EMPTY;
    str_addf(&advice, "type: chmod 600 '/tmp/postbag test'\\''s-%s/password'", strrchr(directory, '-') + 1);
    for (size_t i = 0; i < COUNT(modes); i++) {
        write_file("hunter2\n", 8, modes[i]);
        expect(&source, NULL, advice.bytes);
    }
    /* What it says to type is what helps. */
    const char *command = strstr(advice.bytes, "chmod");
    assert_int_equal(system(command), 0); // NOLINT(cert-env33-c)
    expect(&source, "hunter2", NULL);
    str_release(&advice);
}

static void test_files_that_are_no_files(void **state) {
    (void)state;
    struct secret_source source = source_of(directory, NULL);
    expect(&source, NULL, "no ordinary file");
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    source.file = path;
    expect(&source, NULL, "no ordinary file"); /* and does not wait for a writer */
    unlink(path);
    source.file = "/nonexistent/hunter2"; /* a password, where the file's name should stand */
    expect(&source, NULL, "is not the secret itself");
    write_file("hunter2\n", 8, 0600);
    source.file = path;
    if (geteuid() == 0) {
        assert_int_equal(chown(path, 12345, 12345), 0);
        expect(&source, NULL, "belongs to another user");
    }
}

static void test_commands(void **state) {
    (void)state;
    struct str command = STR_EMPTY;
    for (size_t i = 0; i < COUNT(texts); i++) {
        write_file(texts[i].bytes, texts[i].length, 0600);
        str_clear(&command);
        str_addf(&command, "cat \"%s\"", path);
        struct secret_source source = source_of(NULL, command.bytes);
        expect(&source, texts[i].secret, texts[i].about);
    }
    str_release(&command);
}

static void test_commands_that_fail(void **state) {
    (void)state;
    static const struct {
        const char *command, *about;
    } cases[] = {
        {"echo hunter2; exit 3", "failed with status 3"},
        {"hunter2-is-no-program 2>/dev/null", "failed with status 127: there is no such program"},
        {"echo hunter2; kill -9 $$", "ended by signal 9"},
        {"exec sleep 30", "did not end in time"},
        {"exec sleep 30 >&-", "did not end in time"},
        {"echo hunter2; exec sleep 30", "did not end in time"},
        {"exec yes hunter2", "more than 4096"},
        {"cat", "it is empty"}, /* standard input is not for it */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct secret_source source = source_of(NULL, cases[i].command);
        int64_t begun_ms = clock_steady_ms();
        source.timeout_ms = 400;
        expect(&source, NULL, cases[i].about);
        assert_true(clock_steady_ms() - begun_ms < 10 * CLOCK_SECOND_MS);
    }
}

/* What a command leaves running, such as the agent of a key ring, is not waited for, though it holds the output open. */
static void test_a_command_that_leaves_an_agent(void **state) {
    (void)state;
    struct secret_source source = source_of(NULL, "sleep 6 & echo hunter2");
    int64_t begun_ms = clock_steady_ms();
    expect(&source, "hunter2", NULL);
    assert_true(clock_steady_ms() - begun_ms < 5 * CLOCK_SECOND_MS);
}

static void test_what_a_command_complains_of_is_seen(void **state) {
    (void)state;
    struct secret_source source = source_of(NULL, "echo the key ring is locked >&2; echo hunter2");
    char seen[64] = "";
    int ends[2], before = dup(STDERR_FILENO);
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    expect(&source, "hunter2", NULL);
    dup2(before, STDERR_FILENO);
    close(before);
    assert_true(read(ends[0], seen, sizeof seen - 1) > 0);
    assert_string_equal(seen, "the key ring is locked\n");
    close(ends[0]);
}

static void test_which_way_is_taken(void **state) {
    (void)state;
    setenv(variable, "from the environment", 1);
    write_file("from the file\n", 14, 0600);
    struct secret_source source = source_of(path, "echo from the command");
    expect(&source, "from the file", NULL);
    source.file = NULL;
    expect(&source, "from the command", NULL);
    source.command = NULL;
    expect(&source, "from the environment", NULL);
    source.command = "false"; /* and no other where it fails */
    expect(&source, NULL, "failed with status 1");
    setenv(variable, "hunter2\t", 1);
    source.command = NULL;
    expect(&source, NULL, "$POSTBAG_TEST_PASSWORD gives a character");
    unsetenv(variable);
}

static void test_nobody_to_ask(void **state) {
    (void)state;
    struct secret_source source = source_of(NULL, NULL);
    unsetenv(variable);
    expect(&source, NULL, "Password of branch@union.example is needed");
    expect(&source, NULL, "password_file");
    expect(&source, NULL, "password_command");
    expect(&source, NULL, "$POSTBAG_TEST_PASSWORD");
    setenv(variable, "", 1);
    expect(&source, NULL, "is needed");
    unsetenv(variable);
    source.variable = NULL;
    expect(&source, NULL, "is needed");
}

/* Questions */

static void on_interrupt(int signal_number) {
    (void)signal_number;
}

/* A person at a terminal of their own. What the program makes of the answer comes out of *RESULT. */
static pid_t start_asking(int *terminal, int *result) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = forkpty(terminal, NULL, NULL, NULL);
    assert_true(child >= 0);
    if (child == 0) {
        struct arena arena = ARENA_EMPTY;
        struct error error = {.status = STATUS_DONE};
        struct sigaction action = {.sa_handler = on_interrupt};
        struct secret_source source = source_of(NULL, NULL);
        const char *secret = "";
        sigaction(SIGINT, &action, NULL);
        bool found = secret_find(&source, &secret, &arena, &error) == 0;
        dprintf(ends[1], "%d %s", found ? 0 : (int)error.status, found ? secret : error.message);
        close(ends[1]);
        char end;
        while (read(STDIN_FILENO, &end, 1) < 0) /* the terminal lives as long as its last process */
            continue;
        _exit(0);
    }
    close(ends[1]);
    *result = ends[0];
    return child;
}

/* Reads the screen until it shows TEXT for the COUNT-th time. */
static void wait_for(int terminal, struct str *screen, const char *text, int count) {
    for (;;) {
        const char *at = screen->bytes;
        for (int i = 0; at != NULL && i < count; i++) {
            at = strstr(at, text);
            at = at == NULL ? NULL : at + 1;
        }
        if (at != NULL)
            return;
        char bytes[256];
        ssize_t length = read(terminal, bytes, sizeof bytes);
        assert_true(length > 0);
        str_add(screen, bytes, (size_t)length);
    }
}

static bool echoes(int terminal) {
    struct termios modes;
    assert_int_equal(tcgetattr(terminal, &modes), 0);
    return (modes.c_lflag & ECHO) != 0;
}

static void test_questions(void **state) {
    (void)state;
    static const struct {
        const char *typed[2];
        const char *result;
    } cases[] = {
        {{"hunter2\n"}, "0 hunter2"},
        {{"p\xC3\xA4ss word\r"}, "0 p\xC3\xA4ss word"},
        {{"\n", "hunter2\n"}, "0 hunter2"}, /* asked again */
        {{"hunx\177ter2\n"}, "0 hunter2"},  /* the key that erases */
        {{"\003"}, "130 stopped"},          /* Ctrl-C */
        {{"hun\003"}, "130 stopped"},
        {{"\004"}, "130 stopped"},  /* Ctrl-D */
        {{"\032hunter2\n"}, "78 "}, /* Ctrl-Z and an arrow key are characters, and no password has them */
        {{"hunter2\033[D\n"}, "78 the answer gives a character that no password has"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int terminal = -1, output = -1, status = -1;
        char result[512] = "";
        struct str screen = STR_EMPTY;
        pid_t child = start_asking(&terminal, &output);
        for (int k = 0; k < 2 && cases[i].typed[k] != NULL; k++) {
            wait_for(terminal, &screen, "Password of branch@union.example: ", k + 1);
            assert_false(echoes(terminal));
            ssize_t length = (ssize_t)strlen(cases[i].typed[k]);
            assert_int_equal(write(terminal, cases[i].typed[k], (size_t)length), length);
        }
        size_t length = 0;
        for (ssize_t count; (count = read(output, result + length, sizeof result - 1 - length)) > 0;)
            length += (size_t)count;
        if (strncmp(result, cases[i].result, strlen(cases[i].result)) != 0)
            fail_msg("case %zu: %s", i, result);
        assert_true(echoes(terminal)); /* as it was */
        assert_int_equal(write(terminal, "\n", 1), 1);
        wait_for(terminal, &screen, "\n", 2);
        assert_null(strstr(screen.bytes, "hun"));
        assert_int_equal(waitpid(child, &status, 0), child);
        close(terminal);
        close(output);
        str_release(&screen);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_the_longest_file),
        cmocka_unit_test(test_files_that_others_can_read),
        cmocka_unit_test(test_files_that_are_no_files),
        cmocka_unit_test(test_commands),
        cmocka_unit_test(test_commands_that_fail),
        cmocka_unit_test(test_a_command_that_leaves_an_agent),
        cmocka_unit_test(test_what_a_command_complains_of_is_seen),
        cmocka_unit_test(test_which_way_is_taken),
        cmocka_unit_test(test_nobody_to_ask),
        cmocka_unit_test(test_questions),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
