/*
 * A mailbox as people write it (RFC 5322 §3.4): "Example Branch <branch@union.example>", or the address alone.
 */
#ifndef POSTBAG_INPUT_MAILBOX_H
#define POSTBAG_INPUT_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct mailbox {
    const char *name;    /* UTF-8, without quotes; "" where there is none */
    const char *address; /* ASCII: local part and domain */
};

/*
 * Reads TEXT (valid UTF-8) into MAILBOX, which lives in ARENA. Returns NULL, or what is wrong, to be put behind "the
 * address … ". An address that only a server with SMTPUTF8 (RFC 6531) would take is wrong.
 */
const char *mailbox_read(struct mailbox *mailbox, const char *text, struct arena *arena);

/*
 * What is wrong with TEXT as an address that a message is sent to or from: what email_fault says, or letters beyond
 * ASCII. NULL: nothing.
 */
const char *mailbox_fault(const char *text, size_t length);

/* What stands behind the @ of a right ADDRESS. */
const char *mailbox_domain(const char *address);

/* Whether LIST is one or more domains: "union.example, mail.example". */
bool mailbox_is_domains(const char *list);

/* Whether ADDRESS is at one of the domains of LIST, or at a subdomain of one. */
bool mailbox_is_at(const char *address, const char *list);

#endif
