/*
 * What parts the cells of a list: comma, semicolon, tab or pipe, as Excel's language settings or a database had it.
 */
#ifndef POSTBAG_INPUT_SEPARATOR_H
#define POSTBAG_INPUT_SEPARATOR_H

#include <stdbool.h>
#include <stddef.h>

/* Whether LINE, the first of a list, is Excel's "sep=;", which says what the separator is and is no row. */
bool separator_stated(const char *line, size_t length, char *separator);

/* The separator of the list that begins with TEXT. A comma where nothing parts anything. */
char separator_find(const char *text, size_t length);

#endif
