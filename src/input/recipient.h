/*
 * The forms of a recipient's name: as a list gives it in one cell, to what an envelope, a salutation and a sentence need.
 *
 * | given                        | title                            | dear         | plain          |
 * | Jane Smith, Jane Smith MP    | Jane Smith MP                    | Jane Smith   | Jane Smith     |
 * | The Rt Hon Jane Smith MP     | The Rt Hon Jane Smith MP         | Jane Smith   | Jane Smith     |
 * | Ms Jane Smith, Smith, Ms Jane| Ms Jane Smith MP                 | Ms Smith     | Jane Smith     |
 * | Sir James Brown KC MP        | Sir James Brown KC MP            | Sir James    | Sir James Brown|
 * | Dr Ann Other                 | Dr Ann Other MP                  | Dr Other     | Dr Ann Other   |
 *
 * With another office, other letters stand behind the name (MSP, MS, MLA) or none. A peer's rank is known as well:
 *
 * | Lord Brown of X, Brown, Lord | The Lord Brown of X              | Lord Brown   | Lord Brown of X|
 * | Rt Hon Baroness Green PC     | The Rt Hon the Baroness Green PC | Baroness Green | Baroness Green |
 * | Earl of X                    | The Earl of X                    | Lord X       | the Earl of X  |
 *
 * A courtesy title that is not given is never guessed.
 */
#ifndef POSTBAG_INPUT_RECIPIENT_H
#define POSTBAG_INPUT_RECIPIENT_H

#include <stddef.h>

#include "base/arena.h"
#include "input/office.h"

struct recipient {
    const char *title;
    const char *dear;
    const char *plain;
};

/* NAME is valid UTF-8. The forms live in ARENA; all are "" where NAME is. */
struct recipient recipient_read(struct arena *arena, enum office office, const char *name, size_t length);

/*
 * How many bytes at the start of anybody's NAME are courtesy titles and the spaces behind them: "Mrs " of "Mrs Jane
 * Doe". Never all of it.
 */
size_t recipient_titles_length(const char *name, size_t length);

#endif
