/*
 * A font and pictures come in, entries and compressed streams go out. The one idea: what costs time is done here, with
 * the best compression, and a document only copies.
 */
#include "pdf/stock.h"

#include <stdlib.h>

#include "base/memory.h"
#include "pdf/deflate.h"
#include "pdf/profile.h"

enum { LEVEL = 10 }; /* of compression: 3 ms more than level 6 once for the run, 500 bytes less in every letter */

int pdf_fonts_new(struct pdf_fonts **fonts, const struct font *font, struct error *error) {
    struct deflater *deflater = NULL;
    if (deflater_new(&deflater, LEVEL, error) != 0)
        return -1;
    struct pdf_fonts *made = memory_alloc(1, sizeof *made);
    *made = (struct pdf_fonts){.profile_entries = STR_EMPTY, .profile = STR_EMPTY};
    made->faces = memory_alloc(font_faces_count(font), sizeof *made->faces);
    str_adds(&made->profile_entries, "/N 3");
    deflater_add(deflater, profile_srgb, profile_srgb_length, &made->profile);
    int failed = 0;
    while (failed == 0 && made->count < font_faces_count(font)) {
        failed = embed_face(&made->faces[made->count], font_face(font, made->count), deflater, error);
        made->count += failed == 0;
    }
    deflater_free(deflater);
    if (failed == 0)
        *fonts = made;
    else
        pdf_fonts_free(made);
    return failed;
}

const struct embedded_image *pdf_images_find(const struct pdf_images *images, const struct picture *picture) {
    for (size_t i = 0; i < images->count; i++)
        if (digest_equal(&images->items[i]->digest, &picture->digest))
            return images->items[i];
    return NULL;
}

const struct embedded_image *pdf_images_add(struct pdf_images *images, const struct picture *picture,
                                            struct deflater *deflater) {
    struct embedded_image *image = memory_alloc(1, sizeof *image);
    embed_picture(image, picture, deflater);
    *MEMORY_PUSH(images->items, images->count, images->room) = image;
    return image;
}

void pdf_images_release(struct pdf_images *images) {
    for (size_t i = 0; i < images->count; i++) {
        embedded_image_release(images->items[i]);
        free(images->items[i]);
    }
    free(images->items);
    *images = (struct pdf_images){0};
}

int pdf_fonts_add_picture(struct pdf_fonts *fonts, const struct picture *picture, struct error *error) {
    struct deflater *deflater = NULL;
    if (pdf_images_find(&fonts->images, picture) != NULL)
        return 0;
    if (deflater_new(&deflater, LEVEL, error) != 0)
        return -1;
    pdf_images_add(&fonts->images, picture, deflater);
    deflater_free(deflater);
    return 0;
}

void pdf_fonts_free(struct pdf_fonts *fonts) {
    if (fonts == NULL)
        return;
    for (size_t i = 0; i < fonts->count; i++)
        embed_release(&fonts->faces[i]);
    free(fonts->faces);
    pdf_images_release(&fonts->images);
    str_release(&fonts->profile_entries);
    str_release(&fonts->profile);
    free(fonts);
}
