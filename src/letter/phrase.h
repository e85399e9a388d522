/*
 * The set phrases of a British letter, in English and Welsh: how it greets, how it closes, what names its subject, and
 * what looks like a date.
 *
 * A line is given as plain text; placeholders in it may stand as private-use characters, which no phrase holds.
 */
#ifndef POSTBAG_LETTER_PHRASE_H
#define POSTBAG_LETTER_PHRASE_H

#include <stdbool.h>
#include <stddef.h>

/* "Dear …", "Annwyl …", "To whom it may concern"; also "Hello …" and "Hi …" where somebody is greeted. */
bool phrase_is_salutation(const char *line, size_t length);

/* "To …": a salutation where the letter has no other; "To:" is not one. */
bool phrase_is_weak_salutation(const char *line, size_t length);

/* The salutation is a Welsh one. */
bool phrase_is_welsh(const char *line, size_t length);

/*
 * Whom a salutation greets: "Dear Sir or Madam", "To whom it may concern"; "Dear Ms Smith", where the line itself says
 * so. Anything else may be either: "Dear Minister".
 */
enum phrase_greeting { PHRASE_GREETS_ANYBODY, PHRASE_GREETS_SOMEBODY, PHRASE_GREETS };
enum phrase_greeting phrase_greeting(const char *line, size_t length);

/* What goes with it: "Yours faithfully", "Yours sincerely", or one that goes with both, such as "Kind regards". */
enum phrase_manner { PHRASE_FAITHFUL, PHRASE_SINCERE, PHRASE_EITHER };
enum phrase_manner phrase_manner(const char *line, size_t length);

/* Whether a closing is one of the Welsh ones. */
bool phrase_closes_in_welsh(const char *line, size_t length);

/*
 * "Yours sincerely", "Kind regards", "Yn gywir", …. PHRASE_CLOSING: the line is nothing else, and may stand anywhere;
 * PHRASE_CLOSING_LONGER: a few more words follow ("Yours sincerely and in solidarity"), and only a paragraph that
 * begins so is a closing.
 */
enum phrase_closing { PHRASE_NO_CLOSING, PHRASE_CLOSING, PHRASE_CLOSING_LONGER };
enum phrase_closing phrase_closing(const char *line, size_t length);

/* How many bytes of the line are "Re: ", "Subject: " or "Pwnc: "; 0 where it begins otherwise. */
size_t phrase_subject(const char *line, size_t length);

/* "12 March 2014", "March 12, 2014", "12/03/2014", "12 Mawrth 2014". */
bool phrase_is_date(const char *line, size_t length);

/*
 * Whether the line begins with PHRASE (lower-case ASCII, single spaces), in any case and with any spaces between its
 * words, and no letter or digit follows. Returns how many bytes that took, spaces before it included; else 0.
 */
size_t phrase_begins(const char *line, size_t length, const char *phrase);

#endif
