/*
 * The words around a letter that goes to the member themselves: here is your letter to your MP, and this is how you send
 * it from your own mailbox, or by post. In English or Welsh, as the letter's language is.
 */
#ifndef POSTBAG_DELIVERY_COVER_H
#define POSTBAG_DELIVERY_COVER_H

#include "base/str.h"
#include "letter/merge.h"

struct cover {
    const struct letter *letter;
    const char *campaign; /* the branch's name, as the message is from it */
    const char *mp;       /* "Ann Invented MP" */
    const char *mp_email; /* "" where it is not known: then it is to be posted */
    const char *subject;  /* of the letter */
    bool attached;        /* the PDF is */
};

/* What comes before the letter's own text, and what after it; appended to the two. */
void cover_text(const struct cover *cover, struct str *before, struct str *after);

/* The same as HTML, with a mailto link (RFC 6068) that opens the member's own mail program with the letter in it. */
void cover_html(const struct cover *cover, struct str *before, struct str *after);

/* What stands at the top of a copy of what went to the MP: "This went to … on your behalf". */
void cover_copy_text(const struct cover *cover, struct str *before);
void cover_copy_html(const struct cover *cover, struct str *before);

#endif
