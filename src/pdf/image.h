/*
 * A picture made ready for embedding (ISO 32000-1 §8.9.5, §11.6.5.3): the entries of its image XObject as text and its
 * samples compressed, once for the run, so that a document only copies them, as pdf/embed does with faces.
 *
 * Samples are DeviceGray or DeviceRGB of eight bits, which mean sRGB by the document's OutputIntent; transparency is a
 * soft mask, an image XObject of its own. Nothing of the file goes with them that is not a pixel: neither where a
 * photograph was taken nor with what.
 */
#ifndef POSTBAG_PDF_IMAGE_H
#define POSTBAG_PDF_IMAGE_H

#include "base/digest.h"
#include "base/str.h"
#include "input/picture.h"
#include "pdf/deflate.h"

struct embedded_image {
    struct digest digest; /* the picture's: by it a document knows what it has embedded already */
    /* Of the image XObject: entries but for its filter and length, which belong to the stream, and the reference to its
     * mask (SMask, where mask is not empty). */
    struct str entries;
    struct str samples; /* compressed */
    /* Of the soft mask, an XObject without references; both are empty where the picture is opaque. */
    struct str mask_entries;
    struct str mask; /* compressed */
};

/* PICTURE may be freed afterwards. */
void embed_picture(struct embedded_image *image, const struct picture *picture, struct deflater *deflater);
void embedded_image_release(struct embedded_image *image);

#endif
