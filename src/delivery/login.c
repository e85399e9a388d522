/*
 * Log-ins: a user and a secret come in, the lines to be said go out; and where the server refuses, its words come in and
 * what to do about them goes out. The table of refusals is from what the large providers really say.
 */
#include "delivery/login.h"

#include <string.h>
#include <strings.h>

#include "base/base64.h"

/* RFC 5321 §4.5.3.1.4: a command line's length, without its CRLF. */
enum { COMMAND_MAX = 510 };

static const struct {
    enum login_method method;
    const char *name;
} methods[] = {{LOGIN_PLAIN, "PLAIN"}, {LOGIN_LOGIN, "LOGIN"}, {LOGIN_XOAUTH2, "XOAUTH2"}};

static bool is_offered(const char *mechanisms, const char *name) {
    size_t length = strlen(name);
    for (const char *at = mechanisms; *at != '\0';) {
        size_t word = strcspn(at, " \t=");
        if (word == length && strncasecmp(at, name, word) == 0)
            return true;
        at += word;
        at += strspn(at, " \t=");
    }
    return false;
}

enum login_method login_choose(const char *mechanisms, bool token) {
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if ((methods[i].method == LOGIN_XOAUTH2) == token && is_offered(mechanisms, methods[i].name))
            return methods[i].method;
    return LOGIN_NONE;
}

const char *login_name(enum login_method method) {
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (methods[i].method == method)
            return methods[i].name;
    return "";
}

/* What PLAIN and XOAUTH2 say in one go, in Base64. */
static void add_response(struct str *out, enum login_method method, const char *user, const char *secret) {
    struct str response = STR_EMPTY;
    if (method == LOGIN_PLAIN) {
        str_addc(&response, '\0'); /* no other identity to act as */
        str_adds(&response, user);
        str_addc(&response, '\0');
        str_adds(&response, secret);
    } else {
        str_addf(&response, "user=%s\001auth=Bearer %s\001\001", user, secret);
    }
    base64_encode(out, response.bytes, response.length);
    str_release(&response);
}

/* LOGIN is asked "Username:", then "Password:". */
static int say_login(const char *user, const char *secret, int n, struct str *out) {
    if (n > 2)
        return -1;
    if (n == 0)
        str_adds(out, "AUTH LOGIN");
    else
        base64_encode(out, n == 1 ? user : secret, strlen(n == 1 ? user : secret));
    return 0;
}

int login_say(enum login_method method, const char *user, const char *secret, int n, struct str *out) {
    if (method == LOGIN_NONE)
        return -1;
    if (method == LOGIN_LOGIN)
        return say_login(user, secret, n, out);
    struct str first = STR_EMPTY;
    str_addf(&first, "AUTH %s ", login_name(method));
    add_response(&first, method, user, secret);
    bool fits = first.length <= COMMAND_MAX;
    int result = 0;
    if (n == 0 && fits)
        str_add(out, first.bytes, first.length);
    else if (n == 0)
        str_addf(out, "AUTH %s", login_name(method));
    else if (n == 1 && !fits)
        add_response(out, method, user, secret);
    else if (method != LOGIN_XOAUTH2 || n != (fits ? 1 : 2))
        result = -1; /* else the 334 tells of an error, and an empty line asks for the 535 that follows it */
    str_release(&first);
    return result;
}

/*
 * What a server's words mean. The first that fits: HOST is the end of the server's name, CODE and WORDS stand in its
 * answer; NULL and 0: any.
 */
static const struct {
    const char *host, *words;
    int code;
    const char *meaning;
} meanings[] = {
    {NULL, "Application-specific password", 0,
     "Google wants an app password: turn on 2-step verification for the account, make one at "
     "https://myaccount.google.com/apppasswords and use it instead of the account's own password"},
    {NULL, "InvalidSecondFactor", 0,
     "Google wants an app password: make one at https://myaccount.google.com/apppasswords and use it instead of the "
     "account's own password"},
    {NULL, "WebLoginRequired", 0,
     "Google wants to be sure that it is you: sign in to the account with a web browser on this computer once, then "
     "try "
     "again"},
    {NULL, "basic authentication is disabled", 0,
     "Microsoft 365 has log-in by password switched off for this account; ask your administrator to allow "
     "authenticated "
     "SMTP for it, or use smtp.token_command"},
    {NULL, "SmtpClientAuthentication is disabled", 0,
     "Microsoft 365 has authenticated SMTP switched off; ask your administrator to switch it on for this mailbox"},
    {NULL, "security defaults", 0,
     "the security defaults of your Microsoft 365 do not allow log-in by password; ask your administrator, or use "
     "smtp.token_command"},
    {NULL, "conditional access", 0,
     "a rule of your Microsoft 365 (conditional access) does not allow this log-in; ask your administrator"},
    {NULL, "app password", 0,
     "the provider wants an app password: make one in the account's security settings and use it instead of the "
     "account's own password"},
    {NULL, "app-specific password", 0,
     "the provider wants an app-specific password: make one in the account's security settings and use it instead of "
     "the account's own password"},
    {NULL, "account is locked", 0, "the account is locked; ask your provider"},
    {NULL, NULL, 538, "the server allows this log-in only on an encrypted connection; set smtp.security"},
    {NULL, "Encryption required", 0,
     "the server allows this log-in only on an encrypted connection; set smtp.security"},
    {"gmail.com", NULL, 0,
     "Google does not accept the user or the password; it takes only an app password here (made at "
     "https://myaccount.google.com/apppasswords), never the account's own"},
    {NULL, "BadCredentials", 0,
     "Google does not accept the user or the password; it takes only an app password here (made at "
     "https://myaccount.google.com/apppasswords), never the account's own"},
    {NULL, "5.7.139", 0,
     "Microsoft 365 does not accept the log-in; is the password right, and has your administrator allowed "
     "authenticated "
     "SMTP for this mailbox?"},
    {"yahoo.com", NULL, 0,
     "Yahoo does not accept the user or the password; it takes only an app password, made in the "
     "account's security settings"},
    {"aol.com", NULL, 0,
     "AOL does not accept the user or the password; it takes only an app password, made in the "
     "account's security settings"},
    {"mail.me.com", NULL, 0,
     "iCloud does not accept the user or the password; it takes only an app-specific password, made at "
     "https://account.apple.com"},
    {"fastmail.com", NULL, 0,
     "Fastmail does not accept the user or the password; it takes only an app password, made "
     "in the settings under privacy and security"},
    {NULL, NULL, 534,
     "the server wants another way to log in; an app password may help, made in the account's security "
     "settings"},
};

static bool ends_with(const char *text, const char *end) {
    size_t length = strlen(text), end_length = strlen(end);
    return length >= end_length && strcasecmp(text + length - end_length, end) == 0;
}

static const char *find_meaning(const char *host, int code, const char *text) {
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        if ((meanings[i].host == NULL || ends_with(host, meanings[i].host)) &&
            (meanings[i].words == NULL || strcasestr(text, meanings[i].words) != NULL) &&
            (meanings[i].code == 0 || meanings[i].code == code))
            return meanings[i].meaning;
    }
    return NULL;
}

/* With a token the advice about passwords does not hold, unless the server's own words lead to it. */
void login_explain(const char *host, int code, const char *text, bool token, struct str *out) {
    const char *meaning = find_meaning(token ? "" : host, code, text);
    if (meaning == NULL || (token && strstr(meaning, "password") != NULL))
        meaning =
            token ? "the server does not accept the token; it may have run out, be for another user than smtp.user, "
                    "or not allow sending (SMTP.Send at Microsoft, https://mail.google.com/ at Google)"
                  : "the server does not accept the user or the password (smtp.user, smtp.password_file)";
    str_addf(out, "%s; it said: %d %s", meaning, code, text);
}
