/*
 * The physical lines of a file, in pieces: numbered, ended by CRLF, LF or CR alike, and found again by their offsets.
 * A line of any length takes the memory of one piece.
 */
#ifndef POSTBAG_INPUT_LINES_H
#define POSTBAG_INPUT_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

struct lines {
    FILE *file;   /* seekable; borrowed */
    char *buffer; /* what was read of it, from OFFSET on */
    off_t offset;
    size_t at; /* the next byte of the buffer to be given out */
    size_t end;
    size_t step;     /* how much is read next: more each time, so that a line that is sought is read cheaply */
    unsigned line;   /* of that byte, from 1 */
    bool begun;      /* part of that line was given out */
    bool at_the_end; /* nothing of the file is left behind the buffer */
};

/* Bytes of a line, without what ends it. */
struct piece {
    const char *bytes; /* borrowed until the next call */
    size_t length;
    unsigned line;
    bool ends; /* the line ends behind them; also the last line of a file, if it does not say so itself */
};

/* FILE must stand at its start. */
void lines_init(struct lines *lines, FILE *file);

void lines_release(struct lines *lines);

/* The next piece. Returns 1; 0 at the end of the file; -1 where it cannot be read (see errno). */
int lines_next(struct lines *lines, struct piece *piece);

/* Where the next piece begins. */
off_t lines_offset(const struct lines *lines);

/* Goes to OFFSET, where LINE begins. -1 where the file cannot be read there. */
int lines_seek(struct lines *lines, off_t offset, unsigned line);

#endif
