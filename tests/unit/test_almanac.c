/*
 * The almanac: what importers add is in the directory afterwards, whatever was there before and however an import ends.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/database.h"
#include "input/almanac.h"
#include "input/directory.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static char folder[] = "/tmp/postbag-test-XXXXXX";
static char path[64], unfinished[80];
static const struct date today = {2026, 8, 1};

static int make_directory(void **state) {
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/data/directory.sqlite", folder);
    snprintf(unfinished, sizeof unfinished, "%s/data/.unfinished-directory.sqlite", folder);
    return 0;
}

static int remove_files(void **state) {
    (void)state;
    char data[80];
    snprintf(data, sizeof data, "%s/data", folder);
    unlink(path);
    unlink(unfinished);
    rmdir(data);
    return 0;
}

static int remove_directory(void **state) {
    remove_files(state);
    return rmdir(folder);
}

static struct almanac *begin(void) {
    struct almanac *almanac;
    struct error error;
    if (almanac_begin(&almanac, path, &error) != 0)
        fail_msg("%s", error.message);
    return almanac;
}

static void commit(struct almanac *almanac) {
    struct error error;
    if (almanac_commit(almanac, &error) != 0)
        fail_msg("%s", error.message);
}

static int64_t constituency(struct almanac *almanac, const char *code, const char *short_code, const char *name,
                            const char *welsh) {
    struct error error;
    int64_t number =
        almanac_constituency(almanac, &(struct almanac_constituency){code, short_code, name, welsh}, &error);
    assert_true(number > 0);
    return number;
}

static void clear_members(struct almanac *almanac) {
    struct error error;
    assert_int_equal(almanac_clear_members(almanac, "mps.csv", today, &error), 0);
}

static void clear_postcodes(struct almanac *almanac) {
    struct error error;
    assert_int_equal(almanac_clear_postcodes(almanac, "postcodes.csv", today, &error), 0);
}

static void add_member(struct almanac *almanac, int64_t number, const char *name, const char *email) {
    struct error error;
    struct almanac_member member = {.constituency = number, .name = name, .title = "", .email = email};
    assert_int_equal(almanac_add_member(almanac, &member, &error), 0);
}

static void add_postcode(struct almanac *almanac, const char *postcode, int64_t number) {
    struct error error;
    assert_int_equal(almanac_add_postcode(almanac, postcode, &number, 1, false, &error), 0);
}

/* "Bootle: Jane Smith MP", or the number of the answer. */
static void assert_found(const char *postcode, const char *expected) {
    struct directory *directory;
    struct directory_result result;
    struct error error;
    char found[200];
    if (directory_open(&directory, path, &error) != 0)
        fail_msg("%s", error.message);
    assert_int_equal(directory_find_postcode(directory, postcode, &result, &error), 0);
    if (result.answer == DIRECTORY_FOUND)
        snprintf(found, sizeof found, "%s: %s", result.candidates[0]->name, result.candidates[0]->title);
    else
        snprintf(found, sizeof found, "%d", (int)result.answer);
    directory_close(directory);
    assert_string_equal(found, expected);
}

/* A directory of one constituency. */
static void make_bootle(void) {
    struct almanac *almanac = begin();
    clear_members(almanac);
    clear_postcodes(almanac);
    int64_t bootle = constituency(almanac, "E14001111", "", "Bootle", "");
    add_member(almanac, bootle, "Jane Smith", "jane@parliament.example");
    add_postcode(almanac, "L20 3NX", bootle);
    commit(almanac);
}

static void test_numbers(void **state) {
    (void)state;
    static const char *const ordered[] = {"AB1 0AA", "AB1 0AB", "AB1 1AA",   "AB10 1AA", "AB9 9ZZ", "ASCN 1ZZ",
                                          "BFPO 1",  "BFPO 58", "BFPO 9999", "EC1A 1BB", "GIR 0AA", "L2 0AA",
                                          "L20 3NX", "M1 1AE",  "SW1A 0AA",  "SW1A 1AA", "W1A 1AA", "ZE3 9ZZ"};
    for (size_t i = 0; i < COUNT(ordered); i++) {
        int64_t number = almanac_postcode_number(ordered[i]);
        assert_true(number > 0 && number < (int64_t)1 << 40);
        if (i > 0 && number <= almanac_postcode_number(ordered[i - 1]))
            fail_msg("%s does not stand behind %s", ordered[i], ordered[i - 1]);
    }
}

static void test_the_halves_come_one_by_one(void **state) {
    (void)state;
    struct almanac *almanac = begin();
    clear_postcodes(almanac);
    add_postcode(almanac, "L20 3NX", constituency(almanac, "E14001111", "", "", ""));
    commit(almanac);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);

    almanac = begin();
    clear_members(almanac);
    add_member(almanac, constituency(almanac, "E14001111", "", "Bootle", ""), "Jane Smith", "");
    commit(almanac);
    assert_found("L20 3NX", "Bootle: Jane Smith MP");
}

/* Postcodes know the code, one list the name, and a third file both. */
static void test_code_and_name_become_one(void **state) {
    (void)state;
    struct almanac *almanac = begin();
    clear_postcodes(almanac);
    int64_t bootle = constituency(almanac, "E14001111", "", "", ""),
            other = constituency(almanac, "E14001112", "", "", "");
    struct error error;
    add_postcode(almanac, "L20 3NX", bootle);
    assert_int_equal(almanac_add_postcode(almanac, "L20 4AA", (int64_t[]){bootle, other}, 2, false, &error), 0);
    commit(almanac);

    almanac = begin();
    clear_members(almanac);
    int64_t named = constituency(almanac, "", "", "Bootle", "");
    add_member(almanac, named, "Jane Smith", "");
    assert_int_equal(constituency(almanac, "E14001111", "", "Bootle", ""),
                     constituency(almanac, "E14001111", "", "", ""));
    struct almanac_member member;
    assert_true(almanac_member(almanac, named, &member));
    assert_string_equal(member.name, "Jane Smith");
    commit(almanac);
    assert_found("L20 3NX", "Bootle: Jane Smith MP");
}

/* The same, the other way round: the postcodes know the name. */
static void test_postcodes_move_to_the_code(void **state) {
    (void)state;
    struct almanac *almanac = begin();
    struct error error;
    clear_postcodes(almanac);
    int64_t bootle = constituency(almanac, "", "", "Bootle", ""),
            wirral = constituency(almanac, "", "", "Wirral West", "");
    add_postcode(almanac, "L20 3NX", bootle);
    assert_int_equal(almanac_add_postcode(almanac, "L20 4AA", (int64_t[]){wirral, bootle}, 2, false, &error), 0);
    assert_int_equal(almanac_add_postcode(almanac, "L20 4AB", &bootle, 1, true, &error), 0);
    commit(almanac);

    almanac = begin();
    clear_members(almanac);
    add_member(almanac, constituency(almanac, "E14001111", "", "", ""), "Jane Smith", "");
    constituency(almanac, "E14001111", "", "Bootle", "");
    commit(almanac);
    assert_found("L20 3NX", "Bootle: Jane Smith MP");

    struct directory *directory;
    struct directory_result result;
    assert_int_equal(directory_open(&directory, path, &error), 0);
    assert_int_equal(directory_find_postcode(directory, "L20 4AA", &result, &error), 0);
    assert_int_equal(result.answer, DIRECTORY_BOUNDARY);
    assert_int_equal(result.candidates_count, 2);
    assert_string_equal(result.candidates[0]->name, "Wirral West");
    assert_string_equal(result.candidates[1]->code, "E14001111");
    assert_int_equal(directory_find_postcode(directory, "L20 4AB", &result, &error), 0);
    assert_int_equal(result.answer, DIRECTORY_TERMINATED);
    assert_string_equal(result.candidates[0]->code, "E14001111");
    directory_close(directory);
}

static void test_files_complete_each_other(void **state) {
    (void)state;
    struct error error;
    struct almanac *almanac = begin();
    clear_members(almanac);
    add_member(almanac, constituency(almanac, "E14001111", "", "Bootle", ""), "Jane Smith", "jane@parliament.example");
    commit(almanac);

    almanac = begin();
    struct almanac_member more = {.constituency = constituency(almanac, "", "", "BOOTLE", ""),
                                  .title = "The Rt Hon Jane Smith MP",
                                  .dear = "Ms Smith"};
    assert_int_equal(almanac_add_member(almanac, &more, &error), 0);
    commit(almanac);

    struct directory *directory;
    const struct seat *seats;
    assert_int_equal(directory_open(&directory, path, &error), 0);
    assert_int_equal(directory_seats(directory, &seats), 1);
    assert_string_equal(seats->email, "jane@parliament.example");
    assert_string_equal(seats->title, "The Rt Hon Jane Smith MP");
    assert_string_equal(seats->dear, "Ms Smith");
    assert_string_equal(seats->member, "Jane Smith");
    directory_close(directory);
}

static void test_a_code_is_stronger_than_a_name(void **state) {
    (void)state;
    struct almanac *almanac = begin();
    int64_t old = constituency(almanac, "E14000530", "", "Aldershot", "");
    int64_t redrawn = constituency(almanac, "E14001063", "", "Aldershot", "");
    assert_int_not_equal(old, redrawn);
    assert_int_equal(constituency(almanac, "E14000530", "", "", ""), old);
    assert_int_equal(constituency(almanac, "E14001063", "", "Aldershot", ""), redrawn);
    almanac_abandon(almanac);
}

static void test_the_later_postcode_counts(void **state) {
    (void)state;
    struct error error;
    struct almanac *almanac = begin();
    clear_members(almanac);
    clear_postcodes(almanac);
    int64_t bootle = constituency(almanac, "", "", "Bootle", ""),
            wirral = constituency(almanac, "", "", "Wirral West", "");
    add_member(almanac, bootle, "Jane Smith", "");
    add_member(almanac, wirral, "John Brown", "");
    add_postcode(almanac, "L20 3NX", bootle);
    add_postcode(almanac, "L20 3NX", wirral);
    assert_int_equal(almanac_add_postcode(almanac, "L20 3NY", (int64_t[]){bootle, wirral}, 2, false, &error), 0);
    add_postcode(almanac, "L20 3NY", bootle);
    assert_int_equal(almanac_add_postcode(almanac, "L20 3NZ", (int64_t[]){bootle, bootle}, 2, false, &error), 0);
    add_postcode(almanac, "L20 3NW", ALMANAC_NOWHERE);
    commit(almanac);
    assert_found("L20 3NX", "Wirral West: John Brown MP");
    assert_found("L20 3NY", "Bootle: Jane Smith MP");
    assert_found("L20 3NZ", "Bootle: Jane Smith MP");
    assert_found("L20 3NW", "4"); /* DIRECTORY_NO_MP_HERE */
    assert_int_equal(DIRECTORY_NO_MP_HERE, 4);
}

static void add_many(struct almanac *almanac, int64_t number) {
    static const char letters[] = "ABDEFGHJLNPQRSTUWXYZ";
    char postcode[16];
    for (int i = 0; i < 20000; i++) {
        snprintf(postcode, sizeof postcode, "L%d %d%c%c", 1 + i / 4000, i / 400 % 10, letters[i / 20 % 20],
                 letters[i % 20]);
        add_postcode(almanac, postcode, number);
    }
}

static void test_replacing_leaves_no_free_pages(void **state) {
    (void)state;
    off_t size = 0;
    for (int i = 0; i < 3; i++) {
        struct almanac *almanac = begin();
        clear_postcodes(almanac);
        add_many(almanac, constituency(almanac, "", "", "Bootle", ""));
        commit(almanac);
        struct stat status;
        assert_int_equal(stat(path, &status), 0);
        if (i > 0)
            assert_int_equal(status.st_size, size);
        size = status.st_size;
    }
    assert_true(size < 20000 * 16 + 40000);
}

static void test_abandoned(void **state) {
    (void)state;
    make_bootle();
    struct almanac *almanac = begin();
    clear_postcodes(almanac);
    clear_members(almanac);
    almanac_abandon(almanac);
    assert_found("L20 3NX", "Bootle: Jane Smith MP");
    assert_int_equal(access(unfinished, F_OK), -1);
}

static void test_two_imports_at_once(void **state) {
    (void)state;
    struct almanac *first = begin(), *second;
    struct error error;
    assert_int_equal(almanac_begin(&second, path, &error), -1);
    assert_int_equal(error.status, STATUS_LATER);
    assert_non_null(strstr(error.message, "another import"));
    clear_members(first);
    add_member(first, constituency(first, "", "", "Bootle", ""), "Jane Smith", "");
    commit(first);
    commit(begin());
}

/* Killed at 50 moments: the old directory is whole, and the next import goes on. */
static void test_killed(void **state) {
    (void)state;
    make_bootle();
    for (int moment = 0; moment < 50; moment++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            struct almanac *almanac = begin();
            clear_members(almanac);
            clear_postcodes(almanac);
            int64_t wirral = constituency(almanac, "", "", "Wirral West", "");
            add_member(almanac, wirral, "John Brown", "");
            add_postcode(almanac, "L20 3NX", wirral);
            add_many(almanac, wirral);
            commit(almanac);
            _exit(0);
        }
        usleep((useconds_t)moment * 700);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);

        struct directory *directory;
        struct directory_result result;
        struct error error;
        if (directory_open(&directory, path, &error) != 0)
            fail_msg("moment %d: %s", moment, error.message);
        assert_int_equal(directory_find_postcode(directory, "L20 3NX", &result, &error), 0);
        assert_int_equal(result.answer, DIRECTORY_FOUND);
        const char *title = result.candidates[0]->title;
        bool old = strcmp(title, "Jane Smith MP") == 0, new = strcmp(title, "John Brown MP") == 0;
        assert_true(old != new);
        directory_close(directory);
    }
    commit(begin());
    assert_int_equal(access(unfinished, F_OK), -1);
}

static void test_a_foreign_file_stays(void **state) {
    (void)state;
    struct error error;
    struct almanac *almanac;
    make_bootle();
    static const char *const contents[] = {"Members,Branch\nJane Doe,North\n", ""};
    for (size_t i = 0; i < COUNT(contents); i++) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs(contents[i], file);
        assert_int_equal(fclose(file), 0);
        assert_int_equal(almanac_begin(&almanac, path, &error), -1);
        assert_int_equal(error.status, STATUS_DATA);
        assert_non_null(strstr(error.message, "not a directory that Postbag made"));
        struct stat status;
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_size, (off_t)strlen(contents[i]));
        assert_int_equal(access(unfinished, F_OK), -1);
    }
}

static void test_a_newer_file(void **state) {
    (void)state;
    struct database *database;
    struct directory *directory;
    struct error error;
    make_bootle();
    assert_int_equal(database_open(&database, path, DATABASE_BUILD, &error), 0);
    assert_int_equal(database_run(database, "PRAGMA user_version = 99", &error), 0);
    database_close(database);
    assert_int_equal(directory_open(&directory, path, &error), -1);
    assert_int_equal(error.status, STATUS_DATA);
    assert_non_null(strstr(error.message, "newer Postbag"));
}

/* A new list of all 650 MPs: the old names that it lacks are abolished. One MP less: that seat is vacant. */
static void test_abolished_and_vacant(void **state) {
    (void)state;
    enum { SEATS = 650, RENAMED = 100 };
    struct directory *directory;
    struct directory_result result;
    struct error error;
    char name[32];
    for (int round = 0; round < 3; round++) {
        struct almanac *almanac = begin();
        clear_members(almanac);
        for (int i = round == 2; i < SEATS; i++) { /* the last time Oldplace 0 or Place 0 has nobody */
            snprintf(name, sizeof name, "%splace %d", round == 0 && i >= SEATS - RENAMED ? "Old" : "", i);
            add_member(almanac, constituency(almanac, "", "", name, ""), "Jane Smith", "");
        }
        commit(almanac);
    }
    assert_int_equal(directory_open(&directory, path, &error), 0);
    directory_find_constituency(directory, "Oldplace 600", strlen("Oldplace 600"), &result);
    assert_int_equal(result.answer, DIRECTORY_UNKNOWN);
    directory_find_constituency(directory, "place 600", strlen("place 600"), &result);
    assert_int_equal(result.answer, DIRECTORY_FOUND);
    assert_false(result.candidates[0]->vacant);
    directory_find_constituency(directory, "place 0", strlen("place 0"), &result);
    assert_int_equal(result.answer, DIRECTORY_FOUND);
    assert_true(result.candidates[0]->vacant);
    directory_close(directory);
}

static void test_too_many_constituencies(void **state) {
    (void)state;
    struct almanac *almanac = begin();
    struct error error;
    char name[32];
    int64_t number = 1;
    for (int i = 0; i < 10000 && number > 0; i++) {
        snprintf(name, sizeof name, "Town %d", i);
        number = almanac_constituency(almanac, &(struct almanac_constituency){"", "", name, ""}, &error);
    }
    assert_int_equal(number, -1);
    assert_int_equal(error.status, STATUS_DATA);
    almanac_abandon(almanac);
}

static void test_a_place_that_cannot_be_written(void **state) {
    (void)state;
    struct almanac *almanac;
    struct error error;
    assert_int_equal(almanac_begin(&almanac, "/dev/null/directory.sqlite", &error), -1);
    assert_int_equal(error.status, STATUS_CANNOT_CREATE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test_teardown(test_the_halves_come_one_by_one, remove_files),
        cmocka_unit_test_teardown(test_code_and_name_become_one, remove_files),
        cmocka_unit_test_teardown(test_postcodes_move_to_the_code, remove_files),
        cmocka_unit_test_teardown(test_files_complete_each_other, remove_files),
        cmocka_unit_test_teardown(test_a_code_is_stronger_than_a_name, remove_files),
        cmocka_unit_test_teardown(test_the_later_postcode_counts, remove_files),
        cmocka_unit_test_teardown(test_replacing_leaves_no_free_pages, remove_files),
        cmocka_unit_test_teardown(test_abandoned, remove_files),
        cmocka_unit_test_teardown(test_two_imports_at_once, remove_files),
        cmocka_unit_test_teardown(test_killed, remove_files),
        cmocka_unit_test_teardown(test_a_foreign_file_stays, remove_files),
        cmocka_unit_test_teardown(test_a_newer_file, remove_files),
        cmocka_unit_test_teardown(test_abolished_and_vacant, remove_files),
        cmocka_unit_test_teardown(test_too_many_constituencies, remove_files),
        cmocka_unit_test(test_a_place_that_cannot_be_written),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
