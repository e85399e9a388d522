/*
 * Supplies: a character comes in, the name of a package goes out.
 *
 * The one idea: the table holds what the fonts of Debian 12's packages really have (fc-query's charset), in the fewest
 * ranges in which one package has every character that Unicode 14 assigns there, and with the smallest package before
 * others. What a range leaves out, none of them has.
 */
#include "letter/supply.h"

#include <stddef.h>

#define NOTO "fonts-noto-core"    /* 42 MB installed */
#define WQY "fonts-wqy-microhei"  /* 5 MB */
#define SYMBOLA "fonts-symbola"   /* 3 MB */
#define CJK "fonts-noto-cjk"      /* 91 MB */
#define HANAZONO "fonts-hanazono" /* 52 MB */

static const struct {
    uint32_t first, last;
    const char *package;
} supplies[] = {
    {0x00A0, 0x05EA, NOTO},       {0x05F0, 0x061C, NOTO},      {0x061E, 0x085E, NOTO},      {0x08A0, 0x08B4, NOTO},
    {0x08B6, 0x08BE, NOTO},       {0x08D3, 0x0B4D, NOTO},      {0x0B56, 0x0C39, NOTO},      {0x0C3D, 0x0C5A, NOTO},
    {0x0C60, 0x0CD6, NOTO},       {0x0CDE, 0x10FF, NOTO},      {0x1100, 0x11FF, CJK},       {0x1200, 0x170C, NOTO},
    {0x170E, 0x1714, NOTO},       {0x1720, 0x180E, NOTO},      {0x1810, 0x1AC0, NOTO},      {0x1B00, 0x1B4B, NOTO},
    {0x1B50, 0x1B7C, NOTO},       {0x1B80, 0x1CF9, NOTO},      {0x1D00, 0x1DF9, NOTO},      {0x1DFB, 0x20BF, NOTO},
    {0x20D0, 0x23B6, NOTO},       {0x23B7, 0x2B95, SYMBOLA},   {0x2B97, 0x2C2E, NOTO},      {0x2C30, 0x2C5E, NOTO},
    {0x2C60, 0x2E52, NOTO},       {0x2E80, 0x31BB, CJK},       {0x31C0, 0x332B, CJK},       {0x332D, 0x4DB5, CJK},
    {0x4DC0, 0x4E00, NOTO},       {0x4E01, 0x9FC3, WQY},       {0x9FC4, 0x9FEF, CJK},       {0xA000, 0xA7BF, NOTO},
    {0xA7C2, 0xA7CA, NOTO},       {0xA7F5, 0xA95F, NOTO},      {0xA960, 0xA97C, CJK},       {0xA980, 0xABF9, NOTO},
    {0xAC00, 0xD7A3, WQY},        {0xD7B0, 0xFA6D, CJK},       {0xFB00, 0xFBC1, NOTO},      {0xFBD3, 0xFD3F, NOTO},
    {0xFD50, 0xFDC7, NOTO},       {0xFDF0, 0xFDFD, NOTO},      {0xFE00, 0xFE00, NOTO},      {0xFE01, 0xFE0F, SYMBOLA},
    {0xFE10, 0xFE19, CJK},        {0xFE20, 0xFE2F, NOTO},      {0xFE30, 0xFE31, WQY},       {0xFE32, 0xFE6B, CJK},
    {0xFE70, 0xFEFF, NOTO},       {0xFF01, 0xFF5E, WQY},       {0xFF5F, 0xFFEE, CJK},       {0xFFF9, 0x1056F, NOTO},
    {0x10600, 0x10767, NOTO},     {0x10800, 0x10F59, NOTO},    {0x10FE0, 0x1106F, NOTO},    {0x1107F, 0x110C1, NOTO},
    {0x110CD, 0x11146, NOTO},     {0x11150, 0x116B8, NOTO},    {0x116C0, 0x1173F, NOTO},    {0x11800, 0x118FF, NOTO},
    {0x11A00, 0x11AA2, NOTO},     {0x11AC0, 0x11DA9, NOTO},    {0x11FC0, 0x12543, NOTO},    {0x13000, 0x1342E, NOTO},
    {0x14400, 0x16A6F, NOTO},     {0x16AD0, 0x16FE1, NOTO},    {0x17000, 0x18AF2, NOTO},    {0x1B170, 0x1BCA3, NOTO},
    {0x1D000, 0x1D1E8, NOTO},     {0x1D200, 0x1DAAF, NOTO},    {0x1E000, 0x1E14F, NOTO},    {0x1E2C0, 0x1E2FF, NOTO},
    {0x1E800, 0x1ECB4, NOTO},     {0x1EE00, 0x1F10C, NOTO},    {0x1F110, 0x1F16C, NOTO},    {0x1F170, 0x1F190, NOTO},
    {0x1F191, 0x1F1AC, SYMBOLA},  {0x1F1E6, 0x1F6D4, SYMBOLA}, {0x1F6D5, 0x1F6D7, NOTO},    {0x1F6E0, 0x1F6EA, NOTO},
    {0x1F6EB, 0x1F6F8, SYMBOLA},  {0x1F6F9, 0x1F7EB, NOTO},    {0x1F800, 0x1F8B1, NOTO},    {0x1F900, 0x1F90B, SYMBOLA},
    {0x1F910, 0x1F93E, SYMBOLA},  {0x1F940, 0x1F94C, SYMBOLA}, {0x1F950, 0x1F96B, SYMBOLA}, {0x1F980, 0x1F997, SYMBOLA},
    {0x1F9C0, 0x1F9C0, SYMBOLA},  {0x1F9D0, 0x1F9E6, SYMBOLA}, {0x1FA00, 0x1FA7A, NOTO},    {0x1FA80, 0x1FAA8, NOTO},
    {0x1FAB0, 0x1FAB6, NOTO},     {0x1FAC0, 0x1FAC2, NOTO},    {0x1FAD0, 0x1FAD6, NOTO},    {0x1FB00, 0x1FBF9, NOTO},
    {0x20000, 0x2A6D6, HANAZONO}, /* CJK extension B */
    {0x2A700, 0x2EBE0, HANAZONO}, /* to F */
    {0x2F800, 0x2FA1D, HANAZONO},
};
enum { SUPPLIES = sizeof supplies / sizeof *supplies };

const char *supply_package(uint32_t codepoint) {
    size_t low = 0, high = SUPPLIES;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (codepoint > supplies[middle].last)
            low = middle + 1;
        else if (codepoint < supplies[middle].first)
            high = middle;
        else
            return supplies[middle].package;
    }
    return NULL;
}
