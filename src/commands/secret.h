/*
 * Secrets: a password or token from a file that only its owner can read, from a command's output, from the environment,
 * or asked for on a terminal without being shown. Never from the command line, never in a message.
 */
#ifndef POSTBAG_COMMANDS_SECRET_H
#define POSTBAG_COMMANDS_SECRET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

struct secret_source {
    const char *key;      /* of the configuration, for messages: "smtp.password_file" */
    const char *file;     /* or NULL; must belong to the user and be closed to group and others */
    bool whole;           /* all the lines of the file, not the first alone */
    const char *command;  /* or NULL: run by /bin/sh; the first line of its output */
    const char *variable; /* the environment's, or NULL: "POSTBAG_SMTP_PASSWORD" */
    const char *what;     /* for the question: "Password of branch@union.example at smtp.union.example" */
    int64_t timeout_ms;   /* of the command; 0: a minute */
};

/*
 * Finds the secret: the file, else the command, else the variable, else the question where a person sits at a terminal.
 * *SECRET lives in ARENA. STATUS_CONFIGURATION where none is to be had, with what to do; STATUS_INTERRUPTED on Ctrl-C
 * (whose handler must not restart what it interrupts). To be called before there are other threads.
 */
int secret_find(const struct secret_source *source, const char **secret, struct arena *arena, struct error *error);

#endif
