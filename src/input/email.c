/*
 * E-mail addresses: text comes in, what is wrong with it goes out in words.
 *
 *     address = local "@" domain                 at most 254 bytes (RFC 5321 §4.5.3.1.3, erratum 1690)
 *     local   = atom *("." atom)                 at most 64 bytes
 *     domain  = label 1*("." label)              labels of at most 63 bytes, no hyphen at their ends
 *
 * A quoted local part ("jane doe"@…) is legal and unknown in the wild; in a list it is a slip of the spreadsheet.
 */
#include "input/email.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

enum { ADDRESS_MAX = 254, LOCAL_MAX = 64, LABEL_MAX = 63 };

static bool is_ascii_letter_or_digit(char byte) {
    return (unsigned char)byte < 0x80 && text_is_letter_or_digit((unsigned char)byte);
}

/* What no part of an address may hold, said so that it is found in the cell. */
static const char *character_fault(const char *text, size_t length) {
    for (size_t at = 0; at < length;) {
        uint32_t c = text_next(text, length, &at);
        if (text_is_control(c))
            return "holds a control character";
        if (text_is_space(c))
            return "holds a space";
        if (text_is_invisible(c) || text_is_private(c))
            return "holds an invisible character: type it again";
        if (c == ',' || c == ';')
            return "holds a comma or semicolon: give one address only";
        if (c == '<' || c == '>' || c == '(' || c == ')' || c == '"')
            return "holds brackets or quotation marks: give the bare address";
    }
    return NULL;
}

static const char *local_fault(const char *local, size_t length) {
    if (length == 0)
        return "has nothing before the @";
    if (length > LOCAL_MAX)
        return "has more than 64 characters before the @";
    if (local[0] == '.' || local[length - 1] == '.' || memmem(local, length, "..", 2) != NULL)
        return "has a full stop too many before the @";
    for (size_t i = 0; i < length; i++) {
        bool atom = (unsigned char)local[i] >= 0x80 || is_ascii_letter_or_digit(local[i]) || local[i] == '.';
        if (!atom && strchr("!#$%&'*+-/=?^_`{|}~", local[i]) == NULL)
            return "holds a character that no address may have before the @";
    }
    return NULL;
}

static const char *label_fault(const char *label, size_t length) {
    if (length == 0)
        return "has a full stop too many after the @";
    if (length > LABEL_MAX)
        return "has a part of more than 63 characters after the @";
    if (label[0] == '-' || label[length - 1] == '-')
        return "has a hyphen at the end of a part after the @";
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)label[i] < 0x80 && label[i] != '-' && !is_ascii_letter_or_digit(label[i]))
            return "holds a character that no address may have after the @";
    return NULL;
}

static const char *domain_fault(const char *domain, size_t length) {
    if (length == 0)
        return "has nothing after the @";
    size_t labels = 0, start = 0;
    for (size_t i = 0; i <= length; i++) {
        if (i < length && domain[i] != '.')
            continue;
        const char *fault = label_fault(domain + start, i - start);
        if (fault != NULL)
            return fault;
        labels++;
        if (i < length)
            start = i + 1;
    }
    if (labels < 2)
        return "has no full stop after the @";
    if (strspn(domain + start, "0123456789") == length - start)
        return "ends in a number";
    return NULL;
}

const char *email_fault(const char *text, size_t length) {
    const char *fault = character_fault(text, length);
    if (fault != NULL)
        return fault;
    const char *at = memchr(text, '@', length);
    if (at == NULL)
        return "has no @";
    size_t local = (size_t)(at - text);
    if (memchr(at + 1, '@', length - local - 1) != NULL)
        return "has more than one @";
    if (length > ADDRESS_MAX)
        return "has more than 254 characters";
    fault = local_fault(text, local);
    return fault != NULL ? fault : domain_fault(at + 1, length - local - 1);
}
