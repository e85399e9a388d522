/*
 * A picture's samples come in, the text and the compressed stream of an image XObject go out. The one idea: rows are
 * filtered as PNG does before they are compressed, which halves a photograph or a scan.
 */
#include "pdf/image.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/*
 * The filters of PNG (ISO/IEC 15948 §9) that are used, which /Predictor 15 undoes; each row says which is its own.
 * Average and Paeth are left out: they take longer than these together, and a signature of its own is packed for each
 * letter.
 */
enum { FILTER_NONE, FILTER_SUB, FILTER_UP };

/* ROW, of CHANNELS samples a pixel, after FILTER; ABOVE is the row before, or zeros. */
static void filter_row(unsigned char *to, int filter, const unsigned char *row, const unsigned char *above,
                       size_t length, unsigned channels) {
    switch (filter) {
    case FILTER_SUB:
        memcpy(to, row, channels);
        for (size_t i = channels; i < length; i++)
            to[i] = (unsigned char)(row[i] - row[i - channels]);
        break;
    case FILTER_UP:
        for (size_t i = 0; i < length; i++)
            to[i] = (unsigned char)(row[i] - above[i]);
        break;
    default:
        memcpy(to, row, length);
    }
}

/* How far the bytes are from nought, as signed ones. */
static size_t size_of(const unsigned char *bytes, size_t length) {
    size_t sum = 0;
    for (size_t i = 0; i < length; i++)
        sum += bytes[i] < 128 ? bytes[i] : 256u - bytes[i];
    return sum;
}

/* ROW after the filter that makes it smallest, behind its number. TRIAL has as much room. */
static void filter_best(unsigned char *to, unsigned char *trial, const unsigned char *row, const unsigned char *above,
                        size_t length, unsigned channels) {
    static const int filters[] = {FILTER_UP, FILTER_NONE, FILTER_SUB};
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < sizeof filters / sizeof *filters && least > 0; i++) {
        filter_row(trial + 1, filters[i], row, above, length, channels);
        trial[0] = (unsigned char)filters[i];
        size_t size = size_of(trial + 1, length);
        if (size < least) {
            least = size;
            memcpy(to, trial, length + 1);
        }
    }
}

/*
 * The samples of an XObject, compressed: the filter of each row is that whose bytes are nearest to nought, which is
 * what libpng does, too. Plain rows of a logo win with none; what is shorter of both goes out.
 */
static void add_samples(struct str *entries, struct str *out, const unsigned char *samples, unsigned width,
                        unsigned height, unsigned channels, struct deflater *deflater) {
    size_t length = (size_t)width * channels;
    unsigned char *filtered = memory_alloc(height, length + 1), *trial = memory_alloc(1, length + 1);
    unsigned char *nothing = memory_alloc(1, length);
    for (size_t y = 0; y < height; y++)
        filter_best(filtered + y * (length + 1), trial, samples + y * length,
                    y == 0 ? nothing : samples + (y - 1) * length, length, channels);
    struct str plain = STR_EMPTY;
    deflater_add(deflater, samples, height * length, &plain);
    deflater_add(deflater, filtered, height * (length + 1), out);
    if (plain.length <= out->length) {
        str_clear(out);
        str_add(out, plain.bytes, plain.length);
    } else {
        str_addf(entries, "/DecodeParms<</Predictor 15/Colors %u/Columns %u>>\n", channels, width);
    }
    str_release(&plain);
    free(filtered);
    free(trial);
    free(nothing);
}

static void add_entries(struct str *out, const struct picture *picture, unsigned channels) {
    str_addf(out, "/Type/XObject/Subtype/Image/Width %u/Height %u\n/ColorSpace/%s/BitsPerComponent 8\n", picture->width,
             picture->height, channels == 1 ? "DeviceGray" : "DeviceRGB");
}

void embed_picture(struct embedded_image *image, const struct picture *picture, struct deflater *deflater) {
    *image = (struct embedded_image){
        .digest = picture->digest,
        .entries = STR_EMPTY,
        .samples = STR_EMPTY,
        .mask_entries = STR_EMPTY,
        .mask = STR_EMPTY,
    };
    add_entries(&image->entries, picture, picture->channels);
    add_samples(&image->entries, &image->samples, picture->samples, picture->width, picture->height, picture->channels,
                deflater);
    if (picture->alpha == NULL)
        return;
    add_entries(&image->mask_entries, picture, 1);
    add_samples(&image->mask_entries, &image->mask, picture->alpha, picture->width, picture->height, 1, deflater);
}

void embedded_image_release(struct embedded_image *image) {
    str_release(&image->entries);
    str_release(&image->samples);
    str_release(&image->mask_entries);
    str_release(&image->mask);
}
