/*
 * E-mail addresses: which can be written to, and what is said of the others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "input/email.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct {
    const char *address, *fault; /* NULL: none */
} addresses[] = {
    {"jane@mail.example", NULL},
    {"jane.doe+union@mail.example", NULL},
    {"o'brien@mail.example", NULL},
    {"JANE_DOE-1@Sub.Mail.example", NULL},
    {"siân@post.example", NULL},
    {"jane@llŷn.example", NULL},
    {"jane@xn--lln-8pa.example", NULL},
    {"jane", "has no @"},
    {"@", "has nothing before the @"},
    {"@mail.example", "has nothing before the @"},
    {"jane@", "has nothing after the @"},
    {"jane@mail", "has no full stop after the @"},
    {"jane@@mail.example", "has more than one @"},
    {"jane@mail.example@x.example", "has more than one @"},
    {"jane doe@mail.example", "holds a space"},
    {"jane@mail.example\u00A0", "holds a space"},
    {"jane@mail.example, jim@mail.example", "holds a comma or semicolon: give one address only"},
    {"jane@mail.example;jim@mail.example", "holds a comma or semicolon: give one address only"},
    {"<jane@mail.example>", "holds brackets or quotation marks: give the bare address"},
    {"\"jane\"@mail.example", "holds brackets or quotation marks: give the bare address"},
    {".jane@mail.example", "has a full stop too many before the @"},
    {"jane.@mail.example", "has a full stop too many before the @"},
    {"jane..doe@mail.example", "has a full stop too many before the @"},
    {"jane@mail..example", "has a full stop too many after the @"},
    {"jane@mail.example.", "has a full stop too many after the @"},
    {"jane@-mail.example", "has a hyphen at the end of a part after the @"},
    {"jane@mail-.example", "has a hyphen at the end of a part after the @"},
    {"jane@192.0.2.1", "ends in a number"},
    {"jane@[192.0.2.1]", "holds a character that no address may have after the @"},
    {"jane@mail_1.example", "holds a character that no address may have after the @"},
    {"jane\\doe@mail.example", "holds a character that no address may have before the @"},
    {"jane\u200D@mail.example", "holds an invisible character: type it again"},
    {"jane@mail.example\nBcc:x@mail.example", "holds a control character"},
};

static void test_addresses(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(addresses); i++) {
        const char *fault = email_fault(addresses[i].address, strlen(addresses[i].address));
        if ((fault == NULL) != (addresses[i].fault == NULL) ||
            (fault != NULL && strcmp(fault, addresses[i].fault) != 0))
            fail_msg("\"%s\": %s", addresses[i].address, fault == NULL ? "no fault" : fault);
    }
}

/* The limits of RFC 5321 §4.5.3.1, and one beyond each. */
static void test_lengths(void **state) {
    (void)state;
    static const struct {
        int local, label, labels;
        const char *fault;
    } cases[] = {
        {64, 10, 1, NULL},
        {65, 10, 1, "has more than 64 characters before the @"},
        {10, 63, 1, NULL},
        {10, 64, 1, "has a part of more than 63 characters after the @"},
        {54, 47, 4, NULL}, /* 254 with "@" and ".example", less the full stops */
        {56, 47, 4, "has more than 254 characters"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str address = STR_EMPTY;
        for (int j = 0; j < cases[i].local; j++)
            str_addc(&address, 'a');
        str_addc(&address, '@');
        for (int j = 0; j < cases[i].labels; j++) {
            for (int k = 0; k < cases[i].label; k++)
                str_addc(&address, 'b');
            str_addc(&address, '.');
        }
        str_adds(&address, "example");
        const char *fault = email_fault(address.bytes, address.length);
        if ((fault == NULL) != (cases[i].fault == NULL) || (fault != NULL && strcmp(fault, cases[i].fault) != 0))
            fail_msg("%zu bytes: %s", address.length, fault == NULL ? "no fault" : fault);
        str_release(&address);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
