/*
 * poll.c - asking a peer, step by step. Federation process.
 *
 * Always holds: an answer that is not right changes nothing; one that has not changed since the last time costs neither
 * a parse nor a read of the database. A peer that tells nothing about presence three times in a row has nobody online.
 */
#include "federation/poll.h"

#include "bering/clock.h"
#include "bering/histogram.h"
#include "bering/log.h"
#include "bering/secret.h"
#include "federation/backoff.h"
#include "federation/discover.h"
#include "federation/send.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TIMEOUT_MS = 3000,
    INFO_EVERY_MS = 60 * 1000,
    INFO_MOST = 64 * 1024,
    MISSED_MOST = 3,
};

/* Users before presence: who is online is to be known. */
enum step { STEP_INFO, STEP_USERS, STEP_CHANNELS, STEP_PRESENCE, STEPS };

/* What the last answer to a step was, if it has been taken over. */
struct seen {
    bool is_known;
    struct digest digest;         /* of the body */
    char tag[HTTP_TAG_SIZE];
};

struct poll {
    struct peer *peer;
    struct exchange *exchange;
    struct online *online;
    enum step step;
    uint64_t began_at;            /* clock_monotonic_ms, of this round */
    uint64_t next_at;
    uint64_t info_at;             /* when that is to be asked next */
    bool had_round;
    bool has_presence;            /* this round */
    unsigned missed;
    char wrong[HEALTH_ERROR_SIZE]; /* what of this round's answers was no use; "": nothing */
    struct seen seen[STEPS];
    bool lists_all;               /* what its lists do not name is gone */
    int64_t newest[STEPS];        /* see discover.h; 0: nothing is missing */
};

/* ---- the end of a round ---- */

static void nobody_is_online(struct poll *poll)
{
    static const struct peer_list nobody;

    online_set(poll->online, &nobody);
    poll->seen[STEP_PRESENCE].is_known = false;
}

static void schedule(struct poll *poll)
{
    uint64_t interval = (uint64_t)poll->peer->federation->config->federation_poll_seconds * 1000, random;

    if (!poll->had_round) { /* from now on peers are asked at different moments */
        secret_random(&random, sizeof(random));
        interval = interval / 2 + random % (interval / 2 + 1);
    }
    poll->had_round = true;
    poll->next_at = poll->began_at + interval;
}

/* For monitoring. */
static void count_round(struct poll *poll, enum trouble trouble)
{
    struct peer *peer = poll->peer;
    uint64_t took = peer->federation->now - poll->began_at;

    ++peer->polls;
    peer->poll_failures += trouble != TROUBLE_NONE;
    peer->poll_milliseconds += took;
    histogram_note(peer->federation->bus, HISTOGRAM_POLL_TIME, (int64_t)took * 1000);
}

static void end_round(struct poll *poll, enum trouble trouble, const char *error)
{
    struct peer *peer = poll->peer;
    enum trouble before = peer->asking.trouble;

    poll->step = STEPS;
    count_round(poll, trouble);
    schedule(poll);
    poll->missed = poll->has_presence ? 0 : poll->missed + 1;
    if (poll->missed == MISSED_MOST)
        nobody_is_online(poll);
    online_end_silent_calls(peer);
    peer_report(peer, &peer->asking, trouble, error);
    if (trouble == TROUBLE_NONE && before == TROUBLE_LINK)
        sender_hurry(peer->sender);
    else if (trouble == TROUBLE_NONE || trouble == TROUBLE_NONSENSE)
        sender_reached(peer->sender);
}

/* ---- what each step's answer means ---- */

/* Takes over a list. Returns NULL, or what is wrong with it. */
typedef const char *take_answer(struct poll *poll, const struct http_answer *answer);

static const char *of_result(enum result result)
{
    switch (result) {
    case RESULT_OK:
        return NULL;
    case RESULT_TOO_MANY:
        return "it has had too many names by now";
    default:
        return "it could not be stored here";
    }
}

typedef enum result forget_missing(struct peer *peer, const struct peer_list *list, int64_t *newest,
                                   size_t *forgotten_r);

/* The next answer is looked at again if something was missing from this one. */
static enum result forget(struct poll *poll, forget_missing *forget_these, const struct peer_list *list,
                          size_t *changed)
{
    size_t forgotten;

    if (!poll->lists_all)
        return RESULT_OK;
    enum result result = forget_these(poll->peer, list, &poll->newest[poll->step], &forgotten);
    if (result == RESULT_OK && poll->newest[poll->step] != 0)
        poll->seen[poll->step].is_known = false;
    if (result == RESULT_OK)
        *changed += forgotten;
    return result;
}

static const char *take_users(struct poll *poll, const struct http_answer *answer)
{
    struct peer_list list;
    size_t changed = 0;
    const char *wrong = peer_answer_users(answer->body, answer->length, poll->peer->name, &list);

    if (wrong != NULL)
        return wrong;
    enum result result = discover_users(poll->peer, &list, &changed);
    if (result == RESULT_OK)
        result = forget(poll, forget_users, &list, &changed);
    if (changed > 0)
        poll->seen[STEP_PRESENCE].is_known = false; /* some who are online may be known only now */
    peer_list_free(&list);
    return of_result(result);
}

static const char *take_channels(struct poll *poll, const struct http_answer *answer)
{
    struct peer_list list;
    size_t changed;
    const char *wrong = peer_answer_channels(answer->body, answer->length, poll->peer->name, &list);

    if (wrong != NULL)
        return wrong;
    enum result result = discover_channels(poll->peer, &list, &changed);
    if (result == RESULT_OK)
        result = forget(poll, forget_channels, &list, &changed);
    peer_list_free(&list);
    return of_result(result);
}

static const char *take_presence(struct poll *poll, const struct http_answer *answer)
{
    struct peer_list list;
    const char *wrong = peer_answer_presence(answer->body, answer->length, &list);

    if (wrong != NULL)
        return wrong;
    poll->has_presence = true;
    poll->seen[STEP_PRESENCE].is_known = online_set(poll->online, &list);
    peer_list_free(&list);
    return NULL;
}

static const struct {
    const char *path;
    size_t most;
    take_answer *take;
} steps[STEPS] = {
    [STEP_INFO] = {"/federation/info", INFO_MOST, NULL},
    [STEP_USERS] = {"/federation/users", PEER_ANSWER_MOST, take_users},
    [STEP_CHANNELS] = {"/federation/channels", PEER_ANSWER_MOST, take_channels},
    [STEP_PRESENCE] = {"/federation/presence", PEER_ANSWER_MOST, take_presence},
};

/* The first thing that is wrong in a round counts. */
static void note_wrong(struct poll *poll, const char *what)
{
    if (poll->wrong[0] == '\0')
        snprintf(poll->wrong, sizeof(poll->wrong), "its answer to %s is of no use: %.90s", steps[poll->step].path,
                 what);
}

/* Anything but our own kind of answer is an original's, which does not know the question. */
static void take_info(struct poll *poll, const struct http_answer *answer)
{
    struct peer *peer = poll->peer;
    struct peer_info info = {.abilities = PEER_ORIGINAL};

    if (answer->status == 200)
        peer_answer_info(answer->body, answer->length, &info);
    poll->info_at = poll->began_at + INFO_EVERY_MS;
    poll->lists_all = info.lists_all;
    if (info.abilities == PEER_BERING && strcmp(info.server_name, peer->name) != 0) {
        snprintf(poll->wrong, sizeof(poll->wrong), "it calls itself \"%.50s\", but is registered here as \"%.50s\"",
                 info.server_name, peer->name);
        poll->info_at = poll->began_at;
    }
    peer_set_able(peer, info.abilities);
}

/* A list that is new, or is to be looked at once more. */
static void take_list(struct poll *poll, const struct http_answer *answer)
{
    struct seen *seen = &poll->seen[poll->step];
    struct digest digest = secret_digest(answer->body, answer->length);

    if (seen->is_known && secret_equal(&digest, &seen->digest)) {
        poll->has_presence |= poll->step == STEP_PRESENCE;
        return;
    }
    seen->is_known = true; /* unless it turns out below that something is missing */
    const char *wrong = steps[poll->step].take(poll, answer);
    if (wrong != NULL) {
        seen->is_known = false;
        note_wrong(poll, wrong);
        return;
    }
    seen->digest = digest;
    memcpy(seen->tag, answer->tag, sizeof(seen->tag));
}

static bool was_conditional(const struct poll *poll)
{
    const struct seen *seen = &poll->seen[poll->step];

    return poll->peer->abilities == PEER_BERING && seen->is_known && seen->tag[0] != '\0';
}

static void take_status(struct poll *poll, const struct http_answer *answer)
{
    char what[40];

    if (poll->step == STEP_INFO) {
        take_info(poll, answer);
    } else if (answer->status == 200) {
        take_list(poll, answer);
    } else if (answer->status == 304 && was_conditional(poll)) {
        poll->has_presence |= poll->step == STEP_PRESENCE;
    } else {
        snprintf(what, sizeof(what), "status %d", answer->status);
        note_wrong(poll, what);
    }
}

/* ---- the steps of a round ---- */

static void ask(struct poll *poll)
{
    const struct peer *peer = poll->peer;
    struct http_request request = {
        .base_url = peer->base_url,
        .path = steps[poll->step].path,
        .token = peer->federation->config->server_token,
        .if_none_match = was_conditional(poll) ? poll->seen[poll->step].tag : NULL,
        .most = steps[poll->step].most,
        .timeout_ms = TIMEOUT_MS,
    };

    exchange_start(poll->exchange, &request);
}

static void go_on(struct poll *poll)
{
    ++poll->step;
    if (poll->step < STEPS && !poll->peer->federation->draining)
        ask(poll);
    else
        end_round(poll, poll->wrong[0] == '\0' ? TROUBLE_NONE : TROUBLE_NONSENSE, poll->wrong);
}

static void answered(void *argument, const struct http_answer *answer)
{
    struct poll *poll = argument;
    char error[HEALTH_ERROR_SIZE];

    if (answer->status != 0)
        peer_contact(poll->peer);
    poll->peer->info_answered |= poll->step == STEP_INFO && (answer->status != 0 || answer->is_too_long);
    if (answer->is_too_long) {
        note_wrong(poll, answer->error);
        go_on(poll);
        return;
    }
    if (answer->status == 0) {
        end_round(poll, TROUBLE_NO_ANSWER, answer->error);
        return;
    }
    enum verdict verdict = answer->status == 304 ? VERDICT_TAKEN : verdict_of_status(answer->status);
    snprintf(error, sizeof(error), "answers %d to %s", answer->status, steps[poll->step].path);
    if (verdict == VERDICT_LINK_WRONG) {
        end_round(poll, TROUBLE_LINK, error);
    } else if (verdict == VERDICT_LATER) {
        end_round(poll, TROUBLE_UNABLE, error);
    } else {
        take_status(poll, answer);
        go_on(poll);
    }
}

static void begin_round(struct poll *poll)
{
    poll->began_at = poll->peer->federation->now;
    poll->has_presence = false;
    poll->wrong[0] = '\0';
    poll->step = poll->info_at <= poll->began_at ? STEP_INFO : STEP_USERS;
    ask(poll);
}

/* ---- life ---- */

struct poll *poll_new(struct peer *peer)
{
    struct poll *poll = calloc(1, sizeof(*poll));

    assert(poll != NULL);
    poll->peer = peer;
    poll->step = STEPS;
    poll->online = online_new(peer);
    poll->exchange = exchange_new(peer->federation->http, answered, poll);
    return poll;
}

void poll_free(struct poll **poll)
{
    exchange_free(&(*poll)->exchange);
    online_free(&(*poll)->online);
    free(*poll);
    *poll = NULL;
}

void poll_compare_users(struct poll *poll, int64_t user_key)
{
    online_doubt(poll->online, user_key);
    poll->seen[STEP_USERS].is_known = poll->seen[STEP_PRESENCE].is_known = false;
}

void poll_compare_channels(struct poll *poll)
{
    poll->seen[STEP_CHANNELS].is_known = false;
}

void poll_anew(struct poll *poll)
{
    exchange_free(&poll->exchange);
    poll->exchange = exchange_new(poll->peer->federation->http, answered, poll);
    poll->info_at = poll->next_at = 0;
    poll->lists_all = false;
    for (size_t i = 0; i < STEPS; ++i) {
        poll->seen[i].is_known = false;
        poll->newest[i] = 0;
    }
}

uint64_t poll_turn(struct poll *poll)
{
    if (exchange_is_running(poll->exchange) || poll->peer->federation->draining)
        return UINT64_MAX;
    if (poll->next_at > poll->peer->federation->now)
        return poll->next_at;
    begin_round(poll);
    return UINT64_MAX;
}
