/*
 * Mailboxes: what is read of the ways in which people write an address, and which domain one is at.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "input/mailbox.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void test_mailboxes(void **state) {
    (void)state;
    static const struct {
        const char *text, *name, *address;
    } cases[] = {
        {"branch@union.example", "", "branch@union.example"},
        {"  branch@union.example\t", "", "branch@union.example"},
        {"<branch@union.example>", "", "branch@union.example"},
        {"Example Branch <branch@union.example>", "Example Branch", "branch@union.example"},
        {"Example Branch<branch@union.example>", "Example Branch", "branch@union.example"},
        {" Example Branch  < branch@union.example > ", "Example Branch", "branch@union.example"},
        {"\"Example Branch\" <branch@union.example>", "Example Branch", "branch@union.example"},
        {"\" Branch, North \" <b@u.example>", "Branch, North", "b@u.example"},
        {"Branch, North (MoD) <b@u.example>", "Branch, North (MoD)", "b@u.example"},
        {"\"The \\\"Best\\\" \\\\ Branch\" <b@u.example>", "The \"Best\" \\ Branch", "b@u.example"},
        {"\"b@u.example\" <b@u.example>", "b@u.example", "b@u.example"},
        {"Cangen Môn <b@u.example>", "Cangen Môn", "b@u.example"},
        {"\"\" <b@u.example>", "", "b@u.example"},
        {"\" <b@u.example>", "\"", "b@u.example"},
        {"\"a\\\" <b@u.example>", "a\\", "b@u.example"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena = ARENA_EMPTY;
        struct mailbox mailbox = {NULL, NULL};
        const char *fault = mailbox_read(&mailbox, cases[i].text, &arena);
        if (fault != NULL)
            fail_msg("%s: %s", cases[i].text, fault);
        assert_string_equal(mailbox.name, cases[i].name);
        assert_string_equal(mailbox.address, cases[i].address);
        arena_release(&arena);
    }
}

static void test_faulty_mailboxes(void **state) {
    (void)state;
    static const struct {
        const char *text, *about;
    } cases[] = {
        {"", "has no @"},
        {"   ", "has no @"},
        {"Example Branch", "space"},
        {"<", "no >"},
        {">", "brackets"},
        {"<>", "has no @"},
        {"Branch <>", "has no @"},
        {"Branch <b@u.example", "no >"},
        {"Branch b@u.example>", "space"},
        {"Branch <b@u.example> x", "behind its >"},
        {"a <b@u.example> <c@u.example>", "too many"},
        {"a <<b@u.example>", "too many"},
        {"b@u.example>>", "brackets"},
        {"Branch <b@u.example>>", "brackets"},
        {"b@u.example, c@u.example", "one address only"},
        {"b@u.example, C <c@u.example>", "one address only"},
        {"Branch <b@localhost>", "no full stop after"},
        {"Branch <b@@u.example>", "more than one @"},
        {"Branch <jöe@u.example>", "plain a to z"},
        {"b@ünion.example", "plain a to z"},
        {"Branch <b@u.example\r\nRCPT TO:<x@y.example>", "too many"},
        {"Branch\r\nBcc: x@y.example <b@u.example>", "control character"},
        {"Bra\xE2\x80\xAEnch <b@u.example>", "invisible"}, /* right-to-left override */
        {"Bra\x7Fnch <b@u.example>", "control character"},
        {"Branch <b@u.exa\nmple>", "control character"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena = ARENA_EMPTY;
        struct mailbox mailbox = {"as it was", NULL};
        const char *fault = mailbox_read(&mailbox, cases[i].text, &arena);
        if (fault == NULL)
            fail_msg("\"%s\" was read as %s, %s", cases[i].text, mailbox.name, mailbox.address);
        if (strstr(fault, cases[i].about) == NULL)
            fail_msg("\"%s\": \"%s\" does not say \"%s\"", cases[i].text, fault, cases[i].about);
        assert_string_equal(mailbox.name, "as it was");
        arena_release(&arena);
    }
}

static void test_the_longest_name(void **state) {
    (void)state;
    for (size_t length = 100; length <= 101; length++) {
        struct arena arena = ARENA_EMPTY;
        struct mailbox mailbox;
        struct str text = STR_EMPTY;
        for (size_t i = 0; i < length; i++)
            str_adds(&text, "ŵ");
        str_adds(&text, " <b@u.example>");
        const char *fault = mailbox_read(&mailbox, text.bytes, &arena);
        if (length == 100)
            assert_null(fault);
        else
            assert_non_null(strstr(fault, "more than 100"));
        str_release(&text);
        arena_release(&arena);
    }
}

static void test_addresses_to_send_to(void **state) {
    (void)state;
    static const char right[] = "jane.doe+mp@mail.union.example", wrong[] = "siân@union.example";
    assert_null(mailbox_fault(right, strlen(right)));
    assert_non_null(mailbox_fault(wrong, strlen(wrong)));
    assert_non_null(mailbox_fault("jane", 4));
    assert_non_null(mailbox_fault("", 0));
    assert_string_equal(mailbox_domain(right), "mail.union.example");
}

static void test_whose_domain_it_is(void **state) {
    (void)state;
    static const struct {
        const char *address, *list;
        bool expected;
    } cases[] = {
        {"a@ministry.example", "ministry.example", true},
        {"a@MINISTRY.Example", "ministry.example", true},
        {"a@ministry.example", "agency.example, Ministry.example", true},
        {"a@ministry.example", "agency.example;ministry.example", true},
        {"a@ministry.example", "agency.example ministry.example,", true},
        {"a@mail.ministry.example", "ministry.example", true},
        {"a@notministry.example", "ministry.example", false},
        {"a@ministry.example.net", "ministry.example", false},
        {"ministry.example@home.example", "ministry.example", false},
        {"a@example", "ministry.example", false},
        {"a@ministry.example", "mail.ministry.example", false},
        {"a@ministry.example", "", false},
        {"a@ministry.example", " , ;", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        if (mailbox_is_at(cases[i].address, cases[i].list) != cases[i].expected)
            fail_msg("%s at \"%s\"", cases[i].address, cases[i].list);
}

static void test_lists_of_domains(void **state) {
    (void)state;
    static const char *const right[] = {"ministry.example", "a.example, b.example", " a.example;b.example ,"};
    static const char *const wrong[] = {"",
                                        " ",
                                        ",",
                                        "ministry",
                                        "@ministry.example",
                                        "jane@ministry.example",
                                        "a.example, *.b.example",
                                        "a..example",
                                        "minïstry.example",
                                        "a.example, <b>"};
    for (size_t i = 0; i < COUNT(right); i++)
        if (!mailbox_is_domains(right[i]))
            fail_msg("\"%s\" was refused", right[i]);
    for (size_t i = 0; i < COUNT(wrong); i++)
        if (mailbox_is_domains(wrong[i]))
            fail_msg("\"%s\" passed", wrong[i]);
    struct str huge = STR_EMPTY;
    for (int i = 0; i < 1000; i++)
        str_adds(&huge, "domain.");
    assert_false(mailbox_is_domains(huge.bytes));
    str_release(&huge);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mailboxes),          cmocka_unit_test(test_faulty_mailboxes),
        cmocka_unit_test(test_the_longest_name),   cmocka_unit_test(test_addresses_to_send_to),
        cmocka_unit_test(test_whose_domain_it_is), cmocka_unit_test(test_lists_of_domains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
