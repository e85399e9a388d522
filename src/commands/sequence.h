/*
 * The sequence: in which order letters stand in one file, which of them make a bundle, and where one part of the file
 * ends and the next begins.
 *
 * It looks on at the first pass and keeps of each row where it stands in the list and what it is sorted by: some hundred
 * bytes, whatever else the row holds. The rows are read again in their new order (commands/relay).
 */
#ifndef POSTBAG_COMMANDS_SEQUENCE_H
#define POSTBAG_COMMANDS_SEQUENCE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/table.h"
#include "commands/bundle.h"
#include "commands/campaign.h"
#include "commands/settings.h"
#include "input/people.h"

struct sequence_entry {
    struct people_position position;
    size_t index;          /* in the order of reading */
    const char *key;       /* of the person's name */
    struct bundle *bundle; /* NULL unless letters are sorted by MP */
};

struct sequence {
    struct campaign *campaign; /* borrowed */
    enum sort sort;
    size_t part_max;                /* letters */
    struct sequence_entry *entries; /* none where the order is the list's own */
    size_t count, room;
    size_t *ends; /* of each part: how many letters stand before its end; none where all parts but the last are full */
    size_t ends_count, ends_room;
    struct table bundles; /* struct bundle, by their keys */
    struct arena arena;
    struct str text; /* for making keys */
};

/* A part: letters FIRST to before FIRST + COUNT. */
struct sequence_part {
    size_t first, count;
};

/* Looks on at CAMPAIGN's first pass from now on. No part is to have more than PART_MAX letters. */
void sequence_watch(struct sequence *sequence, struct campaign *campaign, enum sort sort, size_t part_max);
void sequence_release(struct sequence *sequence);

/* After the first pass: puts the good rows in order. A bundle is in one part, unless it is larger than a part. */
void sequence_settle(struct sequence *sequence);

/* How many parts there are, and part I of them, from 0. */
size_t sequence_parts(const struct sequence *sequence);
struct sequence_part sequence_part(const struct sequence *sequence, size_t i);

/* Row I of the order, or NULL where that is the list's. */
const struct sequence_entry *sequence_entry(const struct sequence *sequence, size_t i);

/* The bundle that letter I belongs to, or NULL; and whether it is the first of it. */
const struct bundle *sequence_bundle(const struct sequence *sequence, size_t i);
bool sequence_begins_bundle(const struct sequence *sequence, size_t i);

#endif
