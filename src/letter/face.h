/*
 * One face of a font: the characters it has, its subset for this run, and shaping with that subset. Alone includes
 * HarfBuzz.
 *
 * All widths are integers in FACE_EM-ths of an em (a micro-em), whatever the design units of the font, so that faces
 * mix in a line and a width in millipoints is width * size_mpt / FACE_EM.
 *
 * A face lives in two halves: first characters are put into its repertoire; then face_subset cuts the font down to them
 * once, and from then on it is immutable and may be used by any number of threads, with glyph IDs of the subset.
 */
#ifndef POSTBAG_LETTER_FACE_H
#define POSTBAG_LETTER_FACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

enum {
    FACE_EM = 1000000,
    FACE_TEXT_MAX = 4096, /* bytes that are shaped at a time */
};

struct face;

struct glyph {
    uint16_t id;      /* in the subset */
    uint16_t cluster; /* byte offset in the text that was shaped, where its cluster begins */
    int32_t advance;  /* micro-em; may differ from the glyph's own width by kerning */
    int32_t x_offset; /* micro-em, to the right */
    int32_t y_offset; /* micro-em, upwards */
};

/* What a PDF needs of a subset (ISO 32000-1 §9.8, §9.9). All but `text` in micro-em. */
struct face_program {
    const char *name; /* PostScript name with a subset tag: "ABCDEF+GentiumBookPlus"; the tag depends on the subset */
    /*
     * CFF outlines: a bare 'CFF ' table, for FontFile3 CIDFontType0C. If it is CID-keyed, its CIDs are still those of
     * the whole font. Else TrueType (FontFile2).
     */
    bool cff;
    const void *bytes; /* not compressed */
    size_t length;
    unsigned glyphs_count;
    const int32_t *advances; /* of each glyph */
    const char *const *text; /* of each glyph: what it stands for (UTF-8), "" where that is not one thing */
    int32_t ascent, descent; /* descent is negative */
    int32_t cap_height, x_height;
    int32_t bounds[4];         /* left, bottom, right, top */
    int32_t italic_angle_mdeg; /* thousandths of a degree, negative for fonts that lean to the right */
    int32_t stem_v;
    bool serif, italic, fixed_pitch;
};

int face_open(struct face **face, const char *path, unsigned index, struct error *error);
void face_free(struct face *face); /* NULL does nothing */

bool face_has(const struct face *face, uint32_t codepoint);

/* Puts CODEPOINT, which the face has, into the repertoire. Before face_subset only. */
void face_add(struct face *face, uint32_t codepoint);

/* Makes the subset of the repertoire. */
int face_subset(struct face *face, struct error *error);

/* Borrowed; after face_subset. */
const struct face_program *face_program(const struct face *face);

/*
 * Shapes at most FACE_TEXT_MAX bytes of valid text whose characters are all in the repertoire, of one script and
 * direction, with kerning and ligatures. The glyphs live in ARENA, in visual order (left to right); there may be none,
 * where all is invisible. SCRATCH is this thread's own, from face_scratch_new. Returns their number; *FAITHFUL says
 * whether the glyphs' own `text`, read in logical order, is the text that was given (else a PDF needs /ActualText).
 */
struct face_scratch;
struct face_scratch *face_scratch_new(void);
void face_scratch_free(struct face_scratch *scratch);
size_t face_shape(const struct face *face, struct face_scratch *scratch, const char *text, size_t length,
                  uint32_t script, bool right_to_left, struct arena *arena, const struct glyph **glyphs,
                  bool *faithful);

/* The Script property of a character (UAX #24) as an ISO 15924 tag, 'L' << 24 | 'a' << 16 | 't' << 8 | 'n'. */
uint32_t face_script(uint32_t codepoint);
enum { FACE_SCRIPT_COMMON = 0x5A797979, FACE_SCRIPT_INHERITED = 0x5A696E68 };

#endif
