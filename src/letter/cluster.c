/*
 * Clusters: text comes in, a base with its marks goes out. Shorter than UAX #29's grapheme clusters, which also hold
 * whole conjuncts and emoji sequences: only what must share a face counts here.
 */
#include "letter/cluster.h"

#include "base/text.h"

bool cluster_needs_no_glyph(uint32_t codepoint) {
    if (codepoint < 0x300)
        return codepoint == '\n' || codepoint == '\r' || codepoint == '\t' || codepoint == 0xAD;
    /* Fillers and shorthand controls are ignorable for Unicode, but HarfBuzz prints them, so that a font must have them. */
    if (codepoint == 0x115F || codepoint == 0x1160 || codepoint == 0x3164 || codepoint == 0xFFA0 ||
        (codepoint >= 0x1BCA0 && codepoint <= 0x1BCA3))
        return false;
    return text_is_invisible(codepoint);
}

void cluster_read(struct cluster *cluster, const char *text, size_t length, size_t start) {
    cluster->count = 0;
    cluster->start = cluster->end = start;
    for (size_t at = start; at < length && cluster->count < CLUSTER_MAX; cluster->end = at) {
        /* ASCII never combines with what stands before it, which settles nearly every case. */
        if (at > start && ((unsigned char)text[at] < 0x80 || at - start > CLUSTER_BYTES_MAX - 4))
            break;
        uint32_t codepoint = text_next(text, length, &at);
        bool glyphless = cluster_needs_no_glyph(codepoint);
        if (cluster->end > start && !glyphless && !text_is_mark(codepoint))
            break;
        if (!glyphless)
            cluster->codepoints[cluster->count++] = codepoint;
    }
}
