/*
 * Placed lines come in, a content stream goes out: one text object for the page, a relative move (Td) for each line, and
 * as few strings as the pen needs corrections.
 *
 * Strings are literal, not hexadecimal: half the bytes, so half the work of compressing them, which is the most
 * expensive step of a letter.
 */
#include "pdf/content.h"

#include <assert.h>
#include <stdint.h>

#include "pdf/syntax.h"

/*
 * The pen may be this far from where a glyph should stand before it is corrected: a thousandth of an em, which is what a
 * correction counts in; at 11 points 0.004 mm.
 */
enum { TOLERANCE = FACE_EM / 1000 };

enum { NO_FACE = -1 };

enum { EXPANSION_STEP = 10 }; /* millionths, of what a line's expansion is rounded to: 0.002 pt in a whole line */

struct pen {
    struct str *out;
    struct tree *tree;
    uint32_t element; /* that the line belongs to */
    bool marked;      /* its brackets are open */
    bool heading;     /* what is no part of the text stands at the head of the page */
    const struct embedded_face *faces;
    bool *used;
    char *to;               /* in OUT, where room was made for the piece that is being written */
    int face;               /* of the font in effect, or NO_FACE */
    int32_t size_mpt;       /* of the font in effect */
    int64_t rise;           /* in effect, mpt */
    int32_t expansion;      /* in effect, steps */
    int32_t line_x, line_y; /* where the line begins, hundredths of a point from the page's lower left */
    int64_t at;             /* where a viewer would set the next glyph: micro-em from the line's left end, before it
                               expands the line */
    enum { CLOSED, ARRAY, STRING } state; /* what of "[(" is open */
};

static void put(struct pen *pen, const char *text) {
    while (*text != '\0')
        *pen->to++ = *text++;
}

/* Makes room for LENGTH bytes, which are then written at pen->to. */
static void begin_writing(struct pen *pen, size_t length) {
    pen->to = str_extend(pen->out, length);
}

static void end_writing(struct pen *pen) {
    str_cut(pen->out, (size_t)(pen->to - pen->out->bytes));
}

static void close_string(struct pen *pen) {
    if (pen->state == STRING) {
        *pen->to++ = ')';
        pen->state = ARRAY;
    }
}

static void close_array(struct pen *pen) {
    close_string(pen);
    if (pen->state == ARRAY) {
        put(pen, "]TJ\n");
        pen->state = CLOSED;
    }
}

static void open_string(struct pen *pen) {
    if (pen->state == CLOSED)
        *pen->to++ = '[';
    if (pen->state != STRING)
        *pen->to++ = '(';
    pen->state = STRING;
}

/* One byte of a literal string (§7.3.4.2). A bare carriage return would be read as a line feed. */
static char *literal(char *to, unsigned byte) {
    static const char escapes[256] = {['('] = '(', [')'] = ')', ['\\'] = '\\', ['\r'] = 'r'};
    if (escapes[byte] != '\0') {
        *to++ = '\\';
        byte = (unsigned char)escapes[byte];
    }
    *to++ = (char)byte;
    return to;
}

/* A number in a TJ array moves the pen back by thousandths of an em. */
static void move_to(struct pen *pen, int64_t wanted) {
    int64_t off = wanted - pen->at;
    int64_t thousandths = (off >= 0 ? off + TOLERANCE / 2 : off - TOLERANCE / 2) / TOLERANCE;
    close_string(pen);
    if (pen->state == CLOSED)
        *pen->to++ = '[';
    pen->state = ARRAY;
    pen->to = syntax_number(pen->to, -thousandths, 0);
    pen->at += thousandths * TOLERANCE;
}

static void set_rise(struct pen *pen, int64_t rise_mpt) {
    close_array(pen);
    pen->to = syntax_number(pen->to, rise_mpt, 3);
    put(pen, " Ts\n");
    pen->rise = rise_mpt;
}

/* §9.3.4: all that the line's glyphs and corrections move the pen by is scaled by it. */
static void set_expansion(struct pen *pen, int32_t steps) {
    begin_writing(pen, SYNTAX_NUMBER_MAX + 8);
    pen->to = syntax_number(pen->to, 100 * 1000 + (int64_t)steps * EXPANSION_STEP / 10, 3);
    put(pen, " Tz\n");
    end_writing(pen);
    pen->expansion = steps;
}

static void set_font(struct pen *pen, unsigned face, int32_t size_mpt) {
    close_array(pen);
    put(pen, "/F");
    pen->to = syntax_number(pen->to, face, 0);
    *pen->to++ = ' ';
    pen->to = syntax_number(pen->to, size_mpt, 3);
    put(pen, " Tf\n");
    pen->face = (int)face;
    pen->size_mpt = size_mpt;
    pen->used[face] = true;
}

/* At worst a glyph takes a rise, a correction, brackets and four bytes of code; and what brackets them once. */
static size_t room_for(size_t glyphs_count) {
    return 64 + glyphs_count * (2 * SYNTAX_NUMBER_MAX + 24);
}

/* COUNT glyphs, of which the first is to stand at X. Returns where the next one is to. */
static int64_t show_glyphs(struct pen *pen, const struct embedded_face *face, const struct glyph *glyphs, size_t count,
                           int64_t x) {
    for (size_t i = 0; i < count; i++) {
        const struct glyph *glyph = &glyphs[i];
        assert(glyph->id < face->glyphs_count);
        int64_t rise = glyph->y_offset == 0 ? 0 : (int64_t)glyph->y_offset * pen->size_mpt / FACE_EM;
        if (rise != pen->rise)
            set_rise(pen, rise);
        int64_t off = x + glyph->x_offset - pen->at;
        if (off >= TOLERANCE || off <= -TOLERANCE)
            move_to(pen, x + glyph->x_offset);
        open_string(pen);
        pen->to = literal(pen->to, glyph->id >> 8);
        pen->to = literal(pen->to, glyph->id & 0xFF);
        pen->at += face->widths[glyph->id];
        x += glyph->advance;
    }
    return x;
}

/* ---- Brackets ---- */

static void begin_marked(struct str *out, struct mark mark) {
    str_addc(out, '/');
    str_adds(out, mark.tag);
    str_adds(out, "<</MCID ");
    syntax_add_number(out, mark.id, 0);
    str_adds(out, ">>BDC\n");
}

static void open_brackets(struct pen *pen) {
    if (pen->marked)
        return;
    if (pen->element != TREE_NONE)
        begin_marked(pen->out, tree_mark(pen->tree, pen->element));
    else /* §14.8.2.2.2: what stands at the head of every page, or at its foot */
        str_adds(pen->out, pen->heading ? "/Artifact<</Type/Pagination/Subtype/Header>>BDC\n"
                                        : "/Artifact<</Type/Pagination/Subtype/Footer>>BDC\n");
    pen->marked = true;
}

static void close_brackets(struct pen *pen) {
    if (pen->marked)
        str_adds(pen->out, "EMC\n");
    pen->marked = false;
}

/*
 * Brackets with LENGTH bytes of TEXT, and a soft hyphen after it where that is asked for, in place of what the glyphs in
 * them say (§14.9.4). They do not stand in those of the paragraph, but between them: poppler takes the end of what is
 * inside for the end of both.
 */
static void open_span(struct pen *pen, const char *text, size_t length, bool soft_hyphen) {
    if (pen->element == TREE_NONE) {
        open_brackets(pen);
        str_adds(pen->out, "/Span<<");
    } else {
        close_brackets(pen);
        str_adds(pen->out, "/Span<</MCID ");
        syntax_add_number(pen->out, tree_mark(pen->tree, pen->element).id, 0);
    }
    str_adds(pen->out, "/ActualText<FEFF");
    syntax_add_utf16(pen->out, text, length);
    str_adds(pen->out, soft_hyphen ? "00AD>>>BDC\n" : ">>>BDC\n");
}

/* ---- Words ---- */

/* COUNT glyphs of PIECE, of which the first is to stand at X, and the end of the span. Returns where the next is to. */
static int64_t fill_span(struct pen *pen, const struct piece *piece, const struct glyph *glyphs, size_t count,
                         int64_t x) {
    begin_writing(pen, room_for(count));
    x = show_glyphs(pen, &pen->faces[piece->face], glyphs, count, x);
    close_array(pen);
    put(pen, "EMC\n");
    end_writing(pen);
    return x;
}

/*
 * A piece with its text beside it (§14.9.4). Left to right that is one span; right to left it is one for each cluster,
 * because poppler lays the characters of a span out from left to right, and would give back a whole word reversed.
 */
static void show_with_text(struct pen *pen, const struct piece *piece, int64_t x) {
    const struct glyph *glyphs = piece->glyphs;
    size_t count = piece->glyphs_count, text_end = piece->length;
    bool right_to_left = glyphs[0].cluster > glyphs[count - 1].cluster;
    for (size_t i = 0, end; i < count; i = end) {
        end = right_to_left ? i + 1 : count;
        while (end < count && glyphs[end].cluster == glyphs[i].cluster)
            end++;
        size_t text = right_to_left && glyphs[i].cluster < text_end ? glyphs[i].cluster : 0;
        open_span(pen, piece->text + text, text_end - text, false);
        text_end = text;
        x = fill_span(pen, piece, glyphs + i, end - i, x);
    }
}

/* The first COUNT glyphs of PIECE, and the end of the string where MORE is to follow in other brackets. */
static int64_t show_plain(struct pen *pen, const struct piece *piece, size_t count, int64_t x, bool more) {
    if (count > 0)
        open_brackets(pen);
    begin_writing(pen, room_for(count));
    if (count > 0)
        x = show_glyphs(pen, &pen->faces[piece->face], piece->glyphs, count, x);
    if (more)
        close_array(pen);
    end_writing(pen);
    return x;
}

static void add_piece(struct pen *pen, const struct piece *piece, int64_t x) {
    show_plain(pen, piece, piece->faithful ? piece->glyphs_count : 0, x, !piece->faithful);
    if (!piece->faithful && piece->glyphs_count > 0)
        show_with_text(pen, piece, x);
}

/*
 * The last piece of a word whose last ADDED bytes are a hyphen that the text has not. A glyph of its own is a span of
 * its own; else the whole piece is one.
 */
static void add_hyphened(struct pen *pen, const struct piece *piece, size_t added, int64_t x) {
    size_t said = piece->length - added, plain = 0;
    while (plain < piece->glyphs_count && piece->glyphs[plain].cluster < said)
        plain++;
    bool apart = piece->faithful && plain + 1 == piece->glyphs_count && piece->glyphs[plain].cluster == said;
    if (!apart)
        plain = 0;
    x = show_plain(pen, piece, plain, x, true);
    open_span(pen, piece->text, apart ? 0 : said, true);
    fill_span(pen, piece, piece->glyphs + plain, piece->glyphs_count - plain, x);
}

static void choose_font(struct pen *pen, const struct piece *piece, int32_t size_mpt) {
    if (pen->face == (int)piece->face && pen->size_mpt == size_mpt)
        return;
    begin_writing(pen, 2 * SYNTAX_NUMBER_MAX + 16);
    set_font(pen, piece->face, size_mpt);
    end_writing(pen);
}

/* Hundredths of a point: 0.004 mm. */
static int32_t hundredths(int32_t mpt) {
    return (mpt + (mpt >= 0 ? 5 : -5)) / 10;
}

static int32_t steps(int32_t ppm) {
    return (ppm + (ppm >= 0 ? EXPANSION_STEP / 2 : -EXPANSION_STEP / 2)) / EXPANSION_STEP;
}

static void add_word(struct pen *pen, const struct placed *placed, int32_t size_mpt) {
    const struct word *word = placed->word;
    int64_t x = (int64_t)placed->x_mpt * FACE_EM / size_mpt;
    x -= x * pen->expansion / (FACE_EM / EXPANSION_STEP + pen->expansion);
    for (size_t i = 0; i < word->pieces_count; i++) {
        const struct piece *piece = &word->pieces[i];
        choose_font(pen, piece, size_mpt);
        if (placed->added_length > 0 && i + 1 == word->pieces_count && piece->length >= placed->added_length &&
            piece->glyphs_count > 0)
            add_hyphened(pen, piece, placed->added_length, x);
        else
            add_piece(pen, piece, x);
        x += piece->width;
    }
}

static void add_line(struct pen *pen, const struct line *line) {
    int32_t x = hundredths(line->x_mpt), y = hundredths(PAGE_HEIGHT_MPT - line->baseline_mpt);
    int32_t expansion = steps(line->expansion_ppm);
    if (expansion != pen->expansion)
        set_expansion(pen, expansion);
    begin_writing(pen, 2 * SYNTAX_NUMBER_MAX + 8);
    pen->to = syntax_number(pen->to, x - pen->line_x, 2);
    *pen->to++ = ' ';
    pen->to = syntax_number(pen->to, y - pen->line_y, 2);
    put(pen, " Td\n");
    end_writing(pen);
    pen->line_x = x;
    pen->line_y = y;
    pen->at = 0;

    for (size_t i = 0; i < line->words_count; i++)
        add_word(pen, &line->words[i], line->size_mpt);
    begin_writing(pen, 64);
    close_array(pen);
    if (pen->rise != 0)
        set_rise(pen, 0);
    end_writing(pen);
}

void content_text(struct str *out, const struct page *page, struct tree *tree, const uint32_t *lines,
                  const struct embedded_face *faces, bool *used) {
    struct pen pen = {.out = out, .tree = tree, .faces = faces, .used = used, .face = NO_FACE};
    if (page->lines_count == 0)
        return;
    str_adds(out, "BT\n");
    for (size_t i = 0; i < page->lines_count; i++) {
        const struct line *line = &page->lines[i];
        bool heading = line->baseline_mpt < PAGE_HEIGHT_MPT / 2;
        if (lines[i] != pen.element || (heading != pen.heading && lines[i] == TREE_NONE))
            close_brackets(&pen);
        pen.element = lines[i];
        pen.heading = heading;
        add_line(&pen, line);
    }
    close_brackets(&pen);
    str_adds(out, "ET\n");
}

/* A length or an ordinate of the page, and a space. */
static void add_points(struct str *out, int64_t mpt) {
    syntax_add_number(out, mpt, 3);
    str_addc(out, ' ');
}

void content_figure(struct str *out, const struct figure *figure, struct tree *tree, uint32_t element, size_t image) {
    if (element == TREE_NONE)
        str_adds(out, "/Artifact<</Type/Layout>>BDC\n");
    else
        begin_marked(out, tree_mark(tree, element));
    str_adds(out, "q ");
    add_points(out, figure->width_mpt);
    str_adds(out, "0 0 ");
    add_points(out, figure->height_mpt);
    add_points(out, figure->x_mpt);
    add_points(out, (int64_t)PAGE_HEIGHT_MPT - figure->y_mpt - figure->height_mpt);
    str_addf(out, "cm /I%zu Do Q\nEMC\n", image);
}

void content_rule(struct str *out, const struct rule *rule) {
    str_adds(out, "/Artifact<</Type/Layout>>BDC\nq ");
    add_points(out, rule->grey);
    str_adds(out, "G ");
    add_points(out, rule->thickness_mpt);
    str_adds(out, "w ");
    add_points(out, rule->x_mpt);
    add_points(out, (int64_t)PAGE_HEIGHT_MPT - rule->y_mpt);
    str_adds(out, "m ");
    add_points(out, (int64_t)rule->x_mpt + rule->width_mpt);
    add_points(out, (int64_t)PAGE_HEIGHT_MPT - rule->y_mpt);
    str_adds(out, "l S Q\nEMC\n");
}

/*
 * Five letters of thick strokes, each in a box of 60 by 100, 85 apart, which the matrix scales by 1.3, turns along the
 * page's diagonal and centres: no font is needed, and text extraction never meets it.
 */
void content_draft(struct str *out) {
    str_adds(out, "/Artifact<</Type/Pagination/Subtype/Watermark>>BDC\nq .88 G 14 w 1 J 1 j .7506 1.0614 -1.0614 .7506 "
                  "199.84 170.08 cm\n"
                  "0 0 m 0 100 l 25 100 l 72 100 72 0 25 0 c h\n"                                /* D */
                  "85 0 m 85 100 l 115 100 l 152 100 152 48 115 48 c 85 48 l 113 48 m 145 0 l\n" /* R */
                  "170 0 m 202 100 l 234 0 l 181 35 m 223 35 l\n"                                /* A */
                  "258 0 m 258 100 l 312 100 l 258 52 m 302 52 l\n"                              /* F */
                  "370 0 m 370 100 l 338 100 m 402 100 l\n"                                      /* T */
                  "S Q\nEMC\n");
}
