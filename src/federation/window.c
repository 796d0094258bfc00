/*
 * window.c - the next rows of a peer's queue, in memory. Federation process.
 *
 * Always holds: the rows are in the order of the queue; none of them is settled.
 */
#include "federation/window.h"

#include "bering/text.h"
#include <assert.h>
#include <stdlib.h>

struct row *window_head(struct window *window)
{
    return window->next < window->count ? &window->rows[window->next] : NULL;
}

void window_clear(struct window *window)
{
    for (size_t i = window->next; i < window->count; ++i)
        free(window->rows[i].payload);
    window->count = window->next = window->bytes = 0;
}

struct loading {
    struct window *window;
    const struct ledger *ledger;
    bool is_full;
};

static void take(void *argument, const struct outbox_row *row)
{
    struct loading *loading = argument;
    struct window *window = loading->window;

    if (loading->is_full || ledger_has_settled(loading->ledger, row->key))
        return;
    loading->is_full =
        window->count == WINDOW_ROWS || (window->count > 0 && window->bytes + row->length > WINDOW_BYTES);
    if (loading->is_full)
        return;
    window->rows[window->count++] = (struct row){
        .key = row->key,
        .kind = row->kind,
        .payload = text_copy_n(row->payload, row->length),
        .length = row->length,
        .expires_at = row->expires_at,
    };
    window->bytes += row->length;
}

static void forget_settled(struct window *window, const struct ledger *ledger)
{
    if (window->generation == ledger->generation)
        return;
    window->generation = ledger->generation;
    window->settled_rows = window->settled_bytes = 0;
}

enum result window_load(struct window *window, struct store *store, const struct ledger *ledger, int64_t server_key)
{
    struct loading loading = {.window = window, .ledger = ledger};

    window_clear(window);
    forget_settled(window, ledger);
    /* the settled ones come first, since the database does not know it yet */
    enum result result = outbox_waiting(store, server_key, (unsigned)(WINDOW_ROWS + window->settled_rows),
                                        WINDOW_BYTES + window->settled_bytes, take, &loading);
    /* the next one may be longer than a window */
    if (result == RESULT_OK && window->count == 0 && window->settled_rows > 0)
        result = outbox_waiting(store, server_key, (unsigned)window->settled_rows + 1, SIZE_MAX, take, &loading);
    return result;
}

void window_settle(struct window *window, const struct ledger *ledger)
{
    struct row *row = window_head(window);

    assert(row != NULL);
    forget_settled(window, ledger);
    ++window->settled_rows;
    window->settled_bytes += row->length;
    free(row->payload);
    ++window->next;
}
