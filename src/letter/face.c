/*
 * A face: a font file and characters come in, a subset and shaped glyphs go out.
 *
 * HarfBuzz does the work twice over. Once for the run, hb-subset cuts the font down to the repertoire, with what its
 * layout tables can make of it; that subset shapes, so that the glyph IDs it gives are those of the PDF, which embeds
 * the same glyphs without the tables that only shaping needs. Then every word is shaped with it, by any thread.
 */
#include "letter/face.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <hb.h>
#include <hb-ot.h>
#include <hb-subset.h>

#include "base/memory.h"
#include "base/str.h"
#include "base/table.h"
#include "base/text.h"
#include "letter/character.h"
#include "letter/opentype.h"
#include "letter/sample.h"

struct face {
    hb_face_t *source;   /* the whole font; NULL after face_subset */
    hb_set_t *available; /* its characters; after face_subset the repertoire */
    hb_set_t *repertoire;
    hb_face_t *subset; /* NULL before face_subset */
    hb_font_t *font;   /* the subset at FACE_EM */
    hb_blob_t *bytes;  /* what the PDF embeds */
    struct arena arena;
    struct face_program program;
};

struct face_scratch {
    hb_buffer_t *buffer;
};

/* A table of a font. Borrowed from the font, which stays as long as its face. */
static struct opentype_table table_of(hb_face_t *face, hb_tag_t tag) {
    hb_blob_t *blob = hb_face_reference_table(face, tag);
    unsigned length = 0;
    const char *bytes = hb_blob_get_data(blob, &length);
    struct opentype_table table = {(const unsigned char *)bytes, length};
    hb_blob_destroy(blob);
    return table;
}

static int face_open_source(struct face *face, const char *path, unsigned index, struct error *error) {
    hb_blob_t *blob = hb_blob_create_from_file_or_fail(path);
    if (blob == NULL)
        return error_set(error, STATUS_CONFIGURATION, "the font file %s cannot be read", path);
    bool exists = index < hb_face_count(blob);
    if (exists)
        face->source = hb_face_create(blob, index);
    hb_blob_destroy(blob);
    if (!exists)
        return error_set(error, STATUS_CONFIGURATION, "the file %s is not a TrueType or OpenType font", path);

    if (table_of(face->source, HB_TAG('g', 'l', 'y', 'f')).length == 0 &&
        table_of(face->source, HB_TAG('C', 'F', 'F', ' ')).length == 0)
        return error_set(error, STATUS_CONFIGURATION, "the font file %s has no outlines; choose another font", path);
    struct opentype_table os2 = table_of(face->source, HB_TAG('O', 'S', '/', '2'));
    if (!opentype_may_embed(&os2))
        return error_set(error, STATUS_CONFIGURATION,
                         "the licence of the font file %s does not allow it in a PDF; choose another font", path);
    return 0;
}

int face_open(struct face **face, const char *path, unsigned index, struct error *error) {
    struct face *made = memory_alloc(1, sizeof *made);
    if (face_open_source(made, path, index, error) != 0) {
        face_free(made);
        return -1;
    }
    made->available = hb_set_create();
    made->repertoire = hb_set_create();
    hb_face_collect_unicodes(made->source, made->available);
    *face = made;
    return 0;
}

void face_free(struct face *face) {
    if (face == NULL)
        return;
    hb_font_destroy(face->font);
    hb_face_destroy(face->subset);
    hb_face_destroy(face->source);
    hb_set_destroy(face->available);
    hb_set_destroy(face->repertoire);
    hb_blob_destroy(face->bytes);
    arena_release(&face->arena);
    free(face);
}

/*
 * The characters that CODEPOINT can be printed by, where they are two (the second may be 0): Unicode's canonical
 * decomposition, or HarfBuzz's own. Hangul is left whole: few fonts can put a syllable together.
 */
static bool parts_of(uint32_t codepoint, uint32_t parts[2]) {
    if (codepoint < 0xC0 || (codepoint >= 0xAC00 && codepoint <= 0xD7A3))
        return false;
    return character_parts(codepoint, parts) ||
           hb_unicode_decompose(hb_unicode_funcs_get_default(), codepoint, &parts[0], &parts[1]);
}

bool face_has(const struct face *face, uint32_t codepoint) {
    uint32_t parts[2];
    bool always_apart = character_parts(codepoint, parts) && parts[1] != codepoint;
    if (hb_set_has(face->available, codepoint) && !always_apart)
        return true;
    uint32_t substitute = character_substitute(codepoint);
    if (substitute != 0)
        return hb_set_has(face->available, substitute);
    return parts_of(codepoint, parts) && parts[0] != codepoint && parts[1] != codepoint && face_has(face, parts[0]) &&
           (parts[1] == 0 || face_has(face, parts[1]));
}

void face_add(struct face *face, uint32_t codepoint) {
    assert(face->subset == NULL && face_has(face, codepoint));
    bool whole = hb_set_has(face->available, codepoint);
    if (whole)
        hb_set_add(face->repertoire, codepoint);
    uint32_t substitute = character_substitute(codepoint);
    if (!whole && substitute != 0)
        hb_set_add(face->repertoire, substitute);
    uint32_t parts[2];
    if ((whole && !character_is_taken_apart(codepoint)) || substitute != 0 || !parts_of(codepoint, parts))
        return;
    for (size_t i = 0; i < 2; i++)
        if (parts[i] != 0 && parts[i] != codepoint && face_has(face, parts[i]))
            face_add(face, parts[i]);
}

/*
 * Where an Arabic font has no layout table for its script, HarfBuzz joins the letters by the forms that Unicode encodes
 * for older systems. They must be in the subset then; otherwise they would be dead weight.
 */
static void add_presentation_forms(struct face *face) {
    const hb_tag_t arabic = HB_TAG('a', 'r', 'a', 'b');
    hb_codepoint_t first = 0x61F; /* the letters begin behind it */
    if (!hb_set_next(face->repertoire, &first) || first > 0x6D3)
        return;
    if (hb_ot_layout_table_select_script(face->source, HB_OT_TAG_GSUB, 1, &arabic, NULL, NULL))
        return;
    for (hb_codepoint_t c = HB_SET_VALUE_INVALID; hb_set_next(face->available, &c);)
        if (character_is_presentation_form(c))
            hb_set_add(face->repertoire, c);
}

static void set_remove_tags(hb_set_t *set, const char *tags) {
    for (; *tags != '\0'; tags += 5)
        hb_set_del(set, hb_tag_from_string(tags, 4));
}

static hb_subset_input_t *make_input(const struct face *face) {
    hb_subset_input_t *input = hb_subset_input_create_or_fail();
    if (input == NULL)
        return NULL;
    hb_set_union(hb_subset_input_unicode_set(input), face->repertoire);
    hb_subset_input_set_flags(input, HB_SUBSET_FLAGS_NO_HINTING);
    hb_set_clear(hb_subset_input_set(input, HB_SUBSET_SETS_NAME_ID));
    /* All that HarfBuzz shapes with is kept unasked, and some that it is not asked for here: fractions, vertical text. */
    set_remove_tags(hb_subset_input_set(input, HB_SUBSET_SETS_LAYOUT_FEATURE_TAG),
                    "frac numr dnom valt vert vkrn vpal vrt2 vrtr vchw vhal ");
    return input;
}

/* Gives SUBSET what is left of the source's `kern` table: older fonts have no other kerning. */
static void keep_kern(const struct face *face, const hb_subset_plan_t *plan, hb_face_t *subset) {
    const hb_tag_t tag = HB_TAG('k', 'e', 'r', 'n');
    struct opentype_table kern = table_of(face->source, tag);
    if (kern.length == 0)
        return;
    const hb_map_t *map = hb_subset_plan_old_to_new_glyph_mapping(plan);
    unsigned count = hb_face_get_glyph_count(face->source);
    uint16_t *numbers = memory_alloc(count, sizeof *numbers);
    for (unsigned i = 0; i < count; i++)
        numbers[i] = hb_map_has(map, i) ? (uint16_t)hb_map_get(map, i) : 0;
    struct str cut = STR_EMPTY;
    opentype_cut_kern(&kern, numbers, count, &cut);
    if (cut.length > 0) {
        hb_blob_t *blob = hb_blob_create(cut.bytes, (unsigned)cut.length, HB_MEMORY_MODE_DUPLICATE, NULL, NULL);
        hb_face_builder_add_table(subset, tag, blob);
        hb_blob_destroy(blob);
    }
    str_release(&cut);
    free(numbers);
}

/* Cuts the source down to the repertoire and what shaping makes of it. Yours; NULL where HarfBuzz could not. */
static hb_face_t *make_subset(const struct face *face) {
    hb_face_t *whole = NULL, *subset = NULL;
    hb_subset_plan_t *plan = NULL;
    hb_subset_input_t *input = make_input(face);
    if (input == NULL)
        goto out;
    plan = hb_subset_plan_create_or_fail(face->source, input);
    if (plan == NULL)
        goto out;
    subset = hb_subset_plan_execute_or_fail(plan);
    if (subset == NULL)
        goto out;
    keep_kern(face, plan, subset);

    /* What comes out is a set of tables; shaping is faster, and memory less, with one file of them. */
    hb_blob_t *blob = hb_face_reference_blob(subset);
    whole = hb_face_create(blob, 0);
    hb_blob_destroy(blob);
    hb_face_make_immutable(whole);
out:
    hb_face_destroy(subset);
    hb_subset_plan_destroy(plan);
    hb_subset_input_destroy(input);
    return whole;
}

/* TrueType outlines: a font file of just the tables that a PDF wants (ISO 32000-1 §9.9), always in the same order. */
static hb_blob_t *make_truetype(hb_face_t *subset) {
    static const hb_tag_t tags[] = {HB_TAG('g', 'l', 'y', 'f'),
                                    HB_TAG('h', 'e', 'a', 'd'),
                                    HB_TAG('h', 'h', 'e', 'a'),
                                    HB_TAG('h', 'm', 't', 'x'),
                                    HB_TAG('l', 'o', 'c', 'a'),
                                    HB_TAG('m', 'a', 'x', 'p'),
                                    HB_TAG_NONE};
    hb_face_t *builder = hb_face_builder_create();
    for (size_t i = 0; tags[i] != HB_TAG_NONE; i++) {
        hb_blob_t *table = hb_face_reference_table(subset, tags[i]);
        hb_face_builder_add_table(builder, tags[i], table);
        hb_blob_destroy(table);
    }
    hb_face_builder_sort_tables(builder, tags);
    hb_blob_t *file = hb_face_reference_blob(builder);
    hb_face_destroy(builder);
    return file;
}

/* The PostScript name, as a PDF may write it, behind six letters that stand for the subset (ISO 32000-1 §9.6.4). */
static const char *make_name(struct face *face) {
    char name[64] = "";
    unsigned size = sizeof name;
    hb_ot_name_get_utf8(face->source, 6, hb_language_from_string("en", -1), &size, name);
    size_t length = 0;
    for (const char *c = name; *c != '\0'; c++)
        if (*c > ' ' && *c < 0x7F && strchr("()<>[]{}/%#+", *c) == NULL)
            name[length++] = *c;

    char tag[7] = "";
    uint64_t hash = table_hash(face->program.bytes, face->program.length);
    for (size_t i = 0; i < 6; i++, hash /= 26)
        tag[i] = (char)('A' + hash % 26);
    return arena_printf(&face->arena, "%s+%.*s", tag, length == 0 ? 4 : (int)length, length == 0 ? "Font" : name);
}

static void describe(struct face *face) {
    struct opentype_tables tables = {
        .head = table_of(face->source, HB_TAG('h', 'e', 'a', 'd')),
        .hhea = table_of(face->source, HB_TAG('h', 'h', 'e', 'a')),
        .os2 = table_of(face->source, HB_TAG('O', 'S', '/', '2')),
        .post = table_of(face->source, HB_TAG('p', 'o', 's', 't')),
    };
    struct opentype_description description = opentype_describe(&tables);
    struct face_program *program = &face->program;
    program->ascent = description.ascent;
    program->descent = description.descent;
    program->cap_height = description.cap_height;
    program->x_height = description.x_height;
    memcpy(program->bounds, description.bounds, sizeof program->bounds);
    program->italic_angle_mdeg = description.italic_angle_mdeg;
    program->stem_v = description.stem_v;
    program->serif = description.serif;
    program->italic = description.italic;
    program->fixed_pitch = description.fixed_pitch;
}

static int make_program(struct face *face, struct error *error) {
    struct face_program *program = &face->program;
    const hb_tag_t cff = HB_TAG('C', 'F', 'F', ' ');
    program->cff = table_of(face->subset, cff).length > 0;
    face->bytes = program->cff ? hb_face_reference_table(face->subset, cff) : make_truetype(face->subset);
    unsigned length = 0;
    program->bytes = hb_blob_get_data(face->bytes, &length);
    program->length = length;
    program->name = make_name(face);
    if (length == 0)
        return error_set(error, STATUS_CONFIGURATION, "the font %s is damaged; choose another font", program->name + 7);

    program->glyphs_count = hb_face_get_glyph_count(face->subset);
    int32_t *advances = ARENA_ARRAY(&face->arena, int32_t, program->glyphs_count);
    for (unsigned i = 0; i < program->glyphs_count; i++)
        advances[i] = hb_font_get_glyph_h_advance(face->font, i);
    program->advances = advances;
    describe(face);
    return 0;
}

struct face_scratch *face_scratch_new(void) {
    struct face_scratch *scratch = memory_alloc(1, sizeof *scratch);
    scratch->buffer = hb_buffer_create();
    /*
     * Joiners and directional marks have done their work when a text is shaped: no glyph, not even an empty one. And
     * no dotted circle where a name breaks a rule of Indic spelling: HarfBuzz adds it whether the subset has it or not.
     */
    hb_buffer_set_flags(scratch->buffer, HB_BUFFER_FLAG_BOT | HB_BUFFER_FLAG_EOT |
                                             HB_BUFFER_FLAG_REMOVE_DEFAULT_IGNORABLES |
                                             HB_BUFFER_FLAG_DO_NOT_INSERT_DOTTED_CIRCLE);
    return scratch;
}

void face_scratch_free(struct face_scratch *scratch) {
    if (scratch == NULL)
        return;
    hb_buffer_destroy(scratch->buffer);
    free(scratch);
}

static void shape(const struct face *face, hb_buffer_t *buffer, const char *text, size_t length, hb_script_t script,
                  bool right_to_left) {
    hb_buffer_clear_contents(buffer);
    hb_buffer_add_utf8(buffer, text, (int)length, 0, (int)length);
    hb_buffer_set_script(buffer, script);
    hb_buffer_set_direction(buffer, right_to_left ? HB_DIRECTION_RTL : HB_DIRECTION_LTR);
    /* Never the language of the environment. A name's own language is not known. */
    hb_buffer_set_language(buffer, hb_language_from_string("en", 2));
    /*
     * Readers of PDFs turn round what a right-to-left ligature stands for (poppler 22.12 copies الله as اهلل), so such
     * a script gets only the ligatures that it cannot do without.
     */
    static const hb_feature_t plain = {HB_TAG('l', 'i', 'g', 'a'), 0, HB_FEATURE_GLOBAL_START, HB_FEATURE_GLOBAL_END};
    hb_shape(face->font, buffer, right_to_left ? &plain : NULL, right_to_left);
}

/* What make_text is at work on. */
struct learning {
    struct face *face;
    hb_buffer_t *buffer;
    const char **text;
};

/* The text from START to END of a sample, without the joiners that stand in for neighbours. */
static const char *plain_part(struct arena *arena, const char *sample, size_t start, size_t end) {
    const size_t joiner = strlen(SAMPLE_JOINER);
    if (end - start > joiner && memcmp(sample + start, SAMPLE_JOINER, joiner) == 0)
        start += joiner;
    if (end - start > joiner && memcmp(sample + end - joiner, SAMPLE_JOINER, joiner) == 0)
        end -= joiner;
    return arena_copy(arena, sample + start, end - start);
}

/* The sample is shaped; a glyph that shares its text with no other, and is not known yet, stands for that text. */
static void learn_sample(void *context, const char *sample, size_t length) {
    struct learning *learning = context;
    hb_script_t script = HB_SCRIPT_LATIN;
    for (size_t at = 0; at < length;) {
        uint32_t codepoint = text_next(sample, length, &at);
        if (!text_is_invisible(codepoint) && !hb_set_has(learning->face->repertoire, codepoint))
            return;
        if (text_is_right_to_left(codepoint))
            script = hb_unicode_script(hb_unicode_funcs_get_default(), codepoint);
    }
    bool right_to_left = hb_script_get_horizontal_direction(script) == HB_DIRECTION_RTL;
    shape(learning->face, learning->buffer, sample, length, script, right_to_left);
    unsigned count = 0;
    const hb_glyph_info_t *glyphs = hb_buffer_get_glyph_infos(learning->buffer, &count);
    size_t said = 0; /* where the glyph before began, in logical order */
    for (unsigned i = 0; i < count; i++) {
        unsigned at = right_to_left ? count - 1 - i : i;
        size_t start = glyphs[at].cluster, end = length;
        if (i + 1 < count)
            end = glyphs[right_to_left ? at - 1 : at + 1].cluster;
        const char **known = &learning->text[glyphs[at].codepoint];
        if ((i == 0 || said < start) && start < end && **known == '\0')
            *known = plain_part(&learning->face->arena, sample, start, end);
        said = start;
    }
}

/* In ascending order, so that the plain character wins: the space before the no-break space. */
static void learn_characters(struct face *face, const char **text, bool second_choice) {
    struct str character = STR_EMPTY;
    for (hb_codepoint_t c = HB_SET_VALUE_INVALID; hb_set_next(face->repertoire, &c);) {
        hb_codepoint_t glyph = 0;
        if (character_is_second_choice(c) != second_choice || !hb_font_get_nominal_glyph(face->font, c, &glyph) ||
            *text[glyph] != '\0')
            continue;
        str_clear(&character);
        str_add_codepoint(&character, c);
        text[glyph] = arena_copy(&face->arena, character.bytes, character.length);
    }
    str_release(&character);
}

/* The repertoire as an array. Yours to free(). */
static uint32_t *list_repertoire(const struct face *face, size_t *count) {
    uint32_t *list = memory_alloc(hb_set_get_population(face->repertoire), sizeof *list);
    *count = 0;
    for (hb_codepoint_t c = HB_SET_VALUE_INVALID; hb_set_next(face->repertoire, &c);)
        list[(*count)++] = c;
    return list;
}

/* What each glyph says, as far as it is one thing: the character that has it, else what shaping makes it of. */
static void make_text(struct face *face) {
    const char **text = ARENA_ARRAY(&face->arena, const char *, face->program.glyphs_count);
    for (unsigned i = 0; i < face->program.glyphs_count; i++)
        text[i] = "";
    struct face_scratch *scratch = face_scratch_new();
    hb_buffer_set_cluster_level(scratch->buffer, HB_BUFFER_CLUSTER_LEVEL_CHARACTERS);
    size_t count;
    uint32_t *repertoire = list_repertoire(face, &count);
    learn_characters(face, text, false);
    sample_each(repertoire, count, learn_sample, &(struct learning){face, scratch->buffer, text});
    learn_characters(face, text, true);
    free(repertoire);
    face_scratch_free(scratch);
    face->program.text = text;
}

int face_subset(struct face *face, struct error *error) {
    assert(face->subset == NULL);
    add_presentation_forms(face);
    face->subset = make_subset(face);
    if (face->subset == NULL)
        return error_set(error, STATUS_CONFIGURATION, "the font %s is damaged; choose another font",
                         make_name(face) + 7);
    face->font = hb_font_create(face->subset);
    hb_font_set_scale(face->font, FACE_EM, FACE_EM);
    hb_font_make_immutable(face->font);
    if (make_program(face, error) != 0)
        return -1;

    /* The source may be many megabytes, and is not asked any more. */
    hb_set_destroy(face->available);
    face->available = hb_set_reference(face->repertoire);
    hb_face_destroy(face->source);
    face->source = NULL;
    make_text(face);
    return 0;
}

const struct face_program *face_program(const struct face *face) {
    assert(face->subset != NULL);
    return &face->program;
}

/* An accent that was moved over its letter: readers that go by the place may read it after the next one. */
static bool is_moved_mark(const struct glyph *glyph) {
    return glyph->advance == 0 && (glyph->x_offset != 0 || glyph->y_offset != 0);
}

/*
 * Whether the glyphs, read in logical order, say TEXT. A no-break space may be printed, and copied out, as a space. A
 * ligature from right to left does not count: readers of PDF disagree on the order of the characters in it.
 */
static bool is_faithful(const struct face *face, const struct glyph *glyphs, size_t count, const char *text,
                        size_t length, bool right_to_left) {
    static const char no_break_space[] = "\xC2\xA0";
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        const struct glyph *glyph = &glyphs[right_to_left ? count - 1 - i : i];
        const char *said = face->program.text[glyph->id];
        size_t said_length = strlen(said);
        if ((right_to_left && text_count(said, said_length) > 1) || is_moved_mark(glyph))
            return false;
        if (said_length > 0 && length - at >= said_length && memcmp(text + at, said, said_length) == 0)
            at += said_length;
        else if (strcmp(said, " ") == 0 && length - at >= 2 && memcmp(text + at, no_break_space, 2) == 0)
            at += 2;
        else
            return false;
    }
    return at == length;
}

static bool has_invisible(const char *text, size_t length) {
    for (size_t at = 0; at < length;)
        if (text_is_invisible(text_next(text, length, &at)))
            return true;
    return false;
}

size_t face_shape(const struct face *face, struct face_scratch *scratch, const char *text, size_t length,
                  uint32_t script, bool right_to_left, struct arena *arena, const struct glyph **glyphs,
                  bool *faithful) {
    assert(face->subset != NULL && length <= FACE_TEXT_MAX);
    shape(face, scratch->buffer, text, length, hb_script_from_iso15924_tag(script), right_to_left);
    unsigned count = 0;
    const hb_glyph_info_t *infos = hb_buffer_get_glyph_infos(scratch->buffer, &count);
    const hb_glyph_position_t *positions = hb_buffer_get_glyph_positions(scratch->buffer, NULL);
    struct glyph *shaped = ARENA_ARRAY(arena, struct glyph, count);
    size_t shaped_count = 0;
    for (unsigned i = 0; i < count; i++) {
        assert(infos[i].codepoint < face->program.glyphs_count);
        if (infos[i].codepoint == 0) {
            /* An invisible character younger than HarfBuzz. Else somebody would read a box in place of a letter. */
            assert(has_invisible(text, length));
            continue;
        }
        shaped[shaped_count++] = (struct glyph){
            .id = (uint16_t)infos[i].codepoint,
            .cluster = (uint16_t)infos[i].cluster,
            .advance = positions[i].x_advance,
            .x_offset = positions[i].x_offset,
            .y_offset = positions[i].y_offset,
        };
    }
    *glyphs = shaped;
    *faithful = is_faithful(face, shaped, shaped_count, text, length, right_to_left);
    return shaped_count;
}

uint32_t face_script(uint32_t codepoint) {
    hb_script_t script = hb_unicode_script(hb_unicode_funcs_get_default(), codepoint);
    return script == HB_SCRIPT_UNKNOWN ? FACE_SCRIPT_COMMON : (uint32_t)hb_script_to_iso15924_tag(script);
}
