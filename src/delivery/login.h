/*
 * Logging in (RFC 4954): AUTH PLAIN (RFC 4616), LOGIN, and XOAUTH2 (Google's and Microsoft's). What is to be said comes
 * out as lines, and nothing is logged.
 */
#ifndef POSTBAG_DELIVERY_LOGIN_H
#define POSTBAG_DELIVERY_LOGIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum login_method { LOGIN_NONE, LOGIN_PLAIN, LOGIN_LOGIN, LOGIN_XOAUTH2 };

enum { LOGIN_SECRET_MAX = 4096 }; /* bytes of a password or token */

/*
 * The method to use with a server that offers MECHANISMS ("PLAIN LOGIN XOAUTH2"); TOKEN: the secret is an OAuth token.
 * LOGIN_NONE: it offers none that is known.
 */
enum login_method login_choose(const char *mechanisms, bool token);

/* "PLAIN" */
const char *login_name(enum login_method method);

/*
 * What to say, without CRLF, appended to OUT: for N = 0 the first line ("AUTH PLAIN …"), then what answers the N-th 334
 * (from 1). A secret that is too long for the first line (RFC 4954 §4) comes with the first answer. -1: there is nothing
 * more to say.
 */
int login_say(enum login_method method, const char *user, const char *secret, int n, struct str *out);

/*
 * What is wrong, in plain words with what to do, where HOST refused the log-in with CODE and TEXT: Gmail wants an app
 * password, Microsoft 365 has password log-in switched off, the password is wrong … Appended to OUT.
 */
void login_explain(const char *host, int code, const char *text, bool token, struct str *out);

#endif
