/*
 * Objects come in one after the other, streams of them go out, and at the end the table of all. The one idea: a stream's
 * number stands just before those of its objects, so that every number is known before anything is written, and objects
 * may point to each other both ways.
 */
#include "pdf/packing.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "pdf/syntax.h"

enum { STREAM_OBJECTS = 200 }; /* §7.5.7 asks for few enough that a reader finds one quickly */

void packing_init(struct packing *packing, struct deflater *deflater) {
    *packing = (struct packing){
        .deflater = deflater,
        .places = STR_EMPTY,
        .objects = STR_EMPTY,
        .entries = STR_EMPTY,
        .packed = STR_EMPTY,
        .rows = STR_EMPTY,
    };
}

void packing_release(struct packing *packing) {
    free(packing->offsets);
    str_release(&packing->places);
    str_release(&packing->objects);
    str_release(&packing->entries);
    str_release(&packing->packed);
    str_release(&packing->rows);
}

void packing_begin(struct packing *packing, uint32_t first, struct str *out) {
    packing->first = first;
    packing->out = out;
    packing->count = 0;
    packing->offsets_count = 0;
    str_clear(&packing->places);
    str_clear(&packing->objects);
}

uint32_t packing_number(const struct packing *packing, uint32_t i) {
    return packing->first + i + i / STREAM_OBJECTS + 1;
}

static void add_number(struct str *out, uint64_t number) {
    syntax_add_number(out, (int64_t)number, 0);
}

void packing_add_reference(const struct packing *packing, struct str *out, uint32_t i) {
    char buffer[SYNTAX_NUMBER_MAX + 4], *to = syntax_number(buffer, packing_number(packing, i), 0);
    memcpy(to, " 0 R", 4);
    str_add(out, buffer, (size_t)(to - buffer) + 4);
}

/* The object NUMBER, whose entries lack its filter and length. */
static void add_stream(struct packing *packing, uint32_t number, const struct str *bytes, bool compressed) {
    struct str *out = packing->out, *entries = &packing->entries;
    add_number(out, number);
    str_adds(out, " 0 obj\n<<");
    str_add(out, entries->bytes, entries->length);
    str_adds(out, compressed ? "/Filter/FlateDecode/Length " : "/Length ");
    add_number(out, bytes->length);
    str_adds(out, ">>\nstream\n");
    str_add(out, bytes->bytes, bytes->length);
    str_adds(out, "\nendstream\nendobj\n");
}

void packing_flush(struct packing *packing) {
    if (packing->places.length == 0)
        return;
    uint32_t streams = (uint32_t)packing->offsets_count, count = packing->count - streams * STREAM_OBJECTS;
    *MEMORY_PUSH(packing->offsets, packing->offsets_count, packing->offsets_room) = (uint32_t)packing->out->length;
    str_clear(&packing->entries);
    str_addf(&packing->entries, "/Type/ObjStm/N %u/First %zu", (unsigned)count, packing->places.length);
    str_add(&packing->places, packing->objects.bytes, packing->objects.length);
    str_clear(&packing->packed);
    deflater_add(packing->deflater, packing->places.bytes, packing->places.length, &packing->packed);
    add_stream(packing, packing->first + streams * (STREAM_OBJECTS + 1), &packing->packed, true);
    str_clear(&packing->places);
    str_clear(&packing->objects);
}

struct str *packing_next(struct packing *packing) {
    if (packing->count > 0 && packing->count % STREAM_OBJECTS == 0)
        packing_flush(packing);
    if (packing->objects.length > 0)
        str_addc(&packing->objects, '\n');
    char buffer[2 * SYNTAX_NUMBER_MAX + 2], *to = syntax_number(buffer, packing_number(packing, packing->count++), 0);
    *to++ = ' ';
    to = syntax_number(to, (int64_t)packing->objects.length, 0);
    *to++ = ' ';
    str_add(&packing->places, buffer, (size_t)(to - buffer));
    return &packing->objects;
}

/* ---- The table ---- */

enum kind { FREE, PLAIN /* at an offset of the file */, PACKED /* in a stream, at an index */ };
enum { COLUMNS_MAX = 6, SMALL_OBJECTS = 200 };

struct table {
    struct str *rows;
    unsigned where_bytes; /* of the second column: an offset, or the number of a stream */
    bool compressed;      /* a table as small as a letter's is as short without, and made sooner */
    unsigned char above[COLUMNS_MAX];
};

/* A row; to be compressed, as its difference from the one above it (ISO/IEC 15948 §9.2, Up): most are small. */
static void add_row(struct table *table, enum kind kind, uint32_t where, uint32_t index) {
    unsigned char row[COLUMNS_MAX] = {(unsigned char)kind};
    unsigned columns = 1;
    for (unsigned i = table->where_bytes; i > 0; i--)
        row[columns++] = (unsigned char)(where >> 8 * (i - 1));
    row[columns++] = (unsigned char)index;
    if (!table->compressed) {
        str_add(table->rows, row, columns);
        return;
    }
    char *to = str_extend(table->rows, columns + 1);
    *to++ = 2;
    for (unsigned i = 0; i < columns; i++) {
        to[i] = (char)(unsigned char)(row[i] - table->above[i]);
        table->above[i] = row[i];
    }
}

static void add_packed_rows(struct table *table, const struct packing *packing) {
    for (uint32_t i = 0; i < packing->count; i++) {
        uint32_t stream = i / STREAM_OBJECTS;
        if (i % STREAM_OBJECTS == 0)
            add_row(table, PLAIN, packing->offsets[stream], 0);
        add_row(table, PACKED, packing->first + stream * (STREAM_OBJECTS + 1), i % STREAM_OBJECTS);
    }
}

void packing_finish(struct packing *packing, const struct document *document, const struct str *entries) {
    assert(packing->places.length == 0);
    struct str *out = packing->out, *all = &packing->entries;
    uint32_t own_offset = (uint32_t)out->length;
    uint32_t own_number = packing->first + packing->count + (uint32_t)packing->offsets_count;
    uint32_t most = own_offset > own_number ? own_offset : own_number;
    struct table table = {
        .rows = &packing->rows,
        .where_bytes = most < 1 << 16   ? 2
                       : most < 1 << 24 ? 3
                                        : 4,
        .compressed = own_number > SMALL_OBJECTS,
    };
    str_clear(table.rows);
    add_row(&table, FREE, 0, 0);
    for (uint32_t i = 1; i < packing->first; i++)
        add_row(&table, PLAIN, document_offset(document, i), 0);
    add_packed_rows(&table, packing);
    add_row(&table, PLAIN, own_offset, 0);

    str_clear(all);
    str_addf(all, "/Type/XRef/W[1 %u 1]/Size %u", table.where_bytes, (unsigned)own_number + 1);
    if (table.compressed)
        str_addf(all, "/DecodeParms<</Predictor 12/Columns %u>>", table.where_bytes + 2);
    str_add(all, entries->bytes, entries->length);
    if (table.compressed) {
        str_clear(&packing->packed);
        deflater_add(packing->deflater, table.rows->bytes, table.rows->length, &packing->packed);
    }
    add_stream(packing, own_number, table.compressed ? &packing->packed : table.rows, table.compressed);
    str_addf(out, "startxref\n%u\n%%%%EOF\n", (unsigned)own_offset);
}
