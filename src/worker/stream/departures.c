/*
 * departures.c - the grace of calls. Worker, loop only. A queue in the order of time; the table of calls is the bus's.
 */
#include "worker/stream/departures.h"

#include "bering/calls.h"
#include "bering/presence.h"
#include "worker/events.h"
#include <assert.h>
#include <stdlib.h>

enum { GRACE_MS = 3000 };

struct departure {
    struct departure *next;
    int64_t user_key;
    uint64_t due;
};

struct departures {
    struct bus *bus;
    struct departure *first;
    struct departure **tail;
};

struct departures *departures_new(struct bus *bus)
{
    struct departures *departures = calloc(1, sizeof(*departures));

    assert(departures != NULL);
    departures->bus = bus;
    departures->tail = &departures->first;
    return departures;
}

static void drop_first(struct departures *departures)
{
    struct departure *first = departures->first;

    departures->first = first->next;
    if (first->next == NULL)
        departures->tail = &departures->first;
    free(first);
}

void departures_free(struct departures **departures)
{
    while ((*departures)->first != NULL)
        drop_first(*departures);
    free(*departures);
    *departures = NULL;
}

void departures_add(struct departures *departures, int64_t user_key, uint64_t now)
{
    struct departure *departure = calloc(1, sizeof(*departure));

    assert(departure != NULL);
    departure->user_key = user_key;
    departure->due = now + GRACE_MS;
    *departures->tail = departure;
    departures->tail = &departure->next;
}

static void leave_calls(struct bus *bus, int64_t user_key)
{
    struct event_batch events = {0};
    struct call_participant left;
    size_t count;
    struct call_participant *participants = calls_participants(bus, 0, &count);

    for (size_t i = 0; i < count; ++i)
        if (participants[i].user_key == user_key &&
            calls_leave(bus, participants[i].channel_key, user_key, &left) == CALL_CHANGED)
            events_call(&events, false, &left);
    for (size_t i = 0; i < events.count; ++i)
        bus_publish(bus, &events.events[i]);
    event_batch_deinit(&events);
    free(participants);
}

void departures_turn(struct departures *departures, uint64_t now)
{
    while (departures->first != NULL && departures->first->due <= now) {
        if (!presence_is_online(departures->bus, departures->first->user_key))
            leave_calls(departures->bus, departures->first->user_key);
        drop_first(departures);
    }
}
