/*
 * A page of placed lines becomes the operators of its content stream (ISO 32000-1 §8, §9.4).
 *
 * Each glyph says where it wants to stand, and the pen is corrected wherever the font's own widths would lead
 * elsewhere: kerning, justified spaces and marks are all that one rule. Pieces that do not say their text carry it as
 * /ActualText, and so does a hyphen that only the line's end brought (U+00AD): copying gives the text back. Lines and
 * figures stand in brackets of marked content, which pdf/tree counts (§14.6).
 */
#ifndef POSTBAG_PDF_CONTENT_H
#define POSTBAG_PDF_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "letter/page.h"
#include "pdf/embed.h"
#include "pdf/tree.h"

/*
 * Appends the text of PAGE to OUT, whose LINES belong to elements of TREE, to which the page was added last. FACES
 * are all the faces of the run, by the index that pieces use; a page names face i /Fi in its resources, and USED[i]
 * becomes true where it does.
 */
void content_text(struct str *out, const struct page *page, struct tree *tree, const uint32_t *lines,
                  const struct embedded_face *faces, bool *used);

/* A figure, which is ELEMENT: the picture that the page's resources name /I and then IMAGE. */
void content_figure(struct str *out, const struct figure *figure, struct tree *tree, uint32_t element, size_t image);

/* A rule, an artifact. */
void content_rule(struct str *out, const struct rule *rule);

/* "DRAFT" in light grey from corner to corner, an artifact and no text. To be appended before the page. */
void content_draft(struct str *out);

#endif
