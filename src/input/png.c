/*
 * The bytes of a PNG come in, eight-bit samples go out of libpng. The one idea: libpng may leave by longjmp at any of
 * its calls, so all of them stand in one function, and all that outlives it stands in a struct outside.
 *
 * Colours are taken as they are: gamma and profiles would change a logo by shades that nobody prints. Nothing of the
 * file is looked into that is not needed; what else is compressed in it stays so.
 */
#include "input/png.h"

#include <math.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "base/memory.h"

enum { CHUNKS_MAX = 1000 };

struct decoding {
    const char *name;
    const unsigned char *bytes;
    size_t length;
    size_t at;
    bool ended; /* more was wanted than there is */
    bool sized; /* the error is ours already */
    struct raster raster;
    png_bytep *rows;
    struct error *error;
};

bool png_is(const unsigned char *bytes, size_t length) {
    static const unsigned char signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    return length >= sizeof signature && memcmp(bytes, signature, sizeof signature) == 0;
}

static void give_bytes(png_structp png, png_bytep to, size_t length) {
    struct decoding *decoding = png_get_io_ptr(png);
    if (length > decoding->length - decoding->at) {
        decoding->ended = true;
        png_error(png, "end of file");
    }
    memcpy(to, decoding->bytes + decoding->at, length);
    decoding->at += length;
}

/* libpng's own sentences are for programmers; what can be done is the same for all of them. */
static void take_error(png_structp png, png_const_charp message) {
    struct decoding *decoding = png_get_error_ptr(png);
    if (!decoding->sized && decoding->ended)
        error_set(decoding->error, STATUS_DATA, "%s is damaged: the end of the file is missing", decoding->name);
    else if (!decoding->sized)
        error_set(decoding->error, STATUS_DATA, "%s is damaged (libpng says: %s); save it as PNG once more",
                  decoding->name, message);
    png_longjmp(png, 1);
}

static void ignore_warning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

/* The size that is printed where nothing else is said (ISO/IEC 15948 §11.3.5.3), if pixels are square. */
static double read_dpi(png_structp png, png_infop info) {
    png_uint_32 x = 0, y = 0;
    int unit = PNG_RESOLUTION_UNKNOWN;
    if (png_get_pHYs(png, info, &x, &y, &unit) == 0 || unit != PNG_RESOLUTION_METER || x != y)
        return 0;
    return round(x * 0.0254 * 100) / 100;
}

static unsigned read_orientation(png_structp png, png_infop info) {
    png_uint_32 length = 0;
    png_bytep exif = NULL;
    if (png_get_eXIf_1(png, info, &length, &exif) == 0)
        return RASTER_UPRIGHT;
    return raster_exif_orientation(exif, length);
}

/* What nobody needs is skipped unread, and no chunk is believed to be longer than the file. */
static void restrain(png_structp png, const struct decoding *decoding) {
    static const char unwanted[] = "bKGD\0cHRM\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0"
                                   "sBIT\0sCAL\0sPLT\0sTER\0sRGB\0tEXt\0tIME\0zTXt";
    png_set_chunk_cache_max(png, CHUNKS_MAX);
    png_set_chunk_malloc_max(png, decoding->length);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, (png_const_bytep)unwanted, (int)sizeof unwanted / 5);
}

/* Every kind of PNG becomes grey or RGB of eight bits, with alpha where anything may be transparent. */
static void ask_for_samples(png_structp png) {
    png_set_expand(png);   /* palettes, fewer than eight bits, transparent colours */
    png_set_scale_16(png); /* rounds, where strip would cut */
    png_set_interlace_handling(png);
}

/* All calls that may leave by longjmp. Returns normally only when the whole file has been read. */
static void read_all(png_structp png, png_infop info, struct decoding *decoding) {
    struct raster *raster = &decoding->raster;
    png_read_info(png, info);
    raster->width = png_get_image_width(png, info);
    raster->height = png_get_image_height(png, info);
    if (raster_check_size(decoding->name, raster->width, raster->height, decoding->error) != 0) {
        decoding->sized = true;
        png_error(png, "size");
    }
    ask_for_samples(png);
    png_read_update_info(png, info);
    raster->channels = png_get_channels(png, info);
    size_t row = png_get_rowbytes(png, info);
    raster->samples = memory_alloc(raster->height, row);
    decoding->rows = memory_alloc(raster->height, sizeof *decoding->rows);
    for (size_t y = 0; y < raster->height; y++)
        decoding->rows[y] = raster->samples + y * row;
    png_read_image(png, decoding->rows);
    png_read_end(png, info);
    raster->dpi = read_dpi(png, info);
    raster->orientation = read_orientation(png, info);
}

/* Returns whether libpng came to the end. */
static bool run(png_structp png, png_infop info, struct decoding *decoding) {
    if (setjmp(png_jmpbuf(png)) != 0)
        return false;
    png_set_read_fn(png, decoding, give_bytes);
    restrain(png, decoding);
    read_all(png, info, decoding);
    return true;
}

int png_decode(struct raster *raster, const char *name, const unsigned char *bytes, size_t length,
               struct error *error) {
    struct decoding decoding = {.name = name, .bytes = bytes, .length = length, .error = error};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &decoding, take_error, ignore_warning);
    png_infop info = png == NULL ? NULL : png_create_info_struct(png);
    bool done = false;
    if (info == NULL)
        error_set(error, STATUS_DATA, "%s cannot be read: libpng does not work on this computer", name);
    else
        done = run(png, info, &decoding);
    png_destroy_read_struct(&png, &info, NULL);
    free(decoding.rows);
    if (done)
        *raster = decoding.raster;
    else
        free(decoding.raster.samples);
    return done ? 0 : -1;
}
