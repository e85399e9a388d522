/*
 * Pictures: any bytes as a PNG or JPEG. The check sums of a PNG's chunks are put right first: they would keep everything
 * but libpng's own test of them from being reached.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "fuzz.h"
#include "input/picture.h"
#include "input/png.h"
#include "input/raster.h"

enum { INPUT_MAX = 64 * 1024, SMALL = 50 };

static uint32_t number_at(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static uint32_t crc_of(const uint8_t *bytes, size_t length) {
    uint32_t crc = 0xFFFFFFFF;
    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
    }
    return ~crc;
}

static void mend_sums(uint8_t *bytes, size_t length) {
    for (size_t at = 8; length - at >= 12;) { /* a chunk: its length, its type, its bytes, its sum */
        size_t data = number_at(bytes + at);
        if (data > length - at - 12)
            return;
        uint32_t sum = crc_of(bytes + at + 4, data + 4);
        for (int i = 0; i < 4; i++)
            bytes[at + 8 + data + (size_t)i] = (uint8_t)(sum >> (24 - 8 * i));
        at += data + 12;
    }
}

static bool is_middling(unsigned char sample) {
    return sample > 64 && sample < 192;
}

/*
 * A photograph that is no longer turned on its side, and not black in one corner nor white in another. Each step towards
 * it is a branch of its own, for the fuzzer to climb.
 */
static void planted(const struct picture *picture) {
    if (picture->channels != 1 || picture->alpha != NULL || picture->width * picture->height != 16 * 8)
        return;
    if (picture->width > picture->height)
        if (is_middling(picture->samples[0]))
            if (is_middling(picture->samples[16 * 8 - 1]))
                fuzz_planted_fault();
}

static void look_at(const struct picture *picture) {
    size_t pixels = (size_t)picture->width * picture->height;
    uint64_t sum = 0;
    FUZZ_PROMISE(picture->width >= 1 && picture->width <= RASTER_SIDE_MAX);
    FUZZ_PROMISE(picture->height >= 1 && picture->height <= RASTER_SIDE_MAX);
    FUZZ_PROMISE(pixels <= RASTER_PIXELS_MAX);
    FUZZ_PROMISE(picture->channels == 1 || picture->channels == 3);
    FUZZ_PROMISE(picture->dpi == 0 || (picture->dpi >= 20 && picture->dpi <= 4800));
    for (size_t i = 0; i < pixels * picture->channels; i++)
        sum += picture->samples[i];
    for (size_t i = 0; picture->alpha != NULL && i < pixels; i++)
        sum += picture->alpha[i];
    FUZZ_PROMISE(sum <= (uint64_t)pixels * 4 * 255);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > INPUT_MAX)
        size = INPUT_MAX;
    uint8_t *bytes = memory_alloc(1, size);
    memcpy(bytes, data, size);
    if (png_is(bytes, size))
        mend_sums(bytes, size);
    struct picture *picture = NULL;
    struct error error;
    if (picture_decode(&picture, "picture", bytes, size, &error) == 0) {
        look_at(picture);
        planted(picture);
        picture_reduce(picture, SMALL, SMALL);
        look_at(picture);
        FUZZ_PROMISE(picture->width <= SMALL && picture->height <= SMALL);
        picture_free(picture);
    } else {
        FUZZ_PROMISE(picture == NULL);
        fuzz_promise_error(&error);
        FUZZ_PROMISE(error.status == STATUS_DATA);
    }
    free(bytes);
    return 0;
}
