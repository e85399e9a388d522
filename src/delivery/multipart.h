/*
 * A notice as a form with a file (multipart/form-data, RFC 7578), as a browser would post it.
 */
#ifndef POSTBAG_DELIVERY_MULTIPART_H
#define POSTBAG_DELIVERY_MULTIPART_H

#include "base/str.h"
#include "delivery/notice.h"

/* What parts the parts of NOTICE: made of its id, and in none of them. Appended to OUT; it needs no quotation marks. */
void multipart_boundary(const struct notice *notice, struct str *out);

/* Appends the parts: type, id, timestamp, campaign, constituent.…, mp.name, mp.constituency; subject, text and letter. */
void multipart_write(const struct notice *notice, const char *boundary, struct str *out);

#endif
