/*
 * Evidence: bytes come in, an encoding goes out. The one idea: count what speaks for each encoding over the whole text
 * in a single pass, and weigh it at the end; a first non-ASCII letter in row 30,000 counts like one in row 1.
 */
#include "input/evidence.h"

#include "base/text.h"

enum {
    JUDGED_MAX = 20000,         /* by then it is decided which of the single-byte encodings it is */
    STRAY_PER_SEQUENCE_MAX = 16 /* more of them: a single-byte text with UTF-8 pasted into a cell or two */
};

void evidence_init(struct evidence *evidence) {
    *evidence = (struct evidence){0};
    codepage_fill(&evidence->windows, ENCODING_WINDOWS_1252);
    codepage_fill(&evidence->mac, ENCODING_MAC_ROMAN);
}

/* The length of the valid UTF-8 sequence at the start of TEXT, whose first byte is above 0x7F; 0 where there is none. */
static size_t sequence_length(const unsigned char *text, size_t length) {
    size_t wanted = text[0] < 0xC2 ? 0 : text[0] < 0xE0 ? 2 : text[0] < 0xF0 ? 3 : text[0] < 0xF5 ? 4 : 0;
    if (wanted == 0 || wanted > length || text_valid((const char *)text, wanted) != wanted)
        return 0;
    return wanted;
}

static bool is_high(const unsigned char *text, size_t length, size_t at) {
    return at < length && text[at] >= 0x80;
}

/*
 * "CAFÉ’S" in Windows-1252 and "d’Éon" in Mac Roman happen to be valid UTF-8 (of a phonetic sign and an Armenian
 * letter). A pair is taken for such a coincidence if it stands alone and both its bytes make sense otherwise.
 */
static bool is_coincidence(const unsigned char *text, size_t length, size_t at) {
    unsigned char first = text[at], second = text[at + 1];
    if ((at > 0 && is_high(text, length, at - 1)) || is_high(text, length, at + 2))
        return false;
    bool capital_and_mark = first >= 0xC8 && first <= 0xDE && /* È to Þ, then … ‘ ’ “ ” – — or a no-break space */
                            (second == 0x85 || (second >= 0x91 && second <= 0x97 && second != 0x95) || second == 0xA0);
    bool quote_and_letter = (first == 0xCA || first == 0xD2 || first == 0xD4 || first == 0xD5) && second < 0xA0;
    bool mark = first == 0xCC || (first == 0xCD && second < 0xB0); /* U+0300 to U+036F: Apple's decomposed accents */
    return (capital_and_mark || quote_and_letter) && !mark;
}

static void judge(struct evidence *evidence, const unsigned char *text, size_t length, size_t at) {
    if (evidence->judged == JUDGED_MAX)
        return;
    evidence->judged++;
    evidence->windows_points += likelihood(text, length, at, &evidence->windows);
    evidence->mac_points += likelihood(text, length, at, &evidence->mac);
}

/* Looks at the byte at AT, which is above 0x7F, and what belongs to it; returns how many bytes that were. */
static size_t look(struct evidence *evidence, const unsigned char *text, size_t length, size_t at) {
    size_t sequence = sequence_length(text + at, length - at);
    if (sequence == 0) {
        evidence->stray++;
        judge(evidence, text, length, at);
        return 1;
    }
    if (sequence == 2 && is_coincidence(text, length, at)) {
        evidence->chance_sequences++;
        judge(evidence, text, length, at);
        judge(evidence, text, length, at + 1);
    } else {
        evidence->sequences++;
    }
    return sequence;
}

size_t evidence_add(struct evidence *evidence, const unsigned char *text, size_t from, size_t length, bool last) {
    size_t at = from;
    while (at < length) {
        if (text[at] >= 0x80) {
            if (!last && length - at <= LIKELIHOOD_REACH)
                break;
            at += look(evidence, text, length, at);
            continue;
        }
        evidence->zeros[(evidence->bytes + at - from) & 1] += text[at] == 0;
        at++;
    }
    evidence->bytes += at - from;
    return at;
}

/*
 * In UTF-16 the upper byte of every ASCII character is zero, even in a Greek list those of its digits and commas. A NUL
 * or two in a text of single bytes are a fault of their row.
 */
static bool is_utf_16(size_t upper_zeros, size_t lower_zeros, size_t bytes) {
    return upper_zeros >= 3 && upper_zeros * 2 * 5 > bytes && lower_zeros * 16 <= upper_zeros;
}

enum encoding evidence_verdict(const struct evidence *evidence) {
    if (is_utf_16(evidence->zeros[1], evidence->zeros[0], evidence->bytes))
        return ENCODING_UTF_16LE;
    if (is_utf_16(evidence->zeros[0], evidence->zeros[1], evidence->bytes))
        return ENCODING_UTF_16BE;
    if (evidence->stray + evidence->chance_sequences == 0)
        return ENCODING_UTF_8;
    /*
     * Taking Windows-1252 for UTF-8 makes rows that are reported; taking UTF-8 for Windows-1252 would print "Ã©" in
     * letters and tell nobody. So little evidence is enough for UTF-8.
     */
    if (evidence->sequences > 0 && evidence->stray <= evidence->sequences * STRAY_PER_SEQUENCE_MAX)
        return ENCODING_UTF_8;
    /* At a draw, Windows: there are more of them. */
    return evidence->mac_points > evidence->windows_points + 1 ? ENCODING_MAC_ROMAN : ENCODING_WINDOWS_1252;
}
