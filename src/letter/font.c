/*
 * Fonts: texts come in to be looked at, a face for each of their characters goes out, and at the end the subsets.
 *
 * The one idea is that a character's face is decided once, when it is first shown, by the catalogue and never by what
 * was shown before it; shaping only looks the decision up. A base and its marks are decided together, so that an accent
 * sits where the font's maker put it.
 */
#include "letter/font.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/table.h"
#include "base/text.h"
#include "letter/catalogue.h"
#include "letter/cluster.h"
#include "letter/model.h"

enum {
    FONT_FACES_MAX = 200,
    FONT_SEQUENCES_MAX = 10000, /* bases whose marks are not in their own face; more are printed in two faces */
    FONT_NONE = 255,            /* no face */
    PAGE_SIZE = 256,
    PAGES_COUNT = 0x110000 / PAGE_SIZE,
};

struct font_face {
    struct face *face;
    struct font_file file;
    bool needed;
    unsigned number; /* among those needed */
};

/* What is known of the characters in one style. */
struct font_style {
    unsigned face; /* of the family */
    bool used;
    bool has_ascii;
    bool has_extension;
    unsigned char *pages[PAGES_COUNT]; /* of each character, its face + 1, or 0: not looked for yet */
    struct table sequences; /* bases with marks that had to leave their face: to a font_face, or to `apart` */
};

struct font {
    struct catalogue *catalogue; /* NULL after font_finish */
    struct font_face faces[FONT_FACES_MAX];
    size_t faces_count;
    unsigned needed[FONT_FACES_MAX];
    size_t needed_count;
    struct font_style styles[STYLES_COUNT];
    struct font_face apart; /* stands for "each character in its own face" */
    struct arena arena;
};

/* The index of the face in FILE, opened if it is not yet. -1: it cannot be used; the catalogue then forgets it. */
static int font_open_face(struct font *font, const struct font_file *file, unsigned *index, struct error *error) {
    for (size_t i = 0; i < font->faces_count; i++) {
        if (font->faces[i].file.index == file->index && strcmp(font->faces[i].file.path, file->path) == 0) {
            *index = (unsigned)i;
            return 0;
        }
    }
    struct face *face = NULL;
    if (font->faces_count == FONT_FACES_MAX)
        error_set(error, STATUS_DATA, "more than %d fonts would be needed", FONT_FACES_MAX);
    else if (face_open(&face, file->path, file->index, error) == 0) {
        *index = (unsigned)font->faces_count++;
        font->faces[*index] = (struct font_face){.face = face, .file = *file};
        return 0;
    }
    catalogue_reject(font->catalogue, file);
    return -1;
}

static bool face_has_all(const struct face *face, const uint32_t *codepoints, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!face_has(face, codepoints[i]))
            return false;
    return true;
}

/* The face for COUNT characters together: the family's, else what the catalogue says, or FONT_NONE. */
static unsigned find_face(struct font *font, unsigned style, const uint32_t *codepoints, size_t count) {
    unsigned family = font->styles[style].face;
    if (face_has_all(font->faces[family].face, codepoints, count))
        return family;
    struct font_file file;
    while (catalogue_find_characters(font->catalogue, codepoints, count, style, &font->arena, &file)) {
        unsigned index;
        struct error ignored;
        if (font_open_face(font, &file, &index, &ignored) != 0)
            continue;
        if (face_has_all(font->faces[index].face, codepoints, count))
            return index;
        /* fontconfig and HarfBuzz do not see the same characters in it. */
        catalogue_reject(font->catalogue, &file);
    }
    return FONT_NONE;
}

static void font_add(struct font *font, unsigned face, const uint32_t *codepoints, size_t count) {
    for (size_t i = 0; i < count; i++)
        face_add(font->faces[face].face, codepoints[i]);
    font->faces[face].needed = true;
}

/* What was decided for CODEPOINT: a face, or FONT_NONE also where nothing was. */
static unsigned decided(const struct font *font, unsigned style, uint32_t codepoint) {
    const unsigned char *page = font->styles[style].pages[codepoint / PAGE_SIZE];
    unsigned choice = page == NULL ? 0 : page[codepoint % PAGE_SIZE];
    return choice == 0 || choice > FONT_FACES_MAX ? FONT_NONE : choice - 1;
}

/* The same, and decides it and puts it into the repertoire when it is asked for the first time. */
static unsigned decide(struct font *font, unsigned style, uint32_t codepoint) {
    unsigned char **page = &font->styles[style].pages[codepoint / PAGE_SIZE];
    if (*page == NULL)
        *page = arena_alloc(&font->arena, PAGE_SIZE);
    unsigned char *choice = &(*page)[codepoint % PAGE_SIZE];
    if (*choice == 0) {
        /* Some fonts draw control characters; and private-use ones mean something in one font only. */
        bool printable = !text_is_control(codepoint) && !text_is_private(codepoint);
        unsigned face = printable ? find_face(font, style, &codepoint, 1) : FONT_NONE;
        *choice = face == FONT_NONE ? FONT_NONE : (unsigned char)(face + 1);
        if (face != FONT_NONE)
            font_add(font, face, &codepoint, 1);
    }
    return *choice == FONT_NONE ? FONT_NONE : *choice - 1u;
}

/* The remembered face of a sequence, `apart`, or NULL. */
static const struct font_face *sequence_find(const struct font *font, unsigned style, const struct cluster *cluster) {
    return table_find(&font->styles[style].sequences, cluster->codepoints,
                      cluster->count * sizeof *cluster->codepoints);
}

/* Decides a base and marks of which its own face has not got all. */
static const struct font_face *sequence_decide(struct font *font, unsigned style, const struct cluster *cluster) {
    const struct font_face *found = sequence_find(font, style, cluster);
    if (found != NULL)
        return found;
    struct table *sequences = &font->styles[style].sequences;
    if (sequences->count == FONT_SEQUENCES_MAX)
        return &font->apart;
    unsigned face = find_face(font, style, cluster->codepoints, cluster->count);
    void **value = table_slot(sequences, cluster->codepoints, cluster->count * sizeof *cluster->codepoints);
    *value = face == FONT_NONE ? &font->apart : &font->faces[face];
    return *value;
}

struct range {
    uint32_t first, last;
};

static bool is_in(struct range range, uint32_t codepoint) {
    return range.first <= codepoint && codepoint <= range.last;
}

/* Puts the characters of RANGE that the family has into the repertoire, and those of ASCII from wherever they are. */
static void use_range(struct font *font, unsigned style, struct range range) {
    const struct face *face = font->faces[font->styles[style].face].face;
    for (uint32_t c = range.first; c <= range.last; c++)
        if ((c < 0x80 || face_has(face, c)) && decide(font, style, c) == FONT_NONE)
            font->styles[style].has_ascii = false;
}

/*
 * The fixed repertoire: English, Welsh and most of western Europe, whatever the list holds, so that a letter's fonts do not
 * tell who else is on it, and the same person's letter is the same from a longer list.
 */
static void use_style(struct font *font, unsigned style) {
    static const struct range ranges[] = {
        {0x20, 0x7E},                                         /* ASCII */
        {0xA0, 0xFF},                                         /* Latin-1 */
        {0x174, 0x178},   {0x1E80, 0x1E85}, {0x1EF2, 0x1EF3}, /* Welsh */
        {0x2010, 0x2015},                                     /* hyphens and dashes */
        {0x2018, 0x201E}, {0x2022, 0x2022}, {0x2026, 0x2026}, {0x20AC, 0x20AC},
    };
    font->styles[style].used = true;
    font->styles[style].has_ascii = true;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        use_range(font, style, ranges[i]);
}

/*
 * Latin Extended-A (Polish, Czech, Turkish, …), and what Romanian has beyond it, comes as a whole or not at all: so the
 * fonts tell that such a name is on the list, and not which. Always to have it would make every letter a third larger.
 */
static void use_extension(struct font *font, unsigned style, uint32_t codepoint) {
    static const struct range latin = {0x100, 0x17F}, romanian = {0x218, 0x21B};
    struct font_style *its = &font->styles[style];
    if (its->has_extension || !(is_in(latin, codepoint) || is_in(romanian, codepoint)))
        return;
    its->has_extension = true;
    use_range(font, style, latin);
    use_range(font, style, romanian);
}

/*
 * Returns 0, or the first character that no font has. Each character is also decided alone: the letter may be broken
 * into words elsewhere than between these clusters.
 */
static uint32_t use_cluster(struct font *font, unsigned style, const struct cluster *cluster) {
    for (size_t i = 0; i < cluster->count; i++) {
        uint32_t codepoint = cluster->codepoints[i];
        if (decided(font, style, codepoint) == FONT_NONE)
            use_extension(font, style, codepoint);
        if (decide(font, style, codepoint) == FONT_NONE)
            return codepoint;
    }
    if (cluster->count < 2)
        return 0;
    unsigned face = decided(font, style, cluster->codepoints[0]);
    if (!face_has_all(font->faces[face].face, cluster->codepoints, cluster->count)) {
        const struct font_face *other = sequence_decide(font, style, cluster);
        if (other == &font->apart)
            return 0;
        face = (unsigned)(other - font->faces);
    }
    font_add(font, face, cluster->codepoints, cluster->count);
    return 0;
}

/* Whether TEXT is printable ASCII, which is asked of every value of every row: eight bytes at a time. */
static bool is_plain(const char *text, size_t length) {
    const uint64_t ones = 0x0101010101010101u;
    uint64_t wrong = 0, word;
    for (; length >= sizeof word; text += sizeof word, length -= sizeof word) {
        memcpy(&word, text, sizeof word);
        wrong |= word | (word - ones * ' ') | (word + ones); /* above 0x7F, below the space, DEL */
    }
    for (; length > 0; text++, length--)
        wrong |= (unsigned char)*text < ' ' || (unsigned char)*text >= 0x7F ? ones << 7 : 0;
    return (wrong & ones << 7) == 0;
}

uint32_t font_use(struct font *font, unsigned style, const char *text, size_t length) {
    assert(font->catalogue != NULL && style < STYLES_COUNT);
    if (!font->styles[style].used)
        use_style(font, style);
    if (font->styles[style].has_ascii && is_plain(text, length))
        return 0;
    struct cluster cluster = {.count = 0};
    for (size_t at = 0; at < length; at = cluster.end) {
        cluster_read(&cluster, text, length, at);
        uint32_t missing = use_cluster(font, style, &cluster);
        if (missing != 0)
            return missing;
    }
    return 0;
}

/* Opens the family's face for STYLE. */
static int open_style(struct font *font, const char *family, unsigned style, struct error *error) {
    struct font_file file;
    error_set(error, STATUS_CONFIGURATION, "the font “%s” has no regular style", family);
    while (catalogue_find_family(font->catalogue, family, style, &font->arena, &file))
        if (font_open_face(font, &file, &font->styles[style].face, error) == 0)
            return 0;
    return -1;
}

static int open_family(struct font *font, const char *family, struct error *error) {
    if (!catalogue_has_family(font->catalogue, family)) {
        const char *nearest = catalogue_nearest_family(font->catalogue, family);
        return error_set(error, STATUS_CONFIGURATION, "the font “%s” is not installed%s%s%s", family,
                         nearest == NULL ? "" : "; did you mean “", nearest == NULL ? "" : nearest,
                         nearest == NULL ? "" : "”?");
    }
    /* A style that the family lacks is printed in the one before it that is nearest: weight counts for more than slant. */
    static const unsigned nearest_style[STYLES_COUNT] = {
        [STYLE_BOLD] = 0, [STYLE_ITALIC] = 0, [STYLE_BOLD | STYLE_ITALIC] = STYLE_BOLD};
    for (unsigned style = 0; style < STYLES_COUNT; style++) {
        struct error ignored;
        if (open_style(font, family, style, style == 0 ? error : &ignored) == 0)
            continue;
        if (style == 0)
            return -1;
        font->styles[style].face = font->styles[nearest_style[style]].face;
    }
    return 0;
}

int font_open(struct font **font, const char *family, struct error *error) {
    struct font *made = memory_alloc(1, sizeof *made);
    if (catalogue_open(&made->catalogue, error) != 0 || open_family(made, family, error) != 0) {
        font_free(made);
        return -1;
    }
    /* These two are in every letter: its text, its subject and the sender's name. */
    use_style(made, 0);
    use_style(made, STYLE_BOLD);
    *font = made;
    return 0;
}

void font_free(struct font *font) {
    if (font == NULL)
        return;
    for (size_t i = 0; i < font->faces_count; i++)
        face_free(font->faces[i].face);
    for (size_t i = 0; i < STYLES_COUNT; i++)
        table_release(&font->styles[i].sequences);
    catalogue_close(font->catalogue);
    arena_release(&font->arena);
    free(font);
}

int font_finish(struct font *font, struct error *error) {
    assert(font->catalogue != NULL);
    for (size_t i = 0; i < font->faces_count; i++) {
        struct font_face *face = &font->faces[i];
        if (!face->needed) {
            face_free(face->face);
            face->face = NULL;
            continue;
        }
        if (face_subset(face->face, error) != 0)
            return -1;
        face->number = (unsigned)font->needed_count;
        font->needed[font->needed_count++] = (unsigned)i;
    }
    catalogue_close(font->catalogue);
    font->catalogue = NULL;
    return 0;
}

size_t font_faces_count(const struct font *font) {
    return font->needed_count;
}

const struct face_program *font_face(const struct font *font, size_t i) {
    return face_program(font_shaping_face(font, (unsigned)i));
}

const struct face *font_shaping_face(const struct font *font, unsigned i) {
    assert(i < font->needed_count);
    return font->faces[font->needed[i]].face;
}

int font_face_of(const struct font *font, unsigned style, const struct cluster *cluster) {
    assert(font->catalogue == NULL && style < STYLES_COUNT && cluster->count > 0);
    unsigned face = decided(font, style, cluster->codepoints[0]);
    if (face != FONT_NONE && cluster->count > 1 &&
        !face_has_all(font->faces[face].face, cluster->codepoints, cluster->count)) {
        const struct font_face *other = sequence_find(font, style, cluster);
        face = other == NULL || other == &font->apart ? FONT_NONE : (unsigned)(other - font->faces);
    }
    return face == FONT_NONE ? -1 : (int)font->faces[face].number;
}
