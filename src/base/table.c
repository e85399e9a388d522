/*
 * Tables: keys come in, places for a pointer go out. Open addressing over indexes into a dense array of entries, at
 * most half full.
 */
#include "base/table.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

uint64_t table_hash(const void *bytes, size_t length) {
    /* FNV-1a takes a byte at a time; keys are short. The last steps spread its high bits, as the slots use the low ones. */
    const unsigned char *byte = bytes;
    uint64_t hash = 0xCBF29CE484222325u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ byte[i]) * 0x100000001B3u;
    hash ^= hash >> 32;
    hash *= 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 29;
}

static bool entry_is(const struct table_entry *entry, uint64_t hash, const void *key, size_t length) {
    return entry->hash == hash && entry->key_length == length && memcmp(entry->key, key, length) == 0;
}

/* The slot that holds KEY, or the empty one where it belongs. The table has slots. */
static uint32_t *slot_of(const struct table *table, uint64_t hash, const void *key, size_t length) {
    size_t mask = table->slots_count - 1;
    size_t i = hash & mask;
    while (table->slots[i] != 0 && !entry_is(&table->entries[table->slots[i] - 1], hash, key, length))
        i = (i + 1) & mask;
    return &table->slots[i];
}

static void table_rehash(struct table *table) {
    free(table->slots);
    table->slots_count = table->slots_count < 16 ? 16 : table->slots_count * 2;
    table->slots = memory_alloc(table->slots_count, sizeof *table->slots);
    for (size_t i = 0; i < table->count; i++) {
        const struct table_entry *entry = &table->entries[i];
        *slot_of(table, entry->hash, entry->key, entry->key_length) = (uint32_t)(i + 1);
    }
}

void *table_find(const struct table *table, const void *key, size_t length) {
    if (table->count == 0)
        return NULL;
    uint32_t slot = *slot_of(table, table_hash(key, length), key, length);
    return slot == 0 ? NULL : table->entries[slot - 1].value;
}

void **table_slot(struct table *table, const void *key, size_t length) {
    if ((table->count + 1) * 2 > table->slots_count)
        table_rehash(table);
    uint64_t hash = table_hash(key, length);
    uint32_t *slot = slot_of(table, hash, key, length);
    if (*slot == 0) {
        struct table_entry *entry = MEMORY_PUSH(table->entries, table->count, table->room);
        *entry = (struct table_entry){arena_copy(&table->keys, key, length), length, hash, NULL};
        *slot = (uint32_t)table->count;
    }
    return &table->entries[*slot - 1].value;
}

void table_clear(struct table *table) {
    if (table->slots != NULL)
        memset(table->slots, 0, table->slots_count * sizeof *table->slots);
    table->count = 0;
    arena_clear(&table->keys);
}

void table_release(struct table *table) {
    free(table->entries);
    free(table->slots);
    arena_release(&table->keys);
    *table = TABLE_EMPTY;
}
