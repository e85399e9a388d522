/*
 * A message: text, HTML and a PDF become the bytes of an e-mail (RFC 5322, MIME RFC 2045–2049, 2231). Alone includes
 * GMime, which folds headers and encodes what is not ASCII.
 *
 * Lines end in CRLF and are at most 78 bytes long (but for addresses, which cannot be folded); every byte is ASCII. The
 * same parts give the same bytes. Whatever a name or subject holds, it cannot end its header: control characters are
 * replaced before GMime sees them.
 */
#ifndef POSTBAG_DELIVERY_MESSAGE_H
#define POSTBAG_DELIVERY_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "input/mailbox.h"

struct message {
    struct mailbox from;
    struct mailbox to;
    struct mailbox reply_to; /* address "": none */
    struct mailbox sender;   /* RFC 5322 §3.6.2, where `from` is not whose account it is; address "": none */
    const char *subject;
    const char *token;    /* of the Message-ID and the boundaries: ASCII letters and digits */
    int64_t time_ms;      /* of the Date, in UTC */
    const char *language; /* Content-Language */
    const char *text;     /* format=flowed, lines ending in '\n' */
    size_t text_length;
    const char *html; /* NULL: none */
    size_t html_length;
    const char *pdf; /* NULL: none */
    size_t pdf_length;
    const char *pdf_name; /* "Letter from Jane Doe to Ann Invented MP.pdf"; no slash */
};

/* Once in a process, before any message, in its first thread. */
void message_setup(void);

/* OUT (cleared first) gets the bytes. Fails where an address is none, or a part is too large to be sent at all. */
int message_write(const struct message *message, struct str *out, struct error *error);

#endif
