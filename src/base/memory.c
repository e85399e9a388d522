/*
 * Memory: sizes come in, memory that is never NULL goes out. The one idea: the only place where the program ends
 * for want of memory, so that byte strings, arenas and tables have no failure to report.
 */
#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static _Noreturn void memory_exhausted(size_t size) {
    fprintf(stderr, "postbag: out of memory (%zu bytes were asked for); close other programs and try again\n", size);
    _Exit(EX_OSERR);
}

void *memory_alloc(size_t count, size_t size) {
    if (count == 0 || size == 0)
        count = size = 1;
    void *memory = calloc(count, size);
    if (memory == NULL)
        memory_exhausted(count * size);
    return memory;
}

char *memory_copy(const char *bytes, size_t length) {
    char *copy = memory_alloc(length + 1, 1);
    if (length > 0)
        memcpy(copy, bytes, length);
    return copy;
}

void memory_grow(void *array, size_t *room, size_t needed, size_t size) {
    if (needed <= *room)
        return;
    size_t grown = *room < 8 ? 8 : *room + *room / 2;
    if (grown < needed)
        grown = needed;
    if (grown > SIZE_MAX / 2 / size)
        memory_exhausted(SIZE_MAX);

    /* The caller passes &pointer of any object type; memcpy reads and writes it without breaking aliasing rules. */
    void *memory;
    memcpy(&memory, array, sizeof memory);
    memory = realloc(memory, grown * size);
    if (memory == NULL)
        memory_exhausted(grown * size);
    memcpy(array, &memory, sizeof memory);
    *room = grown;
}
