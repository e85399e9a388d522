/*
 * Errors and problems: a place and a format come in, a struct that a command can print goes out. Nothing is printed
 * here, and nothing ends here.
 */
#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* A message cut inside a UTF-8 sequence would print as rubbish: drop the unfinished sequence. */
static void cut_at_character(char *message, size_t length) {
    while (length > 0 && ((unsigned char)message[length] & 0xC0) == 0x80)
        length--;
    message[length] = '\0';
}

/* MESSAGE, of ERROR_MESSAGE_MAX bytes and one, gets the formatted text, cut at a character where it is too long. */
static void format_message(char *message, const char *format, va_list arguments) {
    int length = vsnprintf(message, ERROR_MESSAGE_MAX + 1, format, arguments);
    if (length >= ERROR_MESSAGE_MAX)
        cut_at_character(message, ERROR_MESSAGE_MAX - 1);
}

static void error_fill(struct error *error, enum status status, struct place place, const char *format,
                       va_list arguments) {
    char message[ERROR_MESSAGE_MAX + 1]; /* an argument may point into the error that is being filled again */
    format_message(message, format, arguments);
    memcpy(error->message, message, ERROR_MESSAGE_MAX);
    error->status = status;
    error->place = place;
    error->source = NULL;
}

int error_set(struct error *error, enum status status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    error_fill(error, status, (struct place){0}, format, arguments);
    va_end(arguments);
    return -1;
}

int error_at(struct error *error, enum status status, struct place place, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    error_fill(error, status, place, format, arguments);
    va_end(arguments);
    return -1;
}

void problems_init(struct problems *problems, struct arena *arena) {
    *problems = (struct problems){.arena = arena};
}

void problems_clear(struct problems *problems) {
    problems->count = 0;
    problems->errors_count = 0;
}

void problems_release(struct problems *problems) {
    free(problems->items);
    *problems = (struct problems){0};
}

struct problem *problems_add(struct problems *problems, enum severity severity, struct place place, const char *format,
                             ...) {
    if (severity == SEVERITY_ERROR)
        problems->errors_count++;
    if (problems->count == PROBLEMS_MAX)
        return NULL;

    char message[ERROR_MESSAGE_MAX + 1];
    va_list arguments;
    va_start(arguments, format);
    format_message(message, format, arguments);
    va_end(arguments);

    struct problem *problem = MEMORY_PUSH(problems->items, problems->count, problems->room);
    *problem = (struct problem){
        .severity = severity,
        .place = place,
        .message = arena_copy(problems->arena, message, strlen(message)),
    };
    return problem;
}
