/*
 * Log-ins: the bytes that are said, and what a refusal means to somebody who is no engineer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/base64.h"
#include "delivery/login.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct {
    const char *mechanisms;
    bool token;
    enum login_method expected;
} choices[] = {
    {"PLAIN LOGIN", false, LOGIN_PLAIN},
    {"LOGIN PLAIN XOAUTH2", false, LOGIN_PLAIN},
    {"LOGIN XOAUTH2", false, LOGIN_LOGIN},
    {"login", false, LOGIN_LOGIN},
    {"=LOGIN", false, LOGIN_LOGIN},
    {" CRAM-MD5\tPLAIN", false, LOGIN_PLAIN},
    {"PLAIN LOGIN XOAUTH2", true, LOGIN_XOAUTH2},
    {"PLAIN LOGIN", true, LOGIN_NONE},
    {"XOAUTH2", false, LOGIN_NONE},
    {"PLAIN-CLIENTTOKEN OAUTHBEARER XOAUTH", false, LOGIN_NONE},
    {"PLAIN-CLIENTTOKEN OAUTHBEARER XOAUTH", true, LOGIN_NONE},
    {"CRAM-MD5 GSSAPI NTLM", false, LOGIN_NONE},
    {"", false, LOGIN_NONE},
};

static void the_method_is_one_that_the_server_offers(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(choices); i++)
        if (login_choose(choices[i].mechanisms, choices[i].token) != choices[i].expected)
            fail_msg("%s", choices[i].mechanisms);
}

/* The examples of RFC 4616 and of Google's description of XOAUTH2. */
static const struct {
    enum login_method method;
    const char *user, *secret;
    int n;
    const char *expected; /* NULL: nothing more to say */
} lines[] = {
    {LOGIN_PLAIN, "tim", "tanstaaftanstaaf", 0, "AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm"},
    {LOGIN_PLAIN, "tim", "tanstaaftanstaaf", 1, NULL},
    {LOGIN_PLAIN, "tim", "p\u00E4ss", 0, "AUTH PLAIN AHRpbQBww6Rzcw=="},
    {LOGIN_LOGIN, "tim", "secret", 0, "AUTH LOGIN"},
    {LOGIN_LOGIN, "tim", "secret", 1, "dGlt"},
    {LOGIN_LOGIN, "tim", "secret", 2, "c2VjcmV0"},
    {LOGIN_LOGIN, "tim", "secret", 3, NULL},
    {LOGIN_XOAUTH2, "someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg", 0,
     "AUTH XOAUTH2 "
     "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMj"
     "l0Q2cBAQ=="},
    {LOGIN_XOAUTH2, "someuser@example.com", "ya29", 1, ""},
    {LOGIN_XOAUTH2, "someuser@example.com", "ya29", 2, NULL},
    {LOGIN_NONE, "tim", "secret", 0, NULL},
};

static void what_is_said_is_right(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct str out = STR_EMPTY;
        int result = login_say(lines[i].method, lines[i].user, lines[i].secret, lines[i].n, &out);
        if (result != (lines[i].expected == NULL ? -1 : 0) ||
            strcmp(out.bytes, lines[i].expected != NULL ? lines[i].expected : "") != 0)
            fail_msg("line %zu: %d %s", i, result, out.bytes);
        str_release(&out);
    }
}

/* RFC 4954 §4: AUTH keeps to the length of a command; what comes after a 334 need not. */
static void long_secrets_come_after_the_command(void **state) {
    (void)state;
    static const enum login_method methods[] = {LOGIN_PLAIN, LOGIN_XOAUTH2};
    char secret[LOGIN_SECRET_MAX + 1];
    memset(secret, 's', LOGIN_SECRET_MAX);
    secret[LOGIN_SECRET_MAX] = '\0';
    for (size_t i = 0; i < COUNT(methods); i++) {
        struct str first = STR_EMPTY, second = STR_EMPTY, said = STR_EMPTY, third = STR_EMPTY;
        assert_int_equal(login_say(methods[i], "tim", secret, 0, &first), 0);
        assert_string_equal(first.bytes, i == 0 ? "AUTH PLAIN" : "AUTH XOAUTH2");
        assert_int_equal(login_say(methods[i], "tim", secret, 1, &second), 0);
        assert_true(second.length <= 12288);
        assert_int_equal(base64_decode(&said, second.bytes, second.length), 0);
        assert_int_equal(said.length, LOGIN_SECRET_MAX + (i == 0 ? 5 : 23));
        assert_int_equal(login_say(methods[i], "tim", secret, 2, &third), i == 0 ? -1 : 0);
        assert_int_equal(third.length, 0);
        str_release(&first);
        str_release(&second);
        str_release(&said);
        str_release(&third);
    }
}

static const struct {
    const char *host;
    int code;
    const char *text;
    bool token;
    const char *expected[2];
} refusals[] = {
    {"smtp.gmail.com",
     534,
     "5.7.9 Application-specific password required. For more information, go to "
     "https://support.google.com/mail/?p=InvalidSecondFactor",
     false,
     {"app password", "apppasswords"}},
    {"smtp.gmail.com",
     535,
     "5.7.8 Username and Password not accepted. https://support.google.com/mail/?p=BadCredentials",
     false,
     {"app password", "never the account's own"}},
    {"smtp-relay.gmail.com",
     534,
     "5.7.14 Please log in via your web browser https://support.google.com/mail/?p=WebLoginRequired",
     false,
     {"web browser", "once"}},
    {"smtp.office365.com",
     535,
     "5.7.139 Authentication unsuccessful, basic authentication is disabled. [LO2P265CA0001]",
     false,
     {"switched off", "administrator"}},
    {"smtp.office365.com",
     535,
     "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit "
     "https://aka.ms/smtp_auth_disabled",
     false,
     {"switched off", "administrator"}},
    {"smtp.office365.com",
     535,
     "5.7.139 Authentication unsuccessful, the user credentials were incorrect.",
     false,
     {"is the password right", "administrator"}},
    {"smtp.office365.com",
     535,
     "5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy.",
     false,
     {"security defaults", "administrator"}},
    {"smtp.mail.yahoo.com", 535, "5.7.0 (#AUTH005) Too many bad auth attempts.", false, {"Yahoo", "app password"}},
    {"smtp.mail.me.com", 535, "5.7.8 Error: authentication failed", false, {"iCloud", "app-specific"}},
    {"mail.union.example",
     535,
     "5.7.8 Error: authentication failed: UGFzc3dvcmQ6",
     false,
     {"user or the password", "it said: 535 5.7.8"}},
    {"mail.union.example",
     538,
     "Encryption required for requested authentication mechanism",
     false,
     {"encrypted connection", "smtp.security"}},
    {"smtp.gmail.com",
     535,
     "5.7.8 Username and Password not accepted. https://support.google.com/mail/?p=BadCredentials",
     true,
     {"the token", "https://mail.google.com/"}},
    {"smtp.office365.com", 535, "5.7.3 Authentication unsuccessful", true, {"the token", "SMTP.Send"}},
    {"smtp.office365.com",
     535,
     "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.",
     true,
     {"authenticated SMTP switched off", "administrator"}},
};

static void refusals_say_what_to_do(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(refusals); i++) {
        struct str out = STR_EMPTY;
        login_explain(refusals[i].host, refusals[i].code, refusals[i].text, refusals[i].token, &out);
        for (size_t j = 0; j < COUNT(refusals[i].expected); j++)
            if (strstr(out.bytes, refusals[i].expected[j]) == NULL)
                fail_msg("%s: %s", refusals[i].text, out.bytes);
        assert_non_null(strstr(out.bytes, refusals[i].text));
        str_release(&out);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_method_is_one_that_the_server_offers),
        cmocka_unit_test(what_is_said_is_right),
        cmocka_unit_test(long_secrets_come_after_the_command),
        cmocka_unit_test(refusals_say_what_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
