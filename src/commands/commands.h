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

/* DRAFT-marked PDFs of some letters, and the e-mails as they would go. */
enum status preview_command(const struct settings *settings, const struct report *report);

/* The PDFs to print, sign and post. */
enum status write_command(const struct settings *settings, const struct report *report);

/* E-mails each letter once. */
enum status send_command(const struct settings *settings, const struct report *report);

/* Tells a petition of each letter once. */
enum status petition_command(const struct settings *settings, const struct report *report);

/* What was sent, when, to whom, and what is left. */
enum status status_command(const struct settings *settings, const struct report *report);

/* Settles a letter by hand: sent, or ready to be sent. */
enum status resolve_command(const struct settings *settings, const struct report *report);

/* Erases what is kept of one person. */
enum status forget_command(const struct settings *settings, const struct report *report);

/* Erases what is kept of all, once it is old. */
enum status purge_command(const struct settings *settings, const struct report *report);

/* The constituency of a postcode or name, and its MP. */
enum status find_command(const struct settings *settings, const struct report *report);

/* Takes a published list of MPs or postcodes into the directory. */
enum status import_command(const struct settings *settings, const struct report *report);

#endif
