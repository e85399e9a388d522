/*
 * The configuration: postbag.conf (INI) and `-o SECTION.KEY=VALUE`, to one struct with every default filled in.
 *
 * The table of keys in config.c is the only list of them. An unknown section or key is an error that names the nearest
 * one; a value that does not fit says what would.
 */
#ifndef POSTBAG_INPUT_CONFIG_H
#define POSTBAG_INPUT_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

/* Strings live in the arena. Paths are already relative to the working directory (those of a file: to that file). */
struct config {
    struct {
        const char *name;         /* NULL: the model's file name without its suffix */
        const char *model;        /* path, or NULL */
        const char *constituents; /* path, or NULL */
        const char *encoding;     /* "auto", or a name that encoding_by_name knows */
        const char *out;          /* path: "out" */
    } campaign;
    struct {
        const char *date;     /* "today" or "2026-11-22" */
        const char *language; /* NULL: as the model says; else "en-GB" or "cy" */
        const char *font;     /* a family's name */
        int32_t size_mpt;     /* millipoints; 0: 11 pt where the letter fits on one page, else 10.5 */
    } letter;
    struct {
        const char *path;   /* NULL: directory_default_path */
        const char *prefer; /* where the list and the directory disagree: "list" or "directory"; NULL: a problem */
    } directory;
};

/*
 * Reads PATH, then the COUNT overrides ("letter.size=11"), into CONFIG. PATH NULL: postbag.conf in the working
 * directory if there is one. Errors have status CONFIGURATION (or NO_INPUT where PATH is missing), with line, column
 * and the source line.
 */
int config_read(struct config *config, const char *path, const char *const *overrides, size_t count,
                struct arena *arena, struct error *error);

/* The I-th key in order, for the test that config.example names them all; NULL behind the last. */
struct config_key_description {
    const char *section;
    const char *key;
    const char *fallback; /* the default as it would be written, "" where there is none */
};
const struct config_key_description *config_key(size_t i);

#endif
