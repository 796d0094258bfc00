/*
 * peers.c - the table of peers, from the database, and how the link to each is. Federation process.
 *
 * Always holds: each peer of the database as it last was read has one entry; what is logged is a change of its
 * condition, never an attempt.
 */
#include "federation/peer.h"

#include "bering/clock.h"
#include "bering/commit.h"
#include "bering/events.h"
#include "bering/log.h"
#include "bering/text.h"
#include "federation/poll.h"
#include "federation/send.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- health ---- */

/* What keeps rows waiting counts more than what only asking met. */
static const struct condition *worse(const struct peer *peer)
{
    return peer->sending.trouble != TROUBLE_NONE ? &peer->sending : &peer->asking;
}

/* Whether an administrator would look again; when it was last heard of, and is tried next, changes all the time. */
static bool is_news(struct bus *bus, const struct peer_health *health)
{
    struct peer_health before;

    return !health_get(bus, health->server_key, &before) || before.failures != health->failures ||
           before.refuses_us != health->refuses_us || strcmp(before.last_error, health->last_error) != 0;
}

static void tell_administrators(struct bus *bus)
{
    struct event_batch events = {0};

    events_link_changed(&events);
    for (size_t i = 0; i < events.count; ++i)
        bus_publish(bus, &events.events[i]);
    event_batch_deinit(&events);
}

void peer_show(struct peer *peer)
{
    struct bus *bus = peer->federation->bus;
    const struct condition *condition = worse(peer);
    uint64_t next = sender_next_attempt(peer->sender), now = clock_monotonic_ms();
    struct peer_health health = {
        .server_key = peer->key,
        .last_contact = peer->last_contact,
        .next_attempt = next == 0 ? 0 : clock_now() + (next > now ? (int64_t)(next - now) * 1000000 : 0),
        .failures = condition->failures,
        .polls = peer->polls,
        .poll_failures = peer->poll_failures,
        .poll_milliseconds = peer->poll_milliseconds,
        .refuses_us = peer->asking.trouble == TROUBLE_LINK || peer->sending.trouble == TROUBLE_LINK,
    };

    if (condition->trouble != TROUBLE_NONE)
        snprintf(health.last_error, sizeof(health.last_error), "%s", condition->error);
    bool news = is_news(bus, &health);
    if (health_set(bus, &health) && news) /* without room, the administrator just sees less */
        tell_administrators(bus);
}

static void log_change(struct peer *peer)
{
    const struct condition *condition = worse(peer);

    if (condition->trouble == peer->logged)
        return;
    peer->logged = condition->trouble;
    if (condition->trouble == TROUBLE_NONE)
        log_info("peer %s: works", peer->name);
    else if (condition->trouble == TROUBLE_LINK)
        log_warn("peer %s: does not accept this server (%s): compare the tokens and names that each has of the other",
                 peer->name, condition->error);
    else
        log_warn("peer %s: %s", peer->name, condition->error);
}

void peer_contact(struct peer *peer)
{
    peer->last_contact = clock_now();
}

void peer_report(struct peer *peer, struct condition *condition, enum trouble trouble, const char *error)
{
    condition->failures = trouble == TROUBLE_NONE ? 0 : condition->failures + 1;
    condition->trouble = trouble;
    if (trouble != TROUBLE_NONE)
        snprintf(condition->error, sizeof(condition->error), "%s", error);
    log_change(peer);
    peer_show(peer);
}

/* ---- abilities ---- */

static enum result write_abilities(struct peer *peer, enum peer_abilities abilities, struct event_batch *events,
                                   uint64_t *commit_r)
{
    struct store *store = peer->federation->store;
    enum result result = store_begin(store);

    if (result != RESULT_OK)
        return result;
    result = peer_set_abilities(store, peer->key, abilities);
    if (result == RESULT_OK) {
        events_server_changed(events, peer->key);
        return store_commit(store, false, commit_r);
    }
    store_rollback(store);
    return result;
}

void peer_set_able(struct peer *peer, enum peer_abilities abilities)
{
    struct federation *federation = peer->federation;
    struct event_batch events = {0};
    uint64_t commit;

    peer->info_answered = true;
    if (peer->abilities == (int)abilities)
        return;
    commit_lock(federation->bus, federation->store);
    enum result result = write_abilities(peer, abilities, &events, &commit);
    if (result == RESULT_OK)
        commit_publish(federation->bus, commit, &events, 1);
    commit_unlock(federation->bus);
    event_batch_deinit(&events);
    if (result != RESULT_OK)
        return; /* the next time it is asked */
    log_info("peer %s: %s", peer->name,
             abilities == PEER_BERING ? "takes batches" : "takes single messages only, as the original does");
    peer->abilities = (int)abilities;
    sender_reset(peer->sender);
}

/* ---- the table ---- */

struct peer *peers_find(struct federation *federation, int64_t key)
{
    struct peer *peer = federation->peers;

    while (peer != NULL && peer->key != key)
        peer = peer->next;
    return peer;
}

static void add(struct federation *federation, const struct server *server)
{
    struct peer *peer = calloc(1, sizeof(*peer));

    assert(peer != NULL);
    *peer = (struct peer){
        .federation = federation,
        .next = federation->peers,
        .key = server->key,
        .name = text_copy(server->name),
        .base_url = text_copy(server->base_url),
        .abilities = server->abilities,
        .was_listed = true,
    };
    peer->sender = sender_new(peer);
    peer->poll = poll_new(peer);
    federation->peers = peer;
}

static void replace(char **text, const char *by)
{
    free(*text);
    *text = text_copy(by);
}

static void update(struct peer *peer, const struct server *server)
{
    bool is_another = strcmp(peer->name, server->name) != 0 || strcmp(peer->base_url, server->base_url) != 0;

    peer->was_listed = true;
    if (peer->abilities != server->abilities) {
        peer->abilities = server->abilities;
        sender_reset(peer->sender);
    }
    if (!is_another)
        return;
    replace(&peer->name, server->name);
    replace(&peer->base_url, server->base_url);
    peer->info_answered = false;
    sender_reset(peer->sender);
    poll_anew(peer->poll);
}

static void list_server(void *argument, const struct server *server)
{
    struct federation *federation = argument;
    struct peer *peer = peers_find(federation, server->key);

    if (peer == NULL)
        add(federation, server);
    else
        update(peer, server);
}

static void forget(struct federation *federation, struct peer *peer)
{
    int64_t key = peer->key;

    poll_free(&peer->poll);
    sender_free(&peer->sender);
    if (!federation->draining)
        health_forget(federation->bus, key);
    free(peer->name);
    free(peer->base_url);
    free(peer);
}

/* Takes out those that the database no longer has; all of them while draining. */
static void remove_unlisted(struct federation *federation)
{
    struct peer **link = &federation->peers, *peer;

    while ((peer = *link) != NULL) {
        if (peer->was_listed) {
            link = &peer->next;
            continue;
        }
        *link = peer->next;
        forget(federation, peer);
    }
}

void peers_load(struct federation *federation)
{
    for (struct peer *peer = federation->peers; peer != NULL; peer = peer->next)
        peer->was_listed = false;
    if (store_servers(federation->store, list_server, federation) == RESULT_OK)
        remove_unlisted(federation);
}

void peers_free(struct federation *federation)
{
    for (struct peer *peer = federation->peers; peer != NULL; peer = peer->next)
        peer->was_listed = false;
    remove_unlisted(federation);
}
