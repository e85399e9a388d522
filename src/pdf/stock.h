/*
 * The stock: what the documents of a run have in common, faces, pictures and a colour profile, made ready once.
 * Immutable once other threads use it.
 */
#ifndef POSTBAG_PDF_STOCK_H
#define POSTBAG_PDF_STOCK_H

#include <stddef.h>

#include "base/error.h"
#include "base/str.h"
#include "input/picture.h"
#include "letter/font.h"
#include "pdf/deflate.h"
#include "pdf/embed.h"
#include "pdf/image.h"

struct pdf_images {
    struct embedded_image **items;
    size_t count, room;
};

struct pdf_fonts {
    struct embedded_face *faces;
    size_t count;
    struct pdf_images images;
    struct str profile_entries, profile; /* of the output intent, compressed */
};

int pdf_fonts_new(struct pdf_fonts **fonts, const struct font *font, struct error *error);
void pdf_fonts_free(struct pdf_fonts *fonts); /* NULL does nothing */

/*
 * Prepares PICTURE, which may be freed afterwards, for every document that shows it. Before other threads use FONTS. A
 * picture that was not added is prepared by each document for itself.
 */
int pdf_fonts_add_picture(struct pdf_fonts *fonts, const struct picture *picture, struct error *error);

/* The one of IMAGES that is PICTURE, or NULL; and a new one. */
const struct embedded_image *pdf_images_find(const struct pdf_images *images, const struct picture *picture);
const struct embedded_image *pdf_images_add(struct pdf_images *images, const struct picture *picture,
                                            struct deflater *deflater);
void pdf_images_release(struct pdf_images *images);

#endif
