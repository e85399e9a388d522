/*
 * Flow: rows come in with their distances, each gets a page and a baseline. The one idea: a page is filled row by row,
 * and where one does not fit, the page ends above the last row before it that need not stay with the one above.
 */
#include "letter/flow.h"

/*
 * Which row begins the next page, where row OVERFLOWING did not fit on the page that FIRST begins. SHARED: there is
 * something else above FIRST on this page, so it may move to the next page itself.
 */
static size_t next_page_begins(const struct row *rows, size_t first, size_t overflowing, bool shared) {
    for (size_t i = overflowing; i > first; i--)
        if (!rows[i].together)
            return i;
    return shared ? first : overflowing;
}

void flow_rows(struct row *rows, size_t count, const struct frame *frame) {
    unsigned page = frame->page;
    int32_t baseline = frame->first_mpt;
    bool shared = frame->first_mpt > frame->top_mpt;
    for (size_t first = 0, i = 0; i < count;) {
        if (i > first)
            baseline += rows[i].above_mpt;
        if (baseline > frame->bottom_mpt && (i > first || shared)) {
            first = i = next_page_begins(rows, first, i, shared);
            shared = false;
            baseline = frame->top_mpt;
            page++;
            continue;
        }
        rows[i].page = page;
        rows[i++].baseline_mpt = baseline;
    }
}
