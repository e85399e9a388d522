/*
 * A conversation by SMTP with one server: a line of ours, its reply. Alone includes libetpan, which speaks over a low
 * driver of our own on delivery/stream.
 *
 * What libetpan leaves open is closed here: the deadlines are the stream's, a reply has a limit, a reply that was not
 * asked for ends the conversation (else it would be taken for the answer to what is said next), and nothing that libetpan
 * still holds is flushed when a conversation ends.
 */
#ifndef POSTBAG_DELIVERY_CONVERSATION_H
#define POSTBAG_DELIVERY_CONVERSATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "delivery/stream.h"

struct conversation;

/* Takes the stream; conversation_free closes it, and says nothing more. */
struct conversation *conversation_new(struct stream *stream);
void conversation_free(struct conversation *conversation); /* NULL does nothing */

/* The conversation's until it is freed: to secure it, or ask it of its TLS. */
struct stream *conversation_stream(struct conversation *conversation);

/* How long each of what follows may take, and by when all of it must be done (clock_steady_ms). */
void conversation_set_time(struct conversation *conversation, int64_t step_ms, int64_t deadline_ms);

/*
 * Each returns the reply's code (200 to 599), or 0 where there was none: the conversation can then only be freed, and
 * conversation_text says what went wrong. Arguments hold no CR, LF or NUL; addresses have 254 bytes at most.
 */
int conversation_greeting(struct conversation *conversation);
int conversation_say(struct conversation *conversation, const char *line);
int conversation_mail(struct conversation *conversation, const char *sender, size_t size); /* 0: SIZE is not said */
int conversation_recipient(struct conversation *conversation, const char *recipient);
int conversation_data(struct conversation *conversation);

/*
 * The content after a 354, in CRLF lines, and the reply to it, for which there are FINAL_MS. *BEGUN: something of it may
 * have reached the server. Where a server refuses while the content still goes, and hangs up, its reply counts.
 */
int conversation_content(struct conversation *conversation, const char *bytes, size_t length, int64_t final_ms,
                         bool *begun);

/*
 * What the server said last, without the codes at the lines' beginnings, a '\n' behind each line; or what went wrong. Not
 * yet clean. Borrowed until the next call.
 */
const char *conversation_text(const struct conversation *conversation);

/* Whether the server has said something that was not asked for, or has closed. */
bool conversation_is_stale(struct conversation *conversation);

#endif
