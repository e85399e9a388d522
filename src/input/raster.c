/*
 * Rasters: sizes are judged, Exif is asked which way is up, and samples are turned. The one idea of turning: where the
 * first pixel stands and how far it is from one pixel to the next, along a row and down a column, tells all eight ways.
 */
#include "input/raster.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

int raster_check_size(const char *name, unsigned long width, unsigned long height, struct error *error) {
    if (width == 0 || height == 0)
        return error_set(error, STATUS_DATA, "%s is damaged: it says that it has no pixels", name);
    if (width > RASTER_SIDE_MAX || height > RASTER_SIDE_MAX || width * height > RASTER_PIXELS_MAX)
        return error_set(error, STATUS_DATA,
                         "%s is too large: %lu by %lu pixels, and at most %d million are read (%d on a side); save it "
                         "smaller, 2000 pixels are plenty",
                         name, width, height, RASTER_PIXELS_MAX / 1000000, RASTER_SIDE_MAX);
    return 0;
}

/* Exif is a TIFF file (TIFF 6.0 §2): numbers of its own byte order. */
struct tiff {
    const unsigned char *bytes;
    size_t length;
    bool little;
};

/* The number of SIZE bytes, at most 4, at AT; 0 behind the end. */
static uint32_t tiff_number(const struct tiff *tiff, size_t at, size_t size) {
    uint32_t number = 0;
    if (at > tiff->length || tiff->length - at < size)
        return 0;
    for (size_t i = 0; i < size; i++)
        number = number << 8 | tiff->bytes[at + (tiff->little ? size - 1 - i : i)];
    return number;
}

unsigned raster_exif_orientation(const unsigned char *exif, size_t length) {
    enum { ORIENTATION = 0x0112, SHORT = 3, ENTRY_SIZE = 12 };
    struct tiff tiff = {exif, length, length > 0 && exif[0] == 'I'};
    if (length < 8 || (memcmp(exif, "II*\0", 4) != 0 && memcmp(exif, "MM\0*", 4) != 0))
        return RASTER_UPRIGHT;
    size_t directory = tiff_number(&tiff, 4, 4), count = tiff_number(&tiff, directory, 2);
    for (size_t i = 0; i < count; i++) {
        size_t entry = directory + 2 + i * ENTRY_SIZE;
        if (tiff_number(&tiff, entry, 2) != ORIENTATION || tiff_number(&tiff, entry + 2, 2) != SHORT)
            continue;
        uint32_t value = tiff_number(&tiff, entry + 8, 2);
        return value >= RASTER_UPRIGHT && value <= RASTER_ORIENTATION_LAST ? value : RASTER_UPRIGHT;
    }
    return RASTER_UPRIGHT;
}

void raster_turn(struct raster *raster) {
    /* Which corner of the samples is the picture's top left one, and whether its rows are their columns. */
    static const struct {
        bool right, bottom, across;
    } ways[RASTER_ORIENTATION_LAST + 1] = {
        [2] = {true, false, false}, [3] = {true, true, false}, [4] = {false, true, false}, [5] = {false, false, true},
        [6] = {false, true, true},  [7] = {true, true, true},  [8] = {true, false, true},
    };
    if (raster->orientation <= RASTER_UPRIGHT || raster->orientation > RASTER_ORIENTATION_LAST)
        return;
    bool right = ways[raster->orientation].right, bottom = ways[raster->orientation].bottom;
    bool across = ways[raster->orientation].across;
    size_t width = raster->width, height = raster->height, channels = raster->channels;
    size_t turned_width = across ? height : width, turned_height = across ? width : height;
    unsigned char *turned = memory_alloc(width * height, channels), *to = turned;
    for (size_t y = 0; y < turned_height; y++) {
        for (size_t x = 0; x < turned_width; x++) {
            size_t column = across ? y : x, row = across ? x : y;
            column = right ? width - 1 - column : column;
            row = bottom ? height - 1 - row : row;
            memcpy(to, raster->samples + (row * width + column) * channels, channels);
            to += channels;
        }
    }
    free(raster->samples);
    raster->samples = turned;
    raster->width = (unsigned)turned_width;
    raster->height = (unsigned)turned_height;
    raster->orientation = RASTER_UPRIGHT;
}
