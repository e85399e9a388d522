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

static int32_t above(const struct row *row, int32_t tightness) {
    return row->above_mpt - (int32_t)((int64_t)row->give_mpt * tightness / FLOW_TIGHT);
}

void flow_rows(struct row *rows, size_t count, const struct frame *frame, int32_t tightness) {
    unsigned page = frame->page;
    int32_t baseline = frame->first_mpt;
    bool shared = frame->first_mpt > frame->top_mpt;
    for (size_t first = 0, i = 0; i < count;) {
        baseline += i > first ? above(&rows[i], tightness) : rows[i].head_mpt;
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

/* How far the rows of the last page would go beyond the end of the one before, if they stood on it. */
static int64_t tail(const struct row *rows, size_t count, const struct frame *frame) {
    size_t first = count - 1;
    while (first > 0 && rows[first - 1].page == rows[count - 1].page)
        first--;
    int64_t end = first == 0 ? frame->first_mpt + rows[0].head_mpt : rows[first - 1].baseline_mpt;
    for (size_t i = first == 0 ? 1 : first; i < count; i++)
        end += rows[i].above_mpt;
    return end - frame->bottom_mpt;
}

void flow_rows_pulling_back(struct row *rows, size_t count, const struct frame *frame, int32_t tail_mpt) {
    enum { STEPS = 8 };
    flow_rows(rows, count, frame, 0);
    if (count == 0 || rows[count - 1].page == frame->page || tail(rows, count, frame) > tail_mpt)
        return;
    unsigned last = rows[count - 1].page;
    for (int32_t step = 1; step <= STEPS; step++) {
        flow_rows(rows, count, frame, FLOW_TIGHT * step / STEPS);
        if (rows[count - 1].page < last)
            return;
    }
    flow_rows(rows, count, frame, 0);
}
