/*
 * E-mail addresses: whether one can be written to at all (RFC 5321 §4.1.2 and §4.5.3.1, RFC 5322 §3.2.3). Whether a
 * server takes letters beyond ASCII is for delivery to find out; here they pass.
 */
#ifndef POSTBAG_INPUT_EMAIL_H
#define POSTBAG_INPUT_EMAIL_H

#include <stddef.h>

/*
 * What is wrong with the address TEXT (valid UTF-8), to be put behind "the e-mail address … ": "has no @", "holds a
 * space". NULL: nothing.
 */
const char *email_fault(const char *text, size_t length);

#endif
