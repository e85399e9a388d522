/*
 * A byte string that grows. `bytes` is always NUL-terminated (and points to a static "" while empty), so it can be
 * given to anything that takes a C string; it may hold NULs of its own, and `length` is the truth.
 *
 *     struct str line = STR_EMPTY;
 *     str_addf(&line, "row %u", row);
 *     str_release(&line);
 */
#ifndef POSTBAG_BASE_STR_H
#define POSTBAG_BASE_STR_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct str {
    char *bytes;   /* never written while room is 0 */
    size_t length; /* bytes, without the terminating NUL */
    size_t room;
};

extern char str_nothing[1];
#define STR_EMPTY ((struct str){str_nothing, 0, 0})

void str_init(struct str *str);

/* Frees the bytes; the string is empty and usable afterwards. */
void str_release(struct str *str);

/* Length 0, memory kept. */
void str_clear(struct str *str);

/* Cuts to LENGTH bytes, which is not more than there are. */
void str_cut(struct str *str, size_t length);

/* LENGTH more bytes, not initialised: returns where they begin, to be filled at once. */
char *str_extend(struct str *str, size_t length);

void str_add(struct str *str, const void *bytes, size_t length);
void str_adds(struct str *str, const char *text);
void str_addc(struct str *str, char byte);
void str_addf(struct str *str, const char *format, ...) __attribute__((format(printf, 2, 3)));
void str_addv(struct str *str, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));

/* One Unicode scalar value as UTF-8. */
void str_add_codepoint(struct str *str, uint32_t codepoint);

#endif
