/*
 * A page of placed lines becomes the operators of its content stream (ISO 32000-1 §8, §9.4).
 *
 * Each glyph says where it wants to stand, and the pen is corrected wherever the font's own widths would lead
 * elsewhere: kerning, justified spaces and marks are all that one rule. Lines without a block are artifacts; pieces
 * that do not say their text carry it as /ActualText.
 */
#ifndef POSTBAG_PDF_CONTENT_H
#define POSTBAG_PDF_CONTENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "letter/layout.h"
#include "pdf/embed.h"

/*
 * Appends PAGE to OUT. FACES are all the faces of the run, by the index that pieces use; a page names face i /Fi in its
 * resources, and USED[i] becomes true where it does.
 */
void content_page(struct str *out, const struct page *page, const struct embedded_face *faces, bool *used);

/* "DRAFT" in light grey from corner to corner, an artifact and no text. To be appended before the page. */
void content_draft(struct str *out);

#endif
