/*
 * process.c - the federation process from fork to exit: what it opens, in which order, and its loop.
 *
 * One thread does everything: it waits for the bus, for libcurl's connections and for the master's orders, and starts
 * what is due. The database is the truth: whatever it holds in memory can be lost at any moment, and is made anew from
 * there.
 */
#include "bering/clock.h"
#include "bering/commit.h"
#include "bering/inheritance.h"
#include "bering/log.h"
#include "bering/orders.h"
#include "bering/presence.h"
#include "bering/pulse.h"
#include "federation/peer.h"
#include "federation/poll.h"
#include "federation/send.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    WAIT_MOST_MS = 1000,          /* so often it shows that it is alive */
    DRAIN_MS = 1000,              /* for what is under way when the server stops */
    EXPIRE_EVERY_MS = 30 * 1000,
};

struct process {
    struct federation federation;
    struct bus_reader *reader;
    const struct inheritance *inheritance;
    int orders;
    uint64_t drain_deadline;
    uint64_t expire_at;
};

/* ---- the bus ---- */

typedef void peer_call(struct peer *peer, const struct event *event);

static void outbox(struct peer *peer, const struct event *event)
{
    (void)event;
    sender_wake(peer->sender);
}

static void server_changed(struct peer *peer, const struct event *event)
{
    if (event->subject[1] != 0)
        sender_hurry(peer->sender);
    else
        sender_reload(peer->sender);
}

static void user_changed(struct peer *peer, const struct event *event)
{
    poll_compare_users(peer->poll, event->subject[0]);
}

static void channel_changed(struct peer *peer, const struct event *event)
{
    (void)event;
    poll_compare_channels(peer->poll);
}

static void anything(struct peer *peer, const struct event *event)
{
    (void)event;
    sender_reload(peer->sender);
    poll_compare_users(peer->poll, 0);
    poll_compare_channels(peer->poll);
}

/* What an event is to the peer whose key is in its subject; to all, if there is none. */
static const struct {
    peer_call *call;
    int subject;
} meanings[EVENT_KINDS] = {
    [EVENT_OUTBOX] = {outbox, 0},
    [EVENT_SERVER_CHANGED] = {server_changed, 0},
    [EVENT_USER_CHANGED] = {user_changed, 1},
    [EVENT_CHANNEL_CHANGED] = {channel_changed, -1},
    [EVENT_CHANNEL_DELETED] = {channel_changed, -1},
    [EVENT_RESYNC] = {anything, -1},
};

static bool is_for(const struct peer *peer, const struct event *event)
{
    int subject = meanings[event->kind].subject;

    if (subject < 0)
        return true;
    int64_t key = event->subject[subject];
    return key == peer->key || (key == 0 && event->kind != EVENT_USER_CHANGED);
}

static void take_event(struct federation *federation, const struct event *event)
{
    if (meanings[event->kind].call == NULL)
        return;
    if (event->kind == EVENT_SERVER_CHANGED)
        peers_load(federation);
    for (struct peer *peer = federation->peers; peer != NULL; peer = peer->next)
        if (is_for(peer, event))
            meanings[event->kind].call(peer, event);
}

/* Events have been missed. */
static void lapped(struct federation *federation)
{
    static const struct event everything = {.kind = EVENT_RESYNC};

    log_warn("lapped by the bus: all peers are looked at again");
    peers_load(federation);
    take_event(federation, &everything);
}

static void read_bus(struct process *process)
{
    struct event event;

    for (;;) {
        switch (bus_reader_next(process->reader, &event)) {
        case BUS_EMPTY:
            return;
        case BUS_EVENT:
            take_event(&process->federation, &event);
            break;
        case BUS_LAPPED:
            lapped(&process->federation);
            break;
        }
    }
}

/* ---- a turn ---- */

static void earlier(uint64_t *time, uint64_t other)
{
    if (other < *time)
        *time = other;
}

/* Rows for peers that cannot be reached expire, too; of others, the ledger sees to it. */
static void expire(struct process *process)
{
    struct federation *federation = &process->federation;
    bool any = false;

    if (federation->now < process->expire_at)
        return;
    process->expire_at = federation->now + EXPIRE_EVERY_MS;
    for (struct peer *peer = federation->peers; peer != NULL; peer = peer->next)
        any |= peer->sending.trouble != TROUBLE_NONE;
    if (any)
        ledger_write(&federation->ledger, federation->bus, federation->store, federation->now);
}

static void write_ledger(struct federation *federation)
{
    if (federation->ledger.count > 0 && federation->ledger.due_at <= federation->now)
        ledger_write(&federation->ledger, federation->bus, federation->store, federation->now);
}

/* Starts what is due. Returns when there is something to do again, if nothing happens before. */
static uint64_t turn(struct process *process)
{
    struct federation *federation = &process->federation;
    uint64_t next = federation->now + WAIT_MOST_MS;
    unsigned announce = presence_announce(federation->bus);

    expire(process);
    for (struct peer *peer = federation->peers; peer != NULL; peer = peer->next) {
        earlier(&next, sender_turn(peer->sender));
        earlier(&next, poll_turn(peer->poll));
    }
    write_ledger(federation);
    if (federation->ledger.count > 0)
        earlier(&next, federation->ledger.due_at);
    if (announce > 0)
        earlier(&next, federation->now + announce);
    return next;
}

static void wait_until(struct process *process, uint64_t time)
{
    struct federation *federation = &process->federation;
    int descriptors[] = {bus_wake_descriptor(federation->bus), process->orders};
    uint64_t now = clock_monotonic_ms();
    uint64_t wait = time > now ? time - now : 0;

    if (!bus_reader_sleep(process->reader))
        wait = 0;
    http_wait(federation->http, descriptors, sizeof(descriptors) / sizeof(descriptors[0]), wait);
    bus_reader_awake(process->reader);
    federation->now = clock_monotonic_ms();
    http_perform(federation->http);
}

/* ---- what the master says ---- */

static void stop(struct process *process)
{
    if (!process->federation.draining)
        process->drain_deadline = process->federation.now + DRAIN_MS;
    process->federation.draining = true;
}

static void take_live(struct process *process)
{
    char *text = NULL;
    size_t length = 0;

    if (!live_take(process->inheritance->live, process->inheritance->config, &text, &length))
        return;
    log_init(process->inheritance->config->log_level, process->inheritance->config->log_format);
    if (text != NULL)
        explicit_bzero(text, length); /* certificates: the workers' */
    free(text);
}

static void reopen_log(struct process *process)
{
    const char *path = process->inheritance->config->log_file;

    if (path != NULL && log_open(path) != 0)
        log_error("cannot open LOG_FILE=%s anew: %s", path, strerror(errno));
}

static void read_orders(struct process *process)
{
    static void (*const acts[])(struct process *process) = {
        [ORDER_STOP] = stop, [ORDER_HAND_OVER] = stop, [ORDER_TAKE_LIVE] = take_live, [ORDER_REOPEN_LOG] = reopen_log,
    };
    enum order order;

    while ((order = orders_next(process->orders)) != ORDER_NONE)
        acts[order](process);
}

/* What is under way to peers may still be answered; rows that are not are kept. */
static bool is_drained(const struct process *process)
{
    bool any = false;

    for (struct peer *peer = process->federation.peers; peer != NULL; peer = peer->next)
        any |= sender_is_busy(peer->sender);
    return !any || process->federation.now >= process->drain_deadline;
}

static void run(struct process *process)
{
    struct federation *federation = &process->federation;

    for (;;) {
        federation->now = clock_monotonic_ms();
        pulse_beat();
        read_orders(process);
        if (federation->draining && is_drained(process))
            return;
        read_bus(process);
        bus_reader_report(process->reader);
        uint64_t next = turn(process);
        if (federation->draining)
            earlier(&next, process->drain_deadline);
        wait_until(process, next);
    }
}

/* ---- opening and closing ---- */

static void close_listeners(const struct inheritance *inheritance)
{
    for (size_t i = 0; i < inheritance->listener_count; ++i)
        for (unsigned socket = 0; socket < inheritance->listeners[i].count; ++socket)
            close(inheritance->listeners[i].descriptors[socket]);
}

static int open_store(struct federation *federation)
{
    char *error = NULL;

    federation->store = store_open(federation->config->database_path, &error);
    if (federation->store != NULL)
        return 0;
    log_error("%s", error != NULL ? error : "out of memory");
    free(error);
    return -1;
}

static int init(struct process *process, const struct inheritance *inheritance)
{
    struct federation *federation = &process->federation;

    federation->config = inheritance->config;
    federation->bus = inheritance->bus;
    federation->now = clock_monotonic_ms();
    close_listeners(inheritance);
    process->orders = orders_open();
    process->inheritance = inheritance;
    if (open_store(federation) != 0)
        return -1;
    federation->http = http_new(federation->config);
    if (federation->http == NULL) {
        log_error("cannot set up libcurl");
        return -1;
    }
    commit_begin(federation->bus, federation->store);
    process->reader = bus_reader_new(federation->bus); /* before the database is read: nothing is missed in between */
    peers_load(federation);
    bus_set_ready(federation->bus);
    return 0;
}

static void deinit(struct process *process)
{
    struct federation *federation = &process->federation;

    if (federation->ledger.count > 0)
        ledger_write(&federation->ledger, federation->bus, federation->store, federation->now);
    peers_free(federation);
    ledger_deinit(&federation->ledger);
    bus_reader_free(&process->reader);
    http_free(&federation->http);
    store_close(&federation->store);
    close(process->orders);
}

int federation_run(const struct inheritance *inheritance)
{
    static struct process process;

    if (init(&process, inheritance) != 0)
        return 1;
    run(&process);
    deinit(&process);
    return 0;
}
