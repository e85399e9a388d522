/*
 * An arena: many small allocations, freed all at once. One lives for the run, one for each letter (cleared and
 * reused), so most functions free nothing.
 */
#ifndef POSTBAG_BASE_ARENA_H
#define POSTBAG_BASE_ARENA_H

#include <stddef.h>

struct arena_chunk;

struct arena {
    struct arena_chunk *first; /* in the order they were made */
    struct arena_chunk *current;
};

#define ARENA_EMPTY ((struct arena){NULL, NULL})

/* SIZE bytes, zeroed and aligned for any object. Never NULL; borrowed until the arena is cleared or released. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull));

/* COUNT objects of TYPE, zeroed. */
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc((arena), sizeof(type) * (count)))

/* A NUL-terminated copy of LENGTH bytes. */
char *arena_copy(struct arena *arena, const char *bytes, size_t length);

char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Forgets everything, keeps the memory for the next letter. */
void arena_clear(struct arena *arena);

/* Frees the memory; the arena is empty and usable afterwards. */
void arena_release(struct arena *arena);

#endif
