/*
 * Members' names: what an envelope, a salutation and a sentence make of one cell.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "input/recipient.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct {
    const char *given, *title, *dear, *plain;
} names[] = {
    {"Jane Smith", "Jane Smith MP", "Jane Smith", "Jane Smith"},
    {"Jane Smith MP", "Jane Smith MP", "Jane Smith", "Jane Smith"},
    {"Jane Smith, MP", "Jane Smith MP", "Jane Smith", "Jane Smith"},
    {"Jane Smith M.P.", "Jane Smith M.P.", "Jane Smith", "Jane Smith"},
    {"  Jane \t Smith\nMP ", "Jane Smith MP", "Jane Smith", "Jane Smith"},
    {"Jane Smith MP for Bootle", "Jane Smith MP", "Jane Smith", "Jane Smith"},
    {"Jane Smith (Independent)", "Jane Smith MP", "Jane Smith", "Jane Smith"},
    {"The Rt Hon Jane Smith MP", "The Rt Hon Jane Smith MP", "Jane Smith", "Jane Smith"},
    {"Rt. Hon. Jane Smith", "The Rt Hon Jane Smith MP", "Jane Smith", "Jane Smith"},
    {"Right Honourable Ms Jane Smith", "The Rt Hon Ms Jane Smith MP", "Ms Smith", "Jane Smith"},
    {"The Hon Jane Smith MP", "The Hon Jane Smith MP", "Jane Smith", "Jane Smith"},
    {"Ms Jane Smith", "Ms Jane Smith MP", "Ms Smith", "Jane Smith"},
    {"ms. Jane Smith", "Ms Jane Smith MP", "Ms Smith", "Jane Smith"},
    {"Smith, Ms Jane", "Ms Jane Smith MP", "Ms Smith", "Jane Smith"},
    {"Smith, Jane", "Jane Smith MP", "Jane Smith", "Jane Smith"},
    {"Smith, Jane, MP", "Jane Smith MP", "Jane Smith", "Jane Smith"},
    {"Long Bailey, Ms Ann", "Ms Ann Long Bailey MP", "Ms Long Bailey", "Ann Long Bailey"},
    {"Sir James Brown KC MP", "Sir James Brown KC MP", "Sir James", "Sir James Brown"},
    {"Sir James Brown, KC, MP", "Sir James Brown KC MP", "Sir James", "Sir James Brown"},
    {"Brown, Sir James", "Sir James Brown MP", "Sir James", "Sir James Brown"},
    {"The Rt Hon Dame Ann Brown DBE", "The Rt Hon Dame Ann Brown DBE MP", "Dame Ann", "Dame Ann Brown"},
    {"Professor Sir James Brown", "Professor Sir James Brown MP", "Sir James", "Professor Sir James Brown"},
    {"Dr Ann Other", "Dr Ann Other MP", "Dr Other", "Dr Ann Other"},
    {"Prof. Ann Other", "Professor Ann Other MP", "Professor Other", "Professor Ann Other"},
    {"Lady Invented", "Lady Invented MP", "Lady Invented", "Lady Invented"},
    {"Rev Ann Other", "Revd Ann Other MP", "Revd Ann Other", "Revd Ann Other"},
    {"Ms Maria de Invented", "Ms Maria de Invented MP", "Ms de Invented", "Maria de Invented"},
    {"Mr John A. Smith", "Mr John A. Smith MP", "Mr Smith", "John A. Smith"},
    /* Two surnames or two first names? Nobody's name is cut in half. */
    {"Ms Ann Long Bailey", "Ms Ann Long Bailey MP", "Ms Ann Long Bailey", "Ann Long Bailey"},
    {"Ms Smith", "Ms Smith MP", "Ms Smith", "Ms Smith"},
    {"Smith", "Smith MP", "Smith", "Smith"},
    {"Siân Ŵyn-Jones AS", "Siân Ŵyn-Jones AS", "Siân Ŵyn-Jones", "Siân Ŵyn-Jones"},
    {"Y Gwir Anrh Siân Ŵyn AS", "Y Gwir Anrh Siân Ŵyn AS", "Siân Ŵyn", "Siân Ŵyn"},
    {"Drew Smith", "Drew Smith MP", "Drew Smith", "Drew Smith"}, /* no Doctor Ew */
    {"", "", "", ""},
    {"  ", "", "", ""},
    {"MP", "MP", "MP", "MP"}, /* no name at all: as it stands */
    {"Smith, Jane, of Bootle", "Smith, Jane, of Bootle", "Smith, Jane, of Bootle", "Smith, Jane, of Bootle"},
};

static void test_forms(void **state) {
    (void)state;
    struct arena arena = ARENA_EMPTY;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct recipient recipient = recipient_read(&arena, OFFICE_MP, names[i].given, strlen(names[i].given));
        if (strcmp(recipient.title, names[i].title) != 0 || strcmp(recipient.dear, names[i].dear) != 0 ||
            strcmp(recipient.plain, names[i].plain) != 0)
            fail_msg("\"%s\" became \"%s\", \"%s\", \"%s\"", names[i].given, recipient.title, recipient.dear,
                     recipient.plain);
    }
    arena_release(&arena);
}

/* Who is no MP. */
static const struct {
    enum office office;
    const char *given, *title, *dear, *plain;
} others[] = {
    {OFFICE_PEER, "Lord Brown", "The Lord Brown", "Lord Brown", "Lord Brown"},
    {OFFICE_PEER, "The Lord Brown of Exampleton", "The Lord Brown of Exampleton", "Lord Brown",
     "Lord Brown of Exampleton"},
    {OFFICE_PEER, "Brown of Exampleton, Lord", "The Lord Brown of Exampleton", "Lord Brown",
     "Lord Brown of Exampleton"},
    {OFFICE_PEER, "Baroness Green-Fake PC", "The Baroness Green-Fake PC", "Baroness Green-Fake", "Baroness Green-Fake"},
    {OFFICE_PEER, "Rt Hon the Baroness Green of Sham", "The Rt Hon the Baroness Green of Sham", "Baroness Green",
     "Baroness Green of Sham"},
    {OFFICE_PEER, "The Rt Hon. Lord Brown KC", "The Rt Hon the Lord Brown KC", "Lord Brown", "Lord Brown"},
    {OFFICE_PEER, "Lady Green", "The Lady Green", "Lady Green", "Lady Green"},
    {OFFICE_PEER, "Baron Brown", "The Lord Brown", "Lord Brown", "Lord Brown"},
    {OFFICE_PEER, "Viscount Fake", "The Viscount Fake", "Lord Fake", "Viscount Fake"},
    {OFFICE_PEER, "the Earl of Sham", "The Earl of Sham", "Lord Sham", "the Earl of Sham"},
    {OFFICE_PEER, "Countess of Sham", "The Countess of Sham", "Lady Sham", "the Countess of Sham"},
    {OFFICE_PEER, "Duke of Sham", "The Duke of Sham", "Duke", "the Duke of Sham"},
    {OFFICE_PEER, "Rt Revd the Lord Bishop of Sham", "The Rt Revd the Lord Bishop of Sham", "Bishop",
     "the Lord Bishop of Sham"},
    {OFFICE_PEER, "Professor the Lord Brown", "Professor the Lord Brown", "Lord Brown", "Lord Brown"},
    {OFFICE_PEER, "Ann Green", "Ann Green", "Ann Green", "Ann Green"}, /* a rank is never guessed */
    {OFFICE_PEER, "Lord", "Lord", "Lord", "Lord"},
    {OFFICE_MP, "Earl Brown", "Earl Brown MP", "Earl Brown", "Earl Brown"}, /* a first name */
    {OFFICE_MSP, "Ms Jane Smith", "Ms Jane Smith MSP", "Ms Smith", "Jane Smith"},
    {OFFICE_MSP, "The Rt Hon Jane Smith MSP", "The Rt Hon Jane Smith MSP", "Jane Smith", "Jane Smith"},
    {OFFICE_MSP, "Jane Smith MSP for Sham", "Jane Smith MSP", "Jane Smith", "Jane Smith"},
    {OFFICE_MS, "Siân Ŵyn", "Siân Ŵyn MS", "Siân Ŵyn", "Siân Ŵyn"},
    {OFFICE_MS, "Ms Siân Ŵyn MS", "Ms Siân Ŵyn MS", "Ms Ŵyn", "Siân Ŵyn"},
    {OFFICE_MS, "Siân Ŵyn AS", "Siân Ŵyn AS", "Siân Ŵyn", "Siân Ŵyn"},
    {OFFICE_MLA, "Dr Jane Smith", "Dr Jane Smith MLA", "Dr Smith", "Dr Jane Smith"},
    {OFFICE_MLA, "Jane Smith, MLA", "Jane Smith MLA", "Jane Smith", "Jane Smith"},
    {OFFICE_FIXED, "Dame Ann Example DBE", "Dame Ann Example DBE", "Dame Ann", "Dame Ann Example"},
    {OFFICE_FIXED, "The Permanent Secretary", "The Permanent Secretary", "Permanent Secretary",
     "The Permanent Secretary"},
    {OFFICE_FIXED, "Ms Ann Example, Permanent Secretary", "Ms Ann Example", "Ms Example", "Ann Example"},
};

static void test_others(void **state) {
    (void)state;
    struct arena arena = ARENA_EMPTY;
    for (size_t i = 0; i < COUNT(others); i++) {
        struct recipient recipient = recipient_read(&arena, others[i].office, others[i].given, strlen(others[i].given));
        if (strcmp(recipient.title, others[i].title) != 0 || strcmp(recipient.dear, others[i].dear) != 0 ||
            strcmp(recipient.plain, others[i].plain) != 0)
            fail_msg("\"%s\" became \"%s\", \"%s\", \"%s\"", others[i].given, recipient.title, recipient.dear,
                     recipient.plain);
    }
    arena_release(&arena);
}

static void test_any_cell_is_survived(void **state) {
    (void)state;
    struct arena arena = ARENA_EMPTY;
    char text[4096];
    static const char *const pieces[] = {"Mr ", "MP ", ", ", "KC,", "The Rt Hon ", "a ", "de ", "Lord ", "the ", "of "};
    for (size_t i = 0; i < COUNT(pieces); i++) {
        text[0] = '\0';
        while (strlen(text) + strlen(pieces[i]) < sizeof text)
            strcat(text, pieces[i]);
        for (enum office office = 0; office < OFFICES_COUNT; office++)
            assert_non_null(recipient_read(&arena, office, text, strlen(text)).dear);
    }
    arena_release(&arena);
}

static void test_titles(void **state) {
    (void)state;
    static const struct {
        const char *name;
        size_t length;
    } cases[] = {
        {"Mrs Jane Doe", 4},
        {"Dr. Jane Doe", 4},
        {"Prof Sir James Doe", 9},
        {"Jane Doe", 0},
        {"Mr", 0},
        {"Mister Jane Doe", 0},
        {"", 0},
        {"Drew Doe", 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(recipient_titles_length(cases[i].name, strlen(cases[i].name)), cases[i].length);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_any_cell_is_survived),
        cmocka_unit_test(test_titles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
