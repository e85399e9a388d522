/*
 * The values of settings: each kind has one function that reads it. They know nothing of sections and keys, which are
 * config.c's.
 */
#ifndef POSTBAG_INPUT_SETTING_H
#define POSTBAG_INPUT_SETTING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum {
    SETTING_LINES_MAX = 6,   /* of an address, below the name */
    SETTING_URL_MAX = 1000,  /* bytes; a line of a file ends sooner (INI_LINE_MAX), but not -o */
    SETTING_HEADERS_MAX = 10 /* of a request, beside the program's own */
};

/* What stays white around the text of a page. */
struct margins {
    int32_t left_mpt, right_mpt, top_mpt, bottom_mpt;
};

/* A value and what is needed to read it. */
struct setting {
    const char *value;     /* not empty; UTF-8 without control characters */
    const char *directory; /* that paths are relative to, or NULL */
    struct arena *arena;
};

/*
 * Each puts the value into the member at TARGET, whose type is in the comment; strings live in the arena. They return
 * NULL, or what would fit, to be put behind "KEY must be", and then leave TARGET alone.
 */
const char *setting_text(const struct setting *setting, void *target);       /* const char * */
const char *setting_path(const struct setting *setting, void *target);       /* const char *: "-" stays itself */
const char *setting_name(const struct setting *setting, void *target);       /* const char *: it names a folder */
const char *setting_encoding(const struct setting *setting, void *target);   /* const char * */
const char *setting_date(const struct setting *setting, void *target);       /* const char * */
const char *setting_language(const struct setting *setting, void *target);   /* const char *: "en-GB" or "cy" */
const char *setting_size(const struct setting *setting, void *target);       /* int32_t, millipoints; 0: automatic */
const char *setting_leading(const struct setting *setting, void *target);    /* int32_t, millipoints; 0: automatic */
const char *setting_margins(const struct setting *setting, void *target);    /* struct margins: "25 28 32 22", mm */
const char *setting_flag(const struct setting *setting, void *target);       /* bool */
const char *setting_timeout(const struct setting *setting, void *target);    /* int64_t, milliseconds */
const char *setting_host(const struct setting *setting, void *target);       /* const char *: IPv6 without brackets */
const char *setting_user(const struct setting *setting, void *target);       /* const char * */
const char *setting_basic_user(const struct setting *setting, void *target); /* const char *: without a colon */
const char *setting_mailbox(const struct setting *setting, void *target);    /* struct mailbox */
const char *setting_email(const struct setting *setting, void *target);      /* const char * */
const char *setting_domains(const struct setting *setting, void *target);    /* const char * */
const char *setting_url(const struct setting *setting, void *target);        /* const char *: https:// or http:// */

/* "1 Example Street; London; SW1A 1AA" as lines, parted by \n. */
const char *setting_lines(const struct setting *setting, void *target); /* const char * */

/* "X-Campaign: library; X-Branch: 12" as lines, each with its \n. None is one that the program writes itself. */
const char *setting_headers(const struct setting *setting, void *target); /* const char * */

/* Whether HEADERS, as setting_headers makes them, has NAME. */
bool setting_has_header(const char *headers, const char *name);

/* TARGET is the counts of a struct quota, so that an empty value forgets the rates alone, or the hours. */
const char *setting_rate(const struct setting *setting, void *target);  /* rates_count */
const char *setting_hours(const struct setting *setting, void *target); /* hours_count */

/* Digits and nothing else, from MIN to MAX; else NUMBER is left alone. */
bool setting_is_number(const char *text, unsigned min, unsigned max, unsigned *number);

#endif
