/*
 * Dates: an ISO date or the clock comes in, a date as British letters write it goes out: no "th", no comma.
 */
#include "base/date.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct date date_today(void) {
    time_t now = time(NULL);
    struct tm local;
    localtime_r(&now, &local);
    return (struct date){local.tm_year + 1900, local.tm_mon + 1, local.tm_mday};
}

static bool is_leap(int year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int date_parse(const char *text, struct date *date) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct date read;
    int end = 0;
    if (strcmp(text, "today") == 0) {
        *date = date_today();
        return 0;
    }
    if (strlen(text) != 10 || sscanf(text, "%4d-%2d-%2d%n", &read.year, &read.month, &read.day, &end) != 3 || end != 10)
        return -1;
    if (read.year < 1 || read.month < 1 || read.month > 12 || read.day < 1)
        return -1;
    if (read.day > days[read.month - 1] + (read.month == 2 && is_leap(read.year)))
        return -1;
    *date = read;
    return 0;
}

void date_format(struct str *out, struct date date, const char *language) {
    static const char *const english[] = {"January", "February", "March",     "April",   "May",      "June",
                                          "July",    "August",   "September", "October", "November", "December"};
    static const char *const welsh[] = {"Ionawr",     "Chwefror", "Mawrth", "Ebrill", "Mai",      "Mehefin",
                                        "Gorffennaf", "Awst",     "Medi",   "Hydref", "Tachwedd", "Rhagfyr"};
    bool is_welsh = strncmp(language, "cy", 2) == 0;
    str_addf(out, "%d %s %d", date.day, (is_welsh ? welsh : english)[date.month - 1], date.year);
}
