/*
 * A calendar date, as a letter bears it. Only date_today reads the clock; the commands call it once and pass it on.
 */
#ifndef POSTBAG_BASE_DATE_H
#define POSTBAG_BASE_DATE_H

#include "base/str.h"

struct date {
    int year;
    int month; /* 1 to 12 */
    int day;
};

struct date date_today(void);

/* Reads "2026-11-22" (ISO 8601) or "today". -1 where it is neither, or no day of the calendar. */
int date_parse(const char *text, struct date *date);

/* "22 November 2026"; "22 Tachwedd 2026" where LANGUAGE is "cy". Appended to OUT. */
void date_format(struct str *out, struct date date, const char *language);

#endif
