/*
 * Acquaintances: the persons of the ledger, and which of them a row of the list is. For the ledger's own files; its
 * mutex is held.
 */
#ifndef POSTBAG_RECORD_ACQUAINTANCE_H
#define POSTBAG_RECORD_ACQUAINTANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "input/identity.h"
#include "input/person.h"
#include "record/store.h"

/* What the ledger knows a row of the list by. */
struct acquaintance_marks {
    struct store_mac macs[IDENTITY_KINDS];
    bool has[IDENTITY_KINDS];
};

struct acquaintance {
    int64_t id;
    unsigned row; /* in the list, when last met */
    int64_t roll;
    bool forgotten;
    char key[PEOPLE_KEY_MAX]; /* "": it was erased */
};

void acquaintance_mark(const struct ledger *ledger, const struct person *person, struct acquaintance_marks *marks);

/* The first of the own kinds that MARKS has, or IDENTITY_OWN_KINDS: nothing tells this person from others. */
enum identity_kind acquaintance_strongest(const struct acquaintance_marks *marks);

/*
 * Who is known by each of the own kinds; id 0: nobody. *COUNT: how many different persons they are.
 */
int acquaintance_find(struct ledger *ledger, const struct acquaintance_marks *marks,
                      struct acquaintance found[IDENTITY_OWN_KINDS], size_t *count, struct error *error);

/* The person of ID, who must be there. */
int acquaintance_read(struct ledger *ledger, int64_t id, struct acquaintance *found, struct error *error);

/* Of several of one key: the one met last. 1; 0: there is none. */
int acquaintance_of_key(struct ledger *ledger, const char *key, struct acquaintance *found, struct error *error);

/* A new person (*ID 0, set), or one met again: by everything that MARKS says of them, in this roll. */
int acquaintance_meet(struct ledger *ledger, const struct person *person, const struct acquaintance_marks *marks,
                      int64_t *id, struct error *error);

/* Whoever was taken for NEW, with all their letters on channels that OLD has none on, is OLD. */
int acquaintance_join(struct ledger *ledger, int64_t old, int64_t new, struct error *error);

/* As if the person had never been met. */
int acquaintance_remove(struct ledger *ledger, int64_t id, struct error *error);

/* "membership number", "name and postcode", … */
const char *acquaintance_kind_name(enum identity_kind kind);

/* Columns of person for acquaintance_take, which reads them from the row that STATEMENT stands at. */
#define ACQUAINTANCE_COLUMNS "person.id, person.row, person.roll, person.forgotten, person.key"
void acquaintance_take(struct statement *statement, struct acquaintance *found);

#endif
