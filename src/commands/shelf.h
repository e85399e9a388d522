/*
 * The folder of letters after a run: does it hold two letters of one row? A name that was mended between two runs leaves
 * the old file beside the new one, and whoever prints the folder would post both.
 */
#ifndef POSTBAG_COMMANDS_SHELF_H
#define POSTBAG_COMMANDS_SHELF_H

#include "commands/report.h"

/* Warns of every row that has several files in DIRECTORY, up to a limit. A folder that cannot be read has none. */
void shelf_review(const char *directory, const struct report *report);

#endif
