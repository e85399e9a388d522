/*
 * A document: numbered objects of a PDF and its page tree (ISO 32000-1 §7.3, §7.7.3), as libharu keeps and writes them.
 * Alone includes hpdf.h.
 *
 * Faults are sticky, as libharu's own are: once a call has failed nothing is added or written any more, and
 * document_fault says why.
 */
#ifndef POSTBAG_PDF_DOCUMENT_H
#define POSTBAG_PDF_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

struct document;

/* Bytes that live until the document has been written. */
struct slice {
    const char *bytes;
    size_t length;
};

/* A dictionary, and a stream if STREAM is not NULL. What is not said when the document is written is left out. */
struct object {
    uint32_t number;
    struct slice entries, more; /* one behind the other, without the stream's filter and length */
    struct slice stream;        /* compressed, unless PLAIN */
    bool plain;
    void *output; /* document.c's own */
};

/* With its objects in ARENA, which is borrowed until document_free. NULL: document_fault(NULL) says why. */
struct document *document_new(struct arena *arena);
void document_free(struct document *document); /* NULL does nothing */

/* Always -1, with the reason why a call has failed. */
int document_fault(const struct document *document, struct error *error);

/* A new object, or NULL; and the next page. */
struct object *document_add(struct document *document);
struct object *document_add_page(struct document *document);

/* Those that every document has; the root of the page tree needs entries for what pages inherit, and no others. */
struct object *document_catalogue(const struct document *document);
struct object *document_information(const struct document *document);
struct object *document_page_tree(const struct document *document);

/* The number that the next object will have. */
uint32_t document_next(const struct document *document);

/* Appends the file to OUT up to the end of the last object: neither a table of objects nor a trailer. -1 on a fault. */
int document_write(struct document *document, struct str *out);

/* Where an object stands in a file that has been written. */
uint32_t document_offset(const struct document *document, uint32_t number);

#endif
