/*
 * Likelihood: a byte and its neighbours come in, points for one way of reading it go out.
 *
 * The one idea: a wrong reading shows in the word. It puts a capital behind a small letter ("JosÈ", "OíBrien"), a
 * quotation mark or a dagger inside a name ("Zo‘"), or a letter where British names and addresses hardly ever have it.
 * A list may hold a single such byte, so counting frequencies over the file would not do: each is judged by itself.
 */
#include "input/likelihood.h"

#include <stdbool.h>
#include <uchar.h>

#include "base/text.h"

enum {
    LIKELY = 3,
    POSSIBLE = 1,
    DOUBTFUL = -1,
    RARE = -3,
    ODD = -4,           /* the character may stand in a list, but not here */
    UNLIKELY = -6,      /* it hardly ever stands in a list */
    CONTRADICTION = -8, /* no word is written so */
    MEANINGLESS = -8,   /* undefined, or a control character */
};

enum { LEFT_QUOTE = 0x2018, APOSTROPHE = 0x2019, EN_DASH = 0x2013, EM_DASH = 0x2014, REPLACEMENT = 0xFFFD };

/* The characters around one, as far as LIKELIHOOD_REACH; spaces beyond the ends of the text. */
struct window {
    uint32_t characters[2 * LIKELIHOOD_REACH + 1];
};
enum { HERE = LIKELIHOOD_REACH };

static uint32_t character_at(const struct window *window, int distance) {
    int i = HERE + distance;
    return i < 0 || i > 2 * LIKELIHOOD_REACH ? ' ' : window->characters[i];
}

static void window_fill(struct window *window, const unsigned char *text, size_t length, size_t at,
                        const struct codepage *page) {
    for (size_t i = 0; i <= 2 * LIKELIHOOD_REACH; i++) {
        bool inside = at + i >= HERE && at + i - HERE < length;
        unsigned char byte = inside ? text[at + i - HERE] : ' ';
        window->characters[i] = byte < 0x80 ? byte : page->meaning[byte - 0x80];
    }
}

static bool is_digit(uint32_t character) {
    return character >= '0' && character <= '9';
}

static bool is_one_of(uint32_t character, const char32_t *characters) {
    for (; *characters != 0; characters++)
        if (*characters == character)
            return true;
    return false;
}

/* A letter of a Latin word: not Mac Roman's Ω and π, not ½ or º, which Unicode counts with them. */
static bool is_letter(uint32_t character) {
    return character < 0x250 && text_is_letter_or_digit(character) && !is_digit(character) &&
           !is_one_of(character, U"ªº¹²³¼½¾µ");
}

static bool is_small(uint32_t character) {
    return is_letter(character) && !text_is_upper(character);
}

static bool is_vowel(uint32_t character) {
    return is_one_of(character, U"aeiouAEIOUáéíóúàèìòùäëïöüâêîôûåÁÉÍÓÚÄËÏÖÜÅ");
}

/* How many letters stand next to the middle on one SIDE, -1 or 1. */
static int letters_beside(const struct window *window, int side) {
    int count = 0;
    while (count < LIKELIHOOD_REACH && is_letter(character_at(window, side * (count + 1))))
        count++;
    return count;
}

static bool word_has_small_letters(const struct window *window, int before, int after) {
    for (int i = -before; i <= after; i++)
        if (i != 0 && is_small(character_at(window, i)))
            return true;
    return false;
}

/* Letters that stand, or do not stand, beside certain others; where the two encodings would otherwise be at a draw. */
static int letter_in_company(const struct window *window, int before, int after) {
    uint32_t letter = character_at(window, 0), left = character_at(window, -1), right = character_at(window, 1);
    switch (letter) {
    case U'ñ': /* Muñoz, Peña, Ñandú; but Stratfordñuponñavon has dashes */
    case U'Ñ':
        return (before == 0 || is_vowel(left)) && is_vowel(right) ? 0 : RARE - LIKELY;
    case U'ó': /* López; but a dash joins long words */
        return before >= 5 && after >= 5 ? RARE - LIKELY : 0;
    case U'ö': /* Möller; beside a vowel š is likelier (Miloš, Janša) */
        return is_vowel(left) || is_vowel(right) ? RARE : 0;
    case U'š':
    case U'ž':
        return before == 0 || is_vowel(left) ? POSSIBLE : is_vowel(right) ? 0 : RARE;
    case U'Š':
    case U'Ž':
        return before == 0 || is_vowel(right) || is_vowel(left) ? POSSIBLE : RARE;
    case U'œ': /* cœur, Œuvre */
    case U'Œ':
        return right == 'u' || right == 'U' ? POSSIBLE : ODD;
    case U'í': /* García, Díaz; hardly ever behind a vowel, where Welsh has its i’r and mae’n and Arabic its Sa’ad */
        return is_vowel(left) ? ODD : right == 'a' && before + after < 8 ? POSSIBLE : 0;
    case U'Ë': /* NOËL, BRONTË; but MÀIRI */
        return is_vowel(left) ? POSSIBLE : after == 0 ? 0 : RARE;
    case U'Õ': /* SIMÕES; but ‘NO’ */
        return after == 0 ? RARE : 0;
    default:
        return 0;
    }
}

static int letter_by_frequency(uint32_t letter) {
    if (is_one_of(letter, U"éèêëáàâäãåçíîïñóôöøúûüßÉÁÓÖÜÇÑØÅÚÂÄÍ"))
        return LIKELY;
    if (is_one_of(letter, U"òùìõæýšžœÈÊËÀÎÏÔÛÙÃÕÆŠŽ"))
        return POSSIBLE;
    return RARE;
}

static int letter_points(const struct window *window) {
    uint32_t letter = character_at(window, 0), left = character_at(window, -1), right = character_at(window, 1);
    int before = letters_beside(window, -1), after = letters_beside(window, 1);
    bool capital = text_is_upper(letter);

    if (capital ? is_small(left) : text_is_upper(right))
        return CONTRADICTION; /* JosÈ, OíBrien */
    if (!capital && before >= 2 && text_is_upper(left) && text_is_upper(character_at(window, -2)))
        return CONTRADICTION; /* JOSé */
    if (is_digit(left) || is_digit(right))
        return ODD;

    int points = letter_by_frequency(letter) + letter_in_company(window, before, after);
    if (capital && (before > 0 || text_is_upper(right)) && word_has_small_letters(window, before, after))
        points += CONTRADICTION;                                      /* LÛpez, OÕBrien */
    if (before == 0 && !capital && left != APOSTROPHE && left != '-') /* names begin with a capital */
        points -= is_one_of(letter, U"éàêçîâ") ? 2 : 5;
    if (before == 0 && after == 0 && !is_one_of(letter, U"àÀóÓ"))
        points += RARE;
    return points;
}

/* What follows an apostrophe in English (’s n’t ’d I’m ’ll ’re ’ve) and, behind a vowel, in Welsh (’r ’n ’w ’u ’i). */
static bool is_ending(const struct window *window, int before, int after) {
    uint32_t left = character_at(window, -1) | 0x20;
    uint32_t first = character_at(window, 1) | 0x20, second = character_at(window, 2) | 0x20;
    if (after == 1)
        return first == 's' || (first == 't' && left == 'n') || (first == 'm' && left == 'i') ||
               (first == 'd' && (left == 'y' || is_vowel(left))) || (is_one_of(first, U"rnwui") && is_vowel(left));
    return after == 2 && before > 1 &&
           ((first == 'l' && second == 'l') || (first == 'r' && second == 'e') || (first == 'v' && second == 'e'));
}

static int apostrophe_points(const struct window *window) {
    int before = letters_beside(window, -1), after = letters_beside(window, 1);
    uint32_t left = character_at(window, -1);
    if (before > 0 && after > 0) {
        bool capital = text_is_upper(character_at(window, 1));
        if (before == 1 && !is_one_of(left, U"OoDdLlMmNnAaIi")) /* T’Challa; but TÕNU */
            return POSSIBLE;
        if (capital || is_ending(window, before, after))
            return LIKELY + 1; /* O’Brien, St John’s */
        if (before == 1)       /* O’neill, d’arcy, l’usine; but Díaz */
            return left == 'O' || is_small(left) ? LIKELY : POSSIBLE;
        return is_vowel(left) ? DOUBTFUL : RARE; /* Sa’ad; but García */
    }
    if (before > 0)
        return left == 's' || left == 'S' ? LIKELY : 0; /* members’ */
    return is_digit(character_at(window, 1)) ? POSSIBLE : DOUBTFUL;
}

/* “ and ‘ stand before a word, ” behind one: SIDE 1 or -1 is where the word is. */
static int quote_points(const struct window *window, int side) {
    uint32_t inner = character_at(window, side), outer = character_at(window, -side);
    return inner > ' ' && !text_is_letter_or_digit(outer) ? LIKELY : ODD;
}

static int dash_points(const struct window *window) {
    uint32_t left = character_at(window, -1), right = character_at(window, 1);
    int before = letters_beside(window, -1), after = letters_beside(window, 1);
    if (text_is_space(left) && text_is_space(right))
        return LIKELY;
    if (is_digit(left) && is_digit(right))
        return LIKELY;
    if (before > 0 && after > 0) {
        if (text_is_upper(right))
            return POSSIBLE + 1; /* Smith–Jones */
        return before >= 3 && after >= 3 ? 0 : RARE;
    }
    return DOUBTFUL;
}

static int sign_points(const struct window *window) {
    uint32_t sign = character_at(window, 0), left = character_at(window, -1), right = character_at(window, 1);
    switch (sign) {
    case REPLACEMENT:
        return MEANINGLESS;
    case APOSTROPHE:
        return apostrophe_points(window);
    case LEFT_QUOTE:
    case U'“':
        return quote_points(window, 1);
    case U'”':
        return quote_points(window, -1);
    case EN_DASH:
    case EM_DASH:
        return dash_points(window);
    case U'…':
        return is_small(left) && !is_letter(right) ? 0 : RARE;
    case U'€':
    case U'£':
        return is_digit(right) || right == ' ' ? LIKELY : RARE;
    case 0xA0: /* a no-break space between words */
        return letters_beside(window, -1) >= 3 && letters_beside(window, 1) >= 3 ? LIKELY : POSSIBLE;
    case U'´': /* O´Brien */
        return is_letter(left) && is_letter(right) ? POSSIBLE : ODD;
    default:
        if (text_is_control(sign) || text_is_private(sign))
            return MEANINGLESS;
        return is_one_of(sign, U"°½¼¾§©®™•·²³º") ? DOUBTFUL : UNLIKELY;
    }
}

int likelihood(const unsigned char *text, size_t length, size_t at, const struct codepage *page) {
    struct window window;
    window_fill(&window, text, length, at, page);
    return is_letter(character_at(&window, 0)) ? letter_points(&window) : sign_points(&window);
}
