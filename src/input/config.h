/*
 * The configuration: postbag.conf (INI) and `-o SECTION.KEY=VALUE`, to one struct with every default filled in.
 *
 * The table of keys in config.c is the only list of them. An unknown section or key is an error that names the nearest
 * one; a value that does not fit says what would.
 */
#ifndef POSTBAG_INPUT_CONFIG_H
#define POSTBAG_INPUT_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "input/mailbox.h"
#include "input/office.h"
#include "input/quota.h"
#include "input/setting.h"

enum letter_window { LETTER_WINDOW_DL, LETTER_WINDOW_C5, LETTER_WINDOW_NOTIFY, LETTER_WINDOW_NONE };
enum letter_sender { LETTER_SENDER_RIGHT, LETTER_SENDER_LEFT };
enum smtp_to { SMTP_TO_NOBODY /* not set */, SMTP_TO_MEMBER, SMTP_TO_MP };
enum webhook_format { WEBHOOK_JSON, WEBHOOK_MULTIPART, WEBHOOK_OSDI_SIGNATURE, WEBHOOK_OSDI_OUTREACH };
enum smtp_security { SMTP_STARTTLS, SMTP_TLS, SMTP_CLEAR /* "none": only to this computer itself */ };

/* Strings live in the arena. Paths are already relative to the working directory (those of a file: to that file). */
struct config {
    const char *folder; /* the configuration's, NULL: the working directory. The ledger stands there */
    struct {
        const char *name;             /* NULL: the model's file name without its suffix */
        const char *model;            /* path, or NULL */
        const char *constituents;     /* path, or NULL */
        const char *encoding;         /* "auto", or a name that encoding_by_name knows */
        const char *out;              /* path: "out" */
        const char *consent;          /* the column that says whether a letter may go out in a member's name, or NULL */
        const char *employer_domains; /* "ministry.example, agency.example", or NULL: for mailbox_is_at */
        unsigned keep_days;           /* how long `purge` leaves personal data: 365 */
    } campaign;
    struct {
        const char *date;     /* "today" or "2026-11-22" */
        const char *language; /* NULL: as the model says; else "en-GB" or "cy" */
        const char *font;     /* a family's name */
        int32_t size_mpt;     /* millipoints; 0: 11 pt where the letter fits on one page, else 10.5 */
        bool justify;         /* both margins are straight, else only the left one */
        bool hyphenate;
        bool protrusion;              /* commas and hyphens hang into the margin a little */
        bool expansion;               /* letters are widened or narrowed a little for even lines */
        int32_t leading_mpt;          /* from baseline to baseline; 0: what suits the size */
        struct margins margins;       /* of the sheet */
        enum letter_window window;    /* of the envelope: where the recipient's address stands */
        bool fold_marks;              /* where the sheet is folded */
        enum letter_sender sender;    /* where the sender's address stands */
        const char *logo;             /* path of a picture, or NULL */
        const char *logo_text;        /* what it shows, for who cannot see it */
        const char *signature;        /* path of a picture, the same in all letters, or NULL */
        const char *signature_column; /* the column that names each member's own, or NULL */
    } letter;
    struct addressing recipient;
    struct {
        const char *path;   /* NULL: directory_default_path */
        const char *prefer; /* where the list and the directory disagree: "list" or "directory"; NULL: a problem */
    } directory;
    struct {
        enum smtp_to to;
        const char *host; /* NULL: not set */
        unsigned port;    /* 0: 465 with security = tls, else 587 */
        enum smtp_security security;
        const char *user;             /* NULL: no log-in */
        const char *password_file;    /* path, or NULL */
        const char *password_command; /* for /bin/sh, or NULL */
        const char *token_command;    /* the same, for an OAuth token (XOAUTH2) */
        const char *ca_file;          /* path, or NULL: the system's certificates */
        struct mailbox from;          /* the branch: address NULL where it is not set */
        const char *member_domains;   /* whose members' own addresses may stand in From, or NULL */
        bool copy;                    /* a copy for the member of what goes to the MP */
        bool attach;                  /* the PDF */
        unsigned connections;
        int64_t timeout_ms;       /* of a step of the conversation */
        struct quota quota;       /* rate and hours */
        struct mailbox rehearsal; /* address NULL: none */
    } smtp;
    struct {
        const char *url; /* NULL: not set */
        enum webhook_format format;
        const char *fields;        /* "name, postcode, ward", or NULL: the fewest */
        bool attach;               /* the letter's text, and its PDF */
        const char *secret_file;   /* path, or NULL: signs requests */
        const char *token_file;    /* path, or NULL: bearer, or OSDI-API-Token */
        const char *token_command; /* the same, from a command */
        const char *user;          /* basic authorisation, with password_file */
        const char *password_file; /* path, or NULL */
        const char *headers;       /* "X-Campaign: library\nX-Branch: 12\n", or NULL */
        const char *ca_file;       /* path, or NULL */
        bool idempotent;           /* the receiver honours Idempotency-Key */
        unsigned in_flight;
        int64_t timeout_ms;
        struct quota quota;
        const char *rehearsal; /* an address for trials, or NULL */
    } webhook;
};

/*
 * Reads PATH, then the COUNT overrides ("letter.size=11"), into CONFIG. PATH NULL: postbag.conf in the working
 * directory if there is one. Errors have status CONFIGURATION (or NO_INPUT where PATH is missing), with line, column
 * and the source line.
 */
int config_read(struct config *config, const char *path, const char *const *overrides, size_t count,
                struct arena *arena, struct error *error);

/* The I-th key in order, for the test that config.example names them all; NULL behind the last. */
struct config_key_description {
    const char *section;
    const char *key;
    const char *fallback; /* the default as it would be written, "" where there is none */
};
const struct config_key_description *config_key(size_t i);

#endif
