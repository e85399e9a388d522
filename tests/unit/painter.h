/*
 * A painter: makes PNG and JPEG files of all kinds for tests, by libpng and libjpeg themselves. An unexpected error of
 * either ends the test.
 */
#ifndef POSTBAG_TESTS_PAINTER_H
#define POSTBAG_TESTS_PAINTER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

#include "base/memory.h"
#include "base/str.h"

/* A PNG as it is to be written. Samples of 16 bits are big-endian, those of fewer than 8 are packed, as in the file. */
struct painted_png {
    unsigned width, height;
    int colour_type, depth, interlace;
    const unsigned char *rows; /* not padded but to whole bytes */
    size_t row_length;
    const png_color *palette;
    int palette_count;
    const png_byte *palette_alpha; /* tRNS of a palette, or NULL */
    int palette_alpha_count;
    const png_color_16 *transparent; /* tRNS of grey and RGB, or NULL */
    unsigned per_metre;              /* 0: not said */
    bool annotated;                  /* with chunks that a reader has no need of: gAMA, tEXt, zTXt */
    const unsigned char *exif;
    unsigned exif_length;
};

static inline void paint_bytes(png_structp png, png_bytep bytes, size_t length) {
    str_add(png_get_io_ptr(png), bytes, length);
}

static inline void paint_nothing(png_structp png) {
    (void)png;
}

static inline void paint_notes(png_structp png, png_infop info) {
    char key[] = "Comment",
         text[] = "made for a test, and then for another, and then for another, and then for another";
    png_text notes[] = {{.compression = PNG_TEXT_COMPRESSION_NONE, .key = key, .text = text},
                        {.compression = PNG_TEXT_COMPRESSION_zTXt, .key = key, .text = text}};
    png_set_gAMA(png, info, 1 / 2.2);
    png_set_text(png, info, notes, 2);
}

/* PAINTED as a file, added to OUT. */
static inline void paint_png(struct str *out, const struct painted_png *painted) {
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    if (setjmp(png_jmpbuf(png)) != 0)
        abort();
    png_set_write_fn(png, out, paint_bytes, paint_nothing);
    png_set_IHDR(png, info, painted->width, painted->height, painted->depth, painted->colour_type, painted->interlace,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (painted->palette != NULL)
        png_set_PLTE(png, info, painted->palette, painted->palette_count);
    if (painted->palette_alpha != NULL || painted->transparent != NULL)
        png_set_tRNS(png, info, painted->palette_alpha, painted->palette_alpha_count, painted->transparent);
    if (painted->per_metre != 0)
        png_set_pHYs(png, info, painted->per_metre, painted->per_metre, PNG_RESOLUTION_METER);
    if (painted->annotated)
        paint_notes(png, info);
    if (painted->exif != NULL)
        png_set_eXIf_1(png, info, painted->exif_length, (png_bytep)painted->exif);
    png_bytep *rows = memory_alloc(painted->height, sizeof *rows);
    for (unsigned y = 0; y < painted->height; y++)
        rows[y] = (png_bytep)painted->rows + y * painted->row_length;
    png_set_rows(png, info, rows);
    png_write_png(png, info, PNG_TRANSFORM_IDENTITY, NULL);
    png_destroy_write_struct(&png, &info);
    free(rows);
}

/* A JPEG as it is to be written. */
struct painted_jpeg {
    unsigned width, height;
    int channels; /* of samples */
    J_COLOR_SPACE samples_space, file_space;
    const unsigned char *samples;
    int quality;
    bool progressive;
    bool without_adobe;        /* no marker of Adobe's, which says that inks are inverted */
    unsigned dpi;              /* 0: not said */
    unsigned restart_rows;     /* 0: none */
    const unsigned char *exif; /* with "Exif\0\0" before it */
    unsigned exif_length;
};

static inline void paint_jpeg(struct str *out, const struct painted_jpeg *painted) {
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr manager;
    unsigned char *bytes = NULL;
    unsigned long length = 0;
    jpeg.err = jpeg_std_error(&manager);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &length);
    jpeg.image_width = painted->width;
    jpeg.image_height = painted->height;
    jpeg.input_components = painted->channels;
    jpeg.in_color_space = painted->samples_space;
    jpeg_set_defaults(&jpeg);
    jpeg_set_colorspace(&jpeg, painted->file_space);
    jpeg_set_quality(&jpeg, painted->quality, TRUE);
    jpeg.dct_method = JDCT_ISLOW;
    for (int i = 0; i < jpeg.num_components; i++)
        jpeg.comp_info[i].h_samp_factor = jpeg.comp_info[i].v_samp_factor = 1;
    if (painted->progressive)
        jpeg_simple_progression(&jpeg);
    if (painted->without_adobe)
        jpeg.write_Adobe_marker = FALSE;
    if (painted->dpi != 0) {
        jpeg.density_unit = 1;
        jpeg.X_density = jpeg.Y_density = (UINT16)painted->dpi;
    }
    jpeg.restart_in_rows = (int)painted->restart_rows;
    jpeg_start_compress(&jpeg, TRUE);
    if (painted->exif != NULL)
        jpeg_write_marker(&jpeg, JPEG_APP0 + 1, painted->exif, painted->exif_length);
    for (unsigned y = 0; y < painted->height; y++) {
        JSAMPROW row = (JSAMPROW)painted->samples + (size_t)y * painted->width * (size_t)painted->channels;
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    str_add(out, bytes, length);
    free(bytes);
}

/* The TIFF part of Exif that says ORIENTATION, little-endian or big-endian: 26 bytes. */
enum { PAINTED_EXIF = 26 };
static inline void paint_exif(unsigned char exif[PAINTED_EXIF], unsigned orientation, bool little) {
    static const unsigned char plain[PAINTED_EXIF] = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1};
    static const unsigned char turned[PAINTED_EXIF] = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0};
    memcpy(exif, little ? turned : plain, PAINTED_EXIF);
    exif[little ? 18 : 19] = (unsigned char)orientation;
}

#endif
