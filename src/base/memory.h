/*
 * Memory that cannot fail.
 *
 * Running out of memory ends the program here and nowhere else (status 71, a line on stderr): a merge that has no
 * memory cannot finish any letter, and no caller needs an error path for it. Everything above is built on these calls.
 */
#ifndef POSTBAG_BASE_MEMORY_H
#define POSTBAG_BASE_MEMORY_H

#include <stddef.h>

/* COUNT objects of SIZE bytes, zeroed. Never NULL; yours to free(). */
void *memory_alloc(size_t count, size_t size) __attribute__((returns_nonnull));

/* A NUL-terminated copy of LENGTH bytes. Yours to free(). */
char *memory_copy(const char *bytes, size_t length) __attribute__((returns_nonnull));

/*
 * Makes room for at least NEEDED objects of SIZE bytes in the array *ARRAY of *ROOM objects, doubling it; the new
 * part is not initialised. *ARRAY must come from this module or be NULL with *ROOM 0.
 */
void memory_grow(void *array, size_t *room, size_t needed, size_t size);

/* Makes room for one more object behind COUNT of them: MEMORY_PUSH(list->items, list->count, list->room) is the new one. */
#define MEMORY_PUSH(items, count, room) \
    (memory_grow(&(items), &(room), (count) + 1, sizeof *(items)), &(items)[(count)++])

#endif
