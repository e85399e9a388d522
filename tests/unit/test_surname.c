/*
 * Names in the order of an English index.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "input/surname.h"

static void test_surnames(void **state) {
    static const struct {
        const char *name, *surname;
    } cases[] = {
        {"Jane Doe", "Doe"},
        {"Mrs Jane Doe", "Doe"},
        {"Jane Doe OBE", "Doe"},
        {"Jane Doe, BEM", "Doe"},
        {"Dr Jane Doe BSc, PhD, MCIPD", "Doe"},
        {"Jane Doe M.A.", "Doe"},
        {"John Doe Jr", "Doe"},
        {"John Doe Jnr.", "Doe"},
        {"Maria de Souza", "de Souza"},
        {"Maria Da Silva", "Da Silva"},
        {"Anna van der Berg OBE", "van der Berg"},
        {"Oliver St John", "St John"},
        {"Rhys ap Gwilym", "ap Gwilym"},
        {"Seán Ó Briain", "Ó Briain"},
        {"Van Nguyen", "Nguyen"}, /* a first name stays one */
        {"De Souza", "Souza"},
        {"Jane Smith-Jones", "Smith-Jones"},
        {"Doe, Jane", "Doe"},
        {"de Souza, Ms Maria", "de Souza"},
        {"Long Bailey, Rebecca", "Long Bailey"},
        {"Cher", "Cher"},
        {"Dr OBE", "OBE"},
        {"Jane Ma", "Ma"}, /* letters are capitals */
        {"Li MA", "Li"},
        {"Mrs Doe", "Doe"},
        {"ليلى حداد", "حداد"},
        {"", ""},
        {" , ", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t start = 0, length = 0;
        char found[100];
        surname_find(cases[i].name, strlen(cases[i].name), &start, &length);
        assert_true(start + length <= strlen(cases[i].name));
        memcpy(found, cases[i].name + start, length);
        found[length] = '\0';
        assert_string_equal(found, cases[i].surname);
    }
}

/* Each comes before the next. */
static void test_order(void **state) {
    static const char *const names[] = {
        "Zoë Adams",      "Ann Ælfric",      "Ann Ågren",    "Jane ap Gwilym",   "Ann Byrne",     "Maria de Souza",
        "Ann Dean",       "Jane Doe",        "Mary Doe OBE", "Jane Łęcki",       "Ann Mac Neill", "Ann MacArthur",
        "Ann McArthur",   "Ann O’Brien",     "Bob O'Brien",  "Ann Obrien-Adams", "Ann Smith",     "Dr Jane Smith",
        "Jane Smith Jr",  "Ann Smith-Jones", "Ann Smithers", "Ann Straße",       "Ann Van Dyke",  "Ελένη Άνθη",
        "Ольга Яковлева", "ليلى حداد",
    };
    (void)state;
    for (size_t i = 0; i + 1 < sizeof names / sizeof *names; i++) {
        struct str a = STR_EMPTY, b = STR_EMPTY;
        surname_key(&a, names[i], strlen(names[i]));
        surname_key(&b, names[i + 1], strlen(names[i + 1]));
        assert_int_equal(strlen(a.bytes), a.length);
        if (strcmp(a.bytes, b.bytes) > 0)
            fail_msg("%s comes behind %s", names[i], names[i + 1]);
        str_release(&a);
        str_release(&b);
    }
}

static void test_the_same_key(void **state) {
    static const char *const same[][2] = {
        {"Siân Wyn", "sian WYN"},          {"Liam O’Brien", "Liam O'Brien"},
        {"Doe, Jane", "Mrs Jane Doe OBE"}, {"Ann Smith-Jones", "Ann Smith–Jones"},
        {"Łukasz Nowak", "Lukasz Nowak"},  {"Ann Strauß", "Ann Strauss"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        struct str a = STR_EMPTY, b = STR_EMPTY;
        surname_key(&a, same[i][0], strlen(same[i][0]));
        surname_key(&b, same[i][1], strlen(same[i][1]));
        assert_string_equal(a.bytes, b.bytes);
        str_release(&a);
        str_release(&b);
    }
}

static void test_columns_come_first(void **state) {
    struct value values[FIELD_COUNT];
    struct person person = {.values = values};
    struct str key = STR_EMPTY, expected = STR_EMPTY;
    (void)state;
    for (size_t i = 0; i < FIELD_COUNT; i++)
        values[i] = (struct value){.text = ""};
    values[FIELD_NAME] = (struct value){.text = "Rebecca Long Bailey", .length = strlen("Rebecca Long Bailey")};
    values[FIELD_FIRST_NAME] = (struct value){.text = "Rebecca", .length = strlen("Rebecca")};
    values[FIELD_LAST_NAME] = (struct value){.text = "Long Bailey", .length = strlen("Long Bailey")};
    surname_key_of(&key, &person);
    assert_string_equal(key.bytes, "long bailey\1rebecca\1");
    values[FIELD_LAST_NAME] = (struct value){.text = "-", .length = 1}; /* says nothing */
    surname_key(&expected, "Rebecca Long Bailey", strlen("Rebecca Long Bailey"));
    str_clear(&key);
    surname_key_of(&key, &person);
    assert_string_equal(key.bytes, expected.bytes);
    str_release(&key);
    str_release(&expected);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_surnames),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_the_same_key),
        cmocka_unit_test(test_columns_come_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
