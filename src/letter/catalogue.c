/*
 * The catalogue: fontconfig's knowledge of this machine comes in, files go out.
 *
 * Its own caches are read, but unlike FcInit nothing here writes one or complains on stderr that it cannot: a directory
 * whose cache is stale is looked through again, in memory. Fonts are matched by our own short rules and not by
 * fontconfig's, which never answer "no" and differ with the user's settings.
 */
#include "letter/catalogue.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include <fontconfig/fontconfig.h>

#include "base/memory.h"
#include "base/str.h"
#include "base/text.h"
#include "letter/model.h"

enum {
    CATALOGUE_FONTS_MAX = 20000,
    CATALOGUE_DEPTH_MAX = 16, /* of directories: a symbolic link may lead back up */
};

struct installed {
    FcPattern *pattern;
    const FcCharSet *characters;
    const char *path;
    unsigned index;
    int weight, slant, width;
    int oddness; /* as a stand-in for a serif text face: 0 none */
    bool rejected;
};

struct catalogue {
    FcConfig *config;
    struct installed *fonts; /* in the order of their paths */
    size_t count;
    size_t room;
};

static bool pattern_is(const FcPattern *pattern, const char *property) {
    FcBool value = FcFalse;
    return FcPatternGetBool(pattern, property, 0, &value) == FcResultMatch && value;
}

static int pattern_number(const FcPattern *pattern, const char *property, int otherwise) {
    double value = 0;
    return FcPatternGetDouble(pattern, property, 0, &value) == FcResultMatch ? (int)value : otherwise;
}

static const char *pattern_text(const FcPattern *pattern, const char *property, int i) {
    FcChar8 *value = NULL;
    return FcPatternGetString(pattern, property, i, &value) == FcResultMatch ? (const char *)value : NULL;
}

/* Outlines that can be embedded in a PDF, in one fixed shape. An index above 16 bits is a variable font's instance. */
static bool pattern_is_usable(const FcPattern *pattern) {
    const char *format = pattern_text(pattern, FC_FONTFORMAT, 0);
    return format != NULL && (strcmp(format, "TrueType") == 0 || strcmp(format, "CFF") == 0) &&
           pattern_is(pattern, FC_OUTLINE) && !pattern_is(pattern, FC_COLOR) && !pattern_is(pattern, FC_VARIABLE) &&
           pattern_number(pattern, FC_INDEX, 0) <= 0xFFFF && pattern_text(pattern, FC_FILE, 0) != NULL;
}

/*
 * How far a face is from what a name in a letter should be printed in, by the words of its names. First those that are
 * another hand altogether or hold no real letters, then those without serifs.
 */
static int oddness_of(const FcPattern *pattern) {
    static const struct {
        const char *word;
        int oddness;
    } words[] = {
        {"LastResort", 4000}, {"Last Resort", 4000}, {"Blank", 4000},    {"Unifont", 2000},   {"Mono", 400},
        {"Nastaliq", 300},    {"Rashi", 300},        {"Kufi", 300},      {"Supplement", 300}, {"Looped", 200},
        {"Display", 200},     {"Slanted", 200},      {"Condensed", 200}, {" UI", 100},
    };
    static const char *const serifs[] = {"Serif", "Naskh", "Times", "Gentium", "Charis", "Mincho", "Song", "Ming"};

    int oddness = 0;
    bool serif = false;
    const char *name;
    for (int i = 0; (name = pattern_text(pattern, i % 2 ? FC_FULLNAME : FC_FAMILY, i / 2)) != NULL; i++) {
        for (size_t w = 0; w < sizeof words / sizeof *words; w++)
            if (strstr(name, words[w].word) != NULL && oddness < words[w].oddness)
                oddness = words[w].oddness;
        for (size_t w = 0; w < sizeof serifs / sizeof *serifs; w++)
            serif |= strstr(name, serifs[w]) != NULL;
    }
    return oddness + (serif ? 0 : 20);
}

/* A few fonts (Noto Serif Myanmar Bold) are bold by name and not by number. */
static int weight_of(const FcPattern *pattern) {
    int weight = pattern_number(pattern, FC_WEIGHT, FC_WEIGHT_REGULAR);
    const char *style = pattern_text(pattern, FC_STYLE, 0);
    return weight < FC_WEIGHT_DEMIBOLD && style != NULL && strstr(style, "Bold") != NULL ? FC_WEIGHT_BOLD : weight;
}

static void catalogue_add(struct catalogue *catalogue, FcFontSet *set) {
    for (int i = 0; set != NULL && i < set->nfont && catalogue->count < CATALOGUE_FONTS_MAX; i++) {
        FcPattern *pattern = set->fonts[i];
        FcCharSet *characters = NULL;
        if (!pattern_is_usable(pattern) || FcPatternGetCharSet(pattern, FC_CHARSET, 0, &characters) != FcResultMatch)
            continue;
        FcPatternReference(pattern);
        *MEMORY_PUSH(catalogue->fonts, catalogue->count, catalogue->room) = (struct installed){
            .pattern = pattern,
            .characters = characters,
            .path = pattern_text(pattern, FC_FILE, 0),
            .index = (unsigned)pattern_number(pattern, FC_INDEX, 0),
            .weight = weight_of(pattern),
            .slant = pattern_number(pattern, FC_SLANT, FC_SLANT_ROMAN),
            .width = pattern_number(pattern, FC_WIDTH, FC_WIDTH_NORMAL),
            .oddness = oddness_of(pattern),
        };
    }
}

static void catalogue_scan(struct catalogue *catalogue, const char *directory, unsigned depth);

static void scan_cached(struct catalogue *catalogue, FcCache *cache, unsigned depth) {
    FcFontSet *set = FcCacheCopySet(cache);
    catalogue_add(catalogue, set);
    if (set != NULL)
        FcFontSetDestroy(set);
    for (int i = 0; i < FcCacheNumSubdir(cache); i++)
        catalogue_scan(catalogue, (const char *)FcCacheSubdir(cache, i), depth + 1);
    FcDirCacheUnload(cache);
}

static void scan_uncached(struct catalogue *catalogue, const char *directory, unsigned depth) {
    DIR *stream = opendir(directory);
    if (stream == NULL)
        return;
    struct str path = STR_EMPTY;
    for (const struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        str_clear(&path);
        str_addf(&path, "%s/%s", directory, entry->d_name);
        if (FcFileIsDir((const FcChar8 *)path.bytes)) {
            catalogue_scan(catalogue, path.bytes, depth + 1);
            continue;
        }
        FcFontSet *set = FcFontSetCreate();
        int count = 0;
        if (set != NULL && FcFreeTypeQueryAll((const FcChar8 *)path.bytes, (unsigned)-1, NULL, &count, set) > 0)
            catalogue_add(catalogue, set);
        if (set != NULL)
            FcFontSetDestroy(set);
    }
    str_release(&path);
    closedir(stream);
}

static void catalogue_scan(struct catalogue *catalogue, const char *directory, unsigned depth) {
    if (depth > CATALOGUE_DEPTH_MAX)
        return;
    FcCache *cache = FcDirCacheLoad((const FcChar8 *)directory, catalogue->config, NULL);
    if (cache != NULL)
        scan_cached(catalogue, cache, depth);
    else
        scan_uncached(catalogue, directory, depth);
}

static int by_path(const void *a, const void *b) {
    const struct installed *left = a, *right = b;
    int order = strcmp(left->path, right->path);
    return order != 0 ? order : (left->index > right->index) - (left->index < right->index);
}

int catalogue_open(struct catalogue **catalogue, struct error *error) {
    struct catalogue *made = memory_alloc(1, sizeof *made);
    made->config = FcConfigCreate();
    FcStrList *directories = NULL;
    if (made->config != NULL && FcConfigParseAndLoad(made->config, NULL, FcFalse))
        directories = FcConfigGetFontDirs(made->config);
    for (const FcChar8 *name; directories != NULL && (name = FcStrListNext(directories)) != NULL;)
        catalogue_scan(made, (const char *)name, 0);
    if (directories != NULL)
        FcStrListDone(directories);
    if (made->count == 0) {
        catalogue_close(made);
        return error_set(
            error, STATUS_CONFIGURATION,
            "no font was found on this machine; install the packages fontconfig and fonts-sil-gentiumplus");
    }
    qsort(made->fonts, made->count, sizeof *made->fonts, by_path);
    *catalogue = made;
    return 0;
}

void catalogue_close(struct catalogue *catalogue) {
    if (catalogue == NULL)
        return;
    for (size_t i = 0; i < catalogue->count; i++)
        FcPatternDestroy(catalogue->fonts[i].pattern);
    free(catalogue->fonts);
    if (catalogue->config != NULL)
        FcConfigDestroy(catalogue->config);
    free(catalogue);
}

static bool is_of_family(const struct installed *font, const char *family) {
    const char *name;
    for (int i = 0; (name = pattern_text(font->pattern, FC_FAMILY, i)) != NULL; i++)
        if (FcStrCmpIgnoreCase((const FcChar8 *)name, (const FcChar8 *)family) == 0)
            return true;
    return false;
}

bool catalogue_has_family(const struct catalogue *catalogue, const char *family) {
    for (size_t i = 0; i < catalogue->count; i++)
        if (is_of_family(&catalogue->fonts[i], family))
            return true;
    return false;
}

static int distance(int a, int b) {
    return a < b ? b - a : a - b;
}

static bool is_bold(const struct installed *font) {
    return font->weight >= FC_WEIGHT_DEMIBOLD;
}

static bool is_italic(const struct installed *font) {
    return font->slant != FC_SLANT_ROMAN;
}

/* Among faces of the same style: the plainest weight and width. */
static int style_score(const struct installed *font, unsigned style) {
    int weight = style & STYLE_BOLD ? FC_WEIGHT_BOLD : FC_WEIGHT_REGULAR;
    return distance(font->weight, weight) + distance(font->width, FC_WIDTH_NORMAL);
}

static bool is_in_style(const struct installed *font, unsigned style) {
    return is_bold(font) == ((style & STYLE_BOLD) != 0) && is_italic(font) == ((style & STYLE_ITALIC) != 0);
}

static bool give(const struct installed *font, struct arena *arena, struct font_file *file) {
    if (font == NULL)
        return false;
    *file = (struct font_file){arena_copy(arena, font->path, strlen(font->path)), font->index};
    return true;
}

bool catalogue_find_family(const struct catalogue *catalogue, const char *family, unsigned style, struct arena *arena,
                           struct font_file *file) {
    const struct installed *best = NULL;
    for (size_t i = 0; i < catalogue->count; i++) {
        const struct installed *font = &catalogue->fonts[i];
        if (!font->rejected && is_in_style(font, style) && is_of_family(font, family) &&
            (best == NULL || style_score(font, style) < style_score(best, style)))
            best = font;
    }
    return give(best, arena, file);
}

const char *catalogue_nearest_family(const struct catalogue *catalogue, const char *family) {
    struct str wanted = STR_EMPTY, folded = STR_EMPTY;
    text_fold(&wanted, family, strlen(family));
    const char *nearest = NULL, *name;
    unsigned least = (unsigned)wanted.length / 3 + 1;
    for (size_t i = 0; i < catalogue->count; i++) {
        for (int n = 0; (name = pattern_text(catalogue->fonts[i].pattern, FC_FAMILY, n)) != NULL; n++) {
            size_t length = strlen(name);
            if (text_valid(name, length) != length)
                continue;
            str_clear(&folded);
            text_fold(&folded, name, length);
            unsigned apart = text_distance(wanted.bytes, wanted.length, folded.bytes, folded.length);
            if (apart < least) {
                least = apart;
                nearest = name;
            }
        }
    }
    str_release(&wanted);
    str_release(&folded);
    return nearest;
}

static bool has_all(const struct installed *font, const uint32_t *codepoints, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!FcCharSetHasChar(font->characters, codepoints[i]))
            return false;
    return true;
}

/*
 * An odd hand comes last whatever its style; a missing bold or italic weighs more than missing serifs. Of equals that
 * with fewer characters is better: it was made for its script, where the others have everything a little.
 */
static int stand_in_score(const struct installed *font, unsigned style) {
    int score = font->oddness * 10 + style_score(font, style);
    if (is_bold(font) != ((style & STYLE_BOLD) != 0))
        score += 300;
    if (is_italic(font) != ((style & STYLE_ITALIC) != 0))
        score += 300;
    return score;
}

bool catalogue_find_characters(const struct catalogue *catalogue, const uint32_t *codepoints, size_t count,
                               unsigned style, struct arena *arena, struct font_file *file) {
    const struct installed *best = NULL;
    int best_score = 0;
    for (size_t i = 0; i < catalogue->count; i++) {
        const struct installed *font = &catalogue->fonts[i];
        if (font->rejected || !has_all(font, codepoints, count))
            continue;
        int score = stand_in_score(font, style);
        if (best == NULL || score < best_score ||
            (score == best_score && FcCharSetCount(font->characters) < FcCharSetCount(best->characters))) {
            best = font;
            best_score = score;
        }
    }
    return give(best, arena, file);
}

void catalogue_reject(struct catalogue *catalogue, const struct font_file *file) {
    for (size_t i = 0; i < catalogue->count; i++)
        if (catalogue->fonts[i].index == file->index && strcmp(catalogue->fonts[i].path, file->path) == 0)
            catalogue->fonts[i].rejected = true;
}
