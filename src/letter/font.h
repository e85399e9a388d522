/*
 * The fonts of a run: a family in its four styles, and behind it whatever this machine has for the characters that the
 * family lacks. Text comes in, shaped words go out.
 *
 * First every text that will be printed is shown to font_use, which finds a face for each character and says which
 * have none. Then font_finish subsets every face, once. From then on the font is immutable: a `struct shaper` for each
 * thread shapes words and remembers them. The subsets hold a fixed Latin repertoire besides what was shown, so that
 * one person's letter does not depend on which rows were asked for.
 */
#ifndef POSTBAG_LETTER_FONT_H
#define POSTBAG_LETTER_FONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "letter/face.h"

struct font;

/* Opens FAMILY, of which at least the regular style must be installed; a style it lacks is printed in the nearest. */
int font_open(struct font **font, const char *family, struct error *error);
void font_free(struct font *font); /* NULL does nothing */

/*
 * Puts the characters of valid NFC text into the repertoire of STYLE. Returns 0, or the first character that no
 * installed font has. Invisible characters (joiners, directional marks), line breaks and tabs need no glyph of their
 * own. Regular and bold have ASCII from the start, other styles from their first font_use.
 */
uint32_t font_use(struct font *font, unsigned style, const char *text, size_t length);

int font_finish(struct font *font, struct error *error);

/* The faces, for the PDF; a word's pieces name them by index. After font_finish. */
size_t font_faces_count(const struct font *font);
const struct face_program *font_face(const struct font *font, size_t i);

/*
 * For the shaper: the face of a cluster (letter/cluster) that was shown in STYLE; -1: each of its characters has a face
 * of its own. After font_finish.
 */
struct cluster;
int font_face_of(const struct font *font, unsigned style, const struct cluster *cluster);
const struct face *font_shaping_face(const struct font *font, unsigned i);

/* Part of a word, in one face and direction. */
struct piece {
    unsigned face;
    const struct glyph *glyphs; /* in visual order */
    size_t glyphs_count;        /* may be 0, where all is invisible */
    const char *text;           /* what it says, in logical order; glyph.cluster counts from here */
    size_t length;
    int32_t width; /* micro-em: the sum of the advances, at most WORD_WIDTH_MAX */
    bool faithful; /* false: the glyphs do not say the text by themselves; a PDF adds /ActualText */
};

enum { WORD_WIDTH_MAX = 2000000000 }; /* micro-em: two thousand ems, wider than any line */

struct word {
    const struct piece *pieces; /* in visual order */
    size_t pieces_count;
    int32_t width; /* micro-em, at most WORD_WIDTH_MAX */
};

struct shaper;

struct shaper *shaper_new(const struct font *font);
void shaper_free(struct shaper *shaper); /* NULL does nothing */

/*
 * The word TEXT (valid NFC, shown to font_use in STYLE before, of any length) in one direction; a line break or tab in
 * it is printed as a space. It is borrowed until shaper_trim or shaper_free.
 */
const struct word *shaper_word(struct shaper *shaper, unsigned style, const char *text, size_t length,
                               bool right_to_left);

/*
 * Between letters: forgets words where too many are remembered for memory to stay flat. Returns true where it did, and
 * then no word that was given before may be used.
 */
bool shaper_trim(struct shaper *shaper);

#endif
