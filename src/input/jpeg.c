/*
 * The bytes of a JPEG come in, eight-bit samples go out of libjpeg. The one idea: what libjpeg only warns of, and fills
 * with grey, is an error here, because the letter would be printed with it.
 *
 * libjpeg leaves by longjmp at any of its calls: all of them stand in one function, and all that outlives it stands in
 * a struct outside.
 */
#include "input/jpeg.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h> /* jpeglib.h needs it */
#include <stdlib.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

#include "base/memory.h"

enum {
    SCANS_MAX = 64,   /* of a progressive file; more are made to keep a reader busy */
    PADDING_MAX = 16, /* bytes that some telephones leave before the end */
    EXIF_BYTES_MAX = 0xFFFF,
    MEMORY_MAX = 512 * 1024 * 1024,
};

struct decoding {
    struct jpeg_error_mgr manager;     /* first: libjpeg knows only this */
    struct jpeg_progress_mgr progress; /* asked now and then */
    struct jpeg_decompress_struct jpeg;
    jmp_buf back;
    const char *name;
    bool done; /* the error is ours already */
    struct raster raster;
    unsigned char *inks; /* a row of CMYK */
    struct error *error;
};

bool jpeg_is(const unsigned char *bytes, size_t length) {
    return length >= 3 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF;
}

static struct decoding *decoding_of(j_common_ptr jpeg) {
    return jpeg->client_data;
}

static void __attribute__((noreturn)) leave(struct decoding *decoding) {
    longjmp(decoding->back, 1);
}

static void __attribute__((noreturn)) take_error(j_common_ptr jpeg) {
    struct decoding *decoding = decoding_of(jpeg);
    int code = jpeg->err->msg_code;
    char message[JMSG_LENGTH_MAX];
    if (decoding->done)
        leave(decoding);
    jpeg->err->format_message(jpeg, message);
    if (code == JWRN_JPEG_EOF || code == JERR_INPUT_EOF || code == JERR_INPUT_EMPTY || code == JWRN_HIT_MARKER)
        error_set(decoding->error, STATUS_DATA, "%s is damaged: a part of the picture is missing", decoding->name);
    else
        error_set(decoding->error, STATUS_DATA,
                  "%s is damaged, or a kind of JPEG that is not read (libjpeg says: %s); save it as PNG, or as JPEG "
                  "once more",
                  decoding->name, message);
    leave(decoding);
}

/* Warnings that are about no pixel; all others are about some that were made up. */
static bool is_harmless(const struct jpeg_error_mgr *manager) {
    enum { END_OF_IMAGE = 0xD9 };
    switch (manager->msg_code) {
    case JWRN_EXTRANEOUS_DATA: /* parameters: how many bytes, before which marker */
        return manager->msg_parm.i[0] <= PADDING_MAX && manager->msg_parm.i[1] == END_OF_IMAGE;
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
        return true;
    default:
        return false;
    }
}

static void take_message(j_common_ptr jpeg, int level) {
    if (level < 0 && !is_harmless(jpeg->err))
        take_error(jpeg);
}

static void print_nothing(j_common_ptr jpeg) {
    (void)jpeg;
}

static void watch_scans(j_common_ptr jpeg) {
    struct decoding *decoding = decoding_of(jpeg);
    if (decoding->jpeg.input_scan_number <= SCANS_MAX)
        return;
    decoding->done = true;
    error_set(decoding->error, STATUS_DATA, "%s is made of more than %d layers; save it as JPEG once more",
              decoding->name, SCANS_MAX);
    leave(decoding);
}

/* The density of JFIF, if pixels are square. */
static double read_dpi(const struct jpeg_decompress_struct *jpeg) {
    enum { PER_INCH = 1, PER_CENTIMETRE = 2 };
    if (!jpeg->saw_JFIF_marker || jpeg->X_density != jpeg->Y_density)
        return 0;
    return jpeg->density_unit == PER_INCH         ? jpeg->X_density
           : jpeg->density_unit == PER_CENTIMETRE ? jpeg->X_density * 2.54
                                                  : 0;
}

static unsigned read_orientation(const struct jpeg_decompress_struct *jpeg) {
    static const char mark[] = "Exif\0"; /* and the NUL of its own */
    for (const struct jpeg_marker_struct *marker = jpeg->marker_list; marker != NULL; marker = marker->next)
        if (marker->data_length > sizeof mark && memcmp(marker->data, mark, sizeof mark) == 0)
            return raster_exif_orientation(marker->data + sizeof mark, marker->data_length - sizeof mark);
    return RASTER_UPRIGHT;
}

/*
 * Inks become light. Adobe's programs, which say so by a marker, write 255 where there is no ink; others write 0. There
 * is no right conversion without the press's own profile; this is what every viewer does.
 */
static void print_inks(unsigned char *to, const unsigned char *inks, unsigned width, bool inverted) {
    for (size_t x = 0; x < width; x++) {
        unsigned key = inverted ? inks[4 * x + 3] : 255u - inks[4 * x + 3];
        for (size_t i = 0; i < 3; i++) {
            unsigned light = inverted ? inks[4 * x + i] : 255u - inks[4 * x + i];
            to[3 * x + i] = (unsigned char)((light * key + 127) / 255);
        }
    }
}

static void read_rows(struct decoding *decoding) {
    struct jpeg_decompress_struct *jpeg = &decoding->jpeg;
    struct raster *raster = &decoding->raster;
    size_t row = (size_t)raster->width * raster->channels;
    while (jpeg->output_scanline < jpeg->output_height) {
        unsigned char *to = raster->samples + jpeg->output_scanline * row;
        JSAMPROW rows[] = {decoding->inks == NULL ? to : decoding->inks};
        jpeg_read_scanlines(jpeg, rows, 1);
        if (decoding->inks != NULL)
            print_inks(to, decoding->inks, raster->width, jpeg->saw_Adobe_marker);
    }
}

/* All calls that may leave by longjmp. Returns normally only when the whole file has been read. */
static void read_all(struct decoding *decoding, const unsigned char *bytes, size_t length) {
    struct jpeg_decompress_struct *jpeg = &decoding->jpeg;
    struct raster *raster = &decoding->raster;
    jpeg_mem_src(jpeg, bytes, length);
    jpeg_save_markers(jpeg, JPEG_APP0 + 1, EXIF_BYTES_MAX);
    jpeg_read_header(jpeg, TRUE);
    raster->width = jpeg->image_width;
    raster->height = jpeg->image_height;
    if (raster_check_size(decoding->name, raster->width, raster->height, decoding->error) != 0) {
        decoding->done = true;
        leave(decoding);
    }
    bool inks = jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK;
    bool grey = jpeg->jpeg_color_space == JCS_GRAYSCALE;
    jpeg->out_color_space = inks ? JCS_CMYK : grey ? JCS_GRAYSCALE : JCS_RGB;
    jpeg->dct_method = JDCT_ISLOW; /* the exact one */
    jpeg_start_decompress(jpeg);
    raster->channels = grey ? 1 : 3;
    raster->samples = memory_alloc((size_t)raster->width * raster->height, raster->channels);
    decoding->inks = inks ? memory_alloc(raster->width, 4) : NULL;
    read_rows(decoding);
    raster->dpi = read_dpi(jpeg);
    raster->orientation = read_orientation(jpeg);
    jpeg_finish_decompress(jpeg);
}

/* Returns whether libjpeg came to the end. */
static bool run(struct decoding *decoding, const unsigned char *bytes, size_t length) {
    if (setjmp(decoding->back) != 0)
        return false;
    jpeg_create_decompress(&decoding->jpeg);
    decoding->jpeg.progress = &decoding->progress;
    decoding->jpeg.mem->max_memory_to_use = MEMORY_MAX;
    read_all(decoding, bytes, length);
    return true;
}

int jpeg_decode(struct raster *raster, const char *name, const unsigned char *bytes, size_t length,
                struct error *error) {
    struct decoding decoding = {.name = name, .error = error};
    decoding.jpeg.err = jpeg_std_error(&decoding.manager);
    decoding.jpeg.client_data = &decoding;
    decoding.manager.error_exit = take_error;
    decoding.manager.emit_message = take_message;
    decoding.manager.output_message = print_nothing;
    decoding.progress.progress_monitor = watch_scans;
    bool done = run(&decoding, bytes, length);
    jpeg_destroy_decompress(&decoding.jpeg);
    free(decoding.inks);
    if (done)
        *raster = decoding.raster;
    else
        free(decoding.raster.samples);
    return done ? 0 : -1;
}
