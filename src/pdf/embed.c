/*
 * A face's subset comes in; dictionaries as text and compressed streams go out. The one idea: whatever does not differ
 * from document to document is written here, once.
 */
#include "pdf/embed.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "pdf/cff.h"
#include "pdf/syntax.h"

enum { CMAP_BLOCK_MAX = 100 }; /* entries between "begin…" and "end…" (Adobe Technical Note 5014 §1.4.2) */

/* Glyphs FIRST to LAST stand for one character each, whose code points are in sequence. */
struct sequence {
    unsigned first, last;
};

/*
 * What glyph ID stands for. PDF/A and PDF/UA want an answer for every glyph that is shown (ISO 19005-2 §6.2.11.7.2): for
 * what is not one thing, a shape that a letter has among others, it is U+FFFD, and the page says the text beside it.
 */
static const char *text_of(const struct face_program *program, unsigned id) {
    const char *text = program->text[id];
    return text[0] == '\0' ? "\uFFFD" : text;
}

/* The code point that glyph ID stands for, or 0 where that is not one character of the Basic Multilingual Plane. */
static uint32_t only_character(const struct face_program *program, unsigned id) {
    const char *text = text_of(program, id);
    size_t length = strlen(text), at = 0;
    uint32_t codepoint = text_next(text, length, &at);
    return at == length && codepoint < 0x10000 ? codepoint : 0;
}

/* The longest sequence from glyph ID on. Neither end may differ in more than the last byte: a range must not leave one. */
static struct sequence sequence_from(const struct face_program *program, unsigned id) {
    struct sequence sequence = {id, id};
    uint32_t codepoint = only_character(program, id);
    while (codepoint != 0 && ++codepoint % 256 != 0 && (sequence.last + 1) % 256 != 0 &&
           sequence.last + 1 < program->glyphs_count && only_character(program, sequence.last + 1) == codepoint)
        sequence.last++;
    return sequence;
}

/* All entries of one kind, in blocks: sequences of several glyphs as bfrange, single glyphs as bfchar. */
static void add_entries(struct str *out, const struct face_program *program, const struct sequence *sequences,
                        size_t count, bool ranges) {
    const char *kind = ranges ? "bfrange" : "bfchar";
    size_t left = 0, in_block = 0;
    for (size_t i = 0; i < count; i++)
        left += (sequences[i].last > sequences[i].first) == ranges;
    for (size_t i = 0; i < count; i++) {
        const struct sequence *sequence = &sequences[i];
        if ((sequence->last > sequence->first) != ranges)
            continue;
        if (in_block == 0)
            str_addf(out, "%zu begin%s\n", left < CMAP_BLOCK_MAX ? left : (size_t)CMAP_BLOCK_MAX, kind);
        str_addf(out, "<%04X>", sequence->first);
        if (ranges)
            str_addf(out, "<%04X>", sequence->last);
        str_addc(out, '<');
        syntax_add_utf16(out, text_of(program, sequence->first), strlen(text_of(program, sequence->first)));
        str_adds(out, ">\n");
        left--;
        if (++in_block == CMAP_BLOCK_MAX || left == 0) {
            str_addf(out, "end%s\n", kind);
            in_block = 0;
        }
    }
}

void embed_meaning(struct str *out, const struct face_program *program) {
    struct sequence *sequences = memory_alloc(program->glyphs_count, sizeof *sequences);
    size_t count = 0;
    for (unsigned id = 1; id < program->glyphs_count; id++) { /* 0 is .notdef, which is never shown */
        sequences[count] = sequence_from(program, id);
        id = sequences[count++].last;
    }
    str_adds(out, "/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n"
                  "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
                  "/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n"
                  "1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n");
    add_entries(out, program, sequences, count, true);
    add_entries(out, program, sequences, count, false);
    str_adds(out, "endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n");
    free(sequences);
}

/*
 * Widths to a tenth of a thousandth of an em: finer would only make every letter longer, because the page corrects the
 * pen from these very numbers wherever it drifts.
 */
static void add_widths(struct embedded_face *face, const struct face_program *program) {
    face->glyphs_count = program->glyphs_count;
    face->widths = memory_alloc(program->glyphs_count, sizeof *face->widths);
    str_adds(&face->descendant, "/W[0[");
    for (unsigned id = 0; id < program->glyphs_count; id++) {
        int32_t tenths = program->advances[id] > 0 ? (program->advances[id] + 50) / 100 : 0;
        face->widths[id] = tenths * 100;
        if (id > 0)
            str_addc(&face->descendant, ' ');
        syntax_add_number(&face->descendant, tenths, 1);
    }
    str_adds(&face->descendant, "]]\n");
}

/* "/KEY " and a length in micro-em as PDF counts them, in thousandths of an em. */
static void add_length(struct str *out, const char *key, int32_t length) {
    str_addf(out, "/%s ", key);
    syntax_add_number(out, length / 1000, 0);
    str_addc(out, '\n');
}

/* ISO 32000-1 §9.8.1, and table 123 for the flags. */
static void add_descriptor(struct str *out, const struct face_program *program) {
    enum { FIXED_PITCH = 1, SERIF = 2, SYMBOLIC = 4, ITALIC = 64 }; /* symbolic: not limited to Standard Latin */
    int flags = SYMBOLIC | (program->fixed_pitch ? FIXED_PITCH : 0) | (program->serif ? SERIF : 0) |
                (program->italic ? ITALIC : 0);
    str_adds(out, "/Type/FontDescriptor/FontName");
    syntax_add_name(out, program->name);
    str_addf(out, "\n/Flags %d\n/FontBBox[", flags);
    for (int i = 0; i < 4; i++) {
        if (i > 0)
            str_addc(out, ' ');
        syntax_add_number(out, program->bounds[i] / 1000, 0);
    }
    str_adds(out, "]\n/ItalicAngle ");
    syntax_add_number(out, program->italic_angle_mdeg, 3);
    str_addc(out, '\n');
    add_length(out, "Ascent", program->ascent);
    add_length(out, "Descent", program->descent);
    add_length(out, "CapHeight", program->cap_height);
    add_length(out, "XHeight", program->x_height);
    add_length(out, "StemV", program->stem_v);
}

static void add_dictionaries(struct embedded_face *face, const struct face_program *program) {
    str_adds(&face->font, "/Type/Font/Subtype/Type0/Encoding/Identity-H\n/BaseFont");
    syntax_add_name(&face->font, program->name);
    if (program->cff) /* the CMap's name belongs to the font's, for CFF alone (§9.7.6.1) */
        str_adds(&face->font, "-Identity-H");
    str_addc(&face->font, '\n');

    str_addf(&face->descendant, "/Type/Font/Subtype/CIDFontType%d/BaseFont", program->cff ? 0 : 2);
    syntax_add_name(&face->descendant, program->name);
    str_adds(&face->descendant, "\n/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>\n");
    if (!program->cff)
        str_adds(&face->descendant, "/CIDToGIDMap/Identity\n");
    add_widths(face, program);

    add_descriptor(&face->descriptor, program);
    face->program_key = program->cff ? "/FontFile3" : "/FontFile2";
    if (program->cff)
        str_adds(&face->program_entries, "/Subtype/CIDFontType0C");
    else
        str_addf(&face->program_entries, "/Length1 %zu", program->length);
}

/* The font program, compressed. A CFF font is mended first, in a copy. */
static int add_program(struct embedded_face *face, const struct face_program *program, struct deflater *deflater,
                       struct error *error) {
    if (!program->cff) {
        deflater_add(deflater, program->bytes, program->length, &face->program);
        return 0;
    }
    char *copy = memory_copy(program->bytes, program->length);
    int failed = cff_identify((unsigned char *)copy, program->length, program->glyphs_count);
    if (failed == 0)
        deflater_add(deflater, copy, program->length, &face->program);
    free(copy);
    if (failed != 0)
        return error_set(error, STATUS_DATA, "the font %s cannot be put into a PDF: it is damaged; choose another one",
                         program->name);
    return 0;
}

int embed_face(struct embedded_face *face, const struct face_program *program, struct deflater *deflater,
               struct error *error) {
    *face = (struct embedded_face){
        .font = STR_EMPTY,
        .descendant = STR_EMPTY,
        .descriptor = STR_EMPTY,
        .program_entries = STR_EMPTY,
        .program = STR_EMPTY,
        .meaning = STR_EMPTY,
    };
    add_dictionaries(face, program);
    struct str meaning = STR_EMPTY;
    embed_meaning(&meaning, program);
    deflater_add(deflater, meaning.bytes, meaning.length, &face->meaning);
    str_release(&meaning);
    if (add_program(face, program, deflater, error) == 0)
        return 0;
    embed_release(face);
    return -1;
}

void embed_release(struct embedded_face *face) {
    str_release(&face->font);
    str_release(&face->descendant);
    str_release(&face->descriptor);
    str_release(&face->program_entries);
    str_release(&face->program);
    str_release(&face->meaning);
    free(face->widths);
    face->widths = NULL;
}
