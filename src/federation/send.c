/*
 * send.c - sends a peer what waits for it, in order. Federation process.
 *
 * Always holds: at most one request to a peer is under way; a row leaves the queue only when the peer has taken or
 * refused it, or it is of no use any more (expired, or nothing that this peer understands). After a failure
 * only a little is sent first.
 */
#include "federation/send.h"

#include "bering/clock.h"
#include "bering/json.h"
#include "bering/log.h"
#include "bering/peer_answers.h"
#include "bering/secret.h"
#include "bering/text.h"
#include "federation/backoff.h"
#include "federation/history.h"
#include "federation/poll.h"
#include "federation/window.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TIMEOUT_MS = 10000,
    ANSWER_MOST = 1024 * 1024,
    BATCH_BYTES = 512 * 1024,     /* of a batch's body, unless one item alone is longer */
    BATCH_ENVELOPE = 64,          /* an item's, and the batch's own */
    AGAIN_AFTER_MS = 1000,        /* after the database could not be read */
    GROWTH = 4,                   /* of batches, after each that was taken whole */
};

/* What a row is to the receiver. */
static const struct {
    const char *name;             /* in a batch */
    const char *path;             /* on its own */
} kinds[] = {
    [OUTBOX_MESSAGE] = {"message", "/federation/messages"},
    [OUTBOX_MEMBERSHIP] = {"membership", "/federation/channel-memberships"},
    [OUTBOX_CALL] = {"call", "/federation/channel-call-event"},
    [OUTBOX_SIGNAL] = {"signal", "/federation/webrtc-signal"},
    [OUTBOX_CHANGE] = {"change", "/federation/changes"},
    [OUTBOX_HISTORY] = {NULL, NULL},
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* What is under way. */
enum parcel { PARCEL_ROW, PARCEL_BATCH, PARCEL_HISTORY };

struct sender {
    struct peer *peer;
    struct exchange *exchange;
    bool is_woken;                /* rows may be waiting */
    uint64_t not_before;          /* clock_monotonic_ms: of the next attempt */
    unsigned most;                /* items in the next batch */
    bool is_stale;                /* rows may have been taken back since they were loaded */
    struct window window;
    struct history history;
    enum parcel parcel;
    size_t items;                 /* that are under way */
    struct json body;
};

/* ---- what came of it ---- */

static struct ledger *ledger_of(struct sender *sender)
{
    return &sender->peer->federation->ledger;
}

static void head_taken(struct sender *sender)
{
    ledger_taken(ledger_of(sender), window_head(&sender->window)->key, sender->peer->federation->now);
    window_settle(&sender->window, ledger_of(sender));
}

static void head_refused(struct sender *sender, int status, const char *answer)
{
    const struct row *row = window_head(&sender->window);

    log_warn("peer %s: refused a %s (status %d): it is set aside", sender->peer->name, kinds[row->kind].name, status);
    ledger_refused(ledger_of(sender), row->key, status, answer, sender->peer->federation->now);
    window_settle(&sender->window, ledger_of(sender));
}

/* The queue waits, and is loaded anew then. */
static void fail(struct sender *sender, enum trouble trouble, const char *error, uint64_t retry_after)
{
    struct peer *peer = sender->peer;
    uint64_t random, wait = BACKOFF_LINK_MS;

    secret_random(&random, sizeof(random));
    if (trouble != TROUBLE_LINK)
        wait = backoff_ms(peer->sending.failures + 1, random, retry_after);
    sender->not_before = peer->federation->now + wait;
    sender->most = 1;
    window_clear(&sender->window);
    history_end(&sender->history);
    peer_report(peer, &peer->sending, trouble, error);
}

static void succeed(struct sender *sender)
{
    sender->most = sender->most < WINDOW_ROWS / GROWTH ? sender->most * GROWTH : WINDOW_ROWS;
    peer_report(sender->peer, &sender->peer->sending, TROUBLE_NONE, NULL);
    if (sender->peer->asking.trouble == TROUBLE_NO_ANSWER)
        peer_report(sender->peer, &sender->peer->asking, TROUBLE_NONE, NULL); /* it is back, whoever learned it first */
}

/* An answer other than "taken" or "refused". */
static void fail_with_status(struct sender *sender, int status, const char *said, uint64_t retry_after)
{
    char error[HEALTH_ERROR_SIZE];

    snprintf(error, sizeof(error), "answers %d%s%.100s", status, said[0] != '\0' ? ": " : "", said);
    fail(sender, verdict_of_status(status) == VERDICT_LINK_WRONG ? TROUBLE_LINK : TROUBLE_UNABLE, error, retry_after);
}

/* What a peer says about a refusal, as text that can be kept: at most PEER_RESULT_TEXT bytes of UTF-8. */
static void quote(const struct http_answer *answer, char text[PEER_RESULT_TEXT + 1])
{
    size_t length = strnlen(answer->body, answer->length < PEER_RESULT_TEXT ? answer->length : PEER_RESULT_TEXT);

    memcpy(text, answer->body, length);
    while (length > 0 && answer->length > length && ((unsigned char)answer->body[length] & 0xc0) == 0x80)
        --length;
    text[length] = '\0';
    if (text_is_utf8(text, length))
        return;
    for (char *at = text; *at != '\0'; ++at)
        if (*at < ' ' || *at > '~')
            *at = '?';
}

/* ---- a history's page ---- */

static void keep_progress(struct sender *sender, size_t count)
{
    struct json json = {0};

    if (count == 0)
        return;
    history_advance(&sender->history, count);
    history_write_progress(&sender->history, &json);
    ledger_progress(ledger_of(sender), sender->history.row_key, json.text, json.length, sender->peer->federation->now);
    json_deinit(&json);
}

/* A message that the peer refuses is left out: there is no row that could be set aside. */
static void pass_over(struct sender *sender, int status, const char *said)
{
    log_warn("peer %s: refused a message of the history of channel %s (status %d, %.100s): it goes without it",
             sender->peer->name,
             sender->history.channel_name, status, said);
}

/* ---- answers ---- */

/* Goes through the results of a batch in order. Returns how many are done with; sender->items if all are. */
static size_t settle(struct sender *sender, const struct peer_result *results)
{
    size_t done;

    for (done = 0; done < sender->items; ++done) {
        const struct peer_result *result = &results[done];
        enum verdict verdict = verdict_of_status(result->status);
        if (verdict != VERDICT_TAKEN && verdict != VERDICT_REFUSED)
            break;
        if (sender->parcel == PARCEL_HISTORY && verdict == VERDICT_REFUSED)
            pass_over(sender, result->status, result->answer);
        else if (sender->parcel == PARCEL_BATCH && verdict == VERDICT_REFUSED)
            head_refused(sender, result->status, result->answer);
        else if (sender->parcel == PARCEL_BATCH)
            head_taken(sender);
    }
    if (sender->parcel == PARCEL_HISTORY)
        keep_progress(sender, done);
    return done;
}

static void batch_taken(struct sender *sender, const struct http_answer *answer)
{
    struct peer_result *results = calloc(sender->items, sizeof(*results));

    assert(results != NULL);
    if (peer_answer_batch(answer->body, answer->length, sender->items, results) != NULL) {
        fail(sender, TROUBLE_NONSENSE, "its answer to a batch is not the JSON that it should be", 0);
    } else {
        size_t done = settle(sender, results);
        if (done == sender->items)
            succeed(sender);
        else
            fail_with_status(sender, results[done].status, results[done].answer, answer->retry_after);
    }
    free(results);
}

/* Refused as a whole: by and by it turns out which item it is about. */
static void batch_refused(struct sender *sender, const struct http_answer *answer)
{
    char said[PEER_RESULT_TEXT + 1];

    quote(answer, said);
    if (answer->status == 404 || answer->status == 405) {
        fail(sender, TROUBLE_UNABLE, "takes no batches any more", 0);
        poll_anew(sender->peer->poll);
    } else if (sender->items > 1) {
        sender->most = 1;
    } else if (sender->parcel == PARCEL_BATCH) {
        head_refused(sender, answer->status, said);
    } else {
        pass_over(sender, answer->status, said);
        keep_progress(sender, 1);
    }
}

static void row_answered(struct sender *sender, enum verdict verdict, const struct http_answer *answer)
{
    char said[PEER_RESULT_TEXT + 1];

    if (verdict == VERDICT_TAKEN) {
        head_taken(sender);
    } else {
        quote(answer, said);
        head_refused(sender, answer->status, said);
    }
    succeed(sender);
}

static void forget_loaded(struct sender *sender)
{
    window_clear(&sender->window);
    history_end(&sender->history);
    sender->is_stale = false;
    sender->is_woken = true;
}

static void take_answer(struct sender *sender, const struct http_answer *answer)
{
    enum verdict verdict = verdict_of_status(answer->status);
    char said[PEER_RESULT_TEXT + 1];

    if (answer->status != 0)
        peer_contact(sender->peer);
    if (answer->status == 0) {
        fail(sender, answer->is_too_long ? TROUBLE_NONSENSE : TROUBLE_NO_ANSWER, answer->error, 0);
    } else if (verdict == VERDICT_TAKEN && answer->is_page) {
        fail(sender, TROUBLE_NONSENSE, "something else than a server of the federation answers at its address", 0);
    } else if (verdict == VERDICT_LATER || verdict == VERDICT_LINK_WRONG) {
        quote(answer, said);
        fail_with_status(sender, answer->status, said, answer->retry_after);
    } else if (sender->parcel == PARCEL_ROW) {
        row_answered(sender, verdict, answer);
    } else if (verdict == VERDICT_TAKEN) {
        batch_taken(sender, answer);
    } else {
        batch_refused(sender, answer);
    }
}

static void answered(void *argument, const struct http_answer *answer)
{
    struct sender *sender = argument;

    take_answer(sender, answer);
    if (sender->is_stale)
        forget_loaded(sender);
}

/* ---- what is sent ---- */

static bool is_bering(const struct sender *sender)
{
    return sender->peer->abilities == PEER_BERING;
}

/* An original would take any membership for a new one. */
static bool is_for_bering_only(const struct row *row)
{
    static const char removed[] = "\"removed\":true", join[] = "\"join\":true";

    if (row->kind != OUTBOX_MEMBERSHIP)
        return row->kind == OUTBOX_CHANGE || row->kind == OUTBOX_HISTORY;
    return memmem(row->payload, row->length, removed, strlen(removed)) != NULL ||
           memmem(row->payload, row->length, join, strlen(join)) != NULL;
}

static bool is_expired(const struct row *row)
{
    return row->expires_at != 0 && row->expires_at <= clock_now();
}

static bool is_of_no_use(const struct sender *sender, const struct row *row)
{
    return is_expired(row) || (int)row->kind < OUTBOX_MESSAGE || (int)row->kind >= KINDS ||
           (is_for_bering_only(row) && !is_bering(sender));
}

/* Alone it would be longer than a batch may be. */
static bool is_too_long_for_batch(const struct row *row)
{
    return row->length > BATCH_BYTES - 2 * BATCH_ENVELOPE;
}

static void begin_batch(struct sender *sender)
{
    json_reset(&sender->body);
    json_object_begin(&sender->body);
    json_key(&sender->body, "items");
    json_array_begin(&sender->body);
}

static void end_batch(struct sender *sender)
{
    json_array_end(&sender->body);
    json_object_end(&sender->body);
}

static void start(struct sender *sender, enum parcel parcel, const char *path)
{
    const struct federation *federation = sender->peer->federation;
    struct http_request request = {
        .base_url = sender->peer->base_url,
        .path = path,
        .token = federation->config->server_token,
        .body = sender->body.text,
        .length = sender->body.length,
        .most = ANSWER_MOST,
        .timeout_ms = TIMEOUT_MS,
    };

    sender->parcel = parcel;
    exchange_start(sender->exchange, &request);
}

static void start_row(struct sender *sender, const struct row *row)
{
    json_reset(&sender->body);
    json_raw(&sender->body, row->payload, row->length);
    sender->items = 1;
    start(sender, PARCEL_ROW, kinds[row->kind].path);
}

/* All rows from the head on that can go together. */
static void start_batch(struct sender *sender)
{
    struct window *window = &sender->window;

    begin_batch(sender);
    for (sender->items = 0; sender->items < sender->most && window->next + sender->items < window->count;
         ++sender->items) {
        const struct row *row = &window->rows[window->next + sender->items];
        bool fits = sender->body.length + row->length + BATCH_ENVELOPE <= BATCH_BYTES;
        if (sender->items > 0 && (!fits || row->kind == OUTBOX_HISTORY || is_of_no_use(sender, row)))
            break;
        json_object_begin(&sender->body);
        json_key_text(&sender->body, "kind", kinds[row->kind].name);
        json_key(&sender->body, "body");
        json_raw(&sender->body, row->payload, row->length);
        json_object_end(&sender->body);
    }
    end_batch(sender);
    start(sender, PARCEL_BATCH, "/federation/batch");
}

/* False: the row is done with, or the database cannot be read. */
static bool start_history(struct sender *sender, const struct row *row)
{
    struct store *store = sender->peer->federation->store;
    enum result result = RESULT_OK;

    if (sender->history.row_key != row->key)
        result = history_begin(&sender->history, store, row->key, row->payload, row->length);
    if (result == RESULT_OK) {
        begin_batch(sender);
        result = history_write_page(&sender->history, store, sender->peer->key, sender->most,
                                    BATCH_BYTES - BATCH_ENVELOPE, &sender->body);
        end_batch(sender);
        sender->items = sender->history.count;
    }
    if (result == RESULT_OK && sender->items > 0) {
        start(sender, PARCEL_HISTORY, "/federation/batch");
        return true;
    }
    history_end(&sender->history);
    if (result == RESULT_UNAVAILABLE || result == RESULT_INTERNAL)
        sender->not_before = sender->peer->federation->now + AGAIN_AFTER_MS;
    else
        head_taken(sender);
    return false;
}

/* Returns false if nothing waits. */
static bool load(struct sender *sender)
{
    struct federation *federation = sender->peer->federation;

    if (window_load(&sender->window, federation->store, &federation->ledger, sender->peer->key) != RESULT_OK) {
        window_clear(&sender->window);
        sender->not_before = federation->now + AGAIN_AFTER_MS;
        return false;
    }
    sender->is_woken = window_head(&sender->window) != NULL;
    if (!sender->is_woken && sender->peer->sending.trouble != TROUBLE_NONE)
        peer_report(sender->peer, &sender->peer->sending, TROUBLE_NONE, NULL); /* what it was about is gone */
    return sender->is_woken;
}

/* Starts with the next row that is of use, if there is one. */
static void start_next(struct sender *sender)
{
    const struct federation *federation = sender->peer->federation;

    while (sender->not_before <= federation->now && federation->ledger.count < LEDGER_MOST) {
        const struct row *row = window_head(&sender->window);
        if (row == NULL && !load(sender))
            return;
        row = window_head(&sender->window);
        if (is_of_no_use(sender, row)) {
            head_taken(sender);
        } else if (row->kind == OUTBOX_HISTORY) {
            if (start_history(sender, row))
                return;
        } else {
            if (is_bering(sender) && !is_too_long_for_batch(row))
                start_batch(sender);
            else
                start_row(sender, row);
            return;
        }
    }
}

/* ---- life ---- */

struct sender *sender_new(struct peer *peer)
{
    struct sender *sender = calloc(1, sizeof(*sender));

    assert(sender != NULL);
    sender->peer = peer;
    sender->most = WINDOW_ROWS;
    sender->is_woken = true; /* the database says what waits */
    sender->exchange = exchange_new(peer->federation->http, answered, sender);
    return sender;
}

void sender_free(struct sender **sender)
{
    struct sender *freed = *sender;

    exchange_free(&freed->exchange);
    window_clear(&freed->window);
    history_end(&freed->history);
    json_deinit(&freed->body);
    free(freed);
    *sender = NULL;
}

void sender_wake(struct sender *sender)
{
    sender->is_woken = true;
}

void sender_reload(struct sender *sender)
{
    if (exchange_is_running(sender->exchange))
        sender->is_stale = true;
    else
        forget_loaded(sender);
}

void sender_hurry(struct sender *sender)
{
    sender->is_woken = true;
    sender->not_before = 0;
}

void sender_reached(struct sender *sender)
{
    if (sender->peer->sending.trouble == TROUBLE_NO_ANSWER)
        sender->not_before = 0;
}

void sender_reset(struct sender *sender)
{
    exchange_free(&sender->exchange);
    sender->exchange = exchange_new(sender->peer->federation->http, answered, sender);
    window_clear(&sender->window);
    history_end(&sender->history);
    sender_hurry(sender);
}

uint64_t sender_turn(struct sender *sender)
{
    const struct peer *peer = sender->peer;

    if (exchange_is_running(sender->exchange) || !sender->is_woken || peer->federation->draining)
        return UINT64_MAX;
    if (peer->abilities == PEER_UNKNOWN && !peer->info_answered)
        return UINT64_MAX; /* its answer to poll.c decides how */
    if (sender->not_before <= peer->federation->now)
        start_next(sender);
    if (exchange_is_running(sender->exchange) || !sender->is_woken)
        return UINT64_MAX;
    return sender->not_before > peer->federation->now ? sender->not_before : peer->federation->ledger.due_at;
}

uint64_t sender_next_attempt(const struct sender *sender)
{
    return sender->peer->sending.trouble != TROUBLE_NONE ? sender->not_before : 0;
}

bool sender_is_busy(const struct sender *sender)
{
    return exchange_is_running(sender->exchange);
}
