/*
 * PDF: pages of placed lines become bytes (ISO 32000-1, version 1.7). Alone includes hpdf.h.
 *
 * libharu writes objects, pages, outlines and the file; fonts and text are written by us as glyph IDs, because its own
 * text calls neither kern nor shape, and are many times slower. Fonts and all they need are prepared once for the run
 * (`struct pdf_fonts`, shared by threads, immutable) and copied into each document that uses them.
 * The same pages give the same bytes: no clock and no random number is read.
 */
#ifndef POSTBAG_PDF_PDF_H
#define POSTBAG_PDF_PDF_H

#include <stdbool.h>

#include "base/date.h"
#include "base/error.h"
#include "base/str.h"
#include "letter/font.h"
#include "letter/layout.h"

struct pdf_fonts;
int pdf_fonts_new(struct pdf_fonts **fonts, const struct font *font, struct error *error);
void pdf_fonts_free(struct pdf_fonts *fonts); /* NULL does nothing */

/* A document being made. */
struct pdf;

struct pdf_description {
    const char *title; /* UTF-8 */
    const char *author;
    const char *language; /* BCP 47 */
    struct date date;     /* becomes the creation date, so that the bytes depend on the letter alone */
    bool draft;           /* "DRAFT" across every page */
};

int pdf_new(struct pdf **pdf, const struct pdf_fonts *fonts, const struct pdf_description *description,
            struct error *error);
void pdf_free(struct pdf *pdf); /* NULL does nothing */

/* Adds the pages of one letter; OUTLINE, if not NULL, names its entry in the document's outline. */
int pdf_add(struct pdf *pdf, const struct pages *pages, const char *outline, struct error *error);

/* The finished document: OUT (cleared first) gets its bytes. Nothing can be added afterwards. */
int pdf_finish(struct pdf *pdf, struct str *out, struct error *error);

#endif
