/*
 * A channel carries one letter to one destination, and says what came of it. What SMTP and the webhook have in common.
 */
#ifndef POSTBAG_DELIVERY_CHANNEL_H
#define POSTBAG_DELIVERY_CHANNEL_H

#include <stdint.h>

#include "base/error.h"

enum outcome {
    OUTCOME_SENT,    /* the server has said so */
    OUTCOME_LATER,   /* it has not gone; another time it may */
    OUTCOME_REFUSED, /* it has not gone, and will not as it is */
    OUTCOME_UNSURE,  /* its content had begun to go, and no answer came */
};

/* What the answer is about: one letter, this connection (open a new one), or every letter (stop the campaign). */
enum scope { SCOPE_LETTER, SCOPE_CONNECTION, SCOPE_CAMPAIGN };

enum { ANSWER_TEXT_MAX = 512 };

struct answer {
    enum outcome outcome;
    enum scope scope;
    int code;                   /* the server's (550, 429), or 0 */
    enum status status;         /* SCOPE_CAMPAIGN: what the program ends with (NOT_PERMITTED, UNAVAILABLE, …) */
    int64_t retry_ms;           /* the server asked to wait so long; 0: it did not say */
    char text[ANSWER_TEXT_MAX]; /* what the server said, or what went wrong, in plain words; valid UTF-8 */
};

/* Fills ANSWER; the text is cut at a character, and what is no UTF-8 or a control character is replaced. */
void answer_set(struct answer *answer, enum outcome outcome, enum scope scope, int code, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/*
 * What a channel asks on a letter's way. On -1 nothing of the content may go, and the letter's outcome is LATER with the
 * error's message and SCOPE_CAMPAIGN.
 */
struct channel_steps {
    /*
     * When all that can be refused before the content was not (for SMTP: after the server's 354): the ledger says
     * `sending` when it returns 0.
     */
    int (*commit)(void *context, struct error *error);
    /* After it, there is a connection, and the content's first byte is about to go. Once for each connection tried. */
    int (*begin)(void *context, struct error *error);
    void *context;
};

#endif
