/*
 * Representatives: rows of a list and a small directory, and whom each row is written to, or why to nobody.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "input/almanac.h"
#include "input/people.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Which directory is made; a part that is false is not imported. */
struct world {
    bool mps, postcodes, dissolved;
};
static const struct world whole = {true, true, false};

static char place[] = "/tmp/postbag-representative-XXXXXX";
static char list_path[sizeof place + 16], directory_path[sizeof place + 16];

static int make_place(void **state) {
    (void)state;
    if (mkdtemp(place) == NULL)
        return -1;
    snprintf(list_path, sizeof list_path, "%s/list.csv", place);
    snprintf(directory_path, sizeof directory_path, "%s/d.sqlite", place);
    return 0;
}

static int remove_place(void **state) {
    (void)state;
    unlink(list_path);
    unlink(directory_path);
    return rmdir(place);
}

enum { BOOTLE, SOUTHPORT, CHORLEY, BELFAST_WEST, SEFTON_CENTRAL, YNYS_MON, OLD, SEATS };

static const struct almanac_constituency constituencies[SEATS] = {
    [BOOTLE] = {"E14001111", "", "Bootle", ""},
    [SOUTHPORT] = {"E14001499", "", "Southport", ""},
    [CHORLEY] = {"E14001170", "", "Chorley", ""},
    [BELFAST_WEST] = {"N05000004", "", "Belfast West", ""},
    [SEFTON_CENTRAL] = {"E14001460", "", "Sefton Central", ""},
    [YNYS_MON] = {"W07000112", "", "Ynys Môn", "Ynys Môn"},
    [OLD] = {"E14000602", "", "", ""}, /* only postcodes of before 2024 know it */
};

static const struct almanac_member members[] = {
    {BOOTLE, "Jane Smith", "The Rt Hon Jane Smith MP", "Ms Smith", "Purple", "jane.smith@mp.example",
     "1 Stanley Road\nBootle", ""},
    {SOUTHPORT, "Sir James Brown", "", "", "Teal", "", "", ""},
    {CHORLEY, "Lyn Hoop", "", "", "", "", "", "is the Speaker"},
    {BELFAST_WEST, "Niall Sample", "", "", "", "", "", "does not take their seat"},
    {YNYS_MON, "Dr Siân Môn", "", "", "", "", "", ""},
};

static const struct {
    const char *postcode;
    int seats[2];
    size_t count;
    bool terminated;
} postcodes[] = {
    {"L20 3NX", {BOOTLE}, 1, false},
    {"PR8 1AA", {SOUTHPORT}, 1, false},
    {"PR9 9ZZ", {SOUTHPORT, BOOTLE}, 2, false},
    {"PR7 1AA", {CHORLEY}, 1, false},
    {"BT12 6AB", {BELFAST_WEST}, 1, false},
    {"L37 1AA", {SEFTON_CENTRAL}, 1, false},
    {"LL77 7AA", {YNYS_MON}, 1, false},
    {"L21 1TT", {BOOTLE}, 1, true},
    {"L22 2AA", {OLD}, 1, false},
};

static void make_directory(const struct world *world) {
    static const struct date date = {2026, 11, 1};
    struct almanac *almanac;
    struct error error;
    int64_t numbers[SEATS];
    unlink(directory_path);
    assert_int_equal(almanac_begin(&almanac, directory_path, &error), 0);
    for (size_t i = 0; i < SEATS; i++) {
        numbers[i] = almanac_constituency(almanac, &constituencies[i], &error);
        assert_true(numbers[i] > 0);
    }
    if (world->mps)
        assert_int_equal(almanac_clear_members(almanac, "mps.csv", date, &error), 0);
    for (size_t i = 0; world->mps && !world->dissolved && i < COUNT(members); i++) {
        struct almanac_member member = members[i];
        member.constituency = numbers[member.constituency];
        assert_int_equal(almanac_add_member(almanac, &member, &error), 0);
    }
    if (world->postcodes)
        assert_int_equal(almanac_clear_postcodes(almanac, "postcodes.csv", date, &error), 0);
    for (size_t i = 0; world->postcodes && i < COUNT(postcodes); i++) {
        int64_t found[2];
        for (size_t j = 0; j < postcodes[i].count; j++)
            found[j] = numbers[postcodes[i].seats[j]];
        assert_int_equal(almanac_add_postcode(almanac, postcodes[i].postcode, found, postcodes[i].count,
                                              postcodes[i].terminated, &error),
                         0);
    }
    assert_int_equal(almanac_commit(almanac, &error), 0);
}

/* A list being read beside the directory. */
struct desk {
    struct csv *csv;
    struct directory *directory;
    struct people *people;
    struct arena arena;
    struct problems problems;
    struct str said;
};

static void say(struct desk *desk) {
    static const char *const severities[] = {"error", "warning", "note"};
    for (size_t i = 0; i < desk->problems.count; i++) {
        const struct problem *problem = &desk->problems.items[i];
        str_addf(&desk->said, "%s %u:%u %s\n", severities[problem->severity], problem->place.line,
                 problem->place.column, problem->message);
    }
    problems_clear(&desk->problems);
}

static void desk_open(struct desk *desk, const struct world *world, enum preference preference, const char *list,
                      const struct people_given *given, size_t given_count) {
    struct error error;
    *desk = (struct desk){.said = STR_EMPTY};
    problems_init(&desk->problems, &desk->arena);
    if (world != NULL) {
        make_directory(world);
        assert_int_equal(directory_open(&desk->directory, directory_path, &error), 0);
    }
    if (list != NULL) {
        FILE *file = fopen(list_path, "w");
        assert_non_null(file);
        fputs(list, file);
        assert_int_equal(fclose(file), 0);
        assert_int_equal(csv_open(&desk->csv, list_path, ENCODING_UTF_8, &error), 0);
    }
    assert_int_equal(people_open(&desk->people, desk->csv, given, given_count, desk->directory, preference, NULL,
                                 &desk->problems, &error),
                     0);
    say(desk);
}

static void desk_close(struct desk *desk) {
    people_close(desk->people);
    csv_close(desk->csv);
    directory_close(desk->directory);
    problems_release(&desk->problems);
    arena_release(&desk->arena);
    str_release(&desk->said);
}

/* "Bootle | Jane Smith | The Rt Hon Jane Smith MP | Ms Smith | jane.smith@mp.example | 1 Stanley Road/Bootle | Purple" */
static void show(struct str *out, const struct person *person) {
    static const enum field shown[] = {FIELD_CONSTITUENCY, FIELD_MP,         FIELD_MP_TITLE, FIELD_MP_DEAR,
                                       FIELD_MP_EMAIL,     FIELD_MP_ADDRESS, FIELD_PARTY};
    for (size_t i = 0; i < COUNT(shown); i++) {
        const struct value *value = &person->values[shown[i]];
        assert_int_equal(value->length, strlen(value->text));
        str_adds(out, i == 0 ? "" : "|");
        for (size_t j = 0; j < value->length; j++)
            str_addc(out, value->text[j] == '\n' ? '/' : value->text[j]);
    }
    str_addc(out, '\n');
}

/* Every row: what is wrong with it, or whom it is written to. */
static void read_rows(struct desk *desk) {
    struct error error;
    struct person person;
    int got;
    while ((got = people_next(desk->people, &desk->arena, &person, NULL, &desk->problems, &error)) == 1) {
        size_t errors = desk->problems.errors_count;
        say(desk);
        if (errors == 0)
            show(&desk->said, &person);
        assert_true(errors == 0 || person.values[FIELD_MP].length > 0 || person.empty_by_error[FIELD_MP]);
    }
    assert_int_equal(got, 0);
}

static void check_said(const struct desk *desk, const char *name, const char *expected) {
    if (strcmp(desk->said.bytes, expected) != 0)
        fail_msg("%s: this was said:\n%s", name, desk->said.bytes);
}

#define WHO "Name,Address,Postcode"
#define JANE "Jane Doe,1 High Street,"
#define SETTLE ": mend the row, or settle it for all with directory.prefer=list or directory.prefer=directory"
#define SMITH "Jane Smith|The Rt Hon Jane Smith MP|Ms Smith|jane.smith@mp.example|1 Stanley Road/Bootle|Purple\n"
#define BROWN "Sir James Brown|Sir James Brown MP|Sir James|||Teal\n"

static const struct {
    const char *name;
    enum preference preference;
    const char *columns, *cells; /* behind WHO, and JANE */
    const char *said;
} rows[] = {
    /* What is found. */
    {"by the postcode", PREFER_NEITHER, "", "l203nx", "Bootle|" SMITH},
    {"forms made of the name", PREFER_NEITHER, "", "PR8 1AA", "Southport|" BROWN},
    {"by the constituency", PREFER_NEITHER, ",Constituency", "ZE1 0AA,SOUTHPORT", "SOUTHPORT|" BROWN},
    {"by the constituency, without its accent", PREFER_NEITHER, ",Constituency", "ZE1 0AA,Ynys Mon",
     "Ynys Mon|Dr Siân Môn|Dr Siân Môn MP|Dr Môn|||\n"},
    {"by a code in its place", PREFER_NEITHER, ",Constituency", "L20 3NX,E14001111", "Bootle|" SMITH},
    {"on a boundary, by the constituency", PREFER_NEITHER, ",Constituency", "PR9 9ZZ,Bootle", "Bootle|" SMITH},
    {"on a boundary, by the MP", PREFER_NEITHER, ",MP", "PR9 9ZZ,Sir James Brown", "Southport|" BROWN},
    {"a new postcode, by the constituency", PREFER_NEITHER, ",Constituency", "L20 9ZZ,Bootle", "Bootle|" SMITH},
    {"forces post, by the constituency", PREFER_NEITHER, ",Constituency", "BFPO 58,Bootle", "Bootle|" SMITH},
    {"a voter abroad, by the constituency", PREFER_NEITHER, ",Constituency", "JE2 3AB,Bootle", "Bootle|" SMITH},
    {"a withdrawn postcode, by the constituency", PREFER_NEITHER, ",Constituency", "L21 1TT,Bootle", "Bootle|" SMITH},
    {"the list's constituency, and a postcode of before 2024", PREFER_NEITHER, ",Constituency", "L22 2AA,Bootle",
     "Bootle|" SMITH},

    /* What the list says already. */
    {"an MP who sits there", PREFER_NEITHER, ",MP", "L20 3NX,jane smith",
     "Bootle|jane smith|The Rt Hon Jane Smith MP|Ms Smith|jane.smith@mp.example|1 Stanley Road/Bootle|Purple\n"},
    {"an MP with another title", PREFER_NEITHER, ",MP", "PR8 1AA,Mr James Brown MP",
     "Southport|James Brown|Mr James Brown MP|Mr Brown|||Teal\n"},
    {"an MP's own forms stay", PREFER_NEITHER, ",MP,MP's e-mail", "L20 3NX,Miss Jane Smith,office@mp.example",
     "Bootle|Jane Smith|Miss Jane Smith MP|Miss Smith|office@mp.example|1 Stanley Road/Bootle|Purple\n"},
    {"an MP, and a postcode that is not known", PREFER_NEITHER, ",MP,Constituency", "ZE1 0AA,Ann Other,",
     "error 2:3 ZE1 0AA is not in the postcode directory of 1 November 2026: a slip, or a new postcode? Put the "
     "constituency in the list\n"},

    /* Where the list and the directory disagree. */
    {"the former MP", PREFER_NEITHER, ",MP", "L20 3NX,John Old",
     "error 2:4 the list names John Old, but the MP for Bootle "
     "is Jane Smith" SETTLE "\n"},
    {"the former MP stays", PREFER_LIST, ",MP,MP's e-mail", "L20 3NX,John Old,old@mp.example",
     "Bootle|John Old|John Old MP|John Old|old@mp.example||\n"},
    {"the former MP goes, with all that was theirs", PREFER_DIRECTORY, ",MP,MP's e-mail,Party",
     "PR8 1AA,John Old,old@mp.example,Purple", "Southport|" BROWN},
    {"another constituency", PREFER_NEITHER, ",Constituency", "PR8 1AA,bootle",
     "error 2:4 the list says Bootle, but the postcode PR8 1AA is in Southport" SETTLE "\n"},
    {"another constituency stays", PREFER_LIST, ",Constituency", "PR8 1AA,Bootle", "Bootle|" SMITH},
    {"another constituency goes", PREFER_DIRECTORY, ",Constituency", "PR8 1AA,Bootle", "Southport|" BROWN},
    {"a third on a boundary", PREFER_NEITHER, ",Constituency", "PR9 9ZZ,Chorley",
     "error 2:4 the list says Chorley, but the postcode PR9 9ZZ is in Southport or Bootle" SETTLE "\n"},
    {"a third on a boundary is not decided", PREFER_DIRECTORY, ",Constituency", "PR9 9ZZ,Chorley",
     "error 2:4 the list says Chorley, but the postcode PR9 9ZZ is in Southport or Bootle" SETTLE "\n"},
    {"a boundary, and an MP of neither side", PREFER_NEITHER, ",MP", "PR9 9ZZ,John Old",
     "error 2:3 PR9 9ZZ lies on a boundary: Southport, or Bootle. Put the constituency in the list\n"},
    {"an MP, and a vacant seat", PREFER_NEITHER, ",MP", "L37 1AA,John Old",
     "error 2:4 the list names John Old, but nobody sits for Sefton Central in the imported list of MPs" SETTLE "\n"},

    /* Where there is no answer. */
    {"a boundary", PREFER_NEITHER, "", "PR9 9ZZ",
     "error 2:3 PR9 9ZZ lies on a boundary: Southport, or Bootle. Put the constituency in the list\n"},
    {"a boundary is not decided", PREFER_DIRECTORY, "", "PR9 9ZZ",
     "error 2:3 PR9 9ZZ lies on a boundary: Southport, or Bootle. Put the constituency in the list\n"},
    {"not known", PREFER_NEITHER, "", "ZE1 0AA",
     "error 2:3 ZE1 0AA is not in the postcode directory of 1 November 2026: a slip, or a new postcode? Put the "
     "constituency in the list\n"},
    {"withdrawn", PREFER_NEITHER, "", "L21 1TT",
     "error 2:3 Royal Mail has withdrawn the postcode L21 1TT; it was in Bootle. Find the new postcode, or put the "
     "constituency in the list\n"},
    {"Jersey", PREFER_NEITHER, "", "JE2 3AB",
     "error 2:3 JE2 3AB is outside the United Kingdom: Jersey, Guernsey, the Isle of Man and the overseas territories "
     "have no MP\n"},
    {"forces post", PREFER_NEITHER, "", "BFPO 58",
     "error 2:3 BFPO 58 is forces post, which belongs to no place: put the constituency in which they are registered "
     "to "
     "vote in the list\n"},
    {"a vacant seat", PREFER_NEITHER, "", "L37 1AA",
     "error 2:3 Sefton Central has no MP at present, says the list of MPs of 1 November 2026\n"},
    {"an abolished name", PREFER_NEITHER, ",Constituency", "L20 3NX,Wantage",
     "error 2:4 there is no constituency \"Wantage\"; constituencies were redrawn in 2024, so it may be one that was "
     "abolished; the postcode L20 3NX is in Bootle\n"},
    {"an abolished name goes", PREFER_DIRECTORY, ",Constituency", "L20 3NX,Wantage", "Bootle|" SMITH},
    {"an abolished name stays with its MP", PREFER_LIST, ",Constituency,MP", "L20 3NX,Wantage,John Old",
     "Wantage|John Old|John Old MP|John Old|||\n"},
    {"a postcode of before 2024", PREFER_NEITHER, "", "L22 2AA",
     "error 2:3 the constituency E14000602 is not in the list of MPs: the postcodes may be of before 2024, when "
     "constituencies were redrawn. Import newer ones: postbag import postcodes FILE\n"},
    {"half a postcode is said once", PREFER_NEITHER, "", "L20 3N",
     "error 2:3 the postcode \"L20 3N\" is not a whole postcode\n"},
};

static void test_whom_a_row_is_written_to(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct desk desk;
        struct str list = STR_EMPTY;
        str_addf(&list, WHO "%s\n" JANE "%s\n", rows[i].columns, rows[i].cells);
        desk_open(&desk, &whole, rows[i].preference, list.bytes, NULL, 0);
        read_rows(&desk);
        check_said(&desk, rows[i].name, rows[i].said);
        desk_close(&desk);
        str_release(&list);
    }
}

/* The second pass finds what the first did, and says nothing. */
static void test_both_passes_find_the_same(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct desk desk;
        struct str list = STR_EMPTY, first = STR_EMPTY;
        struct error error;
        str_addf(&list, WHO "%s\n" JANE "%s\n", rows[i].columns, rows[i].cells);
        desk_open(&desk, &whole, rows[i].preference, list.bytes, NULL, 0);
        read_rows(&desk);
        bool held = strncmp(desk.said.bytes, "error", 5) == 0;
        str_adds(&first, desk.said.bytes);
        str_clear(&desk.said);
        assert_int_equal(people_rewind(desk.people, &error), 0);
        read_rows(&desk);
        if (held)
            assert_null(strstr(desk.said.bytes, "error"));
        else
            check_said(&desk, rows[i].name, first.bytes);
        desk_close(&desk);
        str_release(&list);
        str_release(&first);
    }
}

static const struct representative_needs everything = {true, true, true}, nothing = {false, false, false},
                                         an_mp = {true, false, true};

static const struct {
    const char *name;
    const struct world *world; /* NULL: there is no directory */
    const struct representative_needs *needs;
    const char *list;
    const char *said;
} lists[] = {
    {"no directory, and MPs", NULL, &everything, WHO ",MP\n" JANE "L20 3NX,John Old\n",
     "|John Old|John Old MP|John Old|||\n"},
    {"no directory, and no MPs", NULL, &everything, WHO "\n" JANE "L20 3NX\n",
     "note 1:0 no MPs are named here: postbag import mps FILE finds the MP of each row\n||||||\n"},
    {"a letter to somebody else", NULL, &nothing, WHO "\n" JANE "L20 3NX\n", "||||||\n"},
    {"no MPs imported", &(struct world){false, true, false}, &an_mp, WHO "\n" JANE "L20 3NX\n",
     "note 1:0 no MPs are named here: postbag import mps FILE finds the MP of each row\n||||||\n"},
    {"no postcodes imported", &(struct world){true, false, false}, &an_mp, WHO "\n" JANE "L20 3NX\n",
     "note 1:0 neither MPs nor constituencies are named here: postbag import postcodes FILE finds them by the postcode "
     "of "
     "each row\n||||||\n"},
    {"no postcodes imported, and constituencies", &(struct world){true, false, false}, &an_mp,
     WHO ",Constituency\n" JANE "L20 3NX,Bootle\nJim Doe,2 High Street,PR8 1AA,\n",
     "Bootle|" SMITH "error 3:3 no postcodes have been imported: postbag import postcodes FILE\n"},
    {"Parliament is dissolved", &(struct world){true, true, true}, &an_mp, WHO "\n" JANE "L20 3NX\n",
     "error 1:0 Parliament is dissolved: in the imported list of MPs nobody sits for any constituency, so nobody can "
     "be "
     "written to as an MP until after the election; then import the new list with postbag import mps FILE\n"
     "Bootle||||||\n"},
    {"Parliament is dissolved, and the letter goes to somebody else", &(struct world){true, true, true}, &nothing,
     WHO "\n" JANE "PR9 9ZZ\n", "||||||\n"},
    {"a postcode on a boundary, and the letter goes to somebody else", &whole, &nothing, WHO "\n" JANE "PR9 9ZZ\n",
     "||||||\n"},
    {"an MP, and a constituency that nobody needs", &whole, &an_mp, WHO ",MP\n" JANE "ZE1 0AA,Ann Other\n",
     "|Ann Other|Ann Other MP|Ann Other|||\n"},
    {"the Speaker and who does not take a seat", &whole, &an_mp,
     WHO "\n" JANE
         "PR7 1AA\nJim Doe,2 High Street,BT12 6AB\nJo Doe,2 High Street,PR7 1AA\nAl Doe,2 High Street,L20 3NX\n",
     "Chorley|Lyn Hoop|Lyn Hoop MP|Lyn Hoop|||\n"
     "Belfast West|Niall Sample|Niall Sample MP|Niall Sample|||\n"
     "Chorley|Lyn Hoop|Lyn Hoop MP|Lyn Hoop|||\n"
     "Bootle|" SMITH
     "note 0:0 Niall Sample (Belfast West) does not take their seat; Lyn Hoop (Chorley) is the Speaker: their "
     "constituents' letters go to them like all others\n"},
};

static void test_what_is_said_of_a_list(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++) {
        struct desk desk;
        desk_open(&desk, lists[i].world, PREFER_NEITHER, lists[i].list, NULL, 0);
        people_expect(desk.people, lists[i].needs, &desk.problems);
        say(&desk);
        problems_clear(&desk.problems);
        read_rows(&desk);
        people_review(desk.people, &desk.problems);
        say(&desk);
        check_said(&desk, lists[i].name, lists[i].said);
        desk_close(&desk);
    }
}

/* Twenty members of one MP who was looked up are no column filled down by mistake. */
static void test_one_mp_for_all_is_no_wonder(void **state) {
    (void)state;
    struct desk desk;
    struct str list = STR_EMPTY;
    str_adds(&list, WHO "\n");
    for (int i = 0; i < 40; i++)
        str_addf(&list, "Person %c%c,%d High Street,L20 3NX\n", 'A' + i / 26, 'a' + i % 26, i + 1);
    desk_open(&desk, &whole, PREFER_NEITHER, list.bytes, NULL, 0);
    read_rows(&desk);
    str_clear(&desk.said);
    people_review(desk.people, &desk.problems);
    say(&desk);
    assert_null(strstr(desk.said.bytes, "the same MP"));
    desk_close(&desk);
    str_release(&list);
}

static void test_a_field_given_for_every_row(void **state) {
    (void)state;
    static const struct people_given to_one[] = {{"MP", "The Rt Hon Ann Minister MP"}};
    struct desk desk;
    desk_open(&desk, &whole, PREFER_DIRECTORY, WHO "\n" JANE "L20 3NX\n", to_one, 1);
    read_rows(&desk);
    check_said(&desk, "a letter to one person", "Bootle|Ann Minister|The Rt Hon Ann Minister MP|Ann Minister|||\n");
    desk_close(&desk);

    static const struct people_given who[] = {
        {"name", "Jane Doe"}, {"address", "1 High Street"}, {"postcode", "L20 3NX"}};
    desk_open(&desk, &whole, PREFER_NEITHER, NULL, who, COUNT(who));
    read_rows(&desk);
    check_said(&desk, "one letter without a list", "Bootle|" SMITH);
    desk_close(&desk);

    static const struct people_given old[] = {
        {"name", "Jane Doe"}, {"address", "1 High Street"}, {"postcode", "L20 3NX"}, {"MP", "John Old"}};
    desk_open(&desk, &whole, PREFER_NEITHER, NULL, old, COUNT(old));
    read_rows(&desk);
    check_said(&desk, "one letter to a former MP",
               "error 0:0 the list names John Old, but the MP for Bootle is Jane Smith" SETTLE "\n");
    desk_close(&desk);
}

static void test_which_fields_there_are(void **state) {
    (void)state;
    static const struct {
        const char *name;
        const struct world world;
        const char *columns;
        bool constituency, mp;
    } cases[] = {
        {"both", {true, true, false}, WHO, true, true},
        {"MPs only", {true, false, false}, WHO, false, false},
        {"MPs and constituencies", {true, false, false}, WHO ",Constituency", true, true},
        {"postcodes only", {false, true, false}, WHO, false, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct desk desk;
        struct str list = STR_EMPTY;
        str_addf(&list, "%s\n" JANE "L20 3NX\n", cases[i].columns);
        desk_open(&desk, &cases[i].world, PREFER_NEITHER, list.bytes, NULL, 0);
        if (people_has(desk.people, FIELD_CONSTITUENCY) != cases[i].constituency)
            fail_msg("%s: the constituency", cases[i].name);
        for (int field = FIELD_MP; field <= FIELD_PARTY; field++)
            if (people_has(desk.people, field) != cases[i].mp)
                fail_msg("%s: the %s", cases[i].name, field_name(OFFICE_MP, (enum field)field));
        desk_close(&desk);
        str_release(&list);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whom_a_row_is_written_to),    cmocka_unit_test(test_both_passes_find_the_same),
        cmocka_unit_test(test_what_is_said_of_a_list),      cmocka_unit_test(test_one_mp_for_all_is_no_wonder),
        cmocka_unit_test(test_a_field_given_for_every_row), cmocka_unit_test(test_which_fields_there_are),
    };
    return cmocka_run_group_tests(tests, make_place, remove_place);
}
