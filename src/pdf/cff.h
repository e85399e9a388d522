/*
 * One thing that must be mended in a CFF font program (Adobe Technical Note 5176) before a PDF can use it.
 *
 * In a CID-keyed font the codes of a page name CIDs, which the font's charset maps to glyphs. A subset keeps the CIDs
 * of the whole font, whereas the pages are written with the subset's glyph IDs: a viewer would then print other
 * characters than were meant, or none. The charset is overwritten so that CID and glyph ID are the same.
 */
#ifndef POSTBAG_PDF_CFF_H
#define POSTBAG_PDF_CFF_H

#include <stddef.h>

/* Makes the charset the identity where the font is CID-keyed. Returns -1 where BYTES are no CFF font of GLYPHS_COUNT. */
int cff_identify(unsigned char *bytes, size_t length, unsigned glyphs_count);

#endif
