/*
 * SMTP (RFC 5321): a conversation's replies become what came of a letter (delivery/conversation holds libetpan).
 *
 * A connection is opened once and reused for letter after letter, by one thread. Every step has a deadline, and so has
 * the whole message; for the answer after the content the deadline is ten minutes (RFC 5321 §4.5.3.2.6), however short
 * `timeout` is set, unless FINAL_TIMEOUT_MS says otherwise.
 *
 * What libetpan would let pass is refused before it: control characters and over-long parts in addresses. After a fault
 * of the stream the connection is closed and nothing that libetpan still holds is flushed (a message that was reported
 * as failed would be delivered). Answers are judged by their code, never by libetpan's result.
 */
#ifndef POSTBAG_DELIVERY_SMTP_H
#define POSTBAG_DELIVERY_SMTP_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "input/config.h"
#include "delivery/channel.h"
#include "delivery/stream.h"

struct smtp_settings {
    const char *host;
    unsigned port;
    enum smtp_security security;
    const char *user;                  /* NULL: no log-in */
    const char *secret;                /* the password, or the OAuth token; never printed */
    bool token;                        /* the secret is a token: XOAUTH2 */
    const struct stream_trust *trust;  /* shared by all connections; NULL only with SMTP_CLEAR */
    const char *greeting;              /* EHLO's name: the domain of the sender's address, or an address literal */
    int64_t timeout_ms;                /* of a step */
    int64_t final_timeout_ms;          /* of the answer after the content */
    int64_t message_timeout_ms;        /* of a whole message, without that answer */
    const volatile sig_atomic_t *stop; /* not 0: no new message begins, and opening is given up */
};

struct smtp;

struct smtp *smtp_new(const struct smtp_settings *settings); /* borrowed */
void smtp_free(struct smtp *smtp); /* says QUIT where the connection is sound; NULL does nothing */

/*
 * Connects, greets, secures, greets again and logs in. 0, or -1 with ANSWER: OUTCOME_LATER with SCOPE_CONNECTION (try
 * again), or SCOPE_CAMPAIGN with NOT_PERMITTED (the log-in is refused), UNAVAILABLE (certificate, STARTTLS not offered or
 * stripped), CONFIGURATION.
 */
int smtp_connect(struct smtp *smtp, struct answer *answer);
bool smtp_is_connected(const struct smtp *smtp);

/*
 * Sends LENGTH bytes from SENDER to RECIPIENT over the open connection. STEPS are taken between the server's 354 and the
 * content. ANSWER says what came of it; afterwards the connection is sound, or closed.
 */
void smtp_deliver(struct smtp *smtp, const char *sender, const char *recipient, const char *bytes, size_t length,
                  const struct channel_steps *steps, struct answer *answer);

/* Whether an idle connection must be opened anew: the server has said something, or closed it. */
bool smtp_is_stale(struct smtp *smtp);

/* What the server said of itself, for check --mailbox: "TLS 1.3, log-in by PLAIN, messages up to 35 MB". */
void smtp_describe(const struct smtp *smtp, struct str *out);

#endif
