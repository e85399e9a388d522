/*
 * A face made ready for embedding (ISO 32000-1 §9.7, §9.8): the entries of its dictionaries as text and its streams
 * compressed, once for the run, so that a document only copies them.
 *
 * The page shows glyph IDs of the subset as two-byte codes (Identity-H); a ToUnicode CMap says what they mean.
 */
#ifndef POSTBAG_PDF_EMBED_H
#define POSTBAG_PDF_EMBED_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "letter/face.h"
#include "pdf/deflate.h"

struct embedded_face {
    /* Entries of four objects, but for the references between them, which differ from document to document:
     * font → descendant (DescendantFonts) → descriptor (FontDescriptor) → program (program_key); font → meaning
     * (ToUnicode). */
    struct str font;
    struct str descendant;
    struct str descriptor;
    const char *program_key;
    struct str program_entries;
    struct str program; /* compressed */
    struct str meaning; /* compressed */

    int32_t *widths; /* of each glyph, micro-em, exactly as a viewer reads them from the descendant */
    unsigned glyphs_count;
};

int embed_face(struct embedded_face *face, const struct face_program *program, struct deflater *deflater,
               struct error *error);
void embed_release(struct embedded_face *face);

/* The ToUnicode CMap of PROGRAM (ISO 32000-1 §9.10.3, Adobe Technical Note 5014), not compressed, appended to OUT. */
void embed_meaning(struct str *out, const struct face_program *program);

#endif
