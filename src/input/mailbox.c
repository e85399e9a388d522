/*
 * Mailboxes: text comes in as people write it in a mail program, a name and an address go out.
 *
 *     mailbox = address | [name] "<" address ">"
 *     name    = anything but "@", without < > and control characters | a quoted string, with \ before " and \
 *     list    = domain *((","|";"|" ") domain)
 *
 * RFC 5322 wants quotation marks around a name with a comma in it. People leave them out, and since only one mailbox is
 * asked for, nothing else can be meant.
 */
#include "input/mailbox.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "base/text.h"
#include "input/email.h"

enum { NAME_MAX_CHARACTERS = 100, ADDRESS_MAX = 254 };

const char *mailbox_fault(const char *text, size_t length) {
    const char *fault = email_fault(text, length);
    for (size_t i = 0; fault == NULL && i < length; i++)
        if ((unsigned char)text[i] >= 0x80)
            fault = "holds letters that most mail servers do not take: only plain a to z can be used";
    return fault;
}

static const char *name_fault(const char *name, size_t length) {
    if (text_count(name, length) > NAME_MAX_CHARACTERS)
        return "has a name of more than 100 characters";
    for (size_t at = 0; at < length;) {
        uint32_t c = text_next(name, length, &at);
        if (text_is_control(c) || text_is_invisible(c) || text_is_private(c))
            return "has a control character or an invisible one in its name: type it again";
        if (c == '<' || c == '>')
            return "has a < or > too many";
    }
    return NULL;
}

/* What stands between the quotation marks, or the name as it is. NULL: several addresses. */
static const char *unquote(const char *name, size_t length, struct arena *arena) {
    if (length < 2 || name[0] != '"' || name[length - 1] != '"')
        return memchr(name, '@', length) == NULL ? arena_copy(arena, name, length) : NULL;
    char *plain = arena_alloc(arena, length);
    size_t count = 0;
    for (size_t i = 1; i < length - 1; i++) {
        if (name[i] == '\\' && i + 1 < length - 1)
            i++;
        plain[count++] = name[i];
    }
    const char *trimmed = plain;
    text_trim(&trimmed, &count);
    return arena_copy(arena, trimmed, count);
}

const char *mailbox_read(struct mailbox *mailbox, const char *text, struct arena *arena) {
    size_t length = strlen(text), name_length = 0;
    const char *name = "", *address = text;
    text_trim(&address, &length);
    const char *bracket = memrchr(address, '<', length);
    if (bracket != NULL) {
        if (address[length - 1] != '>')
            return address[length - 1] == '<' || memchr(bracket, '>', (size_t)(address + length - bracket)) == NULL
                       ? "has a < and no > behind it"
                       : "has something behind its >";
        name = address;
        name_length = (size_t)(bracket - address);
        length -= name_length + 2;
        address = bracket + 1;
        text_trim(&name, &name_length);
        text_trim(&address, &length);
    }
    const char *fault = name_fault(name, name_length);
    if (fault == NULL)
        fault = mailbox_fault(address, length);
    const char *plain = fault == NULL ? unquote(name, name_length, arena) : NULL;
    if (fault == NULL && plain == NULL)
        fault = "has an @ in its name: give one address only";
    if (fault == NULL)
        *mailbox = (struct mailbox){plain, arena_copy(arena, address, length)};
    return fault;
}

const char *mailbox_domain(const char *address) {
    const char *at = strrchr(address, '@');
    return at == NULL ? "" : at + 1;
}

/* The domain that LIST begins with, and its length; 0 at the end. *NEXT: what follows it. */
static const char *first_domain(const char *list, size_t *length, const char **next) {
    static const char separators[] = ",; \t";
    list += strspn(list, separators);
    *length = strcspn(list, separators);
    *next = list + *length;
    return list;
}

bool mailbox_is_domains(const char *list) {
    char address[ADDRESS_MAX + 1] = "a@";
    size_t length = 0, count = 0;
    for (const char *domain = first_domain(list, &length, &list); length > 0;
         domain = first_domain(list, &length, &list), count++) {
        if (length > ADDRESS_MAX - 2)
            return false;
        memcpy(address + 2, domain, length);
        if (mailbox_fault(address, length + 2) != NULL)
            return false;
    }
    return count > 0;
}

bool mailbox_is_at(const char *address, const char *list) {
    const char *own = mailbox_domain(address);
    size_t own_length = strlen(own), length = 0;
    for (const char *domain = first_domain(list, &length, &list); length > 0;
         domain = first_domain(list, &length, &list)) {
        if (length > own_length || strncasecmp(own + own_length - length, domain, length) != 0)
            continue;
        if (length == own_length || own[own_length - length - 1] == '.')
            return true;
    }
    return false;
}
