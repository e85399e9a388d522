/*
 * The commands, one story each. Each returns the program's exit status and has reported what went wrong.
 */
#ifndef POSTBAG_COMMANDS_COMMANDS_H
#define POSTBAG_COMMANDS_COMMANDS_H

#include "base/error.h"
#include "commands/report.h"
#include "commands/settings.h"

/* Reads everything, writes nothing, reports every problem. */
enum status check_command(const struct settings *settings, const struct report *report);

/* DRAFT-marked PDFs of some letters. */
enum status preview_command(const struct settings *settings, const struct report *report);

/* The PDFs to print, sign and post. */
enum status write_command(const struct settings *settings, const struct report *report);

/* The constituency of a postcode or name, and its MP. */
enum status find_command(const struct settings *settings, const struct report *report);

/* Takes a published list of MPs or postcodes into the directory. */
enum status import_command(const struct settings *settings, const struct report *report);

#endif
