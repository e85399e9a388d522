/*
 * The server that the configuration names: everything that a connection to it needs, and whether it can be had.
 */
#ifndef POSTBAG_COMMANDS_SERVER_H
#define POSTBAG_COMMANDS_SERVER_H

#include <signal.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "delivery/smtp.h"
#include "delivery/stream.h"
#include "input/config.h"

struct server {
    struct smtp_settings smtp;
    struct stream_trust *trust;
};

/*
 * Finds the password or token, reads the certificates to trust, and puts what CONFIG says into SERVER, which borrows it.
 * The secret lives in ARENA. server_close it also where this fails.
 */
int server_open(struct server *server, const struct config *config, const volatile sig_atomic_t *stop,
                struct arena *arena, struct error *error);
void server_close(struct server *server);

/* "smtp.union.example:587 (STARTTLS) as branch@union.example", appended to OUT. */
void server_describe(const struct config *config, struct str *out);

/* Connects and logs in, and sends nothing. OUT gets what the server said of itself. */
int server_try(const struct server *server, struct str *out, struct error *error);

#endif
