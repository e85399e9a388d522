/*
 * The pictures of a campaign's letters: the logo, and signatures, of which there is one for all letters, or one for each
 * member in files that a column of the list names.
 *
 * No finer than paper can show (600 dots per inch in grey, 300 in colour, at the largest size that a letter gives them):
 * a photograph of a telephone would make every letter megabytes.
 */
#ifndef POSTBAG_COMMANDS_AUTOGRAPH_H
#define POSTBAG_COMMANDS_AUTOGRAPH_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "input/config.h"
#include "input/people.h"
#include "input/picture.h"
#include "pdf/pdf.h"

struct autograph {
    struct picture *logo;      /* NULL: none */
    struct picture *signature; /* the same in all letters; NULL: none, or each member's own */
    int column;                /* of the list, which names each member's own; -1: there is none */
    const char *folder;        /* below which those files must lie: a real path */
};

/*
 * Reads what CONFIG names. LIST_PATH: of the list, NULL without one. What is wrong is added to PROBLEMS: a picture that
 * cannot be read, a column that the list has not. The folder lives in ARENA.
 */
void autograph_open(struct autograph *autograph, const struct config *config, const char *list_path,
                    const struct people *people, struct arena *arena, struct problems *problems);
void autograph_close(struct autograph *autograph);

/* Prepares the pictures that stand in all letters, once for the run. */
int autograph_embed(const struct autograph *autograph, struct pdf_fonts *fonts, struct error *error);

/* The signatures that one thread has met last, since neighbours in a list may have the same. */
enum { AUTOGRAPH_KEPT = 8 };
struct autograph_cache {
    struct {
        char *path;
        struct picture *picture;
    } kept[AUTOGRAPH_KEPT];
    size_t next; /* to be given up */
};
void autograph_cache_release(struct autograph_cache *cache);

/*
 * The signature for the letter of PERSON; NULL: none, there is to be room for one by hand. It is borrowed: the cache
 * keeps it until AUTOGRAPH_KEPT others have been asked for. Fails where the file is not as it was on the first pass.
 */
int autograph_of(const struct autograph *autograph, struct autograph_cache *cache, const struct person *person,
                 const struct picture **signature, struct error *error);

/* The first pass: adds to PROBLEMS, at its cell, a signature that cannot be read. */
void autograph_check(const struct autograph *autograph, struct autograph_cache *cache, const struct person *person,
                     struct problems *problems);

#endif
