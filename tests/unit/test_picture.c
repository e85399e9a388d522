/* Pictures: every kind of PNG and JPEG that there is, which way up, how large; and 400 damaged files. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "input/picture.h"
#include "input/raster.h"
#include "painter.h"

enum { WIDTH = 13, HEIGHT = 11, PALETTE = 16 }; /* odd, so that rows end within a byte and Adam7 has uneven passes */

static struct picture *decode(const struct str *bytes) {
    struct picture *picture = NULL;
    struct error error;
    if (picture_decode(&picture, "logo", bytes->bytes, bytes->length, &error) != 0)
        fail_msg("%s", error.message);
    return picture;
}

static void assert_refused(const void *bytes, size_t length, const char *part) {
    struct picture *picture = NULL;
    struct error error;
    assert_int_equal(picture_decode(&picture, "logo", bytes, length, &error), -1);
    assert_null(picture);
    if (strstr(error.message, part) == NULL || strncmp(error.message, "logo ", 5) != 0)
        fail_msg("\"%s\" lacks \"%s\"", error.message, part);
    assert_int_equal(error.status, STATUS_DATA);
}

/* PNG of every kind */

/* Sample C of pixel (X, Y), of DEPTH bits; all values of few bits, and many of many. */
static unsigned sample_at(unsigned x, unsigned y, unsigned c, int depth) {
    return (x * 2411 + y * 9177 + c * 5003 + (x + 1) * (y + 1) * 37) & ((1u << depth) - 1);
}

static void put_sample(unsigned char *row, size_t i, int depth, unsigned value) {
    if (depth == 16) {
        row[2 * i] = (unsigned char)(value >> 8);
        row[2 * i + 1] = (unsigned char)value;
    } else {
        size_t bit = i * (size_t)depth;
        row[bit / 8] |= (unsigned char)(value << (8 - (unsigned)depth - bit % 8));
    }
}

/* What a sample of DEPTH bits is in eight: ISO/IEC 15948 §13.12. */
static unsigned char in_eight_bits(unsigned value, int depth) {
    unsigned most = (1u << depth) - 1;
    return (unsigned char)((value * 255u + most / 2) / most);
}

static unsigned channels_of(int type) {
    return type == PNG_COLOR_TYPE_GRAY || type == PNG_COLOR_TYPE_PALETTE ? 1
           : type == PNG_COLOR_TYPE_GRAY_ALPHA                           ? 2
           : type == PNG_COLOR_TYPE_RGB                                  ? 3
                                                                         : 4;
}

/* The pixel (X, Y) of the PNG as it should come out: three colours and alpha. */
static void expect_pixel(const struct painted_png *png, unsigned x, unsigned y, unsigned char pixel[4]) {
    unsigned channels = channels_of(png->colour_type), raw[4] = {0};
    for (unsigned c = 0; c < channels; c++)
        raw[c] = sample_at(x, y, c, png->depth);
    pixel[3] = 255;
    if (png->colour_type == PNG_COLOR_TYPE_PALETTE) {
        unsigned index = raw[0] % (unsigned)png->palette_count;
        memcpy(pixel, &png->palette[index], 3);
        if (index < (unsigned)png->palette_alpha_count)
            pixel[3] = png->palette_alpha[index];
    } else {
        for (unsigned c = 0; c < 3; c++)
            pixel[c] = in_eight_bits(raw[channels < 3 ? 0 : c], png->depth);
        if (channels == 2 || channels == 4)
            pixel[3] = in_eight_bits(raw[channels - 1], png->depth);
        const png_color_16 *clear = png->transparent;
        if (clear != NULL && (channels == 1 ? raw[0] == clear->gray
                                            : raw[0] == clear->red && raw[1] == clear->green && raw[2] == clear->blue))
            pixel[3] = 0;
    }
    if (pixel[3] == 0)
        memset(pixel, 255, 3);
}

static void assert_pixels(const struct picture *picture, const struct painted_png *png) {
    assert_int_equal(picture->width, png->width);
    assert_int_equal(picture->height, png->height);
    bool transparent = false, coloured = false;
    for (unsigned y = 0; y < png->height; y++) {
        for (unsigned x = 0; x < png->width; x++) {
            unsigned char expected[4];
            size_t at = (size_t)y * png->width + x;
            expect_pixel(png, x, y, expected);
            transparent = transparent || expected[3] != 255;
            coloured = coloured || expected[0] != expected[1] || expected[0] != expected[2];
            for (unsigned c = 0; c < picture->channels; c++)
                assert_int_equal(picture->samples[at * picture->channels + c], expected[c]);
            assert_int_equal(picture->alpha == NULL ? 255 : picture->alpha[at], expected[3]);
        }
    }
    assert_int_equal(picture->alpha != NULL, transparent);
    assert_int_equal(picture->channels, coloured ? 3 : 1);
}

/* PNG with its rows made of sample_at. */
static void make_png(struct str *out, struct painted_png *png) {
    unsigned channels = channels_of(png->colour_type);
    png->row_length = (png->width * channels * (size_t)png->depth + 7) / 8;
    unsigned char *rows = memory_alloc(png->height, png->row_length);
    for (unsigned y = 0; y < png->height; y++)
        for (unsigned x = 0; x < png->width; x++)
            for (unsigned c = 0; c < channels; c++) {
                unsigned value = sample_at(x, y, c, png->depth);
                if (png->colour_type == PNG_COLOR_TYPE_PALETTE)
                    value %= (unsigned)png->palette_count;
                put_sample(rows + y * png->row_length, x * channels + c, png->depth, value);
            }
    png->rows = rows;
    paint_png(out, png);
    free(rows);
}

/* The same with TRANSPARENT: by the means that its colour type has. */
static void test_one_png(int type, int depth, int interlace, bool transparent) {
    static const png_byte alpha[] = {0, 255, 128, 1};
    png_color palette[PALETTE];
    png_color_16 clear = {0};
    struct painted_png png = {
        .width = WIDTH, .height = HEIGHT, .colour_type = type, .depth = depth, .interlace = interlace};
    struct str bytes = STR_EMPTY;
    if (type == PNG_COLOR_TYPE_PALETTE) {
        for (unsigned i = 0; i < PALETTE; i++)
            palette[i] = (png_color){(png_byte)(i * 17), (png_byte)(255 - i * 7), (png_byte)(i * 5)};
        png.palette = palette;
        png.palette_count = depth < 4 ? 1 << depth : PALETTE;
        png.palette_alpha = transparent ? alpha : NULL;
        png.palette_alpha_count = !transparent ? 0 : depth == 1 ? 2 : 4;
    } else if (transparent) {
        clear.gray = clear.red = (png_uint_16)sample_at(3, 2, 0, depth);
        clear.green = (png_uint_16)sample_at(3, 2, 1, depth);
        clear.blue = (png_uint_16)sample_at(3, 2, 2, depth);
        png.transparent = &clear;
    }
    make_png(&bytes, &png);
    struct picture *picture = decode(&bytes);
    assert_pixels(picture, &png);
    if (transparent || type == PNG_COLOR_TYPE_GRAY_ALPHA || type == PNG_COLOR_TYPE_RGB_ALPHA)
        assert_non_null(picture->alpha);
    picture_free(picture);
    str_release(&bytes);
}

static void test_every_kind_of_png(void **state) {
    (void)state;
    static const struct {
        int type, depths[6];
        bool may_be_transparent;
    } kinds[] = {
        {PNG_COLOR_TYPE_GRAY, {1, 2, 4, 8, 16}, true}, {PNG_COLOR_TYPE_PALETTE, {1, 2, 4, 8}, true},
        {PNG_COLOR_TYPE_RGB, {8, 16}, true},           {PNG_COLOR_TYPE_GRAY_ALPHA, {8, 16}, false},
        {PNG_COLOR_TYPE_RGB_ALPHA, {8, 16}, false},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        for (const int *depth = kinds[i].depths; *depth != 0; depth++)
            for (int interlace = PNG_INTERLACE_NONE; interlace <= PNG_INTERLACE_ADAM7; interlace++)
                for (int transparent = 0; transparent <= kinds[i].may_be_transparent; transparent++)
                    test_one_png(kinds[i].type, *depth, interlace, transparent);
}

/* One pixel of RGB and alpha, or a few. */
static void make_rgba(struct str *out, unsigned width, unsigned height, const unsigned char *pixels) {
    paint_png(out, &(struct painted_png){.width = width,
                                         .height = height,
                                         .colour_type = PNG_COLOR_TYPE_RGB_ALPHA,
                                         .depth = 8,
                                         .rows = pixels,
                                         .row_length = width * 4ul});
}

static void test_what_nobody_sees(void **state) {
    (void)state;
    static const unsigned char opaque[] = {10, 20, 30, 255, 40, 50, 60, 255};
    static const unsigned char hidden[] = {7, 7, 7, 255, 200, 10, 20, 0};
    static const unsigned char nothing[] = {1, 2, 3, 0, 4, 5, 6, 0};
    struct str bytes = STR_EMPTY;
    make_rgba(&bytes, 2, 1, opaque);
    struct picture *picture = decode(&bytes);
    assert_null(picture->alpha);
    assert_int_equal(picture->channels, 3);
    picture_free(picture);

    str_clear(&bytes);
    make_rgba(&bytes, 2, 1, hidden); /* the colour under full transparency neither stays nor counts */
    picture = decode(&bytes);
    assert_int_equal(picture->channels, 1);
    assert_memory_equal(picture->samples, "\x07\xFF", 2);
    assert_memory_equal(picture->alpha, "\xFF\0", 2);
    picture_free(picture);

    str_clear(&bytes);
    make_rgba(&bytes, 2, 1, nothing);
    assert_refused(bytes.bytes, bytes.length, "shows nothing");
    str_release(&bytes);
}

static void test_resolution(void **state) {
    (void)state;
    static const struct {
        unsigned per_metre;
        double dpi;
    } cases[] = {{0, 0}, {11811, 300}, {2835, 72.01}, {3937, 100}, {1, 0}, {4000000, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct painted_png png = {.width = 3, .height = 2, .depth = 8, .per_metre = cases[i].per_metre};
        struct str bytes = STR_EMPTY;
        make_png(&bytes, &png);
        struct picture *picture = decode(&bytes);
        assert_float_equal(picture->dpi, cases[i].dpi, 0.011);
        picture_free(picture);
        str_release(&bytes);
    }
}

static void test_digests(void **state) {
    (void)state;
    static const unsigned char pixels[] = {10, 10, 10, 255, 40, 40, 40, 99};
    struct str bytes = STR_EMPTY;
    make_rgba(&bytes, 2, 1, pixels);
    struct picture *rgba = decode(&bytes);
    str_clear(&bytes);
    make_rgba(&bytes, 1, 2, pixels);
    struct picture *tall = decode(&bytes);
    str_clear(&bytes);
    static const unsigned char grey[] = {10, 255, 40, 99};
    paint_png(&bytes, &(struct painted_png){.width = 2,
                                            .height = 1,
                                            .colour_type = PNG_COLOR_TYPE_GRAY_ALPHA,
                                            .depth = 8,
                                            .rows = grey,
                                            .row_length = 4,
                                            .annotated = true});
    struct picture *same = decode(&bytes);
    assert_true(digest_equal(&rgba->digest, &same->digest)); /* by its pixels, not by how they were kept */
    assert_false(digest_equal(&rgba->digest, &tall->digest));
    picture_free(rgba);
    picture_free(tall);
    picture_free(same);
    str_release(&bytes);
}

/* JPEG */

static const unsigned char plain_shade[4] = {200, 120, 40, 90};

/* A smooth picture: what JPEG keeps nearly as it was. */
static unsigned char *smooth(unsigned width, unsigned height, unsigned channels) {
    unsigned char *samples = memory_alloc((size_t)width * height, channels);
    for (unsigned y = 0; y < height; y++)
        for (unsigned x = 0; x < width; x++)
            for (unsigned c = 0; c < channels; c++)
                samples[(y * width + x) * channels + c] =
                    (unsigned char)(plain_shade[c] + (x * 20 / width) * (c + 1) - y * 20 / height);
    return samples;
}

static void assert_near(int a, int b, int tolerance) {
    if (abs(a - b) > tolerance)
        fail_msg("%d is not near %d", a, b);
}

static void test_kinds_of_jpeg(void **state) {
    (void)state;
    static const struct {
        const char *name;
        unsigned channels;
        J_COLOR_SPACE samples, file;
        bool progressive, without_adobe;
        unsigned restart_rows;
    } cases[] = {
        {"grey", 1, JCS_GRAYSCALE, JCS_GRAYSCALE, false, false, 0},
        {"grey, progressive", 1, JCS_GRAYSCALE, JCS_GRAYSCALE, true, false, 0},
        {"YCbCr", 3, JCS_RGB, JCS_YCbCr, false, false, 0},
        {"YCbCr, progressive", 3, JCS_RGB, JCS_YCbCr, true, false, 0},
        {"YCbCr, restarts", 3, JCS_RGB, JCS_YCbCr, false, false, 1},
        {"RGB", 3, JCS_RGB, JCS_RGB, false, false, 0},
        {"CMYK of Adobe's", 4, JCS_CMYK, JCS_CMYK, false, false, 0},
        {"YCCK of Adobe's", 4, JCS_CMYK, JCS_YCCK, false, false, 0},
        {"YCCK, progressive", 4, JCS_CMYK, JCS_YCCK, true, false, 0},
        {"CMYK of others", 4, JCS_CMYK, JCS_CMYK, false, true, 0},
    };
    enum { SIDE = 32 };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned channels = cases[i].channels;
        unsigned char *samples = smooth(SIDE, SIDE - 3, channels);
        struct str bytes = STR_EMPTY;
        paint_jpeg(&bytes, &(struct painted_jpeg){.width = SIDE,
                                                  .height = SIDE - 3,
                                                  .channels = (int)channels,
                                                  .samples_space = cases[i].samples,
                                                  .file_space = cases[i].file,
                                                  .samples = samples,
                                                  .quality = 100,
                                                  .progressive = cases[i].progressive,
                                                  .without_adobe = cases[i].without_adobe,
                                                  .restart_rows = cases[i].restart_rows});
        struct picture *picture = decode(&bytes);
        assert_int_equal(picture->width, SIDE);
        assert_int_equal(picture->height, SIDE - 3);
        assert_int_equal(picture->channels, channels == 1 ? 1 : 3);
        assert_null(picture->alpha);
        for (size_t at = 0; at < SIDE * (SIDE - 3); at++) {
            const unsigned char *in = samples + at * channels, *out = picture->samples + at * picture->channels;
            for (unsigned c = 0; c < picture->channels; c++) {
                int light = in[c];
                if (channels == 4)
                    light = cases[i].without_adobe ? (255 - in[c]) * (255 - in[3]) / 255 : in[c] * in[3] / 255;
                assert_near(out[c], light, 5);
            }
        }
        picture_free(picture);
        str_release(&bytes);
        free(samples);
    }
}

/* Which way up */

/* What is seen of a 16 by 8 picture, white but for its top left quarter, where ORIENTATION says how it is to be turned. */
static const struct {
    unsigned orientation;
    bool across, right, bottom; /* where the dark quarter goes */
} turns[] = {
    {0, false, false, false}, {1, false, false, false}, {2, false, true, false},    {3, false, true, true},
    {4, false, false, true},  {5, true, false, false},  {6, true, true, false},     {7, true, true, true},
    {8, true, false, true},   {9, false, false, false}, {255, false, false, false},
};

static void assert_turned(const struct picture *picture, size_t turn) {
    unsigned width = turns[turn].across ? 8 : 16, height = turns[turn].across ? 16 : 8;
    assert_int_equal(picture->width, width);
    assert_int_equal(picture->height, height);
    for (unsigned y = 0; y < height; y++)
        for (unsigned x = 0; x < width; x++) {
            bool dark = (x >= width / 2) == turns[turn].right && (y >= height / 2) == turns[turn].bottom;
            assert_near(picture->samples[(y * width + x) * picture->channels], dark ? 0 : 255, 6);
        }
}

static void test_orientation(void **state) {
    (void)state;
    unsigned char samples[16 * 8];
    for (unsigned i = 0; i < sizeof samples; i++)
        samples[i] = i % 16 < 8 && i / 16 < 4 ? 0 : 255;
    for (size_t i = 0; i < sizeof turns / sizeof *turns * 2; i++) {
        unsigned char exif[6 + PAINTED_EXIF] = "Exif\0";
        struct str bytes = STR_EMPTY;
        paint_exif(exif + 6, turns[i / 2].orientation, i % 2 == 0);
        paint_jpeg(&bytes, &(struct painted_jpeg){.width = 16,
                                                  .height = 8,
                                                  .channels = 1,
                                                  .samples_space = JCS_GRAYSCALE,
                                                  .file_space = JCS_GRAYSCALE,
                                                  .samples = samples,
                                                  .quality = 100,
                                                  .exif = exif,
                                                  .exif_length = sizeof exif});
        struct picture *picture = decode(&bytes);
        assert_turned(picture, i / 2);
        picture_free(picture);
        str_clear(&bytes);
        paint_png(&bytes, &(struct painted_png){.width = 16,
                                                .height = 8,
                                                .depth = 8,
                                                .rows = samples,
                                                .row_length = 16,
                                                .exif = exif + 6,
                                                .exif_length = PAINTED_EXIF});
        picture = decode(&bytes);
        assert_turned(picture, i / 2);
        picture_free(picture);
        str_release(&bytes);
    }
}

static void test_damaged_exif(void **state) {
    (void)state;
    unsigned char exif[PAINTED_EXIF];
    paint_exif(exif, 6, true);
    assert_int_equal(raster_exif_orientation(exif, sizeof exif), 6);
    for (size_t length = 0; length < 20; length++) { /* each on its own, for AddressSanitizer */
        unsigned char *cut = memory_alloc(1, length);
        memcpy(cut, exif, length);
        assert_int_equal(raster_exif_orientation(cut, length), RASTER_UPRIGHT);
        free(cut);
    }
    memset(exif + 4, 0xFF, 4); /* the directory is far behind the end */
    assert_int_equal(raster_exif_orientation(exif, sizeof exif), RASTER_UPRIGHT);
}

/* How large */

static void test_reducing(void **state) {
    (void)state;
    static const unsigned char pixels[] = {
        0,   0,   0,   255, 200, 0,   0, 255, 255, 0, 0, 255, 0, 255, 0, 0, /* a transparent pixel has no colour */
        100, 100, 100, 255, 100, 100, 0, 255, 255, 0, 0, 127, 0, 255, 0, 0,
    };
    struct str bytes = STR_EMPTY;
    make_rgba(&bytes, 4, 2, pixels);
    struct picture *picture = decode(&bytes);
    struct digest before = picture->digest;
    picture_reduce(picture, 4, 2);
    assert_int_equal(picture->width, 4);
    assert_true(digest_equal(&before, &picture->digest));
    picture->dpi = 300;
    picture_reduce(picture, 100, 1);
    assert_int_equal(picture->width, 2);
    assert_int_equal(picture->height, 1);
    assert_float_equal(picture->dpi, 150, 0.01);
    static const unsigned char samples[] = {100, 50, 25, 255, 0, 0};
    assert_memory_equal(picture->samples, samples, sizeof samples);
    assert_memory_equal(picture->alpha, "\xFF\x60", 2); /* (255 + 127) / 4 */
    assert_false(digest_equal(&before, &picture->digest));
    picture_free(picture);
    str_release(&bytes);
}

static void test_reducing_unevenly(void **state) {
    (void)state;
    static const struct {
        unsigned width, height, width_max, height_max, expected_width, expected_height;
    } cases[] = {
        {7, 5, 3, 3, 3, 2},
        {100, 1, 10, 10, 10, 1},
        {1, 90, 10, 10, 1, 10},
        {301, 299, 300, 300, 300, 298},
        {4032, 3024, 1181, 425, 566, 425},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t pixels = (size_t)cases[i].width * cases[i].height;
        unsigned char *rows = memory_alloc(pixels, 1);
        memset(rows, 77, pixels);
        struct str bytes = STR_EMPTY;
        paint_png(&bytes, &(struct painted_png){.width = cases[i].width,
                                                .height = cases[i].height,
                                                .depth = 8,
                                                .rows = rows,
                                                .row_length = cases[i].width});
        struct picture *picture = decode(&bytes);
        picture_reduce(picture, cases[i].width_max, cases[i].height_max);
        assert_int_equal(picture->width, cases[i].expected_width);
        assert_int_equal(picture->height, cases[i].expected_height);
        for (size_t at = 0; at < (size_t)picture->width * picture->height; at++)
            assert_int_equal(picture->samples[at], 77);
        picture_free(picture);
        str_release(&bytes);
        free(rows);
    }
}

static uint32_t crc_of(const unsigned char *bytes, size_t length) {
    uint32_t crc = 0xFFFFFFFF;
    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
    }
    return ~crc;
}

static void put_number(unsigned char *to, uint32_t number) {
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(number >> (24 - 8 * i));
}

/* The header of a PNG begins at 8: length, "IHDR", 13 bytes, CRC. */
enum { IHDR_TYPE = 12, IHDR_WIDTH = 16, IHDR_HEIGHT = 20, IHDR_DEPTH = 24, IHDR_CRC = 29 };

static void mend_header(struct str *png) {
    unsigned char *bytes = (unsigned char *)png->bytes;
    put_number(bytes + IHDR_CRC, crc_of(bytes + IHDR_TYPE, IHDR_CRC - IHDR_TYPE));
}

/* Where the marker of the frame stands, which holds the size. */
static size_t frame_of(const struct str *jpeg) {
    for (size_t i = 2; i + 9 < jpeg->length;) {
        unsigned char kind = (unsigned char)jpeg->bytes[i + 1];
        if (kind == 0xC0 || kind == 0xC2)
            return i;
        i += 2 + (size_t)((unsigned char)jpeg->bytes[i + 2] << 8 | (unsigned char)jpeg->bytes[i + 3]);
    }
    fail_msg("no frame");
    return 0;
}

/* What other programs put into a PNG for themselves may be longer than the picture. */
static void test_a_long_chunk(void **state) {
    (void)state;
    enum { LONG = 9 * 1024 * 1024, IHDR_END = IHDR_CRC + 4 };
    struct painted_png png = {.width = 3, .height = 2, .depth = 8};
    struct str bytes = STR_EMPTY, longer = STR_EMPTY;
    make_png(&bytes, &png);
    str_add(&longer, bytes.bytes, IHDR_END);
    unsigned char *chunk = (unsigned char *)str_extend(&longer, LONG + 12);
    memset(chunk, 'x', LONG + 12);
    put_number(chunk, LONG);
    memcpy(chunk + 4, "prVt", 4);
    put_number(chunk + 8 + LONG, crc_of(chunk + 4, LONG + 4));
    str_add(&longer, bytes.bytes + IHDR_END, bytes.length - IHDR_END);
    struct picture *picture = decode(&longer);
    assert_int_equal(picture->width, 3);
    picture_free(picture);
    put_number((unsigned char *)longer.bytes + IHDR_END, 0x7FFFFFFF);
    assert_refused(longer.bytes, longer.length, "logo is damaged");
    str_release(&longer);
    str_release(&bytes);
}

static void test_sizes_that_nobody_prints(void **state) {
    (void)state;
    static const struct {
        uint32_t width, height;
        const char *part;
    } cases[] = {
        {10001, 1, "logo is too large: 10001 by 1 pixels"},
        {1, 10001, "too large"},
        {10000, 1601, "at most 16 million"},
        {10000, 10000, "too large"},
        {65000, 65000, "too large"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct painted_png png = {.width = 3, .height = 2, .depth = 8};
        struct str bytes = STR_EMPTY;
        make_png(&bytes, &png);
        put_number((unsigned char *)bytes.bytes + IHDR_WIDTH, cases[i].width);
        put_number((unsigned char *)bytes.bytes + IHDR_HEIGHT, cases[i].height);
        mend_header(&bytes);
        assert_refused(bytes.bytes, bytes.length, cases[i].part);
        str_clear(&bytes);
        unsigned char samples[64] = {0};
        paint_jpeg(&bytes, &(struct painted_jpeg){.width = 8,
                                                  .height = 8,
                                                  .channels = 1,
                                                  .samples_space = JCS_GRAYSCALE,
                                                  .file_space = JCS_GRAYSCALE,
                                                  .samples = samples,
                                                  .quality = 50});
        unsigned char *frame = (unsigned char *)bytes.bytes + frame_of(&bytes);
        frame[5] = (unsigned char)(cases[i].height >> 8);
        frame[6] = (unsigned char)cases[i].height;
        frame[7] = (unsigned char)(cases[i].width >> 8);
        frame[8] = (unsigned char)cases[i].width;
        assert_refused(bytes.bytes, bytes.length, cases[i].part);
        str_release(&bytes);
    }
}

static void test_a_file_that_is_too_long(void **state) {
    (void)state;
    char *bytes = memory_alloc(PICTURE_BYTES_MAX + 1, 1);
    assert_refused(bytes, PICTURE_BYTES_MAX + 1, "more than 20 MB");
    free(bytes);
}

/* What is no picture, or another */

static void test_other_files(void **state) {
    (void)state;
#define CASE(bytes, part) \
    { bytes, sizeof bytes - 1, part }
    static const struct {
        const char *bytes;
        size_t length;
        const char *part;
    } cases[] = {
        CASE("", "is empty"),
        CASE("RIFF\x10\0\0\0WEBPVP8 ", "is a WebP picture, whatever its name says: open it"),
        CASE("GIF89a\1\0\1\0", "a GIF picture"),
        CASE("\0\0\0\x18"
             "ftypheic\0\0\0\0mif1",
             "a HEIC picture, as iPhones make them"),
        CASE("\0\0\0\x18"
             "ftypavif",
             "an AVIF picture"),
        CASE("<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "an SVG drawing"),
        CASE("%PDF-1.7\n", "is a PDF"),
        CASE("PK\3\4\x14", "a Word or OpenDocument file"),
        CASE("II*\0\x08", "a TIFF picture"),
        CASE("BM6\0", "a Windows bitmap"),
        CASE("Jane Doe", "neither a PNG nor a JPEG"),
        CASE("\x89PNG\r\n", "neither a PNG nor a JPEG"),
        CASE("\x89PNG\r\n\x1A\n", "the end of the file is missing"),
        CASE("\xFF\xD8\xFF", "logo is damaged"),
        CASE("\xFF\xD8\xFF\xD9", "logo is damaged"),
    };
#undef CASE
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *bytes = memory_copy(cases[i].bytes, cases[i].length);
        assert_refused(bytes, cases[i].length, cases[i].part);
        free(bytes);
    }
}

static void test_reading(void **state) {
    (void)state;
    char path[] = "/tmp/postbag-picture-XXXXXX";
    struct picture *picture = NULL;
    struct error error;
    int descriptor = mkstemp(path);
    struct painted_png png = {.width = 3, .height = 2, .depth = 8};
    struct str bytes = STR_EMPTY;
    make_png(&bytes, &png);
    assert_int_equal(write(descriptor, bytes.bytes, bytes.length), bytes.length);
    close(descriptor);
    assert_int_equal(picture_read(&picture, path, "logo", &error), 0);
    assert_int_equal(picture->width, 3);
    picture_free(picture);
    unlink(path);
    assert_int_equal(picture_read(&picture, path, "logo", &error), -1);
    assert_int_equal(error.status, STATUS_NO_INPUT);
    assert_string_equal(error.message, "logo cannot be read: No such file or directory");
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(picture_read(&picture, path, "logo", &error), -1); /* and does not wait for who might write */
    unlink(path);
    assert_int_equal(picture_read(&picture, "/tmp", "logo", &error), -1);
    assert_non_null(strstr(error.message, "logo is a folder"));
    assert_int_equal(picture_read(&picture, "-", "logo", &error), -1);
    str_release(&bytes);
}

/* Damage */

enum { DAMAGED = 200 };

static uint32_t next_random(uint32_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

enum damage { DAMAGE_BITS, DAMAGE_END, DAMAGE_HEADER, DAMAGE_BLOCK, DAMAGES };

/* A copy of FILE with the damage, of exactly its length. */
static unsigned char *damage_of(const struct str *file, enum damage damage, size_t header, uint32_t *seed,
                                size_t *length) {
    unsigned char *bytes = memory_alloc(1, file->length);
    memcpy(bytes, file->bytes, file->length);
    *length = file->length;
    size_t at = next_random(seed) % file->length;
    switch (damage) {
    case DAMAGE_BITS:
        for (unsigned count = 1 + next_random(seed) % 8; count > 0; count--)
            bytes[next_random(seed) % file->length] ^= (unsigned char)(1u << next_random(seed) % 8);
        break;
    case DAMAGE_END: /* in memory of its own, for AddressSanitizer */
        free(bytes);
        bytes = memory_alloc(1, at);
        memcpy(bytes, file->bytes, at);
        *length = at;
        break;
    case DAMAGE_HEADER:
        bytes[header + next_random(seed) % 8] = (unsigned char)next_random(seed);
        bytes[header + next_random(seed) % 8] = (unsigned char)next_random(seed);
        break;
    default:
        for (size_t i = at; i < at + 16 && i < file->length; i++)
            bytes[i] = (unsigned char)next_random(seed);
    }
    return bytes;
}

/* Either a sentence or a picture that can be read to its last sample. Returns whether it was a picture. */
static bool look_at(const unsigned char *bytes, size_t length, const struct digest *sound) {
    struct picture *picture = NULL;
    struct error error = {.message = ""};
    if (picture_decode(&picture, "logo", bytes, length, &error) != 0) {
        assert_null(picture);
        assert_int_equal(error.status, STATUS_DATA);
        assert_int_equal(strncmp(error.message, "logo ", 5), 0);
        assert_true(strlen(error.message) >= strlen("logo is empty"));
        return false;
    }
    assert_in_range(picture->width, 1, RASTER_SIDE_MAX);
    assert_in_range(picture->height, 1, RASTER_SIDE_MAX);
    size_t pixels = (size_t)picture->width * picture->height;
    unsigned sum = 0;
    for (size_t i = 0; i < pixels * picture->channels; i++)
        sum += picture->samples[i];
    for (size_t i = 0; picture->alpha != NULL && i < pixels; i++)
        sum += picture->alpha[i];
    assert_true(sum <= pixels * 4 * 255);
    if (sound != NULL)
        assert_true(digest_equal(&picture->digest, sound));
    picture_free(picture);
    return true;
}

/* Nothing is printed meanwhile: libjpeg would. */
static int silence(int *kept) {
    char path[] = "/tmp/postbag-said-XXXXXX";
    int said = mkstemp(path);
    unlink(path);
    fflush(stderr);
    *kept = dup(STDERR_FILENO);
    dup2(said, STDERR_FILENO);
    return said;
}

static void assert_silent(int said, int kept) {
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    assert_int_equal(lseek(said, 0, SEEK_END), 0);
    close(said);
}

static void test_200_damaged_pngs(void **state) {
    (void)state;
    uint32_t seed = 20261122;
    int kept, said = silence(&kept);
    unsigned errors = 0;
    for (unsigned i = 0; i < DAMAGED; i++) {
        static const int types[] = {PNG_COLOR_TYPE_RGB_ALPHA, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_RGB};
        struct painted_png png = {.width = 23,
                                  .height = 17,
                                  .colour_type = types[i % 3],
                                  .depth = i % 2 == 0 ? 8 : 16,
                                  .interlace = i / 2 % 2 == 0 ? PNG_INTERLACE_NONE : PNG_INTERLACE_ADAM7,
                                  .annotated = true,
                                  .per_metre = 11811};
        struct str file = STR_EMPTY;
        make_png(&file, &png);
        struct picture *sound = decode(&file);
        enum damage damage = i / 3 % DAMAGES;
        size_t length;
        unsigned char *bytes = damage_of(&file, damage, IHDR_WIDTH, &seed, &length);
        if (damage == DAMAGE_HEADER) /* a lie that the check sum vouches for */
            put_number(bytes + IHDR_CRC, crc_of(bytes + IHDR_TYPE, IHDR_CRC - IHDR_TYPE));
        bool picture = look_at(bytes, length, &sound->digest);
        assert_false(picture && damage == DAMAGE_END);
        errors += !picture;
        free(bytes);
        picture_free(sound);
        str_release(&file);
    }
    assert_silent(said, kept);
    assert_true(errors >= DAMAGED * 3 / 4); /* the rest was hit where nobody looks */
}

static void test_200_damaged_jpegs(void **state) {
    (void)state;
    uint32_t seed = 20261123;
    int kept, said = silence(&kept);
    unsigned errors = 0;
    unsigned char exif[6 + PAINTED_EXIF] = "Exif\0";
    paint_exif(exif + 6, 6, true);
    for (unsigned i = 0; i < DAMAGED; i++) {
        static const struct {
            unsigned channels;
            J_COLOR_SPACE samples, file;
        } kinds[] = {{1, JCS_GRAYSCALE, JCS_GRAYSCALE}, {3, JCS_RGB, JCS_YCbCr}, {4, JCS_CMYK, JCS_YCCK}};
        unsigned channels = kinds[i % 3].channels;
        unsigned char *samples = smooth(40, 30, channels);
        struct str file = STR_EMPTY;
        paint_jpeg(&file, &(struct painted_jpeg){.width = 40,
                                                 .height = 30,
                                                 .channels = (int)channels,
                                                 .samples_space = kinds[i % 3].samples,
                                                 .file_space = kinds[i % 3].file,
                                                 .samples = samples,
                                                 .quality = 85,
                                                 .progressive = i / 2 % 2 == 0,
                                                 .restart_rows = i % 5 == 0,
                                                 .exif = exif,
                                                 .exif_length = sizeof exif});
        enum damage damage = i / 3 % DAMAGES;
        size_t length;
        unsigned char *bytes = damage_of(&file, damage, frame_of(&file) + 4, &seed, &length);
        bool picture = look_at(bytes, length, NULL); /* JPEG has no check sum: some bits only change a shade */
        assert_false(picture && damage == DAMAGE_END);
        errors += !picture;
        free(bytes);
        free(samples);
        str_release(&file);
    }
    assert_silent(said, kept);
    assert_true(errors >= DAMAGED / 2);
}

/* Wherever a file ends too early, it is said. */
static void test_every_end(void **state) {
    (void)state;
    unsigned char *samples = smooth(16, 8, 3);
    for (int progressive = 0; progressive <= 1; progressive++) {
        struct str file = STR_EMPTY;
        paint_jpeg(&file, &(struct painted_jpeg){.width = 16,
                                                 .height = 8,
                                                 .channels = 3,
                                                 .samples_space = JCS_RGB,
                                                 .file_space = JCS_YCbCr,
                                                 .samples = samples,
                                                 .quality = 90,
                                                 .progressive = progressive});
        for (size_t length = 0; length < file.length; length++)
            assert_false(look_at((const unsigned char *)file.bytes, length, NULL));
        str_add(&file, "what a telephone puts behind it", 31);
        assert_true(look_at((const unsigned char *)file.bytes, file.length, NULL));
        str_release(&file);
    }
    free(samples);
    struct painted_png png = {.width = 9, .height = 9, .depth = 8, .colour_type = PNG_COLOR_TYPE_RGB};
    struct str file = STR_EMPTY;
    make_png(&file, &png);
    for (size_t length = 0; length < file.length; length++)
        assert_false(look_at((const unsigned char *)file.bytes, length, NULL));
    str_release(&file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_of_png),
        cmocka_unit_test(test_what_nobody_sees),
        cmocka_unit_test(test_resolution),
        cmocka_unit_test(test_digests),
        cmocka_unit_test(test_kinds_of_jpeg),
        cmocka_unit_test(test_orientation),
        cmocka_unit_test(test_damaged_exif),
        cmocka_unit_test(test_reducing),
        cmocka_unit_test(test_reducing_unevenly),
        cmocka_unit_test(test_a_long_chunk),
        cmocka_unit_test(test_sizes_that_nobody_prints),
        cmocka_unit_test(test_a_file_that_is_too_long),
        cmocka_unit_test(test_other_files),
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_200_damaged_pngs),
        cmocka_unit_test(test_200_damaged_jpegs),
        cmocka_unit_test(test_every_end),
    };
    return cmocka_run_group_tests_name("picture", tests, NULL, NULL);
}
