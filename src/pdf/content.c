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

struct pen {
    struct str *out;
    const struct embedded_face *faces;
    bool *used;
    char *to;               /* in OUT, where room was made for the piece that is being written */
    int face;               /* of the font in effect, or NO_FACE */
    int32_t size_mpt;       /* of the font in effect */
    int64_t rise;           /* in effect, mpt */
    int32_t line_x, line_y; /* where the line begins, hundredths of a point from the page's lower left */
    int64_t at;             /* where a viewer would set the next glyph: micro-em from the line's left end */
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
        str_adds(pen->out, "/Span<</ActualText<FEFF");
        syntax_add_utf16(pen->out, piece->text + text, text_end - text);
        str_adds(pen->out, ">>>BDC\n");
        text_end = text;

        begin_writing(pen, room_for(end - i));
        x = show_glyphs(pen, &pen->faces[piece->face], glyphs + i, end - i, x);
        close_array(pen);
        put(pen, "EMC\n");
        end_writing(pen);
    }
}

static void add_piece(struct pen *pen, const struct piece *piece, int64_t x, int32_t size_mpt) {
    begin_writing(pen, room_for(piece->glyphs_count));
    if (pen->face != (int)piece->face || pen->size_mpt != size_mpt)
        set_font(pen, piece->face, size_mpt);
    if (piece->faithful)
        show_glyphs(pen, &pen->faces[piece->face], piece->glyphs, piece->glyphs_count, x);
    else
        close_array(pen);
    end_writing(pen);
    if (!piece->faithful && piece->glyphs_count > 0)
        show_with_text(pen, piece, x);
}

/* Hundredths of a point: 0.004 mm. */
static int32_t hundredths(int32_t mpt) {
    return (mpt + (mpt >= 0 ? 5 : -5)) / 10;
}

static void add_line(struct pen *pen, const struct line *line) {
    int32_t x = hundredths(line->x_mpt), y = hundredths(PAGE_HEIGHT_MPT - line->baseline_mpt);
    begin_writing(pen, 2 * SYNTAX_NUMBER_MAX + 8);
    pen->to = syntax_number(pen->to, x - pen->line_x, 2);
    *pen->to++ = ' ';
    pen->to = syntax_number(pen->to, y - pen->line_y, 2);
    put(pen, " Td\n");
    end_writing(pen);
    pen->line_x = x;
    pen->line_y = y;
    pen->at = 0;

    for (size_t i = 0; i < line->words_count; i++) {
        const struct placed *placed = &line->words[i];
        int64_t word_x = (int64_t)placed->x_mpt * FACE_EM / line->size_mpt;
        for (size_t j = 0; j < placed->word->pieces_count; j++) {
            const struct piece *piece = &placed->word->pieces[j];
            add_piece(pen, piece, word_x, line->size_mpt);
            word_x += piece->width;
        }
    }
    begin_writing(pen, 64);
    close_array(pen);
    if (pen->rise != 0)
        set_rise(pen, 0);
    end_writing(pen);
}

void content_page(struct str *out, const struct page *page, const struct embedded_face *faces, bool *used) {
    struct pen pen = {.out = out, .faces = faces, .used = used, .face = NO_FACE};
    bool artifact = false;
    str_adds(out, "BT\n");
    for (size_t i = 0; i < page->lines_count; i++) {
        const struct line *line = &page->lines[i];
        if (artifact && line->block != NULL)
            str_adds(out, "EMC\n");
        else if (!artifact && line->block == NULL)
            str_adds(out, "/Artifact BMC\n");
        artifact = line->block == NULL;
        add_line(&pen, line);
    }
    str_adds(out, artifact ? "EMC\nET\n" : "ET\n");
}

/*
 * Five letters of thick strokes, each in a box of 60 by 100, 85 apart, which the matrix scales by 1.3, turns along the
 * page's diagonal and centres: no font is needed, and text extraction never meets it.
 */
void content_draft(struct str *out) {
    str_adds(out, "/Artifact BMC\nq .88 G 14 w 1 J 1 j .7506 1.0614 -1.0614 .7506 199.84 170.08 cm\n"
                  "0 0 m 0 100 l 25 100 l 72 100 72 0 25 0 c h\n"                                /* D */
                  "85 0 m 85 100 l 115 100 l 152 100 152 48 115 48 c 85 48 l 113 48 m 145 0 l\n" /* R */
                  "170 0 m 202 100 l 234 0 l 181 35 m 223 35 l\n"                                /* A */
                  "258 0 m 258 100 l 312 100 l 258 52 m 302 52 l\n"                              /* F */
                  "370 0 m 370 100 l 338 100 m 402 100 l\n"                                      /* T */
                  "S Q\nEMC\n");
}
