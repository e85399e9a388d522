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
        struct recipient recipient = recipient_read(&arena, names[i].given, strlen(names[i].given));
        if (strcmp(recipient.title, names[i].title) != 0 || strcmp(recipient.dear, names[i].dear) != 0 ||
            strcmp(recipient.plain, names[i].plain) != 0)
            fail_msg("\"%s\" became \"%s\", \"%s\", \"%s\"", names[i].given, recipient.title, recipient.dear,
                     recipient.plain);
    }
    arena_release(&arena);
}

static void test_any_cell_is_survived(void **state) {
    (void)state;
    struct arena arena = ARENA_EMPTY;
    char text[4096];
    static const char *const pieces[] = {"Mr ", "MP ", ", ", "KC,", "The Rt Hon ", "a ", "de "};
    for (size_t i = 0; i < COUNT(pieces); i++) {
        text[0] = '\0';
        while (strlen(text) + strlen(pieces[i]) < sizeof text)
            strcat(text, pieces[i]);
        struct recipient recipient = recipient_read(&arena, text, strlen(text));
        assert_non_null(recipient.dear);
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
        cmocka_unit_test(test_any_cell_is_survived),
        cmocka_unit_test(test_titles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
