/*
 * Galleys: blocks of a letter that follow each other down the pages, before and after it is known where they stand; and
 * the attempt to set a letter in one type, which all its galleys share.
 */
#ifndef POSTBAG_LETTER_GALLEY_H
#define POSTBAG_LETTER_GALLEY_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "letter/compose.h"
#include "letter/flow.h"
#include "letter/fragment.h"
#include "letter/merge.h"
#include "letter/setter.h"
#include "letter/sheaf.h"
#include "letter/sheet.h"

/* A letter that is being set in one type. */
struct attempt {
    const struct sheet *sheet;
    struct setter *setter;
    struct arena *arena; /* the setter's */
    const struct letter *letter;
    struct text *texts; /* of each block, once it is shaped; shared by the attempts */
    struct sheaf *sheaf;
    struct type type;
    struct manner manner; /* of running text */
    int32_t cap_height;   /* micro-em */
    const struct picture *logo, *signature;
    const char *logo_alternative;
    const char *overfull; /* struct pages */
};

/* Where a column ends: what is put below it begins at FREE, a baseline, or further down. */
struct end {
    unsigned page;
    int32_t free_mpt;
};

/* Of all but running text. */
#define MANNER_RAGGED ((struct manner){.alignment = ALIGN_LEFT})

/* The height of capitals in type of SIZE. */
int32_t attempt_cap_height(const struct attempt *attempt, int32_t size_mpt);

/* THOUSANDTHS of a line. */
int32_t attempt_of_line(const struct attempt *attempt, int32_t thousandths);

/* The text of the I-th block. */
const struct text *attempt_text(struct attempt *attempt, size_t i);

/* Lines of a block that is ragged, in type of SIZE. */
struct lines attempt_lines(struct attempt *attempt, size_t i, int32_t size_mpt, int32_t measure_mpt);

/* Puts LINE, of BLOCK (NULL: no part of the text), on the page. */
void attempt_place(struct attempt *attempt, const struct composed_line *line, int32_t size_mpt, int32_t x_mpt,
                   const struct row *row, const struct letter_block *block);

/* The end that is further down. */
struct end end_later(struct end a, struct end b);

struct stacked {
    const struct letter_block *block;
    struct lines lines;
    int32_t x_mpt;
};

struct galley {
    int32_t size_mpt;       /* of the type */
    struct stacked *blocks; /* that have a line */
    size_t count;
    struct row *rows; /* of all their lines; NULL until galley_rows */
    size_t rows_count;
};

struct galley galley_new(struct attempt *attempt, int32_t size_mpt);
void galley_add(struct galley *galley, const struct letter_block *block, struct lines lines, int32_t x_mpt);

/* Makes room for the rows, which are zeroed. */
struct row *galley_rows(struct galley *galley, struct attempt *attempt);

/* Places all lines where the rows stand. */
void galley_place(const struct galley *galley, struct attempt *attempt);

#endif
