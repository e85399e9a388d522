/*
 * Metadata: what a document says about itself in XML (XMP, ISO 16684-1), where readers and archives look first. It says
 * the same as the information dictionary, and which standards the document keeps to.
 */
#ifndef POSTBAG_PDF_METADATA_H
#define POSTBAG_PDF_METADATA_H

#include "base/date.h"
#include "base/str.h"

/*
 * TITLE, AUTHOR and LANGUAGE are valid UTF-8; of what is NULL or empty nothing is said. Appended to OUT,
 * not compressed, so that a program that knows nothing of PDF finds it (ISO 32000-1 §14.3.2). PDF/UA and PDF/A are claimed only where there is a title and a language, which both demand.
 */
void metadata_add(struct str *out, const char *title, const char *author, const char *language, struct date date);

#endif
