/*
 * Supplies: which Debian package brings a font for a character that no installed one has.
 */
#ifndef POSTBAG_LETTER_SUPPLY_H
#define POSTBAG_LETTER_SUPPLY_H

#include <stdint.h>

/* "fonts-noto-core", or NULL where none is known. */
const char *supply_package(uint32_t codepoint);

#endif
