/*
 * Characters that shaping prints by others, and characters that share a glyph: facts of Unicode and of HarfBuzz that a
 * subset must respect.
 */
#ifndef POSTBAG_LETTER_CHARACTER_H
#define POSTBAG_LETTER_CHARACTER_H

#include <stdbool.h>
#include <stdint.h>

/* What HarfBuzz prints for a space or a hyphen that the font has not got, with the right width; or 0. */
uint32_t character_substitute(uint32_t codepoint);

/* South-East Asian vowels that HarfBuzz takes apart by itself, beyond Unicode's decompositions. */
bool character_parts(uint32_t codepoint, uint32_t parts[2]);

/* Brahmic scripts: their vowel signs are taken apart for shaping also where the font has the whole. */
bool character_is_taken_apart(uint32_t codepoint);

/* Arabic letters joined or standing alone, as Unicode encodes them for older systems. */
bool character_is_presentation_form(uint32_t codepoint);

/*
 * Characters that often share a glyph with a likelier one, for which the glyph then stands: the soft hyphen, the micro
 * sign, Chinese radicals, Arabic presentation forms.
 */
bool character_is_second_choice(uint32_t codepoint);

#endif
