/*
 * history.h - one row of the outbox that stands for a channel's messages up to a point: handed over page by page.
 */
#ifndef FEDERATION_HISTORY_H
#define FEDERATION_HISTORY_H

#include "bering/json.h"
#include "bering/store.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HISTORY_PAGE_MOST = 256 };

struct history {
    int64_t row_key;              /* 0: none is being handed over */
    int64_t channel_key;
    int64_t after_key;            /* up to here the peer has it */
    int64_t until_key;
    char *channel_name;
    char *channel_origin;
    int64_t page[HISTORY_PAGE_MOST]; /* keys of the messages of the page that is being sent */
    size_t count;
};

/*
 * Begins with a row's payload. RESULT_NOT_FOUND: there is nothing to hand over (any more); RESULT_BAD_REQUEST: the
 * payload is none. history_end frees what it holds; both may be called at any time.
 */
enum result history_begin(struct history *history, struct store *store, int64_t row_key, const char *payload,
                          size_t length);
void history_end(struct history *history);

/*
 * Writes the next page to json, as items of a batch: at most `most` messages, and no more once they are `bytes` long.
 * Afterwards history->count is 0 if nothing is left. Reads the database.
 */
enum result history_write_page(struct history *history, struct store *store, int64_t server_key, unsigned most,
                               size_t bytes, struct json *json);

/* The peer has the first `count` messages of the page. */
void history_advance(struct history *history, size_t count);

/* The payload that says how far it has come. */
void history_write_progress(const struct history *history, struct json *json);

#endif
