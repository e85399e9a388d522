/*
 * Offices: one of them comes in, its words and its address go out. The one idea is the table: a further parliament is
 * one more entry of it.
 */
#include "input/office.h"

#include <string.h>

static const struct office_words offices[OFFICES_COUNT] = {
    [OFFICE_MP] =
        {
            .kind = "mp",
            .one = "MP",
            .many = "MPs",
            .an = "an MP",
            .letters = "MP",
            .letters_welsh = "MP",
            .column = "MP",
            .named = "MP|Member of Parliament|AS|Aelod Seneddol",
            .body = "House of Commons",
            .address = "House of Commons\nLondon\nSW1A 0AA",
            .address_welsh = "Tŷ’r Cyffredin\nLlundain\nSW1A 0AA",
        },
    [OFFICE_PEER] =
        {
            .kind = "peer",
            .one = "peer",
            .many = "peers",
            .an = "a peer",
            .letters = "",
            .letters_welsh = "",
            .column = "Peer",
            .named = "peer|Lord|Baroness|member of the House of Lords|member of the Lords|recipient|Arglwydd|Barwnes",
            .body = "House of Lords",
            .address = "House of Lords\nLondon\nSW1A 0PW",
            .address_welsh = "Tŷ’r Arglwyddi\nLlundain\nSW1A 0PW",
        },
    [OFFICE_MSP] =
        {
            .kind = "msp",
            .one = "MSP",
            .many = "MSPs",
            .an = "an MSP",
            .letters = "MSP",
            .letters_welsh = "MSP",
            .column = "MSP",
            .named = "MSP|Member of the Scottish Parliament|recipient",
            .body = "The Scottish Parliament",
            .address = "The Scottish Parliament\nEdinburgh\nEH99 1SP",
            .address_welsh = "The Scottish Parliament\nEdinburgh\nEH99 1SP",
        },
    [OFFICE_MS] =
        {
            .kind = "ms",
            .one = "MS",
            .many = "MSs",
            .an = "an MS",
            .letters = "MS",
            .letters_welsh = "AS",
            .column = "MS",
            .named = "MS|Member of the Senedd|Senedd member|AS|Aelod o'r Senedd|Aelod Senedd|recipient",
            .body = "Senedd Cymru",
            .address = "Welsh Parliament\nCardiff Bay\nCardiff\nCF99 1SN",
            .address_welsh = "Senedd Cymru\nBae Caerdydd\nCaerdydd\nCF99 1SN",
        },
    [OFFICE_MLA] =
        {
            .kind = "mla",
            .one = "MLA",
            .many = "MLAs",
            .an = "an MLA",
            .letters = "MLA",
            .letters_welsh = "MLA",
            .column = "MLA",
            .named = "MLA|Member of the Legislative Assembly|Assembly Member|recipient",
            .body = "Northern Ireland Assembly",
            .address = "Parliament Buildings\nBallymiscaw\nStormont\nBelfast\nBT4 3XX",
            .address_welsh = "Parliament Buildings\nBallymiscaw\nStormont\nBelfast\nBT4 3XX",
        },
    [OFFICE_FIXED] =
        {
            .kind = "fixed",
            .one = "recipient",
            .many = "recipients",
            .an = "a recipient",
            .letters = "",
            .letters_welsh = "",
            .column = "Recipient",
            /* A draft for MPs goes to a minister just as well. */
            .named = "recipient|addressee|MP|Member of Parliament|MSP|Member of the Scottish Parliament|MS|"
                     "Member of the Senedd|MLA|peer|Lord|minister|secretary of state|permanent secretary|AS|"
                     "Aelod Seneddol|Aelod o'r Senedd",
            .body = "",
            .address = "",
            .address_welsh = "",
        },
};

const struct office_words *office_words(enum office office) {
    return &offices[office];
}

bool office_is_elected(enum office office) {
    return office != OFFICE_PEER && office != OFFICE_FIXED;
}

const char *office_address(enum office office, const char *language) {
    return strncmp(language, "cy", 2) == 0 ? offices[office].address_welsh : offices[office].address;
}
