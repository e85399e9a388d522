/*
 * The ledger: who is whom over several lists, what a letter may become, and that what was recorded is there after a crash.
 */
#include <dirent.h>
#include <pthread.h>
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

#include "base/file.h"
#include "record/ledger.h"
#include "record/schema.h"
#include "record/store.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static char directory[] = "/tmp/postbag-test-XXXXXX";
static char path[64];

static int make_directory(void **state) {
    (void)state;
    if (mkdtemp(directory) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/march.ledger", directory);
    return 0;
}

static int remove_directory(void **state) {
    (void)state;
    return rmdir(directory);
}

static int remove_files(void **state) {
    (void)state;
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal", "-marks"};
    for (size_t i = 0; i < COUNT(suffixes); i++) {
        char name[80];
        snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
        unlink(name);
    }
    return 0;
}

/* A row of a list; the MP is the seat's. */
struct row {
    const char *name, *number, *postcode, *email, *seat;
};

/* What a run of a list found. */
struct run {
    struct ledger *ledger;
    struct arena arena;
    struct problems problems;
    struct error error;
    struct str said; /* problems and what was held, on lines */
};

static struct run open_run(enum ledger_mode mode) {
    struct run run = {.said = STR_EMPTY};
    if (ledger_open(&run.ledger, path, mode, 1000, &run.error) != 0)
        fail_msg("%s", run.error.message);
    return run;
}

static void close_run(struct run *run) {
    ledger_close(run->ledger);
    arena_release(&run->arena);
    str_release(&run->said);
}

static struct person person_of(struct run *run, const struct row *row, unsigned number) {
    struct person_findings findings;
    struct value *values = ARENA_ARRAY(&run->arena, struct value, FIELD_COUNT);
    static const enum field fields[] = {FIELD_NAME, FIELD_MEMBER_ID, FIELD_POSTCODE, FIELD_EMAIL};
    const char *const texts[] = {row->name, row->number, row->postcode, row->email};
    for (int i = 0; i < FIELD_COUNT; i++)
        values[i].text = "";
    for (size_t i = 0; i < COUNT(fields); i++)
        if (texts[i] != NULL)
            values[fields[i]] = (struct value){texts[i], strlen(texts[i]), number + 1, (unsigned)i + 1};
    struct person person = {.row = number, .line = number + 1, .values = values};
    person_complete(&person, &run->arena, &findings);
    return person;
}

static int say_held(void *context, unsigned row, const char *key, enum ledger_state state, int64_t when_ms,
                    struct error *error) {
    (void)error;
    struct run *run = context;
    str_addf(&run->said, "row %u held for %s, %s at %d\n", row, key, ledger_state_name(state), (int)when_ms);
    return 0;
}

static int64_t meet_row(struct run *run, const struct row *row, unsigned number, enum ledger_channel channel) {
    struct person person = person_of(run, row, number);
    char recipient[64];
    snprintf(recipient, sizeof recipient, "MP of %s", row->seat);
    struct ledger_meeting meeting = {&person, channel, recipient, row->seat, "list.csv"};
    struct ledger_letter letter;
    problems_init(&run->problems, &run->arena);
    assert_int_equal(ledger_meet(run->ledger, &meeting, &letter, &run->arena, &run->problems, &run->error), 0);
    assert_true((letter.id == 0) == (run->problems.errors_count == 1));
    for (size_t i = 0; i < run->problems.count; i++) {
        assert_int_equal(run->problems.items[i].row, number);
        assert_string_equal(run->problems.items[i].place.file, "list.csv");
        str_addf(&run->said, "row %u: %s\n", number, run->problems.items[i].message);
    }
    problems_release(&run->problems);
    return letter.id;
}

/* Rolls a list of COUNT rows, of which those without a name are no rows, and says what was held. */
static const char *roll(struct run *run, const struct row *rows, size_t count) {
    str_clear(&run->said);
    assert_int_equal(ledger_roll_begin(run->ledger, 2000, &run->error), 0);
    for (size_t i = 0; i < count; i++)
        if (rows[i].name != NULL)
            meet_row(run, &rows[i], (unsigned)i + 1, LEDGER_EMAIL);
    assert_int_equal(ledger_roll_settle(run->ledger, say_held, run, &run->error), 0);
    assert_int_equal(ledger_roll_commit(run->ledger, &run->error), 0);
    return run->said.bytes;
}

/* The letter of ROW; id 0: there is none to be sent. */
static struct ledger_letter letter_of(struct run *run, unsigned row) {
    struct ledger_letter letter = {0};
    assert_in_range(ledger_letter_of_row(run->ledger, LEDGER_EMAIL, row, &run->arena, &letter, &run->error), 0, 1);
    return letter;
}

static int record(struct run *run, int64_t letter, enum ledger_state state) {
    struct digest digest;
    digest_of(&digest, "bytes", 5);
    bool sending = state == LEDGER_SENDING;
    struct ledger_change change = {.letter = letter,
                                   .state = state,
                                   .now_ms = 3000,
                                   .due_ms = 9000,
                                   .code = 250,
                                   .text = sending ? NULL : "2.0.0 Ok: it was for Jane Doe",
                                   .digest = sending ? &digest : NULL,
                                   .file = sending ? "out/sent/0001-jane-doe.eml" : NULL};
    return ledger_record(run->ledger, &change, &run->error);
}

static void bring_to(struct run *run, unsigned row, enum ledger_state state) {
    int64_t id = letter_of(run, row).id;
    assert_int_not_equal(id, 0);
    if (state == LEDGER_READY)
        return;
    assert_int_equal(record(run, id, LEDGER_SENDING), 0);
    if (state != LEDGER_SENDING)
        assert_int_equal(record(run, id, state), 0);
    assert_int_equal(ledger_flush(run->ledger, &run->error), 0);
}

#define JANE \
    { "Jane Doe", "", "SW1A 2AA", "jane@post.example", "Ynys" }
#define JOHN \
    { "John Smith", "17", "SW1A 2AB", "john@post.example", "Ynys" }
static const struct row couple[] = {JANE, JOHN};

/* Opening */

static void test_a_ledger_is_private_and_knows_its_modes(void **state) {
    (void)state;
    struct run run = {0};
    struct stat status;
    assert_int_equal(ledger_open(&run.ledger, path, LEDGER_READ, 0, &run.error), -1);
    assert_int_equal(run.error.status, STATUS_NO_INPUT);
    assert_int_equal(ledger_open(&run.ledger, path, LEDGER_WRITE, 0, &run.error), -1);
    assert_int_equal(run.error.status, STATUS_NO_INPUT);
    assert_int_equal(access(path, F_OK), -1);
    run = open_run(LEDGER_PEEK);
    assert_string_equal(roll(&run, couple, 2), "");
    close_run(&run);
    assert_int_equal(access(path, F_OK), -1);
    umask(0);
    run = open_run(LEDGER_SEND);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    close_run(&run);
    run = open_run(LEDGER_READ);
    close_run(&run);
}

static void test_the_path(void **state) {
    (void)state;
    struct arena arena = ARENA_EMPTY;
    assert_string_equal(ledger_path(&arena, "/a/b", "march"), "/a/b/march.ledger");
    assert_string_equal(ledger_path(&arena, NULL, "march"), "march.ledger");
    arena_release(&arena);
    for (int i = 0; i < LEDGER_STATES; i++)
        assert_int_equal(ledger_state_named(ledger_state_name((enum ledger_state)i)), i);
    assert_int_equal(ledger_state_named("nowhere"), -1);
}

static void test_one_process_at_a_time(void **state) {
    (void)state;
    int ready[2], done[2], status;
    char byte;
    struct ledger *ledger;
    struct error error;
    assert_int_equal(pipe(ready) | pipe(done), 0);
    pid_t child = fork();
    if (child == 0) {
        int opened = ledger_open(&ledger, path, LEDGER_SEND, 0, &error);
        (void)!write(ready[1], "x", 1);
        (void)!read(done[0], &byte, 1); /* holds it until it is killed */
        _exit(opened);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    for (int mode = LEDGER_WRITE; mode <= LEDGER_SEND; mode++) {
        assert_int_equal(ledger_open(&ledger, path, (enum ledger_mode)mode, 0, &error), -1);
        assert_int_equal(error.status, STATUS_LATER);
        assert_non_null(strstr(error.message, "another Postbag is at work on"));
    }
    assert_int_equal(ledger_open(&ledger, path, LEDGER_READ, 0, &error), 0);
    ledger_close(ledger);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    assert_int_equal(ledger_open(&ledger, path, LEDGER_SEND, 0, &error), 0);
    struct ledger *again;
    assert_int_equal(ledger_open(&again, path, LEDGER_SEND, 0, &error), -1);
    ledger_close(ledger);
    assert_int_equal(ledger_open(&again, path, LEDGER_SEND, 0, &error), 0);
    ledger_close(again);
    close(ready[0]), close(ready[1]), close(done[0]), close(done[1]);
}

static void test_killed_while_sending(void **state) {
    (void)state;
    int status, ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        struct run run = open_run(LEDGER_SEND);
        roll(&run, couple, 2);
        bring_to(&run, 1, LEDGER_SENT);
        bring_to(&run, 2, LEDGER_SENDING);
        if (ledger_begin(run.ledger, letter_of(&run, 2).id, &run.error) != 0)
            _exit(1);
        (void)!write(ready[1], "x", 1);
        pause();
        _exit(0);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    struct run run = open_run(LEDGER_SEND);
    assert_int_equal(ledger_cut_off(run.ledger), 1);
    assert_string_equal(roll(&run, couple, 2), "");
    assert_int_equal(letter_of(&run, 1).state, LEDGER_SENT);
    assert_int_equal(letter_of(&run, 2).state, LEDGER_UNSURE);
    close_run(&run);
    run = open_run(LEDGER_WRITE);
    assert_int_equal(ledger_cut_off(run.ledger), 0);
    close_run(&run);
    close(ready[0]), close(ready[1]);
}

/* Leaves the letter of row 2 in `sending`, as a process that is killed leaves it, perhaps answered; returns its number. */
static int64_t die_with(bool answered) {
    int status, numbers[2];
    int64_t letter = 0;
    assert_int_equal(pipe(numbers), 0);
    pid_t child = fork();
    if (child == 0) {
        struct run run = open_run(LEDGER_SEND);
        roll(&run, couple, 2);
        bring_to(&run, 2, LEDGER_SENDING);
        letter = letter_of(&run, 2).id;
        if (answered)
            record(&run, letter, LEDGER_SENT);
        (void)!write(numbers[1], &letter, sizeof letter);
        pause();
        _exit(0);
    }
    assert_int_equal(read(numbers[0], &letter, sizeof letter), sizeof letter);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    close(numbers[0]), close(numbers[1]);
    return letter;
}

static void write_marks(long at, const void *bytes, size_t length) {
    char name[300];
    snprintf(name, sizeof name, "%s-marks", path);
    FILE *file = fopen(name, "r+");
    assert_non_null(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* What is known of a letter that was cut off, by how far it had come; nothing where the machine was started anew. */
static void test_how_far_a_letter_had_come(void **state) {
    (void)state;
    enum { HEADER = 128, BOOT_ID_AT = 16 };
    static const struct {
        const char *name;
        enum mark mark;
        bool started_anew;
        enum ledger_state expected;
    } cases[] = {
        {"not begun", MARK_NONE, false, LEDGER_READY},
        {"begun", MARK_GOING, false, LEDGER_UNSURE},
        {"taken", MARK_TAKEN, false, LEDGER_SENT},
        {"refused", MARK_REFUSED, false, LEDGER_READY},
        {"rubbish", (enum mark)200, false, LEDGER_UNSURE},
        {"not begun, as far as the disk has it", MARK_NONE, true, LEDGER_UNSURE},
        {"taken, as far as the disk has it", MARK_TAKEN, true, LEDGER_UNSURE},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        print_message("%s\n", cases[i].name);
        int64_t letter = die_with(false);
        unsigned char mark = (unsigned char)cases[i].mark;
        write_marks((long)(HEADER + letter), &mark, 1);
        if (cases[i].started_anew)
            write_marks(BOOT_ID_AT, "another", strlen("another"));
        struct run run = open_run(LEDGER_SEND);
        assert_int_equal(ledger_cut_off(run.ledger), cases[i].expected == LEDGER_UNSURE);
        roll(&run, couple, 2);
        assert_int_equal(letter_of(&run, 2).state, cases[i].expected);
        close_run(&run);
        remove_files(NULL);
    }
}

/* That the server has a letter is known, though it was not on disk when the process was killed. */
static void test_killed_before_the_answer_was_written_down(void **state) {
    (void)state;
    die_with(true);
    struct run run = open_run(LEDGER_SEND);
    assert_int_equal(ledger_cut_off(run.ledger), 0);
    roll(&run, couple, 2);
    assert_int_equal(letter_of(&run, 2).state, LEDGER_SENT);
    close_run(&run);
}

static void overwrite(long at, const char *bytes, size_t length) {
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static void test_a_damaged_file(void **state) {
    (void)state;
    static const char rubbish[3000] = "rubbish";
    static const long places[] = {0, 2000, 4096, 5 * 4096, 8 * 4096};
    for (size_t i = 0; i < COUNT(places); i++) {
        struct run run = open_run(LEDGER_SEND);
        roll(&run, couple, 2);
        close_run(&run);
        overwrite(places[i], rubbish, sizeof rubbish);
        struct ledger *ledger;
        struct error error;
        if (ledger_open(&ledger, path, LEDGER_SEND, 0, &error) != -1)
            fail_msg("damage at %ld was not found", places[i]);
        assert_int_equal(error.status, STATUS_DATA);
        assert_non_null(strstr(error.message, path));
        remove_files(NULL);
    }
}

static void test_files_that_are_no_ledgers(void **state) {
    (void)state;
    struct ledger *ledger;
    struct database *database;
    struct error error;
    assert_int_equal(database_open(&database, path, DATABASE_KEEP, &error), 0);
    assert_int_equal(database_run(database, "CREATE TABLE t (n)", &error), 0);
    database_close(database);
    for (int mode = LEDGER_READ; mode <= LEDGER_SEND; mode++) {
        assert_int_equal(ledger_open(&ledger, path, (enum ledger_mode)mode, 0, &error), -1);
        assert_int_equal(error.status, STATUS_DATA);
        assert_non_null(strstr(error.message, "is not a ledger"));
    }
    remove_files(NULL);
    FILE *file = fopen(path, "w"); /* made by a run that was cut off at once */
    assert_int_equal(fclose(file), 0);
    assert_int_equal(ledger_open(&ledger, path, LEDGER_READ, 0, &error), -1);
    assert_int_equal(error.status, STATUS_NO_INPUT);
    assert_int_equal(ledger_open(&ledger, path, LEDGER_PEEK, 0, &error), 0);
    ledger_close(ledger);
    assert_int_equal(ledger_open(&ledger, path, LEDGER_SEND, 0, &error), 0);
    ledger_close(ledger);
}

static void test_versions(void **state) {
    (void)state;
    static const char *const steps[] = {"CREATE TABLE t (n); INSERT INTO t VALUES (1)", "UPDATE t SET n = n + 1",
                                        "UPDATE t SET n = n * 10; CREATE TABLE u (n)"};
    static const char *const wrong[] = {steps[0], steps[1], steps[2], "CREATE TABLE v (n)", "UPDATE nowhere SET n = 1"};
    struct database *database;
    struct statement *statement;
    struct error error;
    struct ledger *ledger;
    bool empty = false;
    assert_int_equal(database_open(&database, path, DATABASE_KEEP, &error), 0);
    assert_int_equal(schema_bring_up(database, path, steps, 1, false, &empty, &error), 0);
    assert_true(empty);
    assert_int_equal(schema_bring_up(database, path, steps, 1, true, NULL, &error), 0);
    assert_int_equal(schema_bring_up(database, path, steps, 3, false, &empty, &error), -1);
    assert_non_null(strstr(error.message, "older Postbag"));
    assert_int_equal(schema_bring_up(database, path, steps, 3, true, NULL, &error), 0);
    assert_int_equal(schema_bring_up(database, path, steps, 3, true, NULL, &error), 0);
    assert_int_equal(schema_bring_up(database, path, wrong, 5, true, NULL, &error), -1);
    assert_int_equal(schema_bring_up(database, path, steps, 3, false, NULL, &error), 0); /* nothing of it was done */
    assert_int_equal(database_prepare(database, &statement, "SELECT n FROM t", &error), 0);
    assert_int_equal(statement_step(statement, &error), 1);
    assert_int_equal(statement_number(statement, 0), 20);
    statement_reset(statement);
    assert_int_equal(database_run(database, "PRAGMA user_version = 1000", &error), 0);
    database_close(database);
    for (int mode = LEDGER_READ; mode <= LEDGER_SEND; mode++) {
        assert_int_equal(ledger_open(&ledger, path, (enum ledger_mode)mode, 0, &error), -1);
        assert_int_equal(error.status, STATUS_DATA);
        assert_non_null(strstr(error.message, "newer Postbag"));
    }
}

static void test_a_folder_that_may_only_be_read(void **state) {
    (void)state;
    struct ledger *ledger;
    struct error error;
    bool root = geteuid() == 0;
    assert_int_equal(chmod(directory, 0555), 0);
    if (root)
        assert_int_equal(seteuid(65534), 0);
    int result = ledger_open(&ledger, path, LEDGER_SEND, 0, &error);
    if (root)
        assert_int_equal(seteuid(0), 0);
    chmod(directory, 0700);
    assert_int_equal(result, -1);
    assert_int_equal(error.status, STATUS_CANNOT_CREATE);
    assert_non_null(strstr(error.message, "cannot be written"));
}

/* In a process of its own, whose files can grow only so far. */
static void test_nothing_is_recorded_after_a_failure(void **state) {
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        struct run run = open_run(LEDGER_SEND);
        static const struct row rows[] = {JANE, JOHN};
        roll(&run, rows, 2);
        struct stat log;
        char name[80];
        snprintf(name, sizeof name, "%s-wal", path);
        signal(SIGXFSZ, SIG_IGN);
        if (stat(name, &log) != 0)
            _exit(2);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){(rlim_t)log.st_size, RLIM_INFINITY});
        int64_t first = letter_of(&run, 1).id, second = letter_of(&run, 2).id;
        int failures = 0, tries = 0;
        while (tries < 200 && failures == 0) { /* the log is written from its start again after a checkpoint */
            failures = record(&run, tries % 2 == 0 ? first : second, LEDGER_LATER) != 0;
            tries++;
        }
        if (failures == 0 || run.error.status != STATUS_INPUT_OUTPUT)
            _exit(3);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
        _exit(record(&run, first, LEDGER_SENDING) == -1 && run.error.status == STATUS_INPUT_OUTPUT ? 0 : 4);
    }
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    struct run run = open_run(LEDGER_SEND);
    roll(&run, couple, 2);
    assert_int_not_equal(letter_of(&run, 1).state, LEDGER_UNSURE);
    close_run(&run);
}

/* Lists that were mended */

/* The first list is sent; what the second finds, and which of its rows have a letter still to be sent ("ready"). */
static const struct {
    const char *name;
    struct row before[3], after[3];
    const char *said;
    const char *states; /* of the rows of the second: a letter each, as ledger_state_name begins, or - */
} mendings[] = {
    {"the same list", {JANE, JOHN}, {JANE, JOHN}, "", "ss"},
    {"the other way round", {JANE, JOHN}, {JOHN, JANE}, "", "ss"},
    {"somebody new", {JANE}, {JANE, JOHN}, "", "sr"},
    {"somebody new elsewhere, where another was", {JANE}, {JOHN}, "", "r"},
    {"case, title and marks",
     {{"Sian Wyn", "", "SW1A 2AA", "", "Ynys"}},
     {{"Mrs SIÂN ŴYN", "", "sw1a2aa", "", "Ynys"}},
     "",
     "s"},
    {"a typo in the name",
     {{"Jnae Doe", "", "SW1A 2AA", "jane@post.example", "Ynys"}, JOHN},
     {{"Jane Doe", "", "SW1A 2AA", "jane@post.example", "Ynys"}, JOHN},
     "",
     "ss"},
    {"a typo in the name, no e-mail, the same row",
     {{"Jnae Doe", "", "SW1A 2AA", "", "Ynys"}},
     {{"Jane Doe", "", "SW1A 2AA", "", "Ynys"}},
     "",
     "s"},
    {"a typo in the name, in another row",
     {{"Jnae Doe", "", "SW1A 2AA", "jane@post.example", "Ynys"}, JOHN},
     {JOHN, {"Jane Doe", "", "SW1A 2AA", "jane@post.example", "Ynys"}},
     "",
     "ss"},
    {"a new e-mail address", {JANE}, {{"Jane Doe", "", "SW1A 2AA", "new@post.example", "Ynys"}}, "", "s"},
    {"a mended postcode", {JANE}, {{"Jane Doe", "", "SW1A 2ZZ", "jane@post.example", "Ynys"}}, "", "s"},
    {"a number added", {JANE}, {{"Jane Doe", "4711", "SW1A 2AA", "jane@post.example", "Ynys"}}, "", "s"},
    {"married: another name, the same number",
     {JOHN},
     {{"John Jones", "17", "SW1A 2ZZ", "other@post.example", "Ynys"}},
     "",
     "s"},
    {"a spouse at the same address and mailbox, beside",
     {JANE},
     {JANE, {"Richard Roe", "", "SW1A 2AA", "jane@post.example", "Ynys"}},
     "",
     "sr"},
    {"a spouse at the same address and mailbox, instead",
     {JANE},
     {{"Richard Roe", "", "SW1A 2AA", "jane@post.example", "Ynys"}},
     "row 1 held for 0001-jane-doe, sent at 3000\n",
     "-"},
    {"another at the same postcode in the same row, instead",
     {JANE},
     {{"Richard Roe", "", "SW1A 2AA", "roe@post.example", "Ynys"}},
     "row 1 held for 0001-jane-doe, sent at 3000\n",
     "-"},
    {"another at the same postcode in another row",
     {JANE, JOHN},
     {JOHN, {"Richard Roe", "", "SW1A 2AA", "roe@post.example", "Ynys"}},
     "",
     "sr"},
    {"short names that are near, but other people's",
     {{"Ann Lee", "", "SW1A 2AA", "lee@post.example", "Ynys"}},
     {{"Ian Lee", "", "SW1A 2AA", "lee@post.example", "Ynys"}},
     "row 1 held for 0001-ann-lee, sent at 3000\n",
     "-"},
    {"names that no key shows",
     {{"李娜", "", "SW1A 2AA", "li@post.example", "Ynys"}},
     {{"王芳", "", "SW1A 2AA", "li@post.example", "Ynys"}},
     "row 1 held for 0001, sent at 3000\n",
     "-"},
    {"two rows that are one person of the ledger",
     {{"Jane Doe", "4711", "SW1A 2AA", "jane@post.example", "Ynys"}},
     {{"Jane Doe", "", "SW1A 2AA", "", "Ynys"}, {"Janet Doe", "4711", "SW1A 2ZZ", "", "Ynys"}},
     "row 2: Janet Doe is the same person as row 1, by what an earlier list said of them\n",
     "s-"},
    {"number and name lead to two persons",
     {JANE, JOHN},
     {{"Jane Doe", "17", "SW1A 2AA", "", "Ynys"}},
     "row 1: Jane Doe has the membership number of 0002-john-smith, but the name and postcode of 0001-jane-doe, who "
     "was "
     "another person when the ledger met them: which is it?\n",
     "-"},
    {"nothing tells who it is",
     {JANE},
     {{"Jane Doe", "n/a", "", "", "Ynys"}},
     "row 1: nothing tells Jane Doe from others: there is no membership number, no postcode and no e-mail address\n",
     "-"},
    {"another constituency",
     {JANE},
     {{"Jane Doe", "", "SW1A 2AA", "jane@post.example", "Arfon"}},
     "row 1: a letter in the name of Jane Doe went to MP of Ynys already, and is not written again to MP of Arfon; a "
     "letter to another MP needs a campaign with another name\n",
     "-"},
};

static size_t rows_in(const struct row rows[3]) {
    size_t count = 0;
    while (count < 3 && rows[count].name != NULL)
        count++;
    return count;
}

static void test_lists_that_were_mended(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(mendings); i++) {
        struct run run = open_run(LEDGER_SEND);
        size_t before = rows_in(mendings[i].before), after = rows_in(mendings[i].after);
        assert_string_equal(roll(&run, mendings[i].before, before), "");
        for (size_t row = 0; row < before; row++)
            bring_to(&run, (unsigned)row + 1, LEDGER_SENT);
        for (int again = 0; again < 2; again++) { /* and the next run says the same */
            const char *said = roll(&run, mendings[i].after, after);
            if (strcmp(said, mendings[i].said) != 0)
                fail_msg("%s: %s", mendings[i].name, said);
            for (size_t row = 0; row < after; row++) {
                struct ledger_letter letter = letter_of(&run, (unsigned)row + 1);
                char is = letter.id == 0 ? '-' : *ledger_state_name(letter.state);
                if (is != mendings[i].states[row])
                    fail_msg("%s: row %zu is %c", mendings[i].name, row + 1, is);
            }
        }
        close_run(&run);
        remove_files(NULL);
    }
}

static void test_nobody_was_written_for_yet(void **state) {
    (void)state;
    static const struct row instead[] = {{"Richard Roe", "", "SW1A 2AA", "jane@post.example", "Ynys"}};
    struct run run = open_run(LEDGER_SEND);
    struct ledger_counts counts;
    roll(&run, couple, 1);
    assert_string_equal(roll(&run, instead, 1), "");
    assert_int_equal(letter_of(&run, 1).state, LEDGER_READY);
    assert_int_equal(ledger_count(run.ledger, &counts, &run.error), 0);
    assert_int_equal(counts.letters[LEDGER_EMAIL][LEDGER_READY], 1); /* Jane's is nothing that is left to do */
    close_run(&run);
}

static void test_a_mended_name_goes_on_where_it_was(void **state) {
    (void)state;
    static const struct row typo[] = {{"Jnae Doe", "", "SW1A 2AA", "jane@post.example", "Ynys"}};
    static const struct row numbered[] = {{"Jane Doe", "4711", "SW1A 2AA", "jane@post.example", "Ynys"}};
    static const struct row moved[] = {{"Jane Roe", "4711", "EH1 1AA", "roe@post.example", "Ynys"}};
    struct run run = open_run(LEDGER_SEND);
    roll(&run, typo, 1);
    struct ledger_letter before = letter_of(&run, 1);
    bring_to(&run, 1, LEDGER_LATER);
    assert_string_equal(roll(&run, numbered, 1), "");
    struct ledger_letter after = letter_of(&run, 1);
    assert_int_equal(after.id, before.id);
    assert_string_equal(after.token, before.token);
    assert_int_equal(after.state, LEDGER_LATER);
    assert_int_equal(after.attempts, 1);
    assert_true(after.made);
    assert_string_equal(roll(&run, moved, 1), ""); /* by the number that came with the mended name */
    assert_int_equal(letter_of(&run, 1).id, before.id);
    close_run(&run);
}

static void test_who_is_held_can_be_released(void **state) {
    (void)state;
    static const struct row instead[] = {{"Richard Roe", "", "SW1A 2AA", "jane@post.example", "Ynys"}};
    struct run run = open_run(LEDGER_SEND);
    size_t count = 9;
    roll(&run, couple, 1);
    bring_to(&run, 1, LEDGER_SENT);
    assert_string_not_equal(roll(&run, instead, 1), "");
    assert_int_equal(ledger_resolve(run.ledger, "0001-richard-roe", LEDGER_SENT, 1, &count, &run.error), -1);
    assert_int_equal(run.error.status, STATUS_DATA);
    assert_int_equal(ledger_resolve(run.ledger, "0001-richard-roe", LEDGER_READY, 1, &count, &run.error), 0);
    assert_int_equal(count, 0);
    assert_string_equal(roll(&run, instead, 1), "");
    assert_int_equal(letter_of(&run, 1).state, LEDGER_READY);
    close_run(&run);
}

static void test_another_recipient_before_it_went(void **state) {
    (void)state;
    static const struct row elsewhere[] = {{"Jane Doe", "", "SW1A 2AA", "jane@post.example", "Arfon"}};
    static const enum ledger_state states[] = {LEDGER_READY, LEDGER_LATER, LEDGER_REFUSED};
    for (size_t i = 0; i < COUNT(states); i++) {
        struct run run = open_run(LEDGER_SEND);
        roll(&run, couple, 1);
        bring_to(&run, 1, states[i]);
        assert_string_equal(roll(&run, elsewhere, 1), "");
        struct ledger_letter letter = letter_of(&run, 1);
        assert_int_equal(letter.state, LEDGER_READY);
        assert_int_equal(letter.attempts, 0);
        assert_false(letter.made);
        assert_string_equal(letter.file, "");
        close_run(&run);
        remove_files(NULL);
    }
    static const enum ledger_state gone[] = {LEDGER_SENDING, LEDGER_UNSURE};
    for (size_t i = 0; i < COUNT(gone); i++) {
        struct run run = open_run(LEDGER_SEND);
        roll(&run, couple, 1);
        bring_to(&run, 1, gone[i]);
        assert_non_null(strstr(roll(&run, elsewhere, 1), "may have gone to MP of Ynys"));
        assert_int_equal(letter_of(&run, 1).id, 0);
        assert_string_equal(roll(&run, couple, 1), ""); /* as it was */
        assert_int_equal(letter_of(&run, 1).state, gone[i]);
        close_run(&run);
        remove_files(NULL);
    }
}

static void test_a_seat_that_was_not_known_is_not_another(void **state) {
    (void)state;
    struct run run = open_run(LEDGER_SEND);
    struct person person = person_of(&run, &couple[0], 1);
    static const char *const seats[] = {"Ann Invented MP", "Ynys"};
    struct ledger_letter letter;
    for (int i = 0; i < 2; i++) {
        struct ledger_meeting meeting = {&person, LEDGER_EMAIL, "Ann Invented MP", seats[i], NULL};
        problems_init(&run.problems, &run.arena);
        assert_int_equal(ledger_roll_begin(run.ledger, 1, &run.error), 0);
        assert_int_equal(ledger_meet(run.ledger, &meeting, &letter, &run.arena, &run.problems, &run.error), 0);
        assert_int_equal(ledger_roll_commit(run.ledger, &run.error), 0);
        assert_int_equal(run.problems.count, 0);
        if (i == 0)
            bring_to(&run, 1, LEDGER_SENT);
    }
    assert_int_equal(letter.state, LEDGER_SENT);
    close_run(&run);
}

static void test_channels_are_letters_of_their_own(void **state) {
    (void)state;
    struct run run = open_run(LEDGER_SEND);
    assert_int_equal(ledger_roll_begin(run.ledger, 1, &run.error), 0);
    int64_t mail = meet_row(&run, &couple[0], 1, LEDGER_EMAIL);
    int64_t copy = meet_row(&run, &couple[0], 1, LEDGER_COPY);
    assert_int_not_equal(mail, copy);
    assert_string_equal(run.said.bytes, "");
    assert_int_equal(ledger_roll_commit(run.ledger, &run.error), 0);
    struct ledger_letter one, other;
    assert_int_equal(ledger_letter_of_row(run.ledger, LEDGER_EMAIL, 1, &run.arena, &one, &run.error), 1);
    assert_int_equal(ledger_letter_of_row(run.ledger, LEDGER_COPY, 1, &run.arena, &other, &run.error), 1);
    assert_int_equal(ledger_letter_of_row(run.ledger, LEDGER_WEBHOOK, 1, &run.arena, &other, &run.error), 0);
    assert_int_equal(strlen(one.token), 32);
    assert_string_not_equal(one.token, other.token);
    close_run(&run);
}

static void test_an_abandoned_roll_leaves_no_trace(void **state) {
    (void)state;
    struct run run = open_run(LEDGER_SEND);
    roll(&run, couple, 1);
    assert_int_equal(ledger_roll_begin(run.ledger, 1, &run.error), 0);
    meet_row(&run, &couple[1], 1, LEDGER_EMAIL);
    ledger_roll_abandon(run.ledger);
    ledger_roll_abandon(run.ledger);
    struct ledger_counts counts;
    assert_int_equal(ledger_count(run.ledger, &counts, &run.error), 0);
    assert_int_equal(counts.letters[LEDGER_EMAIL][LEDGER_READY], 1);
    assert_int_equal(letter_of(&run, 1).id, 0); /* of no roll */
    close_run(&run);
}

static void test_a_preview_shows_the_token_that_will_go(void **state) {
    (void)state;
    struct run run = open_run(LEDGER_SEND);
    roll(&run, couple, 1);
    const char *first = letter_of(&run, 1).token;
    struct run peek = open_run(LEDGER_PEEK);
    assert_string_equal(roll(&peek, couple, 2), "");
    assert_string_equal(letter_of(&peek, 1).token, first);
    const char *second = letter_of(&peek, 2).token;
    char derived[LEDGER_TOKEN_MAX], other[LEDGER_TOKEN_MAX];
    ledger_derive(peek.ledger, "webhook", first, derived);
    ledger_derive(run.ledger, "webhook", first, other);
    assert_string_equal(derived, other);
    assert_int_equal(strlen(derived), 32);
    ledger_derive(run.ledger, "another", first, other);
    assert_string_not_equal(derived, other);
    roll(&run, couple, 2);
    assert_string_equal(letter_of(&run, 2).token, second);
    close_run(&peek);
    close_run(&run);
}

static void test_inputs_that_changed(void **state) {
    (void)state;
    struct run run = open_run(LEDGER_SEND);
    struct digest one, two;
    struct ledger_inputs inputs;
    digest_of(&one, "1", 1);
    digest_of(&two, "2", 1);
    const struct {
        const struct digest *model, *list;
        bool known, model_changed, list_changed;
    } runs[] = {{&one, &one, false, false, false},
                {&one, &one, true, false, false},
                {&one, &two, true, false, true},
                {&two, &two, true, true, false}};
    for (size_t i = 0; i < COUNT(runs); i++) {
        assert_int_equal(ledger_roll_begin(run.ledger, 1, &run.error), 0);
        assert_int_equal(ledger_note_inputs(run.ledger, runs[i].model, runs[i].list, &inputs, &run.error), 0);
        assert_int_equal(ledger_roll_commit(run.ledger, &run.error), 0);
        assert_int_equal(inputs.known, runs[i].known);
        assert_int_equal(inputs.model_changed, runs[i].model_changed);
        assert_int_equal(inputs.list_changed, runs[i].list_changed);
    }
    close_run(&run);
}

/* What becomes of letters */

static void test_a_letter_is_tried_again_and_sent(void **state) {
    (void)state;
    struct run run = open_run(LEDGER_SEND);
    roll(&run, couple, 2);
    int64_t id = letter_of(&run, 1).id;
    assert_int_equal(record(&run, id, LEDGER_LATER), 0); /* refused for now before its content */
    struct ledger_letter letter = letter_of(&run, 1);
    assert_int_equal(letter.attempts, 1);
    assert_int_equal(letter.due_ms, 9000);
    assert_false(letter.made);
    assert_int_equal(record(&run, id, LEDGER_SENDING), 0);
    assert_int_equal(record(&run, id, LEDGER_SENT), 0);
    close_run(&run);
    run = open_run(LEDGER_READ);
    struct ledger_counts counts;
    assert_int_equal(ledger_count(run.ledger, &counts, &run.error), 0);
    assert_int_equal(counts.letters[LEDGER_EMAIL][LEDGER_SENT], 1);
    assert_int_equal(counts.letters[LEDGER_EMAIL][LEDGER_READY], 1);
    assert_int_equal(counts.letters[LEDGER_EMAIL][LEDGER_LATER], 0);
    assert_int_equal(counts.first_ms, 3000);
    assert_int_equal(counts.last_ms, 3000);
    assert_int_equal(counts.due_ms, 0);
    close_run(&run);
}

static int say_item(void *context, const struct ledger_item *item, struct error *error) {
    (void)error;
    str_addf(context, "%u %s %s %s %s %u %d %s %s\n", item->row, item->key, item->recipient,
             ledger_channel_name(item->channel), ledger_state_name(item->letter.state), item->letter.attempts,
             item->code, item->letter.file, item->text);
    return 0;
}

static int stop_at_once(void *context, const struct ledger_item *item, struct error *error) {
    (void)item;
    (void)error;
    ++*(int *)context;
    return 7;
}

static void test_what_status_lists(void **state) {
    (void)state;
    struct run run = open_run(LEDGER_SEND);
    struct str said = STR_EMPTY;
    int calls = 0;
    roll(&run, couple, 2);
    bring_to(&run, 1, LEDGER_REFUSED);
    assert_int_equal(ledger_each(run.ledger, LEDGER_STATES, say_item, &said, &run.error), 0);
    assert_string_equal(said.bytes,
                        "1 0001-jane-doe MP of Ynys e-mail refused 1 250 out/sent/0001-jane-doe.eml 2.0.0 Ok: "
                        "it was for Jane Doe\n2 0002-john-smith MP of Ynys e-mail ready 0 0  \n");
    str_clear(&said);
    assert_int_equal(ledger_each(run.ledger, LEDGER_READY, say_item, &said, &run.error), 0);
    assert_string_equal(said.bytes, "2 0002-john-smith MP of Ynys e-mail ready 0 0  \n");
    assert_int_equal(ledger_each(run.ledger, LEDGER_STATES, stop_at_once, &calls, &run.error), 7);
    assert_int_equal(calls, 1);
    str_release(&said);
    close_run(&run);
}

static const struct {
    enum ledger_state from, to, expected; /* LEDGER_STATES: cannot */
} resolutions[] = {
    {LEDGER_READY, LEDGER_SENT, LEDGER_SENT},    {LEDGER_LATER, LEDGER_SENT, LEDGER_SENT},
    {LEDGER_REFUSED, LEDGER_SENT, LEDGER_SENT},  {LEDGER_UNSURE, LEDGER_SENT, LEDGER_SENT},
    {LEDGER_SENT, LEDGER_SENT, LEDGER_STATES},   {LEDGER_REFUSED, LEDGER_READY, LEDGER_READY},
    {LEDGER_UNSURE, LEDGER_READY, LEDGER_READY}, {LEDGER_SENT, LEDGER_READY, LEDGER_STATES},
    {LEDGER_READY, LEDGER_READY, LEDGER_STATES}, {LEDGER_LATER, LEDGER_READY, LEDGER_STATES},
};

static void test_resolving(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(resolutions); i++) {
        struct run run = open_run(LEDGER_SEND);
        size_t count = 0;
        roll(&run, couple, 2);
        bring_to(&run, 1, resolutions[i].from);
        int result = ledger_resolve(run.ledger, "0001-jane-doe", resolutions[i].to, 5000, &count, &run.error);
        if (resolutions[i].expected == LEDGER_STATES) {
            assert_int_equal(result, -1);
            assert_int_equal(run.error.status, STATUS_DATA);
            assert_int_equal(letter_of(&run, 1).state, resolutions[i].from);
        } else {
            assert_int_equal(result, 0);
            assert_int_equal(count, 1);
            assert_int_equal(letter_of(&run, 1).state, resolutions[i].expected);
            assert_int_equal(letter_of(&run, 1).changed_ms, 5000);
        }
        assert_int_equal(letter_of(&run, 2).state, LEDGER_READY);
        close_run(&run);
        remove_files(NULL);
    }
}

static void test_resolving_all_that_were_refused(void **state) {
    (void)state;
    static const struct row rows[] = {JANE, JOHN, {"Ann Other", "", "EH1 1AA", "", "Leith"}};
    struct run run = open_run(LEDGER_SEND);
    size_t count;
    roll(&run, rows, 3);
    bring_to(&run, 1, LEDGER_REFUSED);
    bring_to(&run, 2, LEDGER_UNSURE);
    bring_to(&run, 3, LEDGER_REFUSED);
    assert_int_equal(ledger_resolve(run.ledger, "all", LEDGER_READY, 5000, &count, &run.error), 0);
    assert_int_equal(count, 2);
    assert_int_equal(letter_of(&run, 2).state, LEDGER_UNSURE);
    close_run(&run);
}

static void test_resending_what_is_unsure(void **state) {
    (void)state;
    struct run run = open_run(LEDGER_SEND);
    roll(&run, couple, 2);
    bring_to(&run, 1, LEDGER_UNSURE);
    bring_to(&run, 2, LEDGER_UNSURE);
    for (int first = 0; first < 2; first++) { /* before the rows are met, or after: only those of the list */
        assert_int_equal(ledger_roll_begin(run.ledger, 1, &run.error), 0);
        if (first == 0)
            assert_int_equal(ledger_resend_unsure(run.ledger, LEDGER_EMAIL, 1, &run.error), 0);
        meet_row(&run, &couple[first], 1, LEDGER_EMAIL);
        if (first == 1)
            assert_int_equal(ledger_resend_unsure(run.ledger, LEDGER_EMAIL, 1, &run.error), 0);
        assert_int_equal(ledger_roll_commit(run.ledger, &run.error), 0);
        assert_int_equal(letter_of(&run, 1).state, LEDGER_READY);
        assert_true(letter_of(&run, 1).made); /* the same bytes go again */
        struct ledger_counts counts;
        assert_int_equal(ledger_count(run.ledger, &counts, &run.error), 0);
        assert_int_equal(counts.letters[LEDGER_EMAIL][LEDGER_UNSURE], first == 0);
    }
    close_run(&run);
}

/* Threads */

enum { THREADS = 8, LETTERS_EACH = 50 };

struct worker {
    struct run *run;
    unsigned first;
    bool failed;
};

static void *work(void *context) {
    struct worker *worker = context;
    struct arena arena = ARENA_EMPTY;
    struct error error;
    for (unsigned row = worker->first; row < worker->first + LETTERS_EACH; row++) {
        struct ledger_letter letter;
        struct ledger *ledger = worker->run->ledger;
        if (ledger_letter_of_row(ledger, LEDGER_EMAIL, row, &arena, &letter, &error) != 1)
            worker->failed = true;
        struct ledger_change change = {.letter = letter.id, .state = LEDGER_SENDING, .now_ms = row};
        worker->failed = worker->failed || ledger_record(ledger, &change, &error) != 0;
        change.state = LEDGER_SENT;
        worker->failed = worker->failed || ledger_record(ledger, &change, &error) != 0;
    }
    arena_release(&arena);
    return NULL;
}

static void test_threads_share_commits(void **state) {
    (void)state;
    static char numbers[THREADS * LETTERS_EACH][8];
    static struct row rows[THREADS * LETTERS_EACH];
    struct run run = open_run(LEDGER_SEND);
    for (unsigned i = 0; i < THREADS * LETTERS_EACH; i++) {
        snprintf(numbers[i], sizeof numbers[i], "%u", i + 1);
        rows[i] = (struct row){"Jane Doe", numbers[i], NULL, NULL, "Ynys"};
    }
    roll(&run, rows, COUNT(rows));
    pthread_t threads[THREADS];
    struct worker workers[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){&run, 1 + i * LETTERS_EACH, false};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_false(workers[i].failed);
    }
    assert_in_range(run.ledger->groups, 1, 2 * THREADS * LETTERS_EACH * 3 / 4);
    struct ledger_counts counts;
    assert_int_equal(ledger_count(run.ledger, &counts, &run.error), 0);
    assert_int_equal(counts.letters[LEDGER_EMAIL][LEDGER_SENT], THREADS * LETTERS_EACH);
    close_run(&run);
}

/* Forgetting */

static int note_erased(void *context, const char *key, const char *file, struct error *error) {
    (void)error;
    str_addf(context, "%s %s\n", key, file);
    return 0;
}

static int refuse_to_erase(void *context, const char *key, const char *file, struct error *error) {
    (void)context;
    (void)key;
    return error_set(error, STATUS_INPUT_OUTPUT, "%s cannot be removed", file);
}

/* Whether TEXT stands in any file of the ledger. */
static bool is_in_files(const char *text) {
    bool found = false;
    DIR *listing = opendir(directory);
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
        char name[400];
        struct str bytes = STR_EMPTY;
        struct error error;
        snprintf(name, sizeof name, "%s/%s", directory, entry->d_name);
        if (*entry->d_name != '.' && file_read(name, 1 << 24, &bytes, &error) == 0)
            found = found || memmem(bytes.bytes, bytes.length, text, strlen(text)) != NULL;
        str_release(&bytes);
    }
    closedir(listing);
    return found;
}

static const char *const forgotten_as[] = {"0001-jane-doe", "jane doe", "Mrs Jane Doe", "JANE@post.example", "47-11"};

static void test_who_is_forgotten_is_gone_and_not_written_for(void **state) {
    (void)state;
    static const struct row rows[] = {{"Jane Doe", "4711", "SW1A 2AA", "jane@post.example", "Ynys"}, JOHN};
    for (size_t i = 0; i < COUNT(forgotten_as); i++) {
        struct run run = open_run(LEDGER_SEND);
        struct str erased = STR_EMPTY;
        struct ledger_counts counts;
        bool forgotten;
        roll(&run, rows, 2);
        bring_to(&run, 1, LEDGER_SENT);
        assert_true(is_in_files("jane-doe"));
        assert_int_equal(ledger_forget(run.ledger, forgotten_as[i], 1, refuse_to_erase, NULL, &run.error), -1);
        assert_string_equal(run.error.message, "out/sent/0001-jane-doe.eml cannot be removed");
        assert_int_equal(ledger_forget(run.ledger, forgotten_as[i], 1, note_erased, &erased, &run.error), 0);
        assert_string_equal(erased.bytes, "0001-jane-doe out/sent/0001-jane-doe.eml\n");
        static const char *const traces[] = {"jane", "Jane Doe", "Doe"};
        for (size_t j = 0; j < COUNT(traces); j++)
            assert_false(is_in_files(traces[j]));
        assert_true(is_in_files("john-smith"));
        assert_int_equal(ledger_count(run.ledger, &counts, &run.error), 0);
        assert_int_equal(counts.forgotten, 1);
        assert_int_equal(counts.letters[LEDGER_EMAIL][LEDGER_SENT], 1);

        struct person person = person_of(&run, &rows[0], 9), other = person_of(&run, &rows[1], 9);
        assert_int_equal(ledger_is_forgotten(run.ledger, &person, &forgotten, &run.error), 0);
        assert_true(forgotten);
        assert_int_equal(ledger_is_forgotten(run.ledger, &other, &forgotten, &run.error), 0);
        assert_false(forgotten);
        assert_string_equal(roll(&run, rows, 2),
                            "row 1: Jane Doe was forgotten (postbag forget), and is not written for again\n");
        assert_int_equal(letter_of(&run, 1).id, 0);
        static const struct row mended[] = {{"Jnae Doe", "", "SW1A 2AA", "jane@post.example", "Ynys"}};
        assert_string_equal(roll(&run, mended, 1), "row 1 held for , sent at 3000\n");
        assert_int_equal(ledger_forget(run.ledger, "Jane Doe", 1, note_erased, &erased, &run.error), -1);
        assert_non_null(strstr(run.error.message, "forgotten already"));
        str_release(&erased);
        close_run(&run);
        remove_files(NULL);
    }
}

static void test_whom_to_forget(void **state) {
    (void)state;
    static const struct row rows[] = {{"Jane Doe", "", "SW1A 2AA", "", "Ynys"},
                                      {"Jane Doe", "", "SW1A 2AB", "", "Ynys"}};
    struct run run = open_run(LEDGER_SEND);
    struct str erased = STR_EMPTY;
    roll(&run, rows, 2);
    static const struct {
        const char *who, *said;
    } cases[] = {
        {"Jane Doe", "2 people are known as Jane Doe: 0001-jane-doe, 0002-jane-doe; name one of them"},
        {"Richard Roe", "the ledger knows nobody by the key, name, e-mail address or membership number Richard Roe"},
        {"", "the ledger knows nobody by the key, name, e-mail address or membership number "},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(ledger_forget(run.ledger, cases[i].who, 1, note_erased, &erased, &run.error), -1);
        assert_int_equal(run.error.status, STATUS_DATA);
        assert_string_equal(run.error.message, cases[i].said);
    }
    assert_int_equal(ledger_forget(run.ledger, "0002-jane-doe", 1, note_erased, &erased, &run.error), 0);
    assert_string_equal(erased.bytes, "0002-jane-doe \n");
    str_release(&erased);
    close_run(&run);
}

static void test_what_is_erased_beside_a_reader_goes_later(void **state) {
    (void)state;
    struct run run = open_run(LEDGER_SEND);
    struct str erased = STR_EMPTY;
    roll(&run, couple, 2);
    pid_t child;
    int ready[2], status;
    char byte;
    assert_int_equal(pipe(ready), 0);
    child = fork();
    if (child == 0) { /* reads, and does not end */
        struct database *database;
        struct error error;
        int result = database_open(&database, path, DATABASE_SHARED, &error);
        if (result == 0)
            result = database_run(database, "BEGIN; SELECT count(*) FROM person", &error);
        (void)!write(ready[1], result == 0 ? "x" : "-", 1);
        pause();
        _exit(0);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 'x');
    assert_int_equal(ledger_forget(run.ledger, "Jane Doe", 1, note_erased, &erased, &run.error), -1);
    assert_int_equal(run.error.status, STATUS_LATER);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    close_run(&run);
    run = open_run(LEDGER_WRITE);
    assert_false(is_in_files("jane-doe"));
    close(ready[0]), close(ready[1]);
    str_release(&erased);
    close_run(&run);
}

static void test_purging_what_is_old(void **state) {
    (void)state;
    struct run run = open_run(LEDGER_SEND);
    struct str erased = STR_EMPTY;
    size_t count;
    roll(&run, couple, 2);          /* at 2000 */
    bring_to(&run, 1, LEDGER_SENT); /* at 3000 */
    assert_int_equal(ledger_purge(run.ledger, 2000, note_erased, &erased, &count, &run.error), 0);
    assert_int_equal(count, 0);
    assert_int_equal(ledger_purge(run.ledger, 3001, note_erased, &erased, &count, &run.error), 0);
    assert_int_equal(count, 2);
    assert_string_equal(erased.bytes, "0001-jane-doe out/sent/0001-jane-doe.eml\n0002-john-smith \n");
    assert_false(is_in_files("jane"));
    assert_false(is_in_files("john"));
    assert_int_equal(ledger_purge(run.ledger, 3001, note_erased, &erased, &count, &run.error), 0);
    assert_int_equal(count, 0);
    assert_string_equal(roll(&run, couple, 2), ""); /* purged is not forgotten, and sent stays sent */
    assert_int_equal(letter_of(&run, 1).state, LEDGER_SENT);
    assert_int_equal(letter_of(&run, 2).state, LEDGER_READY);
    str_release(&erased);
    close_run(&run);
}

int main(void) {
#define TEST(name) cmocka_unit_test_teardown(name, remove_files)
    const struct CMUnitTest tests[] = {
        TEST(test_a_ledger_is_private_and_knows_its_modes),
        TEST(test_the_path),
        TEST(test_one_process_at_a_time),
        TEST(test_killed_while_sending),
        TEST(test_how_far_a_letter_had_come),
        TEST(test_killed_before_the_answer_was_written_down),
        TEST(test_a_damaged_file),
        TEST(test_files_that_are_no_ledgers),
        TEST(test_versions),
        TEST(test_a_folder_that_may_only_be_read),
        TEST(test_nothing_is_recorded_after_a_failure),
        TEST(test_lists_that_were_mended),
        TEST(test_nobody_was_written_for_yet),
        TEST(test_a_mended_name_goes_on_where_it_was),
        TEST(test_who_is_held_can_be_released),
        TEST(test_another_recipient_before_it_went),
        TEST(test_a_seat_that_was_not_known_is_not_another),
        TEST(test_channels_are_letters_of_their_own),
        TEST(test_an_abandoned_roll_leaves_no_trace),
        TEST(test_a_preview_shows_the_token_that_will_go),
        TEST(test_inputs_that_changed),
        TEST(test_a_letter_is_tried_again_and_sent),
        TEST(test_what_status_lists),
        TEST(test_resolving),
        TEST(test_resolving_all_that_were_refused),
        TEST(test_resending_what_is_unsure),
        TEST(test_threads_share_commits),
        TEST(test_who_is_forgotten_is_gone_and_not_written_for),
        TEST(test_whom_to_forget),
        TEST(test_what_is_erased_beside_a_reader_goes_later),
        TEST(test_purging_what_is_old),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
