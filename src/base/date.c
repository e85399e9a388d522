/*
 * Dates: an ISO date or the clock comes in, a date as British letters write it goes out: no "th", no comma.
 */
#include "base/date.h"

#include <stdbool.h>
#include <stdlib.h>
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

static bool is_iso(const char *text) {
    static const char pattern[] = "dddd-dd-dd";
    if (strlen(text) != strlen(pattern))
        return false;
    for (size_t i = 0; i < strlen(pattern); i++)
        if (pattern[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != pattern[i])
            return false;
    return true;
}

int date_parse(const char *text, struct date *date) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (strcmp(text, "today") == 0) {
        *date = date_today();
        return 0;
    }
    if (!is_iso(text))
        return -1;
    struct date read = {atoi(text), atoi(text + 5), atoi(text + 8)};
    if (read.year < 1 || read.month < 1 || read.month > 12 || read.day < 1)
        return -1;
    if (read.day > days[read.month - 1] + (read.month == 2 && is_leap(read.year)))
        return -1;
    *date = read;
    return 0;
}

void date_format(struct str *out, struct date date, const char *language) {
    static const char *const months[2][12] = {
        {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
         "December"},
        {"Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin", "Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd",
         "Rhagfyr"},
    };
    bool is_welsh = strncmp(language, "cy", 2) == 0;
    str_addf(out, "%d %s %d", date.day, months[is_welsh][date.month - 1], date.year);
}
