/*
 * People: lists as they are found in the wild, what becomes of their rows, and what the secretary is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "input/people.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A column that the configuration names, and that is thus known. */
static const char *const configured_column = "Signature file";

static char path[] = "/tmp/postbag-test-XXXXXX";

static int make_file(void **state) {
    (void)state;
    int descriptor = mkstemp(path);
    return descriptor < 0 ? -1 : close(descriptor);
}

static int remove_file(void **state) {
    (void)state;
    return unlink(path);
}

/* A list being read: its problems of the header, and then those of each row, as "error 3:2 …" on lines. */
struct list {
    struct csv *csv;
    struct people *people;
    struct arena arena;
    struct problems problems;
    struct error error;
    struct person person;
    struct csv_row cells;
    struct str said;
};

static void say(struct list *list) {
    static const char *const severities[] = {"error", "warning", "note"};
    for (size_t i = 0; i < list->problems.count; i++) {
        const struct problem *problem = &list->problems.items[i];
        str_addf(&list->said, "%s %u:%u ", severities[problem->severity], problem->place.line, problem->place.column);
        if (problem->row > 0)
            str_addf(&list->said, "row %u ", problem->row);
        str_addf(&list->said, "%s\n", problem->message);
    }
    problems_clear(&list->problems);
}

static int list_open_given(struct list *list, const char *text, const struct people_given *given, size_t count) {
    *list = (struct list){.said = STR_EMPTY};
    problems_init(&list->problems, &list->arena);
    if (text != NULL) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs(text, file);
        assert_int_equal(fclose(file), 0);
        assert_int_equal(csv_open(&list->csv, path, ENCODING_UTF_8, &list->error), 0);
    }
    int result =
        people_open(&list->people, list->csv, given, count, NULL, PREFER_NEITHER, NULL, &list->problems, &list->error);
    if (result == 0)
        people_note_columns(list->people, &configured_column, 1, &list->problems);
    say(list);
    return result;
}

static int list_open(struct list *list, const char *text) {
    return list_open_given(list, text, NULL, 0);
}

static bool list_next(struct list *list) {
    int got = people_next(list->people, &list->arena, &list->person, &list->cells, &list->problems, &list->error);
    assert_in_range(got, 0, 1);
    say(list);
    return got == 1;
}

static void list_close(struct list *list) {
    people_close(list->people);
    csv_close(list->csv);
    problems_release(&list->problems);
    arena_release(&list->arena);
    str_release(&list->said);
}

static const char *value(const struct list *list, int field) {
    return list->person.values[field].text;
}

/* All that is said of TEXT from its header to its review. */
static void list_hear(struct list *list, const char *text) {
    if (list_open(list, text) != 0) {
        str_addf(&list->said, "failed %u:%u %s\n", list->error.place.line, list->error.place.column,
                 list->error.message);
        return;
    }
    while (list_next(list)) {
    }
    people_review(list->people, &list->problems);
    say(list);
}

#define HEADER "Name,Address,Postcode\n"
#define ROW "Jane Doe,1 High Street,L20 3NX\n"

/* What is said, whole; ABOUT is what must be among it where EXACT would be tedious. */
static const struct {
    const char *name, *text, *said;
} heard[] = {
    {"a list without faults", HEADER ROW "Siân Ŵyn,2 Y Stryd,LL57 1AA\n", ""},
    {"a title above", "Members of Branch 12,,\n" HEADER ROW, "note 0:0 the header is on line 2 (line 1 is a title)\n"},
    {"titles above", "Members,,\nas of March,,\n\n" HEADER ROW,
     "note 0:0 the header is on line 4 (lines 1 to 2 are titles)\n"},
    {"trailing empty columns",
     "Name,Address,Postcode,,\n"
     "Jane Doe,1 High Street,L20 3NX,,\n",
     ""},
    {"an empty header with nothing below", "Name,,Address,Postcode\nJane Doe,,1 High Street,L20 3NX\n", ""},
    {"an empty header above data",
     "Name,,Address,Postcode\nAnn Other,,2 High Street,L20 3NX\n"
     "Jane Doe,x,1 High Street,L20 3NX\nJim Doe,y,1 High Street,L20 3NX\n",
     "error 1:2 column B has no name in the header, but line 3 has \"x\" in it\n"},
    {"a header twice", "Name,Address,Post Code,postcode\nJane Doe,1 High Street,L20 3NX,L20 3NX\n",
     "error 1:4 columns C and D are both called \"postcode\": rename or remove one of them\n"},
    {"two names for one field",
     "Name,Address,Postcode,Email,E-mail (home)\n"
     "Jane Doe,1 High Street,L20 3NX,jane@mail.example,not one\n",
     "note 1:5 \"Email\" and \"E-mail (home)\" both look like the e-mail address: \"Email\" is used\n"
     "note 1:0 columns that are known by their own names only: \"E-mail (home)\"\n"},
    {"a column that the configuration names",
     "Name,Address,Postcode,signature  FILE,Notes\nJane Doe,1 High Street,L20 3NX,jane.png,x\n",
     "note 1:0 columns that are known by their own names only: \"Notes\"\n"},
    {"a condition's name", "Name,Address,Postcode,if ward\nJane Doe,1 High Street,L20 3NX,x\n",
     "error 1:4 a column cannot be called \"if ward\", which is a condition in a model letter: rename it\n"
     "note 1:0 columns that are known by their own names only: \"if ward\"\n"},
    {"a cell too many", HEADER "Jane Doe,1 High Street,Bootle,L20 3NX\n",
     "error 2:3 row 1 the postcode \"Bootle\" is not a whole postcode\n"
     "error 2:4 row 1 the row has 4 cells, the header only 3: a comma that is not in quotation marks, or a column "
     "without a name\n"},
    {"no header", "Jane Doe,1 High Street,L20 3NX\n",
     "failed 1:0 no header was found: one of the first 10 rows must name the columns, such as Name, Address and "
     "Postcode\n"},
    {"nothing", "", "failed 0:0 the list has no rows\n"},
    {"a header only", HEADER, "failed 1:0 the list has a header but no rows below it\n"},
    {"no column that is needed", "Ward,Town\nSeaforth,Bootle\nLitherland,Bootle\n",
     "error 1:0 no name is among the columns\n"
     "error 1:0 no address is among the columns: an MP answers only constituents who give theirs\n"
     "error 1:0 no postcode is among the columns: an MP answers only constituents who give theirs\n"},
    {"everything missing", "Name,Address 1,Postcode,Ward\n,,,Seaforth\n",
     "error 2:1 row 1 the name is missing\n"
     "error 2:2 row 1 the address is missing: an MP answers only constituents who give theirs\n"
     "error 2:3 row 1 the postcode is missing: an MP answers only constituents who give theirs\n"},
    {"a town is no address", "Name,Address 1,Town,Postcode\nJane Doe,,Bootle,L20 3NX\n",
     "error 2:2 row 1 the address is missing: an MP answers only constituents who give theirs\n"},
    {"half a postcode", HEADER "Jane Doe,1 High Street,L20 3N\n",
     "error 2:3 row 1 the postcode \"L20 3N\" is not a whole postcode\n"},
    {"a letter for a figure", HEADER "Jane Doe,1 High Street,SW1A OAA\n",
     "error 2:3 row 1 the postcode \"SW1A OAA\" is not a whole postcode: is that a letter for a figure?\n"},
    {"the line of a cell in a row of several lines", HEADER "Jane Doe,\"1 High Street\nBootle\",L20\n",
     "error 3:3 row 1 the postcode \"L20\" is not a whole postcode\n"},
    {"another postcode in the address", HEADER "Jane Doe,\"1 High Street, Bootle L20 3NX\",L20 3NY\n",
     "error 2:2 row 1 the address ends in L20 3NX, but the postcode is L20 3NY\n"},
    {"an address without end", HEADER "Jane Doe,\"1 A St,b,c,d,e,f,g,h,i,j\",L20 3NX\n",
     "error 2:2 row 1 the address has 10 lines: at most 8 fit\n"},
    {"a postcode where nobody has an MP", HEADER "Jane Doe,1 High Street,JE2 3AB\n",
     "warning 2:3 row 1 JE2 3AB is outside the United Kingdom, where nobody has an MP\n"},
    {"an e-mail address", "Name,Address,Postcode,Email\nJane Doe,1 High Street,L20 3NX,jane@mail\n",
     "error 2:4 row 1 the e-mail address \"jane@mail\" has no full stop after the @\n"},
    {"an MP's e-mail address", "Name,Address,Postcode,MP's e-mail\nJane Doe,1 High Street,L20 3NX,mp.example\n",
     "error 2:4 row 1 the MP's e-mail address \"mp.example\" has no @\n"},
    {"Excel's errors", "Name,Address,Postcode,Ward,Notes\n#NAME?,#REF!,#N/A,#DIV/0!,#VALUE!\n",
     "note 1:0 columns that are known by their own names only: \"Notes\"\n"
     "error 2:1 row 1 the name is #NAME?, an error of Excel's: mend that cell in the spreadsheet and export it again\n"
     "error 2:2 row 1 the address is #REF!, an error of Excel's: mend that cell in the spreadsheet and export it "
     "again\n"
     "error 2:3 row 1 the postcode is #N/A, an error of Excel's: mend that cell in the spreadsheet and export it "
     "again\n"
     "error 2:4 row 1 the ward is #DIV/0!, an error of Excel's: mend that cell in the spreadsheet and export it "
     "again\n"},
    {"a number that Excel shortened",
     "Name,Address,Postcode,Membership No\nJane Doe,1 High Street,L20 3NX,1.2E+08\n"
     "Jim Doe,1 High Street,L20 3NX,1.2E+08\n",
     "error 2:4 row 1 the membership number is 1.2E+08: format that column as text in Excel and export again\n"
     "error 3:4 row 2 the membership number is 1.2E+08: format that column as text in Excel and export again\n"},
    {"a control character", HEADER "Jane\033[0m Doe,1 High Street,L20 3NX\n",
     "error 2:1 row 1 the name holds a control character (U+001B) that cannot be printed: type the cell again\n"},
    {"a private-use character", "Name,Address,Postcode,Notes\nJane Doe,1 High Street,L20 3NX,\uF0B7 knows Jim\n",
     "note 1:0 columns that are known by their own names only: \"Notes\"\n"
     "error 2:4 row 1 the column \"Notes\" holds a symbol (U+F0B7) that only one font or program knows: take it out, "
     "or "
     "take the column out if no letter needs it\n"},
    {"a last name that is missing", "First name,Last name,Address,Postcode\nJane,,1 High Street,L20 3NX\n",
     "warning 2:2 row 1 the last name is missing: the letter would be signed \"Jane\"\n"},
    {"nine lines", "Name,Address 1,Address 9,Postcode\nJane Doe,1 High Street,Bootle,L20 3NX\n",
     "warning 1:3 \"Address 9\" is left out of the address: it has at most 8 lines\n"
     "note 1:0 columns that are known by their own names only: \"Address 9\"\n"},
};

static void test_what_is_said(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(heard); i++) {
        struct list list;
        list_hear(&list, heard[i].text);
        if (strcmp(list.said.bytes, heard[i].said) != 0)
            fail_msg("%s: this was said:\n%s", heard[i].name, list.said.bytes);
        list_close(&list);
    }
}

#define IDENTITY_HEADER "Name,Address,Postcode,Email,Membership No\n"
#define NOBODY "Nobody Else,9 High Street,L20 9ZZ,nobody@mail.example,999\n"

static const struct {
    const char *name, *first, *second, *said;
} met[] = {
    {"another person", "Jane Doe,1 High Street,L20 3NX,jane@mail.example,1",
     "Jim Doe,1 High Street,L20 3NX,jane@mail.example,2", ""},
    {"name and postcode", "Łukasz Wiśniewski,1 High Street,L20 3NX,,", "Mr LUKASZ  Wisniewski,1 High St,l203nx,,",
     "error 4:1 row 3 Mr LUKASZ Wisniewski is here twice (also row 1: same name and postcode)\n"},
    {"name and e-mail", "Jane Doe,1 High Street,L20 3NX,jane@mail.example,",
     "Jane Doe,2 High Street,L20 3NY,Jane@Mail.example,",
     "error 4:1 row 3 Jane Doe is here twice (also row 1: same name and e-mail address)\n"},
    {"member number", "Jane Doe,1 High Street,L20 3NX,,PS/12", "Jane Doe-Other,2 High Street,L20 3NY,,ps12",
     "error 4:5 row 3 Jane Doe-Other is here twice (also row 1: same membership number, another name or postcode)\n"},
    {"all of them", "Jane Doe,1 High Street,L20 3NX,jane@mail.example,1",
     "Jane Doe,1 High Street,L20 3NX,jane@mail.example,1",
     "error 4:1 row 3 Jane Doe is here twice (also row 1: same membership number, name, postcode and e-mail "
     "address)\n"},
    {"another number", "Jane Doe,1 High Street,L20 3NX,,1", "Jane Doe,1 High Street,L20 3NX,,2",
     "error 4:1 row 3 Jane Doe is here twice (also row 1: same name and postcode, but another membership number)\n"},
    {"identities that disagree", "Jane Doe,1 High Street,L20 3NX,,1", "Jane Doe,1 High Street,L20 3NX,,999",
     "error 4:5 row 3 Jane Doe has the membership number of row 2, but the name and postcode of row 1: which is it?\n"},
    {"no numbers", "Jane Doe,1 High Street,L20 3NX,,n/a", "Jim Doe,1 High Street,L20 3NX,,N/A", ""},
    {"no name", ",1 High Street,L20 3NX,,", ",1 High Street,L20 3NX,,",
     "error 2:1 row 1 the name is missing\nerror 4:1 row 3 the name is missing\n"},
};

static void test_who_was_met_before(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(met); i++) {
        struct list list;
        struct str text = STR_EMPTY;
        str_addf(&text, IDENTITY_HEADER "%s\n" NOBODY "%s\n", met[i].first, met[i].second);
        list_hear(&list, text.bytes);
        if (strcmp(list.said.bytes, met[i].said) != 0)
            fail_msg("%s: this was said:\n%s", met[i].name, list.said.bytes);
        list_close(&list);
        str_release(&text);
    }
}

/* The second of three the same is the first row again, and so is the third. */
static void test_met_three_times(void **state) {
    (void)state;
    struct list list;
    list_hear(&list, HEADER ROW ROW ROW);
    assert_string_equal(list.said.bytes,
                        "error 3:1 row 2 Jane Doe is here twice (also row 1: same name and postcode)\n"
                        "error 4:1 row 3 Jane Doe is here twice (also row 1: same name and postcode)\n");
    list_close(&list);
}

static const struct {
    const char *name, *text, *address, *postcode;
} addresses[] = {
    {"one cell with commas", "Name,Address,Postcode\nJane Doe,\"1 High Street, Bootle, Merseyside\",L20 3NX\n",
     "1 High Street|Bootle|Merseyside", "L20 3NX"},
    {"a house number before a comma", "Name,Address,Postcode\nJane Doe,\"Flat 2, 12a, High Street,Bootle,\",L20 3NX\n",
     "Flat 2|12a, High Street|Bootle", "L20 3NX"},
    {"one cell with line breaks",
     "Name,Address,Postcode\nJane Doe,\"1, High Street,\r\n\r\nBootle, Liverpool\",l203nx\n",
     "1, High Street|Bootle, Liverpool", "L20 3NX"},
    {"the postcode in the address", "Name,Address\nJane Doe,\"1 High Street, Bootle, l203nx\"\n",
     "1 High Street|Bootle", "L20 3NX"},
    {"the postcode behind the town", "Name,Address,Postcode\nJane Doe,\"1 High Street, Bootle L20 3NX\",\n",
     "1 High Street|Bootle", "L20 3NX"},
    {"the postcode above the country", "Name,Address,Postcode\nJane Doe,\"1 High Street, L20 3NX, United Kingdom\",\n",
     "1 High Street|United Kingdom", "L20 3NX"},
    {"the same postcode twice", "Name,Address,Postcode\nJane Doe,\"1 High Street, L20 3NX\",L203NX\n", "1 High Street",
     "L20 3NX"},
    {"lines, town and county",
     "Name,Addr 1,Addr 2,Town,County,Postcode\nJane Doe,1 High Street,,Bootle,Merseyside,L20 3NX\n",
     "1 High Street|Bootle|Merseyside", "L20 3NX"},
    {"the town twice",
     "Name,Address,Town,County,Postcode\nJane Doe,\"1 High Street, BOOTLE\",Bootle,Merseyside,L20 3NX\n",
     "1 High Street|Bootle|Merseyside", "L20 3NX"},
    {"London, London", "Name,Address,Town,County,Postcode\nJane Doe,1 High Street,London,LONDON,N1C 4AG\n",
     "1 High Street|London", "N1C 4AG"},
    {"a house number of its own",
     "Name,House No,Street,Locality,Town,Postcode\nJane Doe,12,High Street,Seaforth,Bootle,L20 3NX\n",
     "12 High Street|Seaforth|Bootle", "L20 3NX"},
    {"a house name of its own",
     "Name,House name or number,Street,Postcode\nJane Doe,Rose Cottage,High Street,L20 3NX\n",
     "Rose Cottage|High Street", "L20 3NX"},
    {"a number on a line of its own", "Name,Address 1,Address 2,Postcode\nJane Doe,12-14,High Street,L20 3NX\n",
     "12-14 High Street", "L20 3NX"},
    {"a street beside numbered lines",
     "Name,Address 1,Street,Address 3,Postcode\nJane Doe,Flat 1,High Street,Seaforth,L20 3NX\n",
     "Flat 1|High Street|Seaforth", "L20 3NX"},
};

static void test_addresses(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(addresses); i++) {
        struct list list;
        struct str lines = STR_EMPTY;
        assert_int_equal(list_open(&list, addresses[i].text), 0);
        assert_true(list_next(&list));
        for (size_t line = 0; line < list.person.address_count; line++)
            str_addf(&lines, "%s%s", line > 0 ? "|" : "", list.person.address[line].value.text);
        if (strcmp(lines.bytes, addresses[i].address) != 0)
            fail_msg("%s: %s", addresses[i].name, lines.bytes);
        assert_string_equal(value(&list, FIELD_POSTCODE), addresses[i].postcode);
        for (char *bar = lines.bytes; (bar = strchr(bar, '|')) != NULL;)
            *bar = '\n';
        assert_string_equal(value(&list, FIELD_ADDRESS), lines.bytes);
        if (strstr(list.said.bytes, "error") != NULL)
            fail_msg("%s: %s", addresses[i].name, list.said.bytes);
        str_release(&lines);
        list_close(&list);
    }
}

static void test_the_lines_of_one_cell_are_numbered(void **state) {
    (void)state;
    struct list list;
    list_open(&list, "Name,Address,Town,Postcode\nJane Doe,\"1 High Street, Bootle, Seaforth\",Bootle,L20 3NX\n");
    assert_true(list_next(&list));
    assert_string_equal(value(&list, FIELD_ADDRESS_1), "1 High Street");
    assert_string_equal(value(&list, FIELD_ADDRESS_1 + 1), "Seaforth");
    assert_string_equal(value(&list, FIELD_ADDRESS_1 + 2), "");
    assert_true(people_has(list.people, FIELD_ADDRESS_1 + 2));
    assert_false(people_has(list.people, FIELD_COUNTY));
    assert_int_equal(list.person.values[FIELD_ADDRESS_1 + 1].column, 2);
    list_close(&list);
}

static const struct {
    const char *name, *header, *row, *expected, *key;
} people_names[] = {
    {"one cell", "Name", "Jane Doe", "Jane Doe", "0001-jane-doe"},
    {"of its parts", "Title,Forename,Surname", "Ms,Jane,O’Brien", "Ms Jane O’Brien", "0001-jane-o-brien"},
    {"without a title", "Title,First name,Last name", ",Siân,Ŵyn", "Siân Ŵyn", "0001-sian-wyn"},
    {"title and surname", "Title,First name,Surname", "Mr,,Doe", "Mr Doe", "0001-doe"},
    {"a name beside its parts", "Name,First name,Surname", "Jane Doe OBE,Jane,Doe", "Jane Doe OBE",
     "0001-jane-doe-obe"},
    {"a name that is a first name", "Name,Surname", "Jane,Doe", "Jane Doe", "0001-jane-doe"},
    {"a whole name beside the surname", "Name,Surname", "Jane Doe,DOE", "Jane Doe", "0001-jane-doe"},
    {"another script", "Name", "ليلى حداد", "ليلى حداد", "0001"},
    {"apart", "Name", "Sia\u0302n", "Siân", "0001-sian"},
    {"a path", "Name", "../../etc/passwd", "../../etc/passwd", "0001-etc-passwd"},
    {"spaces and line breaks", "Name", "\"Jane \t \r\n  Doe\"", "Jane Doe", "0001-jane-doe"},
    {"marks that turn the text", "Name", "\u202EJane\u2066 Doe", "Jane Doe", "0001-jane-doe"},
    {"a long one", "Name", "Abcdefghij Abcdefghij Abcdefghij Abcdefghij", "Abcdefghij Abcdefghij Abcdefghij Abcdefghij",
     "0001-abcdefghij-abcdefghij-abcdefghij-abc"},
};

static void test_names_and_keys(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(people_names); i++) {
        struct list list;
        struct str text = STR_EMPTY;
        str_addf(&text, "%s,Address,Postcode\n%s,1 High Street,L20 3NX\n", people_names[i].header, people_names[i].row);
        assert_int_equal(list_open(&list, text.bytes), 0);
        assert_true(list_next(&list));
        if (strcmp(value(&list, FIELD_NAME), people_names[i].expected) != 0 ||
            strcmp(list.person.key, people_names[i].key) != 0)
            fail_msg("%s: \"%s\", %s", people_names[i].name, value(&list, FIELD_NAME), list.person.key);
        assert_in_range(strlen(list.person.key), 4, PEOPLE_KEY_MAX - 1);
        assert_true(people_has(list.people, FIELD_NAME));
        if (strstr(list.said.bytes, "error") != NULL)
            fail_msg("%s: %s", people_names[i].name, list.said.bytes);
        list_close(&list);
        str_release(&text);
    }
}

static void test_columns_and_fields(void **state) {
    (void)state;
    struct list list;
    list_open(&list, "Name,Address,Post Code,Agreed 2026-03-10,MP,Notes\n"
                     "Jane Doe,1 High Street,L20 3NX,yes,\"Smith, Ms Ann\",\"a\tb\n\n\n\nc\"\n");
    const struct people *people = list.people;
    assert_int_equal(people_fields_count(people), FIELD_COUNT + 6);
    assert_int_equal(people_field(people, "postcode", 8), FIELD_POSTCODE);
    assert_int_equal(people_field(people, "agreed20260310", 14), FIELD_COUNT + 3);
    assert_int_equal(people_field(people, "insertmpsname", 13), FIELD_MP);
    assert_int_equal(people_field(people, "nosuch", 6), -1);
    assert_int_equal(people_field(people, "", 0), -1);
    assert_string_equal(people_field_name(people, FIELD_POSTCODE), "Post Code");
    assert_string_equal(people_field_name(people, FIELD_COUNT + 3), "Agreed 2026-03-10");
    assert_string_equal(people_field_name(people, FIELD_WARD), "ward");
    assert_string_equal(people_nearest(people, "agred20260310", 13), "Agreed 2026-03-10");
    assert_string_equal(people_nearest(people, "mpsnmae", 7), "MP's name");
    assert_null(people_nearest(people, "nothinglikeit", 13));
    assert_true(people_has(people, FIELD_MP_DEAR));
    assert_true(people_has(people, FIELD_COUNT + 5));
    assert_false(people_has(people, FIELD_WARD));
    assert_false(people_has(people, FIELD_DATE));
    assert_int_equal(people_header(people)->cells_count, 6);
    assert_string_equal(people_header(people)->cells[2].text, "Post Code");
    assert_false(people_is_leftover(people));

    assert_true(list_next(&list));
    assert_string_equal(value(&list, FIELD_COUNT + 3), "yes");
    assert_string_equal(value(&list, FIELD_COUNT + 5), "a b\n\nc");
    assert_int_equal(list.person.values[FIELD_COUNT + 5].column, 6);
    assert_string_equal(value(&list, FIELD_MP), "Ann Smith");
    assert_string_equal(value(&list, FIELD_MP_TITLE), "Ms Ann Smith MP");
    assert_string_equal(value(&list, FIELD_MP_DEAR), "Ms Smith");
    assert_string_equal(value(&list, FIELD_MP_EMAIL), "");
    assert_false(list_next(&list));
    list_close(&list);
}

static void test_mp_columns_of_their_own(void **state) {
    (void)state;
    struct list list;
    list_open(&list, "Name,Address,Postcode,MP,MP's salutation,MP's address\n"
                     "Jane Doe,1 High Street,L20 3NX,Ann Smith,\"Dear Secretary of State,\",\"1 Office St, Bootle\"\n");
    assert_true(list_next(&list));
    assert_string_equal(value(&list, FIELD_MP_DEAR), "Secretary of State");
    assert_string_equal(value(&list, FIELD_MP_ADDRESS), "1 Office St\nBootle");
    list_close(&list);
}

static void test_what_is_missing_is_said_once(void **state) {
    (void)state;
    struct list list;
    list_open(&list, "Name,Address,Postcode,Ward\n,,,\"#N/A\"\n");
    assert_true(list_next(&list));
    assert_true(list.person.empty_by_error[FIELD_NAME]);
    assert_true(list.person.empty_by_error[FIELD_ADDRESS_1]);
    assert_true(list.person.empty_by_error[FIELD_POSTCODE]);
    assert_true(list.person.empty_by_error[FIELD_WARD]);
    assert_false(list.person.empty_by_error[FIELD_MP]);
    list_close(&list);
}

static void test_a_row_that_could_not_be_read_whole(void **state) {
    (void)state;
    struct list list;
    list_hear(&list, HEADER "Jane Doe,\"1 High Street,L20 3NX\nJim Doe,2 High Street,L20 3NY\n");
    assert_non_null(strstr(list.said.bytes, "error 2:2 row 1 "));
    assert_ptr_equal(strchr(list.said.bytes, '\n'), list.said.bytes + list.said.length - 1); /* that and no more */
    list_close(&list);
}

static void test_the_second_pass_is_the_first_without_judgement(void **state) {
    (void)state;
    struct list list;
    const char *text = "A list of ours\n" HEADER ROW ROW "Jim,\"Flat 1,\n2 High Street\",L20\n,#N/A,\n";
    list_open(&list, text);
    struct str first = STR_EMPTY, second = STR_EMPTY;
    for (int pass = 0; pass < 2; pass++) {
        struct str *seen = pass == 0 ? &first : &second;
        while (list_next(&list)) {
            str_addf(seen, "%u %u %s %zu\n", list.person.row, list.person.line, list.person.key,
                     list.person.address_count);
            for (size_t i = 0; i < people_fields_count(list.people); i++)
                str_addf(seen, "%s %u:%u|", value(&list, (int)i), list.person.values[i].line,
                         list.person.values[i].column);
        }
        assert_int_equal(pass == 0, strstr(list.said.bytes, "error") != NULL);
        str_clear(&list.said);
        assert_int_equal(people_rewind(list.people, &list.error), 0);
    }
    assert_true(first.length > 200);
    assert_string_equal(first.bytes, second.bytes);
    str_release(&first);
    str_release(&second);
    list_close(&list);
}

static void test_a_problems_csv_comes_back(void **state) {
    (void)state;
    struct list list;
    list_open(&list,
              "Name,Address,Postcode,row,key,problem\nJane Doe,1 High Street,L20 3NX,14,0014-jane,\"what, ever\"\n"
              "Jim Doe,1 High Street,L20 3NX,1000000,,\nAnn Doe,1 High Street,L20 3NX,14,,\n"
              "Una Doe,1 High Street,L20 3NX,x,,\nIan Doe,1 High Street,L20 3NX,0,,\nBea Doe,1 High Street,L20 3NX\n"
              "Leo Doe,1 High Street,L20 3NX,99999999,,\n");
    assert_true(people_is_leftover(list.people));
    assert_int_equal(people_header(list.people)->cells_count, 3);
    assert_int_equal(people_fields_count(list.people), FIELD_COUNT + 3);
    assert_int_equal(people_field(list.people, "problem", 7), -1);
    assert_true(list_next(&list));
    assert_int_equal(list.person.row, 14);
    assert_string_equal(list.person.key, "0014-jane-doe");
    assert_int_equal(list.cells.cells_count, 3);
    assert_true(list_next(&list));
    assert_string_equal(list.person.key, "1000000-jim-doe");
    assert_string_equal(list.said.bytes, "");
    assert_true(list_next(&list));
    assert_string_equal(list.said.bytes, "error 4:4 row 14 row 14 is here twice\n");
    for (unsigned line = 5; line <= 8; line++) {
        struct str place = STR_EMPTY;
        str_clear(&list.said);
        assert_true(list_next(&list));
        str_addf(&place, "error %u:4 row %u the column \"row\" must hold", line, line - 1);
        assert_ptr_equal(strstr(list.said.bytes, place.bytes), list.said.bytes);
        str_release(&place);
    }
    list_close(&list);
}

/* Only where they are the last three, and just these. */
static void test_own_columns_that_look_like_ours(void **state) {
    (void)state;
    struct list list;
    list_open(&list, "row,key,problem,Name,Address,Postcode\n7,x,y,Jane Doe,1 High Street,L20 3NX\n");
    assert_false(people_is_leftover(list.people));
    assert_int_equal(people_field(list.people, "row", 3), FIELD_COUNT);
    assert_true(list_next(&list));
    assert_int_equal(list.person.row, 1);
    list_close(&list);
}

static void test_given_fields_stand_for_every_row(void **state) {
    (void)state;
    static const struct people_given given[] = {
        {"MP's name", "Ms Ann Smith"}, {"Ward", "Seaforth"}, {"campaign code", "X1"}, {"Notes", "none"}};
    struct list list;
    list_open_given(&list,
                    "Name,Address,Postcode,MP,Notes\nJane Doe,1 High Street,L20 3NX,Jim Smith,\033\n"
                    "Jim Doe,1 High Street,L20 3NX,,\n",
                    given, COUNT(given));
    int code = people_field(list.people, "campaigncode", 12);
    assert_int_equal(code, FIELD_COUNT + 5);
    assert_int_equal(people_fields_count(list.people), FIELD_COUNT + 6);
    assert_string_equal(people_field_name(list.people, code), "campaign code");
    assert_true(people_has(list.people, FIELD_WARD));
    assert_true(people_has(list.people, code));
    for (int row = 0; row < 2; row++) {
        assert_true(list_next(&list));
        assert_string_equal(value(&list, FIELD_MP_DEAR), "Ms Smith");
        assert_string_equal(value(&list, FIELD_WARD), "Seaforth");
        assert_string_equal(value(&list, FIELD_COUNT + 4), "none");
        assert_string_equal(value(&list, code), "X1");
        assert_int_equal(list.person.values[code].column, 0);
    }
    assert_null(strstr(list.said.bytes, "error"));
    list_close(&list);
}

static void test_a_given_address_is_the_whole_address(void **state) {
    (void)state;
    static const struct people_given given[] = {{"address", "9 Union Street, Bootle"}, {"postcode", "l203nx"}};
    struct list list;
    list_open_given(&list,
                    "Name,Address 1,Address 2,Town,Postcode\nJane Doe,1 High Street,Seaforth,Liverpool,L21 1AA\n",
                    given, COUNT(given));
    assert_true(list_next(&list));
    assert_string_equal(value(&list, FIELD_ADDRESS), "9 Union Street\nBootle");
    assert_string_equal(value(&list, FIELD_POSTCODE), "L20 3NX");
    list_close(&list);
}

static void test_one_person_without_a_list(void **state) {
    (void)state;
    static const struct people_given given[] = {
        {"name", "Siân Wyn"}, {"address", "14 Heol y Bont\nAberystwyth"}, {"postcode", "sy231ab"}};
    struct list list;
    assert_int_equal(list_open_given(&list, NULL, given, COUNT(given)), 0);
    assert_int_equal(people_header(list.people)->cells_count, 3);
    for (int pass = 0; pass < 2; pass++) {
        assert_true(list_next(&list));
        assert_string_equal(list.person.key, "sian-wyn");
        assert_string_equal(value(&list, FIELD_ADDRESS_1 + 1), "Aberystwyth");
        assert_string_equal(value(&list, FIELD_POSTCODE), "SY23 1AB");
        assert_string_equal(list.cells.cells[2].text, "sy231ab");
        assert_false(list_next(&list));
        assert_int_equal(people_rewind(list.people, &list.error), 0);
    }
    assert_string_equal(list.said.bytes, "");
    list_close(&list);
}

static void test_given_fields_that_are_wrong(void **state) {
    (void)state;
    static const struct people_given given[] = {{"name", "Jane\aDoe"},    {"postcode", "L20"},
                                                {"post code", "L20 3NX"}, {"!", "x"},
                                                {"ward", "\xFF"},         {"email", "jane"}};
    struct list list;
    assert_int_equal(list_open_given(&list, NULL, given, COUNT(given)), 0);
    assert_string_equal(
        list.said.bytes,
        "error 0:0 the name holds a control character (U+0007) that cannot be printed: type the cell again\n"
        "error 0:0 the postcode \"L20\" is not a whole postcode\n"
        "error 0:0 the field \"post code\" was given twice\n"
        "error 0:0 \"!\" is no name for a field: it needs letters or figures\n"
        "error 0:0 a field was given in bytes that are not UTF-8\n"
        "error 0:0 the e-mail address \"jane\" has no @\n"
        "error 0:0 no address was given: an MP answers only constituents who give theirs\n");
    list_close(&list);
}

/* COUNT rows of one member each, at POSTCODE, with the cells in REST. */
static void add_members(struct str *text, unsigned first, unsigned count, const char *rest) {
    for (unsigned i = first; i < first + count; i++)
        str_addf(text, "Member %c%c,%u High Street,%s\n", 'A' + i % 26, 'A' + i / 26, i, rest);
}

static void test_review(void **state) {
    (void)state;
    static const struct {
        const char *name;
        unsigned count;
        const char *rest, *other, *said;
    } cases[] = {
        {"a workplace", 41, "NE98 1YX,,", "L20 3NX,,",
         "41 members have the postcode NE98 1YX. Is that a workplace? An MP answers people at their home address"},
        {"not quite one", 20, "NE98 1YX,,", "L20 3NX,,", NULL},
        {"one MP, two constituencies", 2, "L20 3NX,Ann Smith,Bootle", "L20 3NY,Ms Ann Smith,Sefton",
         "all 3 members have the same MP, Ann Smith, but they live in 2 constituencies. Is that right?"},
        {"one MP", 19, "L20 3NX,Ann Smith,Bootle", "L20 3NY,Ann Smith MP,Bootle",
         "all 20 members have the same MP, Ann Smith. Do they all live in one constituency?"},
        {"one MP for a few", 18, "L20 3NX,Ann Smith,Bootle", "L20 3NY,Ann Smith MP,Bootle", NULL},
        {"two MPs", 20, "L20 3NX,Ann Smith,Bootle", "L20 3NY,Jim Smith,Sefton", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct list list;
        struct str text = STR_EMPTY, expected = STR_EMPTY;
        str_adds(&text, "Name,Address,Postcode,MP,Constituency\n");
        add_members(&text, 0, cases[i].count, cases[i].rest);
        add_members(&text, cases[i].count, 1, cases[i].other);
        if (cases[i].said != NULL)
            str_addf(&expected, "warning 0:0 %s\n", cases[i].said);
        list_hear(&list, text.bytes);
        if (strcmp(list.said.bytes, expected.bytes) != 0)
            fail_msg("%s: this was said:\n%s", cases[i].name, list.said.bytes);
        list_close(&list);
        str_release(&text);
        str_release(&expected);
    }
}

static void test_a_message_cannot_give_the_terminal_orders(void **state) {
    (void)state;
    struct list list;
    list_hear(&list, "Name\033[2J,Address,Postcode,Email\nJane Doe,1 High Street,\033[31mL20,\033]0;x\n");
    assert_null(strchr(list.said.bytes, '\033'));
    assert_non_null(strstr(list.said.bytes, "error 2:3 "));
    list_close(&list);
}

/* By the reader of cells or here, but not by both. */
static void test_a_lost_character_is_said_once(void **state) {
    (void)state;
    struct list list;
    list_hear(&list, HEADER "Si\uFFFDn Doe,1 High Street,L20 3NX\n");
    assert_ptr_equal(strstr(list.said.bytes, "error 2:1 row 1 "), list.said.bytes);
    assert_ptr_equal(strchr(list.said.bytes, '\n'), list.said.bytes + list.said.length - 1);
    list_close(&list);
    static const struct people_given given = {"ward", "Si\uFFFDn"};
    list_open_given(&list, HEADER ROW, &given, 1);
    assert_non_null(strstr(list.said.bytes, "error 0:0 the ward holds the sign \uFFFD"));
    list_close(&list);
}

static void test_a_value_of_the_greatest_length(void **state) {
    (void)state;
    for (int over = 0; over <= 1; over++) {
        struct list list;
        struct str text = STR_EMPTY;
        str_adds(&text, "Name,Address,Postcode,Personal message\nJane Doe,1 High Street,L20 3NX,");
        for (int i = 0; i < PEOPLE_VALUE_MAX / 2 + over; i++)
            str_adds(&text, "é");
        list_hear(&list, text.bytes);
        assert_string_equal(list.said.bytes,
                            over ? "error 2:4 row 1 the personal message is too long for a letter: more than 8 KB\n"
                                 : "");
        list_close(&list);
        str_release(&text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_said),
        cmocka_unit_test(test_who_was_met_before),
        cmocka_unit_test(test_met_three_times),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_the_lines_of_one_cell_are_numbered),
        cmocka_unit_test(test_names_and_keys),
        cmocka_unit_test(test_columns_and_fields),
        cmocka_unit_test(test_mp_columns_of_their_own),
        cmocka_unit_test(test_what_is_missing_is_said_once),
        cmocka_unit_test(test_a_row_that_could_not_be_read_whole),
        cmocka_unit_test(test_the_second_pass_is_the_first_without_judgement),
        cmocka_unit_test(test_a_problems_csv_comes_back),
        cmocka_unit_test(test_own_columns_that_look_like_ours),
        cmocka_unit_test(test_given_fields_stand_for_every_row),
        cmocka_unit_test(test_a_given_address_is_the_whole_address),
        cmocka_unit_test(test_one_person_without_a_list),
        cmocka_unit_test(test_given_fields_that_are_wrong),
        cmocka_unit_test(test_review),
        cmocka_unit_test(test_a_message_cannot_give_the_terminal_orders),
        cmocka_unit_test(test_a_lost_character_is_said_once),
        cmocka_unit_test(test_a_value_of_the_greatest_length),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
