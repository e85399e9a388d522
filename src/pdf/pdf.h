/*
 * PDF: pages of placed lines become bytes (ISO 32000-1, version 1.7).
 *
 * libharu keeps the objects and the page tree, and writes them (pdf/document); fonts and text are written by us as glyph
 * IDs, because its own text calls neither kern nor shape, and are many times slower. Fonts and pictures are prepared
 * once for the run (pdf/stock) and copied into each document that uses them. Every document is tagged, and keeps to
 * PDF/UA-1 and PDF/A-2a as far as tests/program/test_standard.py goes through their clauses. The same pages give the same
 * bytes: no clock and no random number is read.
 */
#ifndef POSTBAG_PDF_PDF_H
#define POSTBAG_PDF_PDF_H

#include <stdbool.h>

#include "base/date.h"
#include "base/error.h"
#include "base/str.h"
#include "letter/page.h"
#include "pdf/stock.h"
#include "pdf/syntax.h"

/* A document being made. */
struct pdf;

enum {
    PDF_TEXT_MAX = SYNTAX_TEXT_MAX, /* bytes of a title, an author, an outline's entry; they are cut there */
    PDF_PAGES_MAX = 100000, /* of a document; more are an error, as are more bytes of pages and pictures than these: */
    PDF_BYTES_MAX = 2000 * 1000 * 1000 /* with what goes with them they stay below 4 GB, where offsets end */
};

struct pdf_description {
    const char *title; /* valid UTF-8; this and the next two may be NULL */
    const char *author;
    const char *language; /* BCP 47 */
    struct date date;     /* becomes the creation date, so that the bytes depend on the letter alone */
    bool draft;           /* "DRAFT" across every page */
};

/* FONTS are borrowed until pdf_free; what DESCRIPTION points to is copied. */
int pdf_new(struct pdf **pdf, const struct pdf_fonts *fonts, const struct pdf_description *description,
            struct error *error);
void pdf_free(struct pdf *pdf); /* NULL does nothing */

/*
 * Begins another document of the same fonts in place of PDF, which may be finished or not, or have met a fault. Its
 * memory is kept: to take it anew was a tenth of the work of a letter.
 */
int pdf_renew(struct pdf *pdf, const struct pdf_description *description, struct error *error);

/* How a letter is found in a document of many. Valid UTF-8; copied. */
struct pdf_entry {
    const char
        *group; /* the entry of the outline that it stands under, made anew where the last had another; NULL: none */
    const char *title;    /* its own entry; NULL: none */
    const char *label;    /* of its pages: "12" gives 12-1, 12-2 …; NULL: none */
    const char *language; /* BCP 47; NULL: the document's */
};

/*
 * Adds the pages of one letter; ENTRY is NULL where it is the only one. The pages and their words may be forgotten
 * afterwards.
 */
int pdf_add(struct pdf *pdf, const struct pages *pages, const struct pdf_entry *entry, struct error *error);

/* The finished document: OUT (cleared first) gets its bytes. Nothing can be added afterwards. */
int pdf_finish(struct pdf *pdf, struct str *out, struct error *error);

#endif
