/*
 * Characters: code points come in, what shaping does with them goes out. Kept in step with HarfBuzz's hb-ot-shape and
 * its Thai, Khmer and Arabic shapers.
 */
#include "letter/character.h"

uint32_t character_substitute(uint32_t codepoint) {
    if (codepoint == 0xA0 || (codepoint >= 0x2000 && codepoint <= 0x200A) || codepoint == 0x202F ||
        codepoint == 0x205F || codepoint == 0x3000)
        return ' ';
    return codepoint == 0x2011 ? 0x2010 : 0;
}

bool character_parts(uint32_t codepoint, uint32_t parts[2]) {
    switch (codepoint) {
    case 0x0E33: /* Thai and Lao AM: a ring above, and AA */
    case 0x0EB3:
        parts[0] = codepoint + 0x1A;
        parts[1] = codepoint - 1;
        return true;
    case 0x17BE: /* Khmer vowels that stand on both sides: the left part is E */
    case 0x17BF:
    case 0x17C0:
    case 0x17C4:
    case 0x17C5:
        parts[0] = 0x17C1;
        parts[1] = codepoint;
        return true;
    default:
        return false;
    }
}

bool character_is_taken_apart(uint32_t codepoint) {
    return (codepoint >= 0x900 && codepoint < 0x1100) || (codepoint >= 0x1780 && codepoint < 0x1C50) ||
           (codepoint >= 0x11000 && codepoint < 0x12000);
}

bool character_is_presentation_form(uint32_t codepoint) {
    return (codepoint >= 0xFB50 && codepoint <= 0xFDFF) || (codepoint >= 0xFE70 && codepoint <= 0xFEFC);
}

bool character_is_second_choice(uint32_t codepoint) {
    return codepoint == 0xAD || codepoint == 0xB5 || (codepoint >= 0x2E80 && codepoint < 0x2FE0) ||
           character_is_presentation_form(codepoint);
}
