/*
 * Lists of postcodes: every published format gives the same answers, whatever its columns are called, and every fault of
 * a file is said with its line.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "input/almanac.h"
#include "input/directory.h"
#include "input/gazetteer.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static char folder[64];
static char list[96], companion[128], kept[96];

static int set_up(void **state) {
    (void)state;
    strcpy(folder, "/tmp/postbag-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(list, sizeof list, "%s/list.csv", folder);
    snprintf(companion, sizeof companion, "%s/parl_constituencies_2025.csv", folder);
    snprintf(kept, sizeof kept, "%s/directory.db", folder);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    unlink(list);
    unlink(companion);
    unlink(kept);
    rmdir(folder);
    return 0;
}

static void write_file(const char *path, const char *text, size_t length) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

struct outcome {
    struct arena arena;
    struct problems problems;
    struct gazetteer_result result;
    struct error error;
    int status;
};

/* Imports `list` and keeps the directory if it can be. */
static void import(struct outcome *outcome) {
    struct almanac *almanac;
    *outcome = (struct outcome){.arena = ARENA_EMPTY};
    problems_init(&outcome->problems, &outcome->arena);
    assert_int_equal(almanac_begin(&almanac, kept, &outcome->error), 0);
    outcome->status = gazetteer_import(almanac, list, (struct date){2026, 11, 22}, NULL, NULL, &outcome->result,
                                       &outcome->problems, &outcome->error);
    if (outcome->status == 0)
        assert_int_equal(almanac_commit(almanac, &outcome->error), 0);
    else
        almanac_abandon(almanac);
}

static void release(struct outcome *outcome) {
    problems_release(&outcome->problems);
    arena_release(&outcome->arena);
}

/* "found E14001063", "boundary A B", … as the directory answers. No MPs are held, so an answer is "not held". */
static void ask(struct str *out, const char *postcode) {
    static const char *const words[] = {
        [DIRECTORY_FOUND] = "found",           [DIRECTORY_BOUNDARY] = "boundary",     [DIRECTORY_UNKNOWN] = "unknown",
        [DIRECTORY_TERMINATED] = "terminated", [DIRECTORY_NO_MP_HERE] = "no MP here", [DIRECTORY_BFPO] = "BFPO",
        [DIRECTORY_NOT_HELD] = "found",
    };
    struct directory *directory;
    struct directory_result answer;
    struct error error;
    if (directory_open(&directory, kept, &error) != 0)
        fail_msg("%s", error.message);
    assert_int_equal(directory_find_postcode(directory, postcode, &answer, &error), 0);
    str_adds(out, words[answer.answer]);
    for (size_t i = 0; i < answer.candidates_count; i++) {
        const struct seat *seat = answer.candidates[i];
        str_addf(out, " %s", *seat->name != '\0' ? seat->name : seat->code);
    }
    directory_close(directory);
}

static void assert_answer(const char *name, const char *postcode, const char *expected) {
    struct str out = STR_EMPTY;
    ask(&out, postcode);
    if (strcmp(out.bytes, expected) != 0)
        fail_msg("%s: %s is \"%s\", not \"%s\"", name, postcode, out.bytes, expected);
    str_release(&out);
}

static void test_formats(void **state) {
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        const char *format;
        const char *postcode;
        const char *expected;
    } cases[] = {
        {"ONSPD before 2025",
         "pcd,pcd2,pcds,dointr,doterm,parish,pcon,lat\r\n\"CA8 7JG\",\"CA8  7JG\",\"CA8 7JG\",\"200006\",\"\","
         "\"E04\",\"E14001285\",54.9\r\n",
         "ONS Postcode Directory", "CA8 7JG", "found E14001285"},
        {"ONSPD of 2025",
         "pcd7,pcd8,pcds,dointr,doterm,parncp25cd,pcon24cd\nCA8 7JG,CA8  7JG,CA8 7JG,200006,,E04,E14001285\n",
         "ONS Postcode Directory", "CA8 7JG", "found E14001285"},
        {"ArcGIS's capitals", "PCD7,PCDS,DOTERM,PARNCP25CD,PCON24CD\nCA8 7JG,CA8 7JG,,E04,E14001285\n",
         "ONS Postcode Directory", "CA8 7JG", "found E14001285"},
        {"another order", "pcon24cd,doterm,parish,pcds\nE14001285,,,CA8 7JG\n", "ONS Postcode Directory", "CA8 7JG",
         "found E14001285"},
        {"NSPL", "pcd7,pcds,doterm,pcon24cd\nCA8 7JG,CA8 7JG,,E14001285\n", "National Statistics Postcode Lookup",
         "CA8 7JG", "found E14001285"},
        {"of two sets of constituencies the later", "pcds,doterm,pcon10cd,pcon24cd\nCA8 7JG,,E14000001,E14001285\n",
         "National Statistics Postcode Lookup", "CA8 7JG", "found E14001285"},
        {"terminated", "pcds,doterm,pcon24cd\nCA8 7JG,200812,E14001285\n", "National Statistics Postcode Lookup",
         "CA8 7JG", "terminated E14001285"},
        {"Jersey", "pcds,doterm,pcon24cd\nJE2 3AB,,L99999999\nCA8 7JG,,E14001285\n",
         "National Statistics Postcode Lookup", "JE2 3AB", "no MP here"},
        {"no constituency", "pcds,doterm,pcon24cd\nCA8 7JA,,E99999999\nCA8 7JB,,\nCA8 7JG,,E14001285\n",
         "National Statistics Postcode Lookup", "CA8 7JA", "unknown"},
        {"split", "postcode,pcon_1,pcon_2\nCA87JG,Upper Wold,Lower Wold\n", "list of split postcodes", "CA8 7JG",
         "boundary Upper Wold Lower Wold"},
        {"split, but not here", "postcode,pcon_1,pcon_2\nCA87JG,Upper Wold,\n", "list of split postcodes", "CA8 7JG",
         "found Upper Wold"},
        {"plain", "postcode,constituency\nca8 7jg,Upper Wold\n", "plain list", "CA8 7JG", "found Upper Wold"},
        {"plain, two rows for one", "Postcode,Constituency\nCA8 7JG,Upper Wold\nCA8 7JG,Lower Wold\n", "plain list",
         "CA8 7JG", "boundary Upper Wold Lower Wold"},
        {"plain, one row twice", "Postcode,Constituency\nCA8 7JG,Upper Wold\nCA8 7JG,Upper Wold\n", "plain list",
         "CA8 7JG", "found Upper Wold"},
        {"plain, with semicolons", "Post code;Constituency name\nCA8 7JG;Upper Wold\n", "plain list", "CA8 7JG",
         "found Upper Wold"},
        {"plain, a comma in quotes", "postcode,constituency\n\"CA8 7JG\",\"Wold, \"\"Upper\"\"\"\n", "plain list",
         "CA8 7JG", "found Wold, \"Upper\""},
        {"plain, Windows-1252", "postcode,constituency\nCA8 7JG,Ynys M\364n\n", "plain list", "CA8 7JG",
         "found Ynys Môn"},
        {"plain, a mark at the start", "\357\273\277postcode,constituency\r\n\r\nCA8 7JG,Upper Wold", "plain list",
         "CA8 7JG", "found Upper Wold"},
        {"plain, withdrawn", "Postcode,In Use?,Constituency\nCA8 7JG,No,Upper Wold\n", "plain list", "CA8 7JG",
         "terminated Upper Wold"},
        {"plain, with codes", "postcode,constituency,constituency code\nCA8 7JG,Upper Wold,E14001285\n", "plain list",
         "CA8 7JG", "found E14001285"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct outcome outcome;
        unlink(kept);
        write_file(list, cases[i].text, strlen(cases[i].text));
        import(&outcome);
        if (outcome.status != 0)
            fail_msg("%s: %s", cases[i].name, outcome.error.message);
        assert_string_equal(outcome.result.format, cases[i].format);
        assert_answer(cases[i].name, cases[i].postcode, cases[i].expected);
        release(&outcome);
    }
}

static void test_mysociety(void **state) {
    (void)state;
    static const char rows[] = "postcode,short_code\nAB10 1AB,UKPARL.2025.AAD\nAB10 1AF,UKPARL.2025.ZZZ\n";
    static const char names[] = "full_code,short_code,name,name_cy,gss_code,geometry\n"
                                "x,UKPARL.2025.AAD,Upper Wold,Wold Uchaf,S14000061,\"POLYGON ((1 1, 2 2))\"\n";
    struct outcome outcome;
    write_file(list, rows, strlen(rows));
    import(&outcome);
    assert_int_equal(outcome.status, -1);
    assert_int_equal(outcome.error.status, STATUS_NO_INPUT);
    assert_non_null(strstr(outcome.error.message, "put parl_constituencies_2025.csv"));
    release(&outcome);

    write_file(companion, names, strlen(names));
    import(&outcome);
    if (outcome.status != 0)
        fail_msg("%s", outcome.error.message);
    assert_int_equal(outcome.result.taken, 1);
    assert_int_equal(outcome.result.left_out, 1);
    assert_answer("mySociety", "AB10 1AB", "found Upper Wold");
    release(&outcome);
}

static void test_counts(void **state) {
    (void)state;
    static const char rows[] = "postcode,doterm,constituency 1,constituency 2\n"
                               "CA8 7JA,,Upper Wold,\n"
                               "CA8 7JB,,Upper Wold,Lower Wold\n"
                               "CA8 7JD,202001,Upper Wold,\n"
                               "nonsense,,Upper Wold,\n"
                               "CA8 7JE,,,\n";
    struct outcome outcome;
    write_file(list, rows, strlen(rows));
    import(&outcome);
    assert_int_equal(outcome.status, 0);
    assert_int_equal(outcome.result.taken, 3);
    assert_int_equal(outcome.result.terminated, 1);
    assert_int_equal(outcome.result.boundary, 1);
    assert_int_equal(outcome.result.left_out, 2);
    assert_int_equal(outcome.problems.count, 2);
    assert_int_equal(outcome.problems.items[0].place.line, 5);
    assert_string_equal(outcome.problems.items[0].place.file, list);
    assert_non_null(strstr(outcome.problems.items[0].message, "not a whole postcode"));
    assert_int_equal(outcome.problems.items[1].place.line, 6);
    assert_non_null(strstr(outcome.problems.items[1].message, "no constituency"));
    release(&outcome);
}

static void test_refused(void **state) {
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        size_t length;
        unsigned line;
        const char *part;
    } cases[] = {
#define TEXT(text) text, sizeof(text) - 1
        {"nothing", TEXT(""), 0, "empty"},
        {"blank lines", TEXT("\n\r\n"), 0, "empty"},
        {"another list", TEXT("name,address\nJane Doe,1 High Street\n"), 1, "ONSPD"},
        {"a list without constituencies", TEXT("name,postcode\nJane Doe,CA8 7JG\n"), 1, "mySociety"},
        {"bytes", TEXT("\177ELF\2\1\1\0\0\0\0\0"), 1, "not a text file"},
        {"header only", TEXT("postcode,constituency\n"), 0, "no row"},
        {"before 2024", TEXT("pcds,doterm,pcon\nCA8 7JA,,S14000061\nCA8 7JG,,E14000530\n"), 3, "before July 2024"},
        {"an open quote", TEXT("postcode,constituency\nCA8 7JG,\"Upper Wold\nCA8 7JH,Lower Wold\n"), 2, "not closed"},
        {"text behind a quote", TEXT("postcode,constituency\nCA8 7JG,\"Upper\" Wold\n"), 2, "followed by more"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct outcome outcome;
        write_file(list, cases[i].text, cases[i].length);
        import(&outcome);
        if (outcome.status == 0)
            fail_msg("%s is not refused", cases[i].name);
        assert_int_equal(outcome.error.status, STATUS_DATA);
        if (strstr(outcome.error.message, cases[i].part) == NULL || outcome.error.place.line != cases[i].line)
            fail_msg("%s: line %u: %s", cases[i].name, outcome.error.place.line, outcome.error.message);
        release(&outcome);
    }
    assert_int_not_equal(access(kept, F_OK), 0);
}

static void test_line_without_end(void **state) {
    (void)state;
    struct str text = STR_EMPTY;
    struct outcome outcome;
    str_adds(&text, "postcode,constituency\n");
    memset(str_extend(&text, 6 << 20), 'a', 6 << 20);
    write_file(list, text.bytes, text.length);
    import(&outcome);
    assert_int_equal(outcome.status, -1);
    assert_int_equal(outcome.error.place.line, 2);
    assert_non_null(strstr(outcome.error.message, "longer than 4 MB"));
    release(&outcome);
    str_release(&text);
}

static void test_wrong_columns(void **state) {
    (void)state;
    struct str text = STR_EMPTY;
    struct outcome outcome;
    str_adds(&text, "postcode,constituency\nCA8 7JG,Upper Wold\n");
    for (int i = 0; i < 300; i++)
        str_addf(&text, "Jane Doe,%d High Street\n", i);
    write_file(list, text.bytes, text.length);
    import(&outcome);
    assert_int_equal(outcome.status, -1);
    assert_non_null(strstr(outcome.error.message, "are the columns right?"));
    release(&outcome);
    str_release(&text);
}

static void test_interrupted(void **state) {
    (void)state;
    static const char rows[] = "postcode,constituency\nCA8 7JG,Upper Wold\n";
    static const volatile sig_atomic_t interrupted = 1;
    struct almanac *almanac;
    struct gazetteer_result result;
    struct problems problems;
    struct error error;
    struct arena arena = ARENA_EMPTY;
    problems_init(&problems, &arena);
    write_file(list, rows, strlen(rows));
    assert_int_equal(almanac_begin(&almanac, kept, &error), 0);
    assert_int_equal(
        gazetteer_import(almanac, list, (struct date){2026, 11, 22}, NULL, &interrupted, &result, &problems, &error),
        -1);
    assert_int_equal(error.status, STATUS_INTERRUPTED);
    almanac_abandon(almanac);
    problems_release(&problems);
    arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_formats, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_mysociety, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_line_without_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wrong_columns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_interrupted, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
