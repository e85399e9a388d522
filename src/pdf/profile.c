/*
 * An ICC profile as a table (ICC.1:2001-04), byte by byte: the least that a display's profile must hold. The curve of
 * sRGB is given at 33 points, between which a reader draws straight lines: never further off than 0.4 of the 255 steps
 * of a colour.
 */
#include "pdf/profile.h"

#include <stdint.h>

#define B16(n) (unsigned char)(((n) >> 8) & 0xFF), (unsigned char)((n)&0xFF)
#define B32(n) B16((uint32_t)(n) >> 16), B16((uint32_t)(n))
#define TAG(a, b, c, d) (a), (b), (c), (d)
#define NOTHING_4 B32(0)
#define NOTHING_16 NOTHING_4, NOTHING_4, NOTHING_4, NOTHING_4
#define FIXED(n) B32(((uint64_t)(n)*65536 + 50000) / 100000) /* s15Fixed16Number of hundred-thousandths */
#define POSITION(x, y, z) FIXED(x), FIXED(y), FIXED(z)
#define XYZ(x, y, z) TAG('X', 'Y', 'Z', ' '), NOTHING_4, POSITION(x, y, z)
#define ENTRY(a, b, c, d, offset, size) TAG(a, b, c, d), B32(offset), B32(size)

enum {
    ENTRIES = 9,
    POINTS = 33,
    DESCRIPTION = 128 + 4 + ENTRIES * 12,
    DESCRIPTION_SIZE = 95,
    COPYRIGHT = DESCRIPTION + DESCRIPTION_SIZE + 1,
    COPYRIGHT_SIZE = 12,
    WHITE = COPYRIGHT + COPYRIGHT_SIZE,
    XYZ_SIZE = 20,
    RED = WHITE + XYZ_SIZE,
    GREEN = RED + XYZ_SIZE,
    BLUE = GREEN + XYZ_SIZE,
    CURVE = BLUE + XYZ_SIZE,
    CURVE_SIZE = 12 + 2 * POINTS,
    SIZE = CURVE + CURVE_SIZE + 2
};

const unsigned char profile_srgb[] = {
    /* the header */
    B32(SIZE), NOTHING_4, B32(0x02400000), TAG('m', 'n', 't', 'r'), TAG('R', 'G', 'B', ' '), TAG('X', 'Y', 'Z', ' '),
    B16(2026), B16(1), B16(1), B16(0), B16(0), B16(0), /* the day it was made */
    TAG('a', 'c', 's', 'p'), NOTHING_16, NOTHING_4, NOTHING_4, NOTHING_4, POSITION(96420, 100000, 82491), NOTHING_4,
    NOTHING_16, NOTHING_16, NOTHING_4, NOTHING_4, NOTHING_4,
    /* what follows, and where */
    B32(ENTRIES), ENTRY('d', 'e', 's', 'c', DESCRIPTION, DESCRIPTION_SIZE),
    ENTRY('c', 'p', 'r', 't', COPYRIGHT, COPYRIGHT_SIZE), ENTRY('w', 't', 'p', 't', WHITE, XYZ_SIZE),
    ENTRY('r', 'X', 'Y', 'Z', RED, XYZ_SIZE), ENTRY('g', 'X', 'Y', 'Z', GREEN, XYZ_SIZE),
    ENTRY('b', 'X', 'Y', 'Z', BLUE, XYZ_SIZE), ENTRY('r', 'T', 'R', 'C', CURVE, CURVE_SIZE),
    ENTRY('g', 'T', 'R', 'C', CURVE, CURVE_SIZE), ENTRY('b', 'T', 'R', 'C', CURVE, CURVE_SIZE),
    /* its name, in ASCII, and neither in Unicode nor for a Macintosh; one byte of padding */
    TAG('d', 'e', 's', 'c'), NOTHING_4, B32(5), 's', 'R', 'G', 'B', 0, NOTHING_4, NOTHING_4, B16(0), 0, NOTHING_16,
    NOTHING_16, NOTHING_16, NOTHING_16, B16(0), 0, 0,
    /* nobody's copyright */
    TAG('t', 'e', 'x', 't'), NOTHING_4, TAG('C', 'C', '0', 0),
    /* white, red, green and blue, adapted to D50 as the header has it */
    XYZ(96420, 100000, 82491), XYZ(43607, 22249, 1392), XYZ(38515, 71687, 9708), XYZ(14307, 6061, 71410),
    /* from a sample to light */
    TAG('c', 'u', 'r', 'v'), NOTHING_4, B32(POINTS), /* */
    B16(0), B16(159), B16(338), B16(595), B16(940), B16(1381), B16(1923), B16(2572), B16(3334), B16(4214), B16(5215),
    B16(6344), B16(7603), B16(8997), B16(10530), B16(12206), B16(14027), B16(15998), B16(18122), B16(20401), B16(22840),
    B16(25440), B16(28206), B16(31139), B16(34243), B16(37521), B16(40975), B16(44607), B16(48420), B16(52417),
    B16(56601), B16(60972), B16(65535), B16(0)};

const size_t profile_srgb_length = sizeof profile_srgb;

_Static_assert(sizeof profile_srgb == SIZE, "the profile says its own size");
