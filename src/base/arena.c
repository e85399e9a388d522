/*
 * Arenas: sizes come in, zeroed memory goes out of a chain of chunks. Clearing rewinds the chain without giving the
 * chunks back, so that a worker's thousandth letter allocates nothing.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { ARENA_CHUNK_SIZE = 64 * 1024 };

struct arena_chunk {
    struct arena_chunk *next;
    size_t used;
    size_t room;
    alignas(max_align_t) char bytes[];
};

static struct arena_chunk *chunk_new(size_t needed) {
    size_t room = needed > ARENA_CHUNK_SIZE ? needed : ARENA_CHUNK_SIZE;
    struct arena_chunk *chunk = memory_alloc(1, sizeof *chunk + room);
    chunk->room = room;
    return chunk;
}

/* The first chunk from the current one on that has room, made if there is none. */
static struct arena_chunk *chunk_with_room(struct arena *arena, size_t size) {
    if (arena->first == NULL)
        arena->first = arena->current = chunk_new(size);
    while (arena->current->room - arena->current->used < size) {
        if (arena->current->next == NULL)
            arena->current->next = chunk_new(size);
        arena->current = arena->current->next;
    }
    return arena->current;
}

void *arena_alloc(struct arena *arena, size_t size) {
    size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    struct arena_chunk *chunk = chunk_with_room(arena, size);
    void *memory = chunk->bytes + chunk->used;
    chunk->used += size;
    return memset(memory, 0, size);
}

char *arena_copy(struct arena *arena, const char *bytes, size_t length) {
    char *copy = arena_alloc(arena, length + 1);
    if (length > 0)
        memcpy(copy, bytes, length);
    return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = arena_alloc(arena, (size_t)length + 1);
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

void arena_clear(struct arena *arena) {
    for (struct arena_chunk *chunk = arena->first; chunk != NULL; chunk = chunk->next)
        chunk->used = 0;
    arena->current = arena->first;
}

void arena_release(struct arena *arena) {
    for (struct arena_chunk *chunk = arena->first, *next; chunk != NULL; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    *arena = ARENA_EMPTY;
}
