/*
 * Packed objects: many small dictionaries in a few compressed streams (ISO 32000-1 §7.5.7), and the cross-reference
 * stream that says where every object of the file is (§7.5.8). libharu knows neither; what it has written is completed
 * here.
 *
 * The tags of a letter are some forty objects. Written one by one they would be 5,000 bytes of it; packed they are 700.
 */
#ifndef POSTBAG_PDF_PACKING_H
#define POSTBAG_PDF_PACKING_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "pdf/deflate.h"
#include "pdf/document.h"

struct packing {
    struct str *out; /* the file as far as it goes */
    struct deflater *deflater;
    uint32_t first;    /* the number of the first stream; its objects follow, then the next stream … */
    uint32_t count;    /* of objects */
    uint32_t *offsets; /* of the streams, in OUT */
    size_t offsets_count, offsets_room;
    /* The stream that is being filled: "NUMBER OFFSET " for each object, and the objects. */
    struct str places, objects;
    struct str entries, packed; /* of the stream that is being written */
    struct str rows;            /* of the table */
};

/* DEFLATER is borrowed until packing_release. */
void packing_init(struct packing *packing, struct deflater *deflater);
void packing_release(struct packing *packing);

/* For a file: objects numbered from FIRST on, which OUT has not yet. OUT is borrowed until packing_finish. */
void packing_begin(struct packing *packing, uint32_t first, struct str *out);

/* What the object I, from 0 in the order of packing_next, is called in the file; also before it is made. */
uint32_t packing_number(const struct packing *packing, uint32_t i);

/* "N 0 R" for the object I. */
void packing_add_reference(const struct packing *packing, struct str *out, uint32_t i);

/* Begins the next object: its text is to be appended to what is returned, before the next call. */
struct str *packing_next(struct packing *packing);

/* The last stream. Nothing can be packed afterwards. */
void packing_flush(struct packing *packing);

/*
 * The end of the file: the cross-reference stream, with ENTRIES (Root, Info, ID) of the trailer in it. The objects
 * before FIRST are DOCUMENT's.
 */
void packing_finish(struct packing *packing, const struct document *document, const struct str *entries);

#endif
