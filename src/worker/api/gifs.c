/*
 * gifs.c - GET /api/gif/search: asks the configured provider, whose key stays here. Worker, job threads only.
 *
 * A provider that does not answer holds a thread for TIMEOUT_MS at most, and then none for PAUSE_MS: passwords and
 * lists need these threads, too. The key is in no log and no answer: what libcurl and the provider say is not passed
 * on.
 */
#include "bering/clock.h"
#include "bering/fetch.h"
#include "bering/log.h"
#include "worker/api/api.h"
#include "worker/gif_provider.h"
#include "worker/gifs.h"
#include "worker/worker.h"
#include <stdlib.h>

enum { WORDS, LIMIT };

enum {
    WORDS_MOST = 200,
    LIMIT_DEFAULT = 20,
    LIMIT_MOST = 50,
    ANSWER_MOST = 1024 * 1024,
    TIMEOUT_MS = 5000,
    LONG_MS = 2000,           /* a failure that took longer than this is worth a pause */
    PAUSE_MS = 10000,
};

const struct parameter gif_search_parameters[] = {
    [WORDS] = {"q", PARAMETER_TEXT, true, 1, WORDS_MOST},
    [LIMIT] = {"limit", PARAMETER_INTEGER, false, 1, LIMIT_MOST},
    {NULL, 0, false, 0, 0},
};

/* What a status means to whoever searches; NULL: an answer. */
static const char *trouble_of(int status)
{
    switch (status) {
    case 200:
        return NULL;
    case 0:
        return "the GIF provider does not answer";
    case 401:
    case 403:
        return "the GIF provider refuses TENOR_API_KEY";
    case 429:
        return "the GIF provider is asked too often";
    default:
        return "the GIF provider failed";
    }
}

/* Asks the provider and appends what it found. Returns NULL, or a literal that says what went wrong. */
static const char *ask(struct worker *worker, const char *words, int64_t limit, struct json *json)
{
    const struct config *config = worker->config;
    uint64_t start = clock_monotonic_ms();
    char *url = gif_provider_url(config->gif_api_url, config->tenor_api_key, words, limit);
    struct fetch fetch = {.url = url, .most = ANSWER_MOST};

    fetch_all(config, &fetch, 1, TIMEOUT_MS);
    const char *trouble = trouble_of(fetch.status);
    if (trouble == NULL && !gif_provider_read(fetch.body, fetch.length, limit, json))
        trouble = "the GIF provider's answer makes no sense";
    if (trouble != NULL && clock_monotonic_ms() - start > LONG_MS)
        gifs_pause(worker->gifs, clock_monotonic_ms() + PAUSE_MS);
    if (gifs_note_trouble(worker->gifs, trouble)) {
        if (trouble != NULL)
            log_warn("GIF search: %s (status %d)", trouble, fetch.status);
        else
            log_info("GIF search: the provider answers");
    }
    fetch_free(&fetch, 1);
    free(url);
    return trouble;
}

enum result gif_search(struct action *action, struct store *store)
{
    struct worker *worker = action->task.worker;
    const char *words = action->parameters[WORDS].text;
    int64_t limit = action->parameters[LIMIT].present ? action->parameters[LIMIT].key : LIMIT_DEFAULT;

    (void)store;
    if (worker->config->tenor_api_key == NULL || worker->config->tenor_api_key[0] == '\0')
        return action_fail(action, RESULT_BAD_REQUEST, "the GIF search is not set up: set TENOR_API_KEY");
    if (gifs_find(worker->gifs, words, limit, clock_monotonic_ms(), &action->answer))
        return RESULT_OK;
    if (gifs_is_paused(worker->gifs, clock_monotonic_ms()))
        return action_fail(action, RESULT_PEER_FAILED, trouble_of(0));
    const char *trouble = ask(worker, words, limit, &action->answer);
    if (trouble != NULL)
        return action_fail(action, RESULT_PEER_FAILED, trouble);
    gifs_put(worker->gifs, words, limit, clock_monotonic_ms(), action->answer.text, action->answer.length);
    return RESULT_OK;
}
