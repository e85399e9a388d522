/*
 * The directory: what is asked of it as people write it, and what a secretary reads where there is no answer.
 */
#include <pthread.h>
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
#include "base/str.h"
#include "input/almanac.h"
#include "input/directory.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static char folder[] = "/tmp/postbag-test-XXXXXX";
static char path[64];
static const struct date imported = {2026, 8, 1};

static const struct {
    const char *code, *name, *welsh, *member; /* member NULL: vacant */
} seats[] = {
    {"S14000027", "Na h-Eileanan an Iar", "", "Ann Other"},
    {"W07000112", "Ynys Môn", "Ynys Môn", "Siân Example"},
    {"W07000094", "Montgomeryshire and Glyndŵr", "Maldwyn a Glyndŵr", "Dr Jane Roe"},
    {"W07000086", "Cardiff West", "Gorllewin Caerdydd", "The Rt Hon John Doe MP"},
    {"E14001463", "St Helens South and Whiston", "", "Sir James Brown"},
    {"E14001073", "Ashton-under-Lyne", "", "Jane Smith"},
    {"E14001171", "City of Durham", "", "Jane Smyth"},
    {"E14001393", "North Durham", "", "Joan Smyth"},
    {"E14001111", "Bootle", "", "Peter Sample"},
    {"E14001497", "South Dorset", "", NULL},
    {"N05000003", "Belfast South and Mid Down", "", "Ms Mary Sample"},
    {"N05000004", "Belfast West", "", "Paul Sample"},
    {"E14001310", "Kingston upon Hull East", "", "Karl Sample"},
    {"E14001100", "Birmingham Selly Oak", "", "Al Sample"},
};

static void add_all(struct almanac *almanac, bool members) {
    struct error error;
    for (size_t i = 0; i < COUNT(seats); i++) {
        int64_t number = almanac_constituency(
            almanac, &(struct almanac_constituency){seats[i].code, "", seats[i].name, seats[i].welsh}, &error);
        assert_true(number > 0);
        struct almanac_member member = {.constituency = number, .name = seats[i].member};
        if (members && seats[i].member != NULL)
            assert_int_equal(almanac_add_member(almanac, &member, &error), 0);
    }
}

static void add_postcode(struct almanac *almanac, const char *postcode, const char *code, const char *other,
                         bool terminated) {
    struct error error;
    int64_t numbers[2] = {almanac_constituency(almanac, &(struct almanac_constituency){code, "", "", ""}, &error)};
    if (other != NULL)
        numbers[1] = almanac_constituency(almanac, &(struct almanac_constituency){other, "", "", ""}, &error);
    assert_int_equal(almanac_add_postcode(almanac, postcode, numbers, other == NULL ? 1 : 2, terminated, &error), 0);
}

enum parts { MPS = 1, NO_MPS = 2, POSTCODES = 4 };

static struct directory *make(int parts) {
    struct almanac *almanac;
    struct directory *directory;
    struct error error;
    unlink(path);
    if (almanac_begin(&almanac, path, &error) != 0)
        fail_msg("%s", error.message);
    if ((parts & (MPS | NO_MPS)) != 0) {
        assert_int_equal(almanac_clear_members(almanac, "mps.csv", imported, &error), 0);
        add_all(almanac, (parts & MPS) != 0);
    }
    if ((parts & POSTCODES) != 0) {
        assert_int_equal(almanac_clear_postcodes(almanac, "ONSPD.zip", imported, &error), 0);
        add_postcode(almanac, "L20 3NX", "E14001111", NULL, false);
        add_postcode(almanac, "L20 3AA", "E14001111", NULL, true);
        add_postcode(almanac, "BT9 6AB", "N05000003", "N05000004", false);
        add_postcode(almanac, "DT4 1AA", "E14001497", NULL, false);
        add_postcode(almanac, "DT4 1AB", "E14000999", NULL, false); /* of before 2024 */
    }
    if (almanac_commit(almanac, &error) != 0 || directory_open(&directory, path, &error) != 0)
        fail_msg("%s", error.message);
    return directory;
}

static int make_directory(void **state) {
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/directory.sqlite", folder);
    return 0;
}

static int remove_directory(void **state) {
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static const struct {
    const char *asked, *expected; /* NULL: none */
} names[] = {
    {"Na h-Eileanan an Iar", "Na h-Eileanan an Iar"},
    {"NA H-EILEANAN AN IAR", "Na h-Eileanan an Iar"},
    {"na hEileanan an Iar", "Na h-Eileanan an Iar"},
    {"Western Isles", "Na h-Eileanan an Iar"},
    {"Ynys Môn", "Ynys Môn"},
    {"Ynys Mon", "Ynys Môn"},
    {"Ynys Mo\u0302n", "Ynys Môn"},
    {"Anglesey", "Ynys Môn"},
    {"Montgomeryshire and Glyndŵr", "Montgomeryshire and Glyndŵr"},
    {"Montgomeryshire & Glyndwr", "Montgomeryshire and Glyndŵr"},
    {"Maldwyn a Glyndŵr", "Montgomeryshire and Glyndŵr"},
    {"MALDWYN A GLYNDWR", "Montgomeryshire and Glyndŵr"},
    {"Gorllewin Caerdydd", "Cardiff West"},
    {"St Helens South & Whiston", "St Helens South and Whiston"},
    {"St. Helens South and Whiston", "St Helens South and Whiston"},
    {"Saint Helens South, Whiston", "St Helens South and Whiston"},
    {"Ashton-under-Lyne", "Ashton-under-Lyne"},
    {"Ashton under Lyne", "Ashton-under-Lyne"},
    {"ashton\u2010under\u2010lyne", "Ashton-under-Lyne"},
    {"City of Durham", "City of Durham"},
    {"Durham, City of", "City of Durham"},
    {"The City of Durham", "City of Durham"},
    {"Durham North", "North Durham"},
    {"Dorset South", "South Dorset"},
    {"Hull East", "Kingston upon Hull East"},
    {"Kingston-upon-Hull East", "Kingston upon Hull East"},
    {"Birmingham, Selly Oak", "Birmingham Selly Oak"},
    {"  bootle  ", "Bootle"},
    {"Bootle constituency", "Bootle"},
    {"E14001111", "Bootle"},
    {"e14001111", "Bootle"},
    {"Belfast South", NULL},
    {"Durham", NULL},
    {"Bootel", NULL},
    {"E14001112", NULL},
    {"", NULL},
    {"-", NULL},
    {"and", NULL},
    {"constituency", NULL},
};

static void test_names(void **state) {
    (void)state;
    struct directory *directory = make(MPS);
    for (size_t i = 0; i < COUNT(names); i++) {
        struct directory_result result;
        directory_find_constituency(directory, names[i].asked, strlen(names[i].asked), &result);
        if (names[i].expected == NULL) {
            if (result.answer != DIRECTORY_UNKNOWN)
                fail_msg("\"%s\" was taken for %s", names[i].asked, result.candidates[0]->name);
            continue;
        }
        if (result.answer != DIRECTORY_FOUND)
            fail_msg("\"%s\" was not found", names[i].asked);
        assert_string_equal(result.candidates[0]->name, names[i].expected);
        assert_int_equal(result.candidates_count, 1);
    }
    directory_close(directory);
}

/* What the secretary reads, of a postcode or a name. "": there is an answer, and somebody to write to. */
static const struct {
    int parts;
    const char *asked;
    enum directory_answer answer;
    const char *why;
} reasons[] = {
    {MPS | POSTCODES, "L20 3NX", DIRECTORY_FOUND, ""},
    {MPS | POSTCODES, "Bootle", DIRECTORY_FOUND, ""},
    {MPS | POSTCODES, "BT9 6AB", DIRECTORY_BOUNDARY,
     "BT9 6AB lies on a boundary: Belfast South and Mid Down, or Belfast West. Put the constituency in the list"},
    {MPS | POSTCODES, "L20 3ZZ", DIRECTORY_UNKNOWN,
     "L20 3ZZ is not in the postcode directory of 1 August 2026: a slip, or a new postcode? Put the constituency in "
     "the "
     "list"},
    {MPS | POSTCODES, "L20 3AA", DIRECTORY_TERMINATED,
     "Royal Mail has withdrawn the postcode L20 3AA; it was in Bootle. Find the new postcode, or put the constituency "
     "in the list"},
    {MPS | POSTCODES, "DT4 1AA", DIRECTORY_FOUND,
     "South Dorset has no MP at present, says the list of MPs of 1 August 2026"},
    {MPS | POSTCODES, "DT4 1AB", DIRECTORY_FOUND,
     "the constituency E14000999 is not in the list of MPs: the postcodes may be of before 2024, when constituencies "
     "were redrawn. Import newer ones: postbag import postcodes FILE"},
    {MPS | POSTCODES, "JE2 3AB", DIRECTORY_NO_MP_HERE,
     "JE2 3AB is outside the United Kingdom: Jersey, Guernsey, the Isle of Man and the overseas territories have no "
     "MP"},
    {MPS | POSTCODES, "BFPO 58", DIRECTORY_BFPO,
     "BFPO 58 is forces post, which belongs to no place: put the constituency in which they are registered to vote in "
     "the list"},
    {MPS | POSTCODES, "BF1 0AX", DIRECTORY_BFPO,
     "BF1 0AX is forces post, which belongs to no place: put the constituency in which they are registered to vote in "
     "the list"},
    {MPS | POSTCODES, "Belfast South", DIRECTORY_UNKNOWN,
     "there is no constituency \"Belfast South\"; constituencies were redrawn in 2024, so it may be one that was "
     "abolished. Did you mean Belfast South and Mid Down, or Belfast West?"},
    {MPS | POSTCODES, "Bootel", DIRECTORY_UNKNOWN,
     "there is no constituency \"Bootel\"; constituencies were redrawn in 2024, so it may be one that was abolished. "
     "Did you mean Bootle?"},
    {MPS | POSTCODES, "Wansbeck", DIRECTORY_UNKNOWN,
     "there is no constituency \"Wansbeck\"; constituencies were redrawn in 2024, so it may be one that was abolished"},
    {MPS, "L20 3NX", DIRECTORY_NOT_HELD, "no postcodes have been imported: postbag import postcodes FILE"},
    {MPS, "GY1 1AA", DIRECTORY_NO_MP_HERE,
     "GY1 1AA is outside the United Kingdom: Jersey, Guernsey, the Isle of Man and the overseas territories have no "
     "MP"},
    {POSTCODES, "L20 3NX", DIRECTORY_NOT_HELD, "no MPs have been imported: postbag import mps FILE"},
    {POSTCODES, "Bootle", DIRECTORY_NOT_HELD, "no MPs have been imported: postbag import mps FILE"},
    {0, "L20 3NX", DIRECTORY_NOT_HELD,
     "no MPs and no postcodes have been imported: postbag import mps FILE, and postbag import postcodes FILE"},
    {NO_MPS | POSTCODES, "L20 3NX", DIRECTORY_FOUND,
     "Parliament is dissolved: the list of MPs of 1 August 2026 names none, and nobody may be written to as an MP "
     "until "
     "the election is over"},
};

static void test_reasons(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(reasons); i++) {
        struct directory *directory = make(reasons[i].parts);
        struct directory_result result;
        struct error error;
        struct str why = STR_EMPTY;
        const char *asked = reasons[i].asked;
        if (strpbrk(asked, "0123456789") != NULL)
            assert_int_equal(directory_find_postcode(directory, asked, &result, &error), 0);
        else
            directory_find_constituency(directory, asked, strlen(asked), &result);
        directory_explain(&result, asked, &why);
        assert_string_equal(why.bytes, reasons[i].why);
        assert_int_equal(result.answer, reasons[i].answer);
        str_release(&why);
        directory_close(directory);
    }
}

static void test_forms_of_a_name(void **state) {
    (void)state;
    static const struct {
        const char *constituency, *title, *dear, *member;
    } expected[] = {
        {"Bootle", "Peter Sample MP", "Peter Sample", "Peter Sample"},
        {"Cardiff West", "The Rt Hon John Doe MP", "John Doe", "John Doe"},
        {"Belfast South and Mid Down", "Ms Mary Sample MP", "Ms Sample", "Mary Sample"},
        {"St Helens South and Whiston", "Sir James Brown MP", "Sir James", "Sir James Brown"},
        {"South Dorset", "", "", ""},
    };
    struct directory *directory = make(MPS);
    for (size_t i = 0; i < COUNT(expected); i++) {
        struct directory_result result;
        const char *name = expected[i].constituency;
        directory_find_constituency(directory, name, strlen(name), &result);
        assert_int_equal(result.answer, DIRECTORY_FOUND);
        assert_string_equal(result.candidates[0]->title, expected[i].title);
        assert_string_equal(result.candidates[0]->dear, expected[i].dear);
        assert_string_equal(result.candidates[0]->member, expected[i].member);
        assert_int_equal(result.candidates[0]->vacant, *expected[i].title == '\0');
    }
    directory_close(directory);
}

static void test_vintage(void **state) {
    (void)state;
    struct directory *directory = make(MPS);
    struct directory_vintage mps = directory_mps(directory);
    assert_true(mps.held);
    assert_string_equal(mps.source, "mps.csv");
    assert_int_equal(directory_age_days(mps, (struct date){2026, 8, 1}), 0);
    assert_int_equal(directory_age_days(mps, (struct date){2026, 11, 22}), 113);
    assert_int_equal(directory_age_days(mps, (struct date){2028, 3, 1}), 578); /* over a leap day */
    assert_int_equal(directory_age_days(mps, (struct date){2026, 7, 31}), -1);
    assert_false(directory_postcodes(directory).held);
    assert_false(directory_is_dissolved(directory));
    directory_close(directory);
    directory = make(NO_MPS);
    assert_true(directory_is_dissolved(directory));
    directory_close(directory);
}

static void test_seats_are_in_order(void **state) {
    (void)state;
    struct directory *directory = make(MPS);
    const struct seat *all;
    assert_int_equal(directory_seats(directory, &all), COUNT(seats));
    assert_string_equal(all[0].name, "Ashton-under-Lyne");
    assert_string_equal(all[COUNT(seats) - 1].name, "Ynys Môn");
    directory_close(directory);
}

static void *look_up_often(void *context) {
    struct directory *directory = context;
    for (int i = 0; i < 5000; i++) {
        struct directory_result result;
        struct error error;
        const char *postcode = i % 2 == 0 ? "L20 3NX" : "BT9 6AB";
        size_t count = i % 2 == 0 ? 1 : 2;
        if (directory_find_postcode(directory, postcode, &result, &error) != 0 || result.candidates_count != count)
            return directory;
    }
    return NULL;
}

static void test_many_threads(void **state) {
    (void)state;
    struct directory *directory = make(MPS | POSTCODES);
    pthread_t threads[4];
    for (size_t i = 0; i < COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, look_up_often, directory), 0);
    for (size_t i = 0; i < COUNT(threads); i++) {
        void *wrong;
        assert_int_equal(pthread_join(threads[i], &wrong), 0);
        assert_null(wrong);
    }
    directory_close(directory);
}

/* Whoever has it open goes on with the old one while an import puts a new one in its place. */
static void test_replaced_while_open(void **state) {
    (void)state;
    struct directory *old = make(MPS | POSTCODES);
    struct directory *new = make(MPS);
    struct directory_result result;
    struct error error;
    assert_int_equal(directory_find_postcode(old, "L20 3NX", &result, &error), 0);
    assert_int_equal(result.answer, DIRECTORY_FOUND);
    assert_int_equal(directory_find_postcode(new, "L20 3NX", &result, &error), 0);
    assert_int_equal(result.answer, DIRECTORY_NOT_HELD);
    directory_close(old);
    directory_close(new);
}

static void test_none_yet(void **state) {
    (void)state;
    struct directory *directory;
    struct error error;
    unlink(path);
    assert_int_equal(directory_open(&directory, path, &error), -1);
    assert_int_equal(error.status, STATUS_NO_INPUT);
    assert_non_null(strstr(error.message, "postbag import mps FILE"));
}

static void test_no_file_at_all(void **state) {
    (void)state;
    struct directory *directory;
    struct error error;
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0); /* nobody writes into it */
    assert_int_equal(directory_open(&directory, path, &error), -1);
    assert_int_equal(error.status, STATUS_DATA);
    assert_int_equal(directory_open(&directory, folder, &error), -1);
    assert_int_equal(error.status, STATUS_DATA);
    unlink(path);
}

/* Contents that Postbag would not have written. */
static const char *const damages[] = {
    "DROP TABLE postcode",
    "DROP TABLE member",
    "UPDATE constituency SET name = CAST(x'ff41' AS TEXT) WHERE code = 'E14001111'",
    "UPDATE member SET email = 'a' || char(0) || 'b'",
    "UPDATE source SET date = 'yesterday'",
    "UPDATE constituency SET number = 9000000000 WHERE code = 'E14001111'",
    "UPDATE constituency SET number = -1 WHERE code = 'E14001111'",
};

static void test_damaged(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(damages); i++) {
        struct database *database;
        struct directory *directory;
        struct error error;
        directory_close(make(MPS | POSTCODES));
        assert_int_equal(database_open(&database, path, DATABASE_BUILD, &error), 0);
        assert_int_equal(database_run(database, damages[i], &error), 0);
        database_close(database);
        if (directory_open(&directory, path, &error) == 0)
            fail_msg("it was opened after %s", damages[i]);
        assert_int_equal(error.status, STATUS_DATA);
        assert_non_null(strstr(error.message, path));
    }
}

/* A place that points at no constituency is no answer. */
static void test_a_wrong_place(void **state) {
    (void)state;
    static const char *const places[] = {"900", "-900", "9223372036854775806", "-9223372036854775807 - 1"};
    for (size_t i = 0; i < COUNT(places); i++) {
        struct database *database;
        struct directory *directory;
        struct directory_result result;
        struct error error;
        char sql[100];
        directory_close(make(MPS | POSTCODES));
        snprintf(sql, sizeof sql, "UPDATE postcode SET place = %s", places[i]);
        assert_int_equal(database_open(&database, path, DATABASE_BUILD, &error), 0);
        assert_int_equal(database_run(database, sql, &error), 0);
        database_close(database);
        assert_int_equal(directory_open(&directory, path, &error), 0);
        assert_int_equal(directory_find_postcode(directory, "L20 3NX", &result, &error), 0);
        assert_int_equal(result.answer, DIRECTORY_UNKNOWN);
        assert_int_equal(result.candidates_count, 0);
        directory_close(directory);
    }
}

static void test_default_path(void **state) {
    (void)state;
    struct arena arena = ARENA_EMPTY;
    setenv("HOME", "/home/jane", 1);
    unsetenv("XDG_DATA_HOME");
    assert_string_equal(directory_default_path(&arena), "/home/jane/.local/share/postbag/directory.sqlite");
    setenv("XDG_DATA_HOME", "relative", 1);
    assert_string_equal(directory_default_path(&arena), "/home/jane/.local/share/postbag/directory.sqlite");
    setenv("XDG_DATA_HOME", "/data", 1);
    assert_string_equal(directory_default_path(&arena), "/data/postbag/directory.sqlite");
    arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_forms_of_a_name),
        cmocka_unit_test(test_vintage),
        cmocka_unit_test(test_seats_are_in_order),
        cmocka_unit_test(test_many_threads),
        cmocka_unit_test(test_replaced_while_open),
        cmocka_unit_test(test_none_yet),
        cmocka_unit_test(test_no_file_at_all),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_a_wrong_place),
        cmocka_unit_test(test_default_path),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
