/*
 * A hash table from byte strings to pointers. Keys are copied. Its order of iteration is the order of insertion, so
 * that nothing which is printed or embedded depends on hashing.
 */
#ifndef POSTBAG_BASE_TABLE_H
#define POSTBAG_BASE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct table_entry {
    const char *key; /* NUL-terminated copy */
    size_t key_length;
    uint64_t hash;
    void *value;
};

struct table {
    struct table_entry *entries; /* in the order of insertion */
    size_t count;
    size_t room;
    uint32_t *slots; /* index of an entry + 1, or 0 */
    size_t slots_count;
    struct arena keys;
};

#define TABLE_EMPTY ((struct table){.entries = NULL})

/* The value stored under KEY, or NULL. */
void *table_find(const struct table *table, const void *key, size_t length);

/* Where the value of KEY stands, made (NULL) if there was none. Valid until the next call. */
void **table_slot(struct table *table, const void *key, size_t length);

/* Forgets all entries, keeps the memory. The values are the caller's to free. */
void table_clear(struct table *table);

void table_release(struct table *table);

/* The hash that the table uses: 64 bits, the same on every machine and in every run. Not for secrets. */
uint64_t table_hash(const void *bytes, size_t length);

#endif
