/*
 * Lines: a file comes in, numbered pieces of its lines go out. The one idea: the buffer always holds the rest of the
 * line that is being given out, so nearly every line is one piece, and a CR at its very end is kept until it is known
 * whether an LF follows.
 */
#include "input/lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { BUFFER_SIZE = 64 * 1024, STEP_AFTER_SEEK = 4 * 1024 };

void lines_init(struct lines *lines, FILE *file) {
    *lines = (struct lines){.file = file, .buffer = memory_alloc(BUFFER_SIZE, 1), .step = BUFFER_SIZE, .line = 1};
}

void lines_release(struct lines *lines) {
    free(lines->buffer);
    *lines = (struct lines){0};
}

/* Moves what is left to the start of the buffer and reads behind it. */
static int lines_fill(struct lines *lines) {
    memmove(lines->buffer, lines->buffer + lines->at, lines->end - lines->at);
    lines->offset += (off_t)lines->at;
    lines->end -= lines->at;
    lines->at = 0;
    size_t room = BUFFER_SIZE - lines->end;
    size_t wanted = room < lines->step ? room : lines->step;
    size_t got = fread(lines->buffer + lines->end, 1, wanted, lines->file);
    lines->end += got;
    lines->step = lines->step < BUFFER_SIZE ? 2 * lines->step : BUFFER_SIZE;
    lines->at_the_end = got == 0;
    return got == 0 && ferror(lines->file) ? -1 : 0;
}

static size_t find_break(const struct lines *lines) {
    size_t stop = lines->at;
    while (stop < lines->end && lines->buffer[stop] != '\n' && lines->buffer[stop] != '\r')
        stop++;
    return stop;
}

/* Whether the byte at STOP does not show yet where the line ends. */
static bool is_open(const struct lines *lines, size_t stop) {
    if (lines->at_the_end)
        return false;
    return stop == lines->end || (lines->buffer[stop] == '\r' && stop + 1 == lines->end);
}

static size_t break_length(const struct lines *lines, size_t stop) {
    if (stop == lines->end)
        return 0;
    return lines->buffer[stop] == '\r' && stop + 1 < lines->end && lines->buffer[stop + 1] == '\n' ? 2 : 1;
}

int lines_next(struct lines *lines, struct piece *piece) {
    size_t stop = find_break(lines);
    while (is_open(lines, stop) && (lines->at > 0 || lines->end < BUFFER_SIZE)) {
        if (lines_fill(lines) != 0)
            return -1;
        stop = find_break(lines);
    }
    bool ends = !is_open(lines, stop);
    if (ends && stop == lines->end && stop == lines->at && !lines->begun)
        return 0;

    *piece = (struct piece){lines->buffer + lines->at, stop - lines->at, lines->line, ends};
    lines->at = ends ? stop + break_length(lines, stop) : stop;
    lines->begun = !ends;
    lines->line += ends;
    return 1;
}

off_t lines_offset(const struct lines *lines) {
    return lines->offset + (off_t)lines->at;
}

int lines_seek(struct lines *lines, off_t offset, unsigned line) {
    if (offset >= lines->offset && offset <= lines->offset + (off_t)lines->end) {
        lines->at = (size_t)(offset - lines->offset);
    } else {
        if (fseeko(lines->file, offset, SEEK_SET) != 0)
            return -1;
        lines->offset = offset;
        lines->at = lines->end = 0;
        lines->step = STEP_AFTER_SEEK;
        lines->at_the_end = false;
    }
    lines->line = line;
    lines->begun = false;
    return 0;
}
