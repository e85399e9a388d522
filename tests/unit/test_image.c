/* Pictures as a PDF holds them: the streams, unpacked again, hold the very samples, and the entries say how to read them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libdeflate.h>

#include "base/memory.h"
#include "pdf/image.h"

static struct deflater *deflater;

static int set_up(void **state) {
    (void)state;
    struct error error;
    return deflater_new(&deflater, 6, &error);
}

static int tear_down(void **state) {
    (void)state;
    deflater_free(deflater);
    return 0;
}

/* A picture of SAMPLES and ALPHA, borrowed. */
static struct picture picture_of(unsigned width, unsigned height, unsigned channels, const unsigned char *samples,
                                 const unsigned char *alpha) {
    struct picture picture = {width, height, channels, samples, alpha, 0, {{0}}};
    digest_of(&picture.digest, samples, (size_t)width * height * channels);
    return picture;
}

/* Undoes PNG's filters (ISO/IEC 15948 §9.2) in rows of LENGTH bytes, each behind its filter's number. */
static void undo_filters(unsigned char *to, const unsigned char *from, size_t length, size_t height, size_t channels) {
    for (size_t y = 0; y < height; y++, from += length + 1)
        for (size_t i = 0; i < length; i++) {
            int left = i < channels ? 0 : to[y * length + i - channels];
            int above = y == 0 ? 0 : to[(y - 1) * length + i];
            int corner = i < channels || y == 0 ? 0 : to[(y - 1) * length + i - channels];
            int plane = left + above - corner;
            int a = abs(plane - left), b = abs(plane - above), c = abs(plane - corner);
            int paeth = a <= b && a <= c ? left : b <= c ? above : corner;
            int guess[] = {0, left, above, (left + above) / 2, paeth};
            assert_in_range(from[0], 0, 4);
            to[y * length + i] = (unsigned char)(from[1 + i] + guess[from[0]]);
        }
}

/* The stream holds SAMPLES, read as ENTRIES say. */
static void assert_samples(const struct str *entries, const struct str *stream, const unsigned char *samples,
                           size_t width, size_t height, size_t channels) {
    char predictor[80], size[80];
    snprintf(size, sizeof size, "/Width %zu/Height %zu\n", width, height);
    snprintf(predictor, sizeof predictor, "/DecodeParms<</Predictor 15/Colors %zu/Columns %zu>>\n", channels, width);
    assert_non_null(strstr(entries->bytes, size));
    assert_non_null(strstr(entries->bytes, channels == 1 ? "/ColorSpace/DeviceGray/" : "/ColorSpace/DeviceRGB/"));
    assert_non_null(strstr(entries->bytes, "/BitsPerComponent 8\n"));
    bool filtered = strstr(entries->bytes, "/DecodeParms") != NULL;
    assert_true(!filtered || strstr(entries->bytes, predictor) != NULL);

    size_t length = width * channels, whole = (length + filtered) * height, got = 0;
    unsigned char *bytes = memory_alloc(whole, 1), *plain = memory_alloc(height, length);
    struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
    assert_int_equal(libdeflate_zlib_decompress(inflater, stream->bytes, stream->length, bytes, whole, &got), 0);
    assert_int_equal(got, whole);
    if (filtered)
        undo_filters(plain, bytes, length, height, channels);
    else
        memcpy(plain, bytes, whole);
    assert_memory_equal(plain, samples, height * length);
    libdeflate_free_decompressor(inflater);
    free(plain);
    free(bytes);
}

static void assert_embedded(const struct picture *picture) {
    struct embedded_image image;
    embed_picture(&image, picture, deflater);
    assert_true(digest_equal(&image.digest, &picture->digest));
    assert_samples(&image.entries, &image.samples, picture->samples, picture->width, picture->height,
                   picture->channels);
    assert_int_equal(image.mask.length > 0, picture->alpha != NULL);
    assert_int_equal(image.mask_entries.length > 0, picture->alpha != NULL);
    if (picture->alpha != NULL)
        assert_samples(&image.mask_entries, &image.mask, picture->alpha, picture->width, picture->height, 1);
    embedded_image_release(&image);
}

static void test_all_shapes(void **state) {
    (void)state;
    static const struct { unsigned width, height; } sizes[] = {{1, 1}, {1, 7}, {7, 1}, {64, 48}, {333, 5}};
    enum { PIXELS_MAX = 64 * 48 };
    unsigned char kinds[3][PIXELS_MAX * 3];
    uint32_t seed = 3;
    for (size_t i = 0; i < sizeof kinds[0]; i++) {
        seed = seed * 1664525 + 1013904223;
        kinds[0][i] = (unsigned char)(seed >> 24);           /* noise */
        kinds[1][i] = i / 600 % 2 == 0 ? 255 : 17;           /* plain */
        kinds[2][i] = (unsigned char)(i / 3 % 64 + i / 192); /* a slope */
    }
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t kind = 0; kind < 3; kind++)
            for (unsigned channels = 1; channels <= 3; channels += 2)
                for (int masked = 0; masked <= 1; masked++) {
                    struct picture picture = picture_of(sizes[i].width, sizes[i].height, channels, kinds[kind],
                                                        masked ? kinds[2 - kind] : NULL);
                    assert_embedded(&picture);
                }
}

static void test_the_entries(void **state) {
    (void)state;
    static const unsigned char black[4] = {0};
    struct picture picture = picture_of(2, 2, 1, black, black);
    struct embedded_image image;
    embed_picture(&image, &picture, deflater);
    static const char expected[] =
        "/Type/XObject/Subtype/Image/Width 2/Height 2\n/ColorSpace/DeviceGray/BitsPerComponent 8\n";
    assert_string_equal(image.entries.bytes, expected);
    assert_string_equal(image.mask_entries.bytes, expected);
    embedded_image_release(&image);
}

/* A scan of a signature would else be the largest part of a letter. */
static void test_a_scan_is_packed_well(void **state) {
    (void)state;
    enum { SIDE = 200 };
    unsigned char *samples = memory_alloc(SIDE, SIDE);
    for (unsigned y = 0; y < SIDE; y++)
        for (unsigned x = 0; x < SIDE; x++)
            samples[y * SIDE + x] = (unsigned char)((x * x + y * y) / 400 + (x * 31 + y * 17) % 3);
    struct picture picture = picture_of(SIDE, SIDE, 1, samples, NULL);
    struct embedded_image image;
    struct str plain = STR_EMPTY;
    embed_picture(&image, &picture, deflater);
    deflater_add(deflater, samples, SIDE * SIDE, &plain);
    assert_true(image.samples.length < plain.length * 3 / 4);
    embedded_image_release(&image);
    str_release(&plain);
    free(samples);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_shapes),
        cmocka_unit_test(test_the_entries),
        cmocka_unit_test(test_a_scan_is_packed_well),
    };
    return cmocka_run_group_tests_name("image", tests, set_up, tear_down);
}
