/*
 * Lists of MPs: every format gives the same members, two files about the same House complete each other, and nobody's
 * address ends up under another's name. All people are invented.
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

#include "base/str.h"
#include "input/almanac.h"
#include "input/directory.h"
#include "input/listing.h"
#include "input/members.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static char folder[64];
static char list[96], kept[96];

static int set_up(void **state) {
    (void)state;
    strcpy(folder, "/tmp/postbag-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(list, sizeof list, "%s/list.csv", folder);
    snprintf(kept, sizeof kept, "%s/directory.db", folder);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    unlink(list);
    unlink(kept);
    rmdir(folder);
    return 0;
}

struct outcome {
    struct arena arena;
    struct problems problems;
    struct members_result result;
    struct error error;
    int status;
};

static void import(struct outcome *outcome, const char *text) {
    struct almanac *almanac;
    struct directory *held = NULL;
    *outcome = (struct outcome){.arena = ARENA_EMPTY};
    problems_init(&outcome->problems, &outcome->arena);
    FILE *file = fopen(list, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);

    if (directory_open(&held, kept, &outcome->error) != 0)
        assert_int_equal(outcome->error.status, STATUS_NO_INPUT);
    assert_int_equal(almanac_begin(&almanac, kept, &outcome->error), 0);
    outcome->status = members_import(almanac, held, list, (struct date){2026, 11, 22}, &outcome->result,
                                     &outcome->problems, &outcome->error);
    if (outcome->status == 0)
        assert_int_equal(almanac_commit(almanac, &outcome->error), 0);
    else
        almanac_abandon(almanac);
    directory_close(held);
}

static void release(struct outcome *outcome) {
    problems_release(&outcome->problems);
    arena_release(&outcome->arena);
}

static void import_well(const char *name, const char *text, size_t problems) {
    struct outcome outcome;
    import(&outcome, text);
    if (outcome.status != 0)
        fail_msg("%s: %s", name, outcome.error.message);
    if (outcome.problems.count != problems)
        fail_msg("%s: %zu problems, not %zu: %s", name, outcome.problems.count, problems,
                 outcome.problems.count > 0 ? outcome.problems.items[0].message : "");
    release(&outcome);
}

/* "title|dear|party|email|note" of a constituency, "vacant", or "?" where there is none of this name. */
static void describe(struct str *out, const char *constituency) {
    struct directory *directory;
    struct directory_result answer;
    struct error error;
    if (directory_open(&directory, kept, &error) != 0)
        fail_msg("%s", error.message);
    directory_find_constituency(directory, constituency, strlen(constituency), &answer);
    const struct seat *seat = answer.candidates_count > 0 ? answer.candidates[0] : NULL;
    if (answer.answer != DIRECTORY_FOUND || seat == NULL)
        str_adds(out, "?");
    else if (seat->vacant)
        str_adds(out, "vacant");
    else
        str_addf(out, "%s|%s|%s|%s|%s", seat->title, seat->dear, seat->party, seat->email, seat->note);
    directory_close(directory);
}

static void assert_seat(const char *name, const char *constituency, const char *expected) {
    struct str out = STR_EMPTY;
    describe(&out, constituency);
    if (strcmp(out.bytes, expected) != 0)
        fail_msg("%s: %s is \"%s\", not \"%s\"", name, constituency, out.bytes, expected);
    str_release(&out);
}

#define DFE "\"pcon_name\",\"pcon_code\",\"member_id\",\"full_title\",\"display_as\",\"party_text\",\"member_email\"\n"
#define TWFY "\"Person ID\",\"First name\",\"Last name\",Party,Constituency,URI\n"

static void test_formats(void **state) {
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        const char *format;
        const char *constituency;
        const char *expected;
    } cases[] = {
        {"TheyWorkForYou", TWFY "10001,Jane,Smith,Labour,\"Upper Wold\",https://www.theyworkforyou.com/mp/10001\n",
         "TheyWorkForYou", "upper wold", "Jane Smith MP|Jane Smith|Labour||"},
        {"DfE",
         DFE "\"Upper Wold\",\"E14009001\",\"1\",\"Ms Jane Smith MP\",\"Ms Jane "
             "Smith\",\"Labour\",\"jane@commons.example\"\n",
         "Department for Education", "E14009001", "Ms Jane Smith MP|Ms Smith|Labour|jane@commons.example|"},
        {"DfE, no e-mail", DFE "Upper Wold,E14009001,1,Jane Smith MP,Jane Smith,Labour,No email found\n",
         "Department for Education", "Upper Wold", "Jane Smith MP|Jane Smith|Labour||"},
        {"DfE, a title without MP", DFE "Upper Wold,E14009001,1,Rt Hon Jane Smith,Jane Smith,Labour,\n",
         "Department for Education", "Upper Wold", "The Rt Hon Jane Smith MP|Jane Smith|Labour||"},
        {"DfE, a knight", DFE "Upper Wold,E14009001,1,Rt Hon Sir James Brown KC MP,Sir James Brown,Speaker,\n",
         "Department for Education", "Upper Wold",
         "The Rt Hon Sir James Brown KC MP|Sir James|Speaker||is the Speaker"},
        {"a party that abstains", TWFY "1,Órla,Byrne,Sinn Féin,West Wold,x\n", "TheyWorkForYou", "West Wold",
         "Órla Byrne MP|Órla Byrne|Sinn Féin||does not take their seat"},
        {"plain", "Constituency;MP;E-mail\nUpper Wold;The Rt Hon Jane Smith MP;jane@commons.example\n", "plain list",
         "Upper Wold", "The Rt Hon Jane Smith MP|Jane Smith||jane@commons.example|"},
        {"plain, with a courtesy title", "Title,First name,Surname,Constituency\nMs,Jane,Smith,Upper Wold\n",
         "plain list", "Upper Wold", "Ms Jane Smith MP|Ms Smith|||"},
        {"plain, below a title row", "MPs of the region\n\nConstituency,Name\nUpper Wold,Jane Smith\n", "plain list",
         "Upper Wold", "Jane Smith MP|Jane Smith|||"},
        {"plain, vacant", "Constituency,Name\nUpper Wold,Vacant\nLower Wold,Jane Smith\n", "plain list", "Upper Wold",
         "vacant"},
        {"plain, form of address", "Constituency,Name,Salutation\nUpper Wold,Jane Smith,Dr Smith\n", "plain list",
         "Upper Wold", "Jane Smith MP|Dr Smith|||"},
        {"Members/Search",
         "{\"items\":[{\"value\":{\"id\":1,\"nameDisplayAs\":\"Ms Jane Smith\",\"nameFullTitle\":\"Rt Hon Jane Smith "
         "MP\","
         "\"nameAddressAs\":\"Ms Smith\",\"latestParty\":{\"name\":\"Labour\"},\"latestHouseMembership\":{"
         "\"membershipFrom\":\"Upper Wold\",\"house\":1,\"membershipEndDate\":null,\"membershipStatus\":{"
         "\"statusIsActive\":true}}}}],\"totalResults\":1}",
         "Parliament Members API", "Upper Wold", "The Rt Hon Jane Smith MP|Ms Smith|Labour||"},
        {"Constituency/Search",
         "{\"items\":[{\"value\":{\"id\":1,\"name\":\"Upper "
         "Wold\",\"endDate\":null,\"currentRepresentation\":{\"member\":{"
         "\"value\":{\"nameDisplayAs\":\"Jane Smith\",\"nameFullTitle\":\"Jane Smith "
         "MP\",\"nameAddressAs\":null}}}}}]}",
         "Parliament Members API", "Upper Wold", "Jane Smith MP|Jane Smith|||"},
        {"a vacant seat, and one abolished",
         "[{\"items\":[{\"value\":{\"name\":\"Upper "
         "Wold\",\"endDate\":null,\"currentRepresentation\":null}},{\"value\":{"
         "\"name\":\"Lower Wold\",\"currentRepresentation\":{\"member\":null}}}]}]\n"
         "{\"value\":{\"name\":\"Old Sarum\",\"endDate\":\"1832-06-07\",\"currentRepresentation\":null}}",
         "Parliament Members API", "Old Sarum", "?"},
        {"answers in an array, and one after the other",
         "[{\"value\":{\"name\":\"Upper Wold\",\"currentRepresentation\":null}}] "
         "{\"value\":{\"nameDisplayAs\":\"Ann Other\",\"latestHouseMembership\":{\"membershipFrom\":\"Lower Wold\","
         "\"house\":1}}}",
         "Parliament Members API", "Lower Wold", "Ann Other MP|Ann Other|||"},
        {"a peer and a former member",
         "{\"items\":[{\"value\":{\"nameDisplayAs\":\"Lord Wold\",\"latestHouseMembership\":{\"membershipFrom\":\"Life "
         "peer\","
         "\"house\":2}}},{\"value\":{\"nameDisplayAs\":\"Jane Smith\",\"latestHouseMembership\":{\"membershipFrom\":"
         "\"Upper Wold\",\"house\":1,\"membershipEndDate\":\"2024-05-30T00:00:00\"}}},{\"value\":{\"nameDisplayAs\":"
         "\"Ann Other\",\"latestHouseMembership\":{\"membershipFrom\":\"Lower Wold\",\"house\":1}}}]}",
         "Parliament Members API", "Upper Wold", "?"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct outcome outcome;
        unlink(kept);
        import(&outcome, cases[i].text);
        if (outcome.status != 0)
            fail_msg("%s: %s", cases[i].name, outcome.error.message);
        if (outcome.problems.count != 0)
            fail_msg("%s: %s", cases[i].name, outcome.problems.items[0].message);
        assert_string_equal(outcome.result.format, cases[i].format);
        assert_seat(cases[i].name, cases[i].constituency, cases[i].expected);
        release(&outcome);
    }
}

static void test_address(void **state) {
    (void)state;
    struct directory *directory;
    struct directory_result answer;
    struct error error;
    import_well("address", "Constituency,MP,Address\nUpper Wold,Jane Smith,\"1 High Street, Woldham, WO1 1AA\"\n", 0);
    assert_int_equal(directory_open(&directory, kept, &error), 0);
    directory_find_constituency(directory, "Upper Wold", 10, &answer);
    assert_int_equal(answer.answer, DIRECTORY_FOUND);
    assert_string_equal(answer.candidates[0]->address, "1 High Street\nWoldham\nWO1 1AA");
    directory_close(directory);
}

/* Four seats, with e-mails and titles but for the last. */
static const char first[] =
    DFE "Upper Wold,E14009001,1,Ms Jane Smith MP,Ms Jane Smith,Labour,jane@commons.example\n"
        "Lower Wold,E14009002,2,Rt Hon Ed Brown MP,Ed Brown,Green,ed@commons.example\n"
        "Mynydd Môn and Glyndŵr,W07009003,3,Dr Ann Other MP,Dr Ann Other,Plaid,ann@commons.example\n"
        "St Wold's North,E14009004,4,Sam Reed MP,Sam Reed,Labour,No email found\n";

static void test_second_file_completes(void **state) {
    (void)state;
    static const char second[] = TWFY "1,Jane,Smith,Labour (Co-op),UPPER WOLD,x\n"
                                      "2,Edward,Brown,Green,Lower Wold,x\n"
                                      "3,Ann,Other,Plaid Cymru,Mynydd Mon & Glyndwr,x\n"
                                      "4,Sam,Reed,Labour,St Wold’s North,x\n";
    struct outcome outcome;
    import_well("first", first, 0);
    import(&outcome, second);
    assert_int_equal(outcome.status, 0);
    assert_int_equal(outcome.problems.count, 0);
    assert_int_equal(outcome.result.listed, 4);
    assert_int_equal(outcome.result.joined, 4);
    assert_int_equal(outcome.result.taken, 4);
    assert_int_equal(outcome.result.emails, 3);
    assert_int_equal(outcome.result.titles, 4);
    release(&outcome);
    assert_seat("joined", "Upper Wold", "Ms Jane Smith MP|Ms Smith|Labour (Co-op)|jane@commons.example|");
    assert_seat("joined", "Lower Wold", "The Rt Hon Ed Brown MP|Ed Brown|Green|ed@commons.example|");
    assert_seat("joined", "W07009003", "Dr Ann Other MP|Dr Other|Plaid Cymru|ann@commons.example|");

    struct directory *directory;
    assert_int_equal(directory_open(&directory, kept, &outcome.error), 0);
    assert_string_equal(directory_mps(directory).source, "list.csv");
    directory_close(directory);
}

static void test_the_other_way_round(void **state) {
    (void)state;
    import_well("TheyWorkForYou first", TWFY "1,Jane,Smith,Labour,Upper Wold,x\n2,Ed,Brown,Green,Lower Wold,x\n", 0);
    import_well("then DfE",
                DFE "Upper Wold,E14009001,1,Ms Jane Smith MP,Ms Jane Smith,Labour,jane@commons.example\n"
                    "Lower Wold,E14009002,2,Rt Hon Ed Brown MP,Ed Brown,Green,ed@commons.example\n",
                0);
    assert_seat("joined", "E14009001", "Ms Jane Smith MP|Ms Smith|Labour|jane@commons.example|");
    assert_seat("joined", "Lower Wold", "The Rt Hon Ed Brown MP|Ed Brown|Green|ed@commons.example|");
}

/* After a by-election the former member's address must not be the new one's. */
static void test_new_member_has_nothing_of_the_former(void **state) {
    (void)state;
    struct outcome outcome;
    import_well("first", first, 0);
    import(&outcome, TWFY "1,Jane,Smith,Labour,Upper Wold,x\n2,Rhian,Parry,Green,Lower Wold,x\n"
                          "3,Ann,Other,Plaid,Mynydd Môn and Glyndŵr,x\n4,Sam,Reed,Labour,St Wold's North,x\n");
    assert_int_equal(outcome.status, 0);
    assert_int_equal(outcome.problems.count, 1);
    assert_int_equal(outcome.problems.items[0].severity, SEVERITY_WARNING);
    assert_int_equal(outcome.problems.items[0].place.line, 3);
    assert_non_null(strstr(outcome.problems.items[0].message, "Lower Wold: Rhian Parry here, Ed Brown in"));
    assert_int_equal(outcome.result.emails, 2);
    release(&outcome);
    assert_seat("new", "Lower Wold", "Rhian Parry MP|Rhian Parry|Green||");
    assert_seat("old", "Upper Wold", "Ms Jane Smith MP|Ms Smith|Labour|jane@commons.example|");
}

static void test_what_cannot_be_joined(void **state) {
    (void)state;
    struct outcome outcome;
    import_well("first", first, 0);
    import(&outcome, TWFY "1,Jane,Smith,Labour,Upper Wold,x\n2,Ann,Other,Plaid,Mynydd Mon and Glendwr,x\n"
                          "3,Ed,Brown,Green,Lower Wold,x\n");
    assert_int_equal(outcome.status, 0);
    assert_int_equal(outcome.problems.errors_count, 1);
    assert_int_equal(outcome.problems.items[0].place.line, 3);
    assert_non_null(strstr(outcome.problems.items[0].message, "Mynydd Mon and Glendwr"));
    if (strstr(outcome.problems.items[0].message, "Mynydd Môn and Glyndŵr") == NULL)
        fail_msg("%s", outcome.problems.items[0].message);
    release(&outcome);
    assert_seat("not made", "Mynydd Mon and Glendwr", "?");
    assert_seat("a list of some seats leaves the others", "St Wold's North", "Sam Reed MP|Sam Reed|Labour||");
}

/* A list of the whole House that leaves a seat out says that it is vacant. */
static void test_vacancy(void **state) {
    (void)state;
    struct str text = STR_EMPTY;
    struct outcome outcome;
    str_adds(&text, TWFY);
    for (int i = 0; i < 40; i++)
        str_addf(&text, "%d,Jane,Smith-%c%c,Labour,%c%cton,x\n", i, 'A' + i / 26, 'a' + i % 26, 'A' + i / 26,
                 'a' + i % 26);
    import_well("40 seats", text.bytes, 0);
    *strstr(text.bytes, "\n39,") = '\0';
    str_cut(&text, strlen(text.bytes));
    str_addc(&text, '\n');
    import(&outcome, text.bytes);
    assert_int_equal(outcome.status, 0);
    for (size_t i = 1; i < outcome.problems.count; i++)
        fail_msg("%s", outcome.problems.items[i].message);
    assert_int_equal(outcome.result.taken, 39);
    assert_non_null(strstr(outcome.problems.items[0].message, "nobody is named for Bnton"));
    assert_non_null(strstr(outcome.problems.items[0].message, "Jane Smith-Bn held it before"));
    release(&outcome);
    assert_seat("left out", "Bnton", "vacant");
    str_release(&text);
}

static void test_another_house_replaces(void **state) {
    (void)state;
    struct outcome outcome;
    import_well("first", first, 0);
    import(&outcome, TWFY "1,Iolo,Evans,Labour,Upper Wold,x\n2,Rhian,Parry,Green,Lower Wold,x\n");
    assert_int_equal(outcome.status, 0);
    assert_int_equal(outcome.result.joined, 0);
    assert_int_equal(outcome.result.taken, 2);
    release(&outcome);
    assert_seat("replaced", "Upper Wold", "Iolo Evans MP|Iolo Evans|Labour||");
    assert_seat("replaced", "St Wold's North", "vacant");
}

static void test_dissolution(void **state) {
    (void)state;
    struct directory *directory;
    struct error error;
    import_well("first", first, 0);
    import_well("empty", TWFY, 0);
    assert_int_equal(directory_open(&directory, kept, &error), 0);
    assert_true(directory_is_dissolved(directory));
    directory_close(directory);
}

static void test_problems(void **state) {
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        unsigned line;
        enum severity severity;
        const char *part;
    } cases[] = {
        {"a broken address", "Constituency,MP,Email\nUpper Wold,Jane Smith,jane@commons\n", 2, SEVERITY_WARNING,
         "the e-mail address \"jane@commons\" of Jane Smith is left out: it has no full stop after the @"},
        {"no constituency", "Constituency,MP,Email\n,Jane Smith,\nUpper Wold,Ann Other,\n", 2, SEVERITY_WARNING,
         "no constituency"},
        {"two for one seat", "Constituency,MP\nUpper Wold,Jane Smith\nLower Wold,Ann Other\nUpper Wold,Ed Brown\n", 4,
         SEVERITY_ERROR, "Upper Wold is here twice, with Ed Brown and in line 2 with Jane Smith"},
        {"bytes", "Constituency,MP\nUpper Wold,Jane\xFF Smith\nLower Wold,\xC3\x93rla Byrne\n", 2, SEVERITY_ERROR,
         "not UTF-8"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct outcome outcome;
        unlink(kept);
        import(&outcome, cases[i].text);
        if (outcome.status != 0)
            fail_msg("%s: %s", cases[i].name, outcome.error.message);
        assert_int_equal(outcome.problems.count, 1);
        const struct problem *problem = &outcome.problems.items[0];
        if (strstr(problem->message, cases[i].part) == NULL || problem->place.line != cases[i].line)
            fail_msg("%s: line %u: %s", cases[i].name, problem->place.line, problem->message);
        assert_int_equal(problem->severity, cases[i].severity);
        assert_string_equal(problem->place.file, list);
        release(&outcome);
    }
}

static void test_refused(void **state) {
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        const char *part;
    } cases[] = {
        {"nothing", "", "no list of MPs"},
        {"another list", "name,address\nJane Doe,1 High Street\n", "TheyWorkForYou"},
        {"a header only", "Constituency,MP\n", "holds no MPs"},
        {"broken JSON", "{\"items\":[{\"value\":", "not JSON"},
        {"other JSON", "{\"status\":200,\"result\":[]}", "no members or constituencies"},
        {"JSON text behind", "[{\"value\":{\"name\":\"Upper Wold\",\"currentRepresentation\":null}}] oops", "not JSON"},
        {"a workbook", "PK\003\004", "workbook"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct outcome outcome;
        import(&outcome, cases[i].text);
        if (outcome.status == 0)
            fail_msg("%s is not refused", cases[i].name);
        assert_int_equal(outcome.error.status, STATUS_DATA);
        assert_string_equal(outcome.error.place.file, list);
        if (strstr(outcome.error.message, cases[i].part) == NULL)
            fail_msg("%s: %s", cases[i].name, outcome.error.message);
        release(&outcome);
    }
    assert_int_not_equal(access(kept, F_OK), 0);
}

static void test_same_person(void **state) {
    (void)state;
    static const struct {
        const char *a, *b;
        bool same;
    } cases[] = {
        {"Jane Smith", "Jane Smith", true},
        {"Ed Brown", "Sir Edward Brown", true},
        {"Órla Byrne", "Orla Byrne", true},
        {"Ann-Marie O’Neill", "Ann Marie O'Neill", true},
        {"Ann Long Bailey", "A. Long Bailey", true},
        {"Jane Smith", "John Brown", false},
        {"Jane Smith", "Rhian Smith", false},
        {"Jane Smith", "Jane Smithson", false},
        {"Jane Smith", "", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        if (listing_same_person(cases[i].a, cases[i].b) != cases[i].same ||
            listing_same_person(cases[i].b, cases[i].a) != cases[i].same)
            fail_msg("%s and %s", cases[i].a, cases[i].b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_formats, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_address, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_second_file_completes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_other_way_round, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_new_member_has_nothing_of_the_former, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_cannot_be_joined, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_vacancy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_another_house_replaces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_dissolution, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_problems, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
        cmocka_unit_test(test_same_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
