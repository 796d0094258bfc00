/*
 * fetch.c - several requests at once, waited for. Any thread that may block; nothing is shared between calls.
 */
#include "bering/fetch.h"

#include "bering/clock.h"
#include "federation/http.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(struct fetch *fetch, const char *error, const char *cause)
{
    snprintf(fetch->error, sizeof(fetch->error), "%s", error);
    fetch->cause = cause;
}

static void take(struct fetch *fetch, struct transfer *transfer, CURLcode code)
{
    struct http_answer answer;

    transfer_answer(transfer, code, &answer);
    fail(fetch, answer.error, answer.cause);
    fetch->status = answer.status;
    if (answer.status == 0)
        return;
    fetch->body = malloc(answer.length + 1);
    assert(fetch->body != NULL);
    memcpy(fetch->body, answer.body, answer.length);
    fetch->body[answer.length] = '\0';
    fetch->length = answer.length;
}

static void start(CURLM *multi, struct transfer *transfer, const struct fetch *fetch, unsigned timeout_ms)
{
    struct http_request request = {
        .base_url = fetch->url,
        .path = fetch->path != NULL ? fetch->path : "",
        .token = fetch->token,
        .body = fetch->json,
        .length = fetch->json != NULL ? strlen(fetch->json) : 0,
        .most = fetch->most,
        .timeout_ms = timeout_ms,
    };

    curl_multi_add_handle(multi, transfer_prepare(transfer, &request));
}

static size_t find(struct transfer *const *transfers, size_t count, CURL *easy)
{
    size_t i = 0;

    while (i < count && transfer_handle(transfers[i]) != easy)
        ++i;
    assert(i < count);
    return i;
}

/* Until all have ended: each has its own time limit, so this ends; the deadline is for what they do not count. */
static void run(CURLM *multi, struct transfer *const *transfers, struct fetch *fetches, size_t count, uint64_t deadline)
{
    int running = 1, left;
    CURLMsg *message;

    while (running > 0 && clock_monotonic_ms() < deadline) {
        curl_multi_perform(multi, &running);
        while ((message = curl_multi_info_read(multi, &left)) != NULL)
            if (message->msg == CURLMSG_DONE) {
                size_t i = find(transfers, count, message->easy_handle);
                take(&fetches[i], transfers[i], message->data.result);
            }
        if (running > 0)
            curl_multi_poll(multi, NULL, 0, 100, NULL);
    }
}

void fetch_all(const struct config *config, struct fetch *fetches, size_t count, unsigned timeout_ms)
{
    static const char late[] = "it did not answer in time";
    uint64_t deadline = clock_monotonic_ms() + timeout_ms + 100;
    CURLM *multi = http_library_start() ? curl_multi_init() : NULL;
    struct transfer **transfers = calloc(count + 1, sizeof(*transfers));

    assert(multi != NULL && transfers != NULL);
    for (size_t i = 0; i < count; ++i) {
        fetches[i].status = 0;
        fetches[i].body = NULL;
        fetches[i].length = 0;
        fail(&fetches[i], late, late);
        transfers[i] = transfer_new(config);
        assert(transfers[i] != NULL);
        start(multi, transfers[i], &fetches[i], timeout_ms);
    }
    run(multi, transfers, fetches, count, deadline);
    for (size_t i = 0; i < count; ++i) {
        curl_multi_remove_handle(multi, transfer_handle(transfers[i]));
        transfer_free(&transfers[i]);
    }
    curl_multi_cleanup(multi);
    free(transfers);
}

void fetch_free(struct fetch *fetches, size_t count)
{
    for (size_t i = 0; i < count; ++i) {
        free(fetches[i].body);
        fetches[i].body = NULL;
    }
}
