/*
 * The bytes of a file come in, a picture goes out. The one idea: all kinds are decoded to one raster, and what is needed
 * of it, grey or colours, alpha or none, is found from the pixels and not from how they were kept.
 */
#include "input/picture.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/str.h"
#include "input/jpeg.h"
#include "input/png.h"
#include "input/raster.h"

enum { WHITE = 255, OPAQUE = 255, SEARCHED = 1024 /* bytes, for what may stand behind a preamble */ };

/* Resolutions beyond these were not meant: a screen's 1, a telephone's nonsense. */
static const double dpi_min = 20, dpi_max = 4800;

/* What people have instead of PNG and JPEG, by the bytes at AT. */
static const struct {
    const char *name;
    size_t at;
    const char *bytes;
    size_t length;
} others[] = {
    {"a WebP picture", 8, "WEBP", 4},
    {"a GIF picture", 0, "GIF8", 4},
    {"a HEIC picture, as iPhones make them", 4, "ftyphei", 7},
    {"a HEIC picture, as iPhones make them", 4, "ftyphev", 7},
    {"a HEIC picture, as iPhones make them", 4, "ftypmif1", 8},
    {"an AVIF picture", 4, "ftypavif", 8},
    {"a video", 4, "ftyp", 4},
    {"a TIFF picture", 0, "II*\0", 4},
    {"a TIFF picture", 0, "MM\0*", 4},
    {"a Windows bitmap", 0, "BM", 2},
    {"a Photoshop picture", 0, "8BPS", 4},
    {"a JPEG 2000 picture", 4, "jP  \r\n", 6},
    {"a JPEG XL picture", 4, "JXL \r\n", 6},
    {"a JPEG XL picture", 0, "\xFF\x0A", 2},
    {"a PDF", 0, "%PDF-", 5},
    {"a PostScript file", 0, "%!PS", 4},
    {"an icon", 0, "\0\0\1\0", 4},
    {"a Word or OpenDocument file, or another archive", 0, "PK\3\4", 4},
    {"an old Word file", 0, "\xD0\xCF\x11\xE0", 4},
};

/* What BYTES are, or NULL. */
static const char *kind_of(const char *bytes, size_t length) {
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (length >= others[i].at + others[i].length &&
            memcmp(bytes + others[i].at, others[i].bytes, others[i].length) == 0)
            return others[i].name;
    if (memmem(bytes, length < SEARCHED ? length : SEARCHED, "<svg", 4) != NULL)
        return "an SVG drawing";
    if (memmem(bytes, length < SEARCHED ? length : SEARCHED, "<html", 5) != NULL)
        return "a web page";
    return NULL;
}

static int refuse(const char *name, const char *bytes, size_t length, struct error *error) {
    const char *kind = kind_of(bytes, length);
    if (length == 0)
        return error_set(error, STATUS_DATA, "%s is empty", name);
    if (kind != NULL)
        return error_set(error, STATUS_DATA,
                         "%s is %s, whatever its name says: open it in a program for pictures and save it as PNG or "
                         "JPEG",
                         name, kind);
    return error_set(error, STATUS_DATA, "%s is neither a PNG nor a JPEG picture", name);
}

static int refuse_large(const char *name, struct error *error) {
    return error_set(error, STATUS_DATA, "%s is too large: more than %d MB; save it smaller, 2000 pixels are plenty",
                     name, PICTURE_BYTES_MAX / 1024 / 1024);
}

static bool has_alpha(const struct raster *raster) {
    return raster->channels == 2 || raster->channels == 4;
}

/* Whether some pixel is not opaque; *VISIBLE: whether any is to be seen at all. */
static bool is_transparent(const struct raster *raster, bool *visible) {
    bool transparent = false;
    *visible = !has_alpha(raster);
    size_t length = (size_t)raster->width * raster->height * raster->channels;
    for (size_t i = raster->channels - 1; i < length && has_alpha(raster); i += raster->channels) {
        transparent = transparent || raster->samples[i] != OPAQUE;
        *visible = *visible || raster->samples[i] != 0;
    }
    return transparent;
}

/* Whether a pixel that can be seen is not grey. */
static bool is_coloured(const struct raster *raster) {
    size_t length = (size_t)raster->width * raster->height * raster->channels;
    for (size_t i = 0; i < length && raster->channels >= 3; i += raster->channels) {
        const unsigned char *pixel = raster->samples + i;
        bool hidden = raster->channels == 4 && pixel[3] == 0;
        if (!hidden && (pixel[0] != pixel[1] || pixel[0] != pixel[2]))
            return true;
    }
    return false;
}

static void take_digest(struct picture *picture) {
    struct {
        unsigned width, height, channels, alpha;
        struct digest digests[2];
    } parts;
    memset(&parts, 0, sizeof parts);
    size_t pixels = (size_t)picture->width * picture->height;
    parts.width = picture->width;
    parts.height = picture->height;
    parts.channels = picture->channels;
    digest_of(&parts.digests[0], picture->samples, pixels * picture->channels);
    if (picture->alpha != NULL) {
        parts.alpha = 1;
        digest_of(&parts.digests[1], picture->alpha, pixels);
    }
    digest_of(&picture->digest, &parts, sizeof parts);
}

/* RASTER's pixels, with no more channels than they need. What nobody sees becomes white: it may be somebody's address. */
static struct picture *make(const struct raster *raster, bool transparent) {
    struct picture *picture = memory_alloc(1, sizeof *picture);
    size_t pixels = (size_t)raster->width * raster->height;
    unsigned colours = is_coloured(raster) ? 3 : 1;
    unsigned char *samples = memory_alloc(pixels, colours);
    unsigned char *alpha = transparent ? memory_alloc(pixels, 1) : NULL;
    for (size_t i = 0; i < pixels; i++) {
        const unsigned char *pixel = raster->samples + i * raster->channels;
        if (alpha != NULL)
            alpha[i] = pixel[raster->channels - 1];
        if (alpha != NULL && alpha[i] == 0)
            memset(samples + i * colours, WHITE, colours);
        else
            memcpy(samples + i * colours, pixel, colours);
    }
    *picture = (struct picture){
        .width = raster->width,
        .height = raster->height,
        .channels = colours,
        .samples = samples,
        .alpha = alpha,
        .dpi = raster->dpi >= dpi_min && raster->dpi <= dpi_max ? raster->dpi : 0,
    };
    take_digest(picture);
    return picture;
}

int picture_decode(struct picture **picture, const char *name, const void *bytes, size_t length, struct error *error) {
    struct raster raster;
    int result;
    if (length > PICTURE_BYTES_MAX)
        return refuse_large(name, error);
    if (png_is(bytes, length))
        result = png_decode(&raster, name, bytes, length, error);
    else if (jpeg_is(bytes, length))
        result = jpeg_decode(&raster, name, bytes, length, error);
    else
        return refuse(name, bytes, length, error);
    if (result != 0)
        return -1;
    bool visible, transparent = is_transparent(&raster, &visible);
    if (visible) {
        raster_turn(&raster);
        *picture = make(&raster, transparent);
    } else {
        result = error_set(error, STATUS_DATA, "%s shows nothing: every pixel is transparent", name);
    }
    free(raster.samples);
    return result;
}

int picture_read(struct picture **picture, const char *path, const char *name, struct error *error) {
    struct stat about;
    if (strcmp(path, "-") == 0)
        return error_set(error, STATUS_NO_INPUT, "a picture cannot come on standard input: name its file");
    if (stat(path, &about) != 0)
        return error_set(error, STATUS_NO_INPUT, "%s cannot be read: %s", name, strerror(errno));
    if (!S_ISREG(about.st_mode)) /* a pipe would keep us waiting */
        return error_set(error, STATUS_NO_INPUT, "%s is a folder, or no file that can be read", name);
    if (about.st_size > PICTURE_BYTES_MAX)
        return refuse_large(name, error);
    struct str bytes = STR_EMPTY;
    int result = file_read(path, PICTURE_BYTES_MAX, &bytes, error);
    if (result == 0)
        result = picture_decode(picture, name, bytes.bytes, bytes.length, error);
    str_release(&bytes);
    return result;
}

void picture_free(struct picture *picture) {
    if (picture == NULL)
        return;
    free((void *)picture->samples);
    free((void *)picture->alpha);
    free(picture);
}

/* Reducing */

/* Sums over the area that a new pixel stands for, weighed by how much of each old one lies in it, and by its alpha. */
struct mean {
    uint64_t alpha, colours[3];
};

static void add_pixel(struct mean *mean, const struct picture *picture, size_t at, uint64_t weight) {
    uint64_t alpha = weight * (picture->alpha == NULL ? OPAQUE : picture->alpha[at]);
    mean->alpha += alpha;
    for (unsigned i = 0; i < picture->channels; i++)
        mean->colours[i] += alpha * picture->samples[at * picture->channels + i];
}

/* How much of [FROM, FROM + SIZE) the old pixel INDEX covers, where it is STEP wide. */
static uint64_t overlap(uint64_t from, uint64_t size, uint64_t index, uint64_t step) {
    uint64_t low = index * step > from ? index * step : from;
    uint64_t high = (index + 1) * step < from + size ? (index + 1) * step : from + size;
    return high - low;
}

/*
 * Adds what lies in new pixel (X, Y) of WIDTH by HEIGHT. So that all edges are whole numbers, an old pixel is WIDTH units
 * wide and HEIGHT high, and a new one as many as there are old ones in a row and a column.
 */
static void add_area(struct mean *mean, const struct picture *picture, uint64_t x, uint64_t y, uint64_t width,
                     uint64_t height) {
    uint64_t left = x * picture->width, top = y * picture->height;
    for (uint64_t row = top / height; row * height < top + picture->height; row++) {
        uint64_t tall = overlap(top, picture->height, row, height);
        for (uint64_t column = left / width; column * width < left + picture->width; column++)
            add_pixel(mean, picture, row * picture->width + column,
                      tall * overlap(left, picture->width, column, width));
    }
}

static void reduce_to(struct picture *picture, unsigned width, unsigned height) {
    unsigned char *samples = memory_alloc((size_t)width * height, picture->channels), *to = samples;
    unsigned char *alpha = picture->alpha == NULL ? NULL : memory_alloc(width, height);
    uint64_t area = (uint64_t)picture->width * picture->height; /* of a new pixel, in those units */
    assert(area > 0);
    for (unsigned y = 0; y < height; y++) {
        for (unsigned x = 0; x < width; x++) {
            struct mean mean = {0};
            add_area(&mean, picture, x, y, width, height);
            if (alpha != NULL)
                alpha[(size_t)y * width + x] = (unsigned char)((mean.alpha + area / 2) / area);
            for (unsigned i = 0; i < picture->channels; i++)
                *to++ = mean.alpha == 0 ? WHITE : (unsigned char)((mean.colours[i] + mean.alpha / 2) / mean.alpha);
        }
    }
    free((void *)picture->samples);
    free((void *)picture->alpha);
    picture->dpi = picture->dpi * width / picture->width;
    picture->width = width;
    picture->height = height;
    picture->samples = samples;
    picture->alpha = alpha;
    take_digest(picture);
}

void picture_reduce(struct picture *picture, unsigned width_max, unsigned height_max) {
    double scale = fmin((double)width_max / picture->width, (double)height_max / picture->height);
    if (scale < 1)
        reduce_to(picture, (unsigned)fmax(1, picture->width * scale + 1e-6),
                  (unsigned)fmax(1, picture->height * scale + 1e-6));
}
