/*
 * Names of fields, as headers and drafts write them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "input/field.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { NONE = -1 };

struct named {
    const char *written;
    int field;
};

static const struct named columns[] = {
    {"Name", FIELD_NAME},
    {"Full name", FIELD_NAME},
    {"Member", FIELD_NAME},
    {"Member's name", FIELD_NAME},
    {"Constituent", FIELD_NAME},
    {"Your name", FIELD_NAME},
    {"Enw", FIELD_NAME},
    {"Title", FIELD_TITLE},
    {"Surname", FIELD_LAST_NAME},
    {"LAST NAME", FIELD_LAST_NAME},
    {"family_name", FIELD_LAST_NAME},
    {"Forename", FIELD_FIRST_NAME},
    {"First Name", FIELD_FIRST_NAME},
    {"Given name(s)", FIELD_FIRST_NAME},
    {"Christian name", FIELD_FIRST_NAME},
    {"Address", FIELD_ADDRESS},
    {"Home address", FIELD_ADDRESS},
    {"Member's address", FIELD_ADDRESS},
    {"Cyfeiriad", FIELD_ADDRESS},
    {"Addr 1", FIELD_ADDRESS_1},
    {"Address1", FIELD_ADDRESS_1},
    {"Address line 1", FIELD_ADDRESS_1},
    {"Street", FIELD_ADDRESS_1},
    {"Address Line 2", FIELD_ADDRESS_1 + 1},
    {"Home Address 3", FIELD_ADDRESS_1 + 2},
    {"addr8", FIELD_ADDRESS_LAST},
    {"Address 9", NONE},
    {"Address 0", NONE},
    {"Address 12", NONE},
    {"House No.", FIELD_HOUSE},
    {"Rhif y Tŷ", FIELD_HOUSE},
    {"Town", FIELD_TOWN},
    {"City", FIELD_TOWN},
    {"Post town", FIELD_TOWN},
    {"County", FIELD_COUNTY},
    {"Country", FIELD_COUNTRY},
    {"Post Code", FIELD_POSTCODE},
    {"POSTCODE", FIELD_POSTCODE},
    {"post-code", FIELD_POSTCODE},
    {"Postal code", FIELD_POSTCODE},
    {"Zip", FIELD_POSTCODE},
    {"Cod post", FIELD_POSTCODE},
    {"Côd Post", FIELD_POSTCODE},
    {"Email Address", FIELD_EMAIL},
    {"E-mail", FIELD_EMAIL},
    {"E-mail (home)", FIELD_EMAIL},
    {"Work e-mail", NONE},
    {"Phone", FIELD_TELEPHONE},
    {"Mobile", FIELD_TELEPHONE},
    {"Tel.", FIELD_TELEPHONE},
    {"Membership No", FIELD_MEMBER_ID},
    {"Member number", FIELD_MEMBER_ID},
    {"Mem. No.", FIELD_MEMBER_ID},
    {"Constituency", FIELD_CONSTITUENCY},
    {"Parliamentary constituency", FIELD_CONSTITUENCY},
    {"Westminster Constituency", FIELD_CONSTITUENCY},
    {"Etholaeth", FIELD_CONSTITUENCY},
    {"Ward", FIELD_WARD},
    {"MP", FIELD_MP},
    {"MP's name", FIELD_MP},
    {"MP’s name", FIELD_MP},
    {"Member of Parliament", FIELD_MP},
    {"Your MP", FIELD_MP},
    {"MP email", FIELD_MP_EMAIL},
    {"MP’s address", FIELD_MP_ADDRESS},
    {"MP's party", FIELD_PARTY},
    {"Member's party", NONE},
    {"Personal message", FIELD_PERSONAL_MESSAGE},
    {"Message", FIELD_PERSONAL_MESSAGE},
    {"Your own words", FIELD_PERSONAL_MESSAGE},
    {"Comments", NONE}, /* may be what the branch thinks of the member */
    {"Date", FIELD_DATE},
    {"Date joined", NONE},
    {"Your date", NONE},
    {"Today's date", NONE},
    {"Line 1", FIELD_ADDRESS_1},
    {"Notes", NONE},
    {"Membership", NONE},
    {"", NONE},
    {"№", NONE},
    {"  ", NONE},
};

static const struct named placeholders[] = {
    {"insert MP's name", FIELD_MP},
    {"insert MP‟s name", FIELD_MP},
    {"insert MP’s name", FIELD_MP},
    {"insert MP`s name", FIELD_MP},
    {"MPs name", FIELD_MP},
    {"your MP's name", FIELD_MP},
    {"insert name of MP", FIELD_MP},
    {"your name", FIELD_NAME},
    {"insert name", FIELD_NAME},
    {"insert your full name", FIELD_NAME},
    {"your full name", FIELD_NAME},
    {"print name here", NONE},
    {"Address line 1", FIELD_ADDRESS_1},
    {"line 1", FIELD_ADDRESS_1},
    {"line 2", FIELD_ADDRESS_1 + 1},
    {"insert address line 3", FIELD_ADDRESS_1 + 2},
    {"your address", FIELD_ADDRESS},
    {"postcode", FIELD_POSTCODE},
    {"insert your postcode", FIELD_POSTCODE},
    {"insert name of constituency", FIELD_CONSTITUENCY},
    {"ward", FIELD_WARD},
    {"name of ward", FIELD_WARD},
    {"constituency/ward", NONE}, /* two fields, for the model letter to part */
    {"Date", FIELD_DATE},
    {"today's date", FIELD_DATE},
    {"insert date", FIELD_DATE},
    {"personal message", FIELD_PERSONAL_MESSAGE},
    {"your own words", FIELD_PERSONAL_MESSAGE},
    {"member number", FIELD_MEMBER_ID},
    {"your membership number", FIELD_MEMBER_ID},
    {"Eich enw", FIELD_NAME},
    {"E-mail (home)", NONE}, /* a column's name only */
    {"insert MPs nmae", NONE},
    {"insert", NONE},
    {"your", NONE},
    {"", NONE},
};

static void check_names(const struct named *names, size_t count,
                        int (*field_of)(enum office office, const char *key, size_t length)) {
    struct str key = STR_EMPTY;
    for (size_t i = 0; i < count; i++) {
        str_clear(&key);
        field_key(&key, names[i].written, strlen(names[i].written));
        int field = field_of(OFFICE_MP, key.bytes, key.length);
        if (field != names[i].field)
            fail_msg("\"%s\" was taken for %s", names[i].written,
                     field < 0 ? "nothing" : field_name(OFFICE_MP, (enum field)field));
    }
    str_release(&key);
}

static void test_columns(void **state) {
    (void)state;
    check_names(columns, COUNT(columns), field_of_column);
}

static void test_placeholders(void **state) {
    (void)state;
    check_names(placeholders, COUNT(placeholders), field_of_placeholder);
}

static void test_every_field_is_found_by_its_own_name(void **state) {
    (void)state;
    for (int field = 0; field < FIELD_COUNT; field++) {
        struct named named = {field_name(OFFICE_MP, (enum field)field), field};
        assert_non_null(named.written);
        check_names(&named, 1, field_of_placeholder);
        check_names(&named, 1, field_of_column);
    }
}

/* The names of the recipient's fields follow their office. */
static void test_offices(void **state) {
    (void)state;
    static const struct {
        enum office office;
        const char *written;
        int field;
    } cases[] = {
        {OFFICE_MSP, "MSP", FIELD_MP},
        {OFFICE_MSP, "insert MSP‟s name", FIELD_MP},
        {OFFICE_MSP, "insert name of MSP", FIELD_MP},
        {OFFICE_MSP, "your MSP", FIELD_MP},
        {OFFICE_MSP, "Member of the Scottish Parliament", FIELD_MP},
        {OFFICE_MSP, "MSP's e-mail", FIELD_MP_EMAIL},
        {OFFICE_MSP, "Dear MSP", FIELD_MP_DEAR},
        {OFFICE_MSP, "Recipient", FIELD_MP},
        {OFFICE_MSP, "MSP's constituency", FIELD_CONSTITUENCY},
        {OFFICE_MSP, "MP", NONE},
        {OFFICE_MSP, "MP's name", NONE},
        {OFFICE_MSP, "MP's e-mail", NONE},
        {OFFICE_MP, "MSP", NONE},
        {OFFICE_MP, "Recipient", NONE}, /* may be whom a letter that goes to no MP is for */
        {OFFICE_MS, "MS", FIELD_MP},
        {OFFICE_MS, "MS's name", FIELD_MP},
        {OFFICE_MS, "enw'r AS", FIELD_MP},
        {OFFICE_MS, "Member of the Senedd", FIELD_MP},
        {OFFICE_MS, "MSP", NONE},
        {OFFICE_MS, "Message", FIELD_PERSONAL_MESSAGE},
        {OFFICE_MLA, "MLA's address", FIELD_MP_ADDRESS},
        {OFFICE_PEER, "Peer", FIELD_MP},
        {OFFICE_PEER, "Lord", FIELD_MP},
        {OFFICE_PEER, "peer's name", FIELD_MP},
        {OFFICE_FIXED, "MP's name", FIELD_MP},
        {OFFICE_FIXED, "insert name of MSP", FIELD_MP},
        {OFFICE_FIXED, "recipient's full title", FIELD_MP_TITLE},
        {OFFICE_FIXED, "minister", FIELD_MP},
    };
    struct str key = STR_EMPTY;
    for (size_t i = 0; i < COUNT(cases); i++) {
        str_clear(&key);
        field_key(&key, cases[i].written, strlen(cases[i].written));
        int field = field_of_placeholder(cases[i].office, key.bytes, key.length);
        if (field != cases[i].field)
            fail_msg("\"%s\" was taken for %s", cases[i].written,
                     field < 0 ? "nothing" : field_name(cases[i].office, (enum field)field));
    }
    str_release(&key);
    for (enum office office = 0; office < OFFICES_COUNT; office++) {
        for (enum field field = FIELD_MP; field <= FIELD_PARTY; field++) {
            str_clear(&key);
            const char *name = field_name(office, field);
            field_key(&key, name, strlen(name));
            assert_int_equal(field_of_column(office, key.bytes, key.length), field);
            str_release(&key);
        }
        const char *column = office_words(office)->column;
        field_key(&key, column, strlen(column));
        assert_int_equal(field_of_column(office, key.bytes, key.length), FIELD_MP);
        str_release(&key);
    }
    unsigned distance;
    assert_string_equal(field_nearest(OFFICE_MSP, "mspsnmae", strlen("mspsnmae"), &distance), "MSP's name");
}

static void test_keys(void **state) {
    (void)state;
    static const struct {
        const char *written, *key;
    } cases[] = {
        {"Post Code", "postcode"}, {"MP‟s name", "mpsname"}, {"Côd-Post", "codpost"}, {"Ward 2", "ward2"},
        {"Łódź", "lodz"},          {"Όνομα", "ονομα"},       {"  *  ", ""},           {"E_mail", "email"},
    };
    struct str key = STR_EMPTY;
    for (size_t i = 0; i < COUNT(cases); i++) {
        str_clear(&key);
        str_adds(&key, "before ");
        field_key(&key, cases[i].written, strlen(cases[i].written));
        assert_string_equal(key.bytes + strlen("before "), cases[i].key);
        assert_int_equal(key.length, strlen("before ") + strlen(cases[i].key));
    }
    str_release(&key);
}

static void test_nearest(void **state) {
    (void)state;
    static const struct {
        const char *key, *name; /* NULL: nothing is near */
    } cases[] = {
        {"insertmpsnmae", "MP's name"},    {"wrad", "ward"},      {"postcdoe", "postcode"}, {"surnmae", "last name"},
        {"adressline2", "address line 2"}, {"nobodyknows", NULL}, {"xyzzy", NULL},          {"", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        unsigned distance = 99;
        const char *name = field_nearest(OFFICE_MP, cases[i].key, strlen(cases[i].key), &distance);
        if (cases[i].name == NULL) {
            assert_null(name);
        } else {
            assert_non_null(name);
            assert_string_equal(name, cases[i].name);
            assert_in_range(distance, 1, 3);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_placeholders),
        cmocka_unit_test(test_every_field_is_found_by_its_own_name),
        cmocka_unit_test(test_offices),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
