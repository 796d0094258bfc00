/*
 * commit.c - the commit lock, and the events of a commit. Runs in every process that writes: the workers' writer
 * threads, the federation process.
 *
 * The lock orders the transactions of all processes; events are published before it is given back, so the bus has them
 * in commit order. What a process committed but did not live to publish is published by the next one.
 */
#include "bering/commit.h"

#include "bering/activity.h"
#include "bering/counters.h"
#include "bering/events.h"
#include "bering/histogram.h"
#include "bering/log.h"
#include <stdio.h>
#include <string.h>

/* An event that the ring cannot hold is lost to listeners: they are told to ask the database. */
static void publish_resync(struct bus *bus, size_t length)
{
    struct event_batch events = {0};

    log_warn("an event of %zu bytes does not fit RING_SIZE: all clients resynchronise", length);
    events_resync(&events);
    bus_publish(bus, &events.events[0]);
    event_batch_deinit(&events);
}

static void publish(struct bus *bus, uint64_t commit, const struct event_batch *events)
{
    unsigned messages = 0;

    bus_set_publishing_from(bus, bus_newest(bus));
    for (size_t i = 0; i < events->count; ++i) {
        messages += events->events[i].kind == EVENT_NEW_MESSAGE;
        if (bus_publish(bus, &events->events[i]) == 0)
            publish_resync(bus, events->events[i].length);
    }
    histogram_note(bus, HISTOGRAM_COMMIT_MESSAGES, messages);
    if (messages > 0)
        activity_count(bus, messages);
    bus_set_published_commit(bus, commit);
}

/* ---- what a dead owner of the lock has left ---- */

struct recovery {
    struct bus_reader *reader;
    uint64_t from;                /* behind this event, those that it has published begin */
    bool is_known;                /* whether all of these are still in the ring */
    struct event_batch events;    /* what it has not published */
};

/*
 * Whether an event tells of this message. Ids stand in no other field of an event's message, and a body's quotes are
 * escaped.
 */
static bool tells_of(const struct event *event, const struct uuid *id)
{
    char text[UUID_TEXT_LENGTH + 1], field[UUID_TEXT_LENGTH + 32];
    int length = snprintf(field, sizeof(field), "\"message_id\":\"%s\"", uuid_format(id, text));

    return event->kind == EVENT_NEW_MESSAGE && memmem(event->json, event->length, field, (size_t)length) != NULL;
}

static bool is_published(struct recovery *recovery, const struct uuid *id)
{
    enum bus_read read;
    struct event event;

    recovery->is_known = recovery->is_known && bus_reader_seek(recovery->reader, recovery->from);
    if (!recovery->is_known)
        return false;
    while ((read = bus_reader_next(recovery->reader, &event)) == BUS_EVENT)
        if (tells_of(&event, id))
            return true;
    recovery->is_known = read == BUS_EMPTY;
    return false;
}

/* It may have died between the events of two messages: each is told once. */
static void republish_message(void *argument, const struct message *message)
{
    struct recovery *recovery = argument;

    if (!is_published(recovery, &message->id))
        events_new_message(&recovery->events, message);
}

/*
 * The last owner of the commit lock died: publishes the events of its commit, if it committed without publishing them
 * all.
 */
static void recover(struct bus *bus, struct store *store)
{
    uint64_t commit, published = bus_published_commit(bus);
    bool only_messages;

    if (store_last_commit(store, &commit, &only_messages) != RESULT_OK || commit == published)
        return;
    log_warn("a process died between commit %llu and its events: publishing them", (unsigned long long)commit);
    struct recovery recovery = {.reader = bus_reader_new(bus), .from = bus_publishing_from(bus), .is_known = true};
    if (store_messages_since_commit(store, published, republish_message, &recovery) != RESULT_OK || !only_messages ||
        !recovery.is_known) {
        /* what else changed is not kept: everybody asks the database, and every cache starts anew */
        events_session_revoked(&recovery.events, 0, false);
        events_server_changed(&recovery.events, 0);
        events_resync(&recovery.events);
    }
    events_outbox(&recovery.events, 0);
    publish(bus, commit, &recovery.events);
    event_batch_deinit(&recovery.events);
    bus_reader_free(&recovery.reader);
}

void commit_lock(struct bus *bus, struct store *store)
{
    if (bus_commit_lock(bus))
        recover(bus, store);
}

void commit_unlock(struct bus *bus)
{
    bus_commit_unlock(bus);
}

void commit_begin(struct bus *bus, struct store *store)
{
    uint64_t number;
    bool only_messages;

    commit_lock(bus, store);
    if (bus_published_commit(bus) == 0 && store_last_commit(store, &number, &only_messages) == RESULT_OK)
        bus_set_published_commit(bus, number);
    commit_unlock(bus);
}

void commit_publish(struct bus *bus, uint64_t commit, const struct event_batch *events, size_t writes)
{
    publish(bus, commit, events);
    histogram_note(bus, HISTOGRAM_COMMIT_WRITES, (int64_t)writes);
    counter_add(bus, COUNTER_COMMITS, 1);
    counter_add(bus, COUNTER_COMMITTED_WRITES, (int64_t)writes);
}
