/*
 * bus.c - the bus as the other rooms see it: making it, publishing, reading, sleeping and waking.
 *
 * bus_create runs in the master; all else in every process, on any thread (a reader belongs to one). A process that
 * goes to sleep says so first and then looks once more for events; a publisher stores the event first and then looks
 * for sleepers. Both are in one total order, so one of the two always sees the other.
 */
#include "bus/segment.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { STAND_BACK = 50000 /* nanoseconds */, STAND_BACK_MOST = 4 };

struct bus_reader {
    struct bus *bus;
    struct ring_reader ring;
};

static void close_wakes(struct bus *bus)
{
    for (unsigned i = 0; i < bus->processes; i++) {
        if (bus->wake[i] != -1)
            close(bus->wake[i]);
        bus->wake[i] = -1;
    }
}

static bool open_wakes(struct bus *bus)
{
    for (unsigned i = 0; i < bus->processes; i++)
        bus->wake[i] = -1;
    for (unsigned i = 0; i < bus->processes; i++) {
        bus->wake[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (bus->wake[i] == -1)
            return false;
    }
    return true;
}

struct bus *bus_create(size_t ring_size, unsigned processes, const char **error_r)
{
    if (ring_size < RING_SIZE_MIN || ring_size > RING_SIZE_MAX || (ring_size & (ring_size - 1)) != 0) {
        *error_r = "the ring's size must be a power of two from 64 KiB to 4 GiB";
        return NULL;
    }
    if (processes == 0 || processes > BUS_PROCESSES) {
        *error_r = "too many processes";
        return NULL;
    }
    struct bus *bus = calloc(1, sizeof(*bus));
    assert(bus);
    bus->processes = processes;
    bus->descriptor = -1;
    if (!open_wakes(bus)) {
        *error_r = "cannot make an eventfd (too many open files?)";
        bus_destroy(&bus);
        return NULL;
    }
    bus->segment = segment_create(ring_size, processes, &bus->size, &bus->descriptor, error_r);
    if (!bus->segment) {
        bus_destroy(&bus);
        return NULL;
    }
    ring_open(&bus->ring, segment_ring(bus->segment), ring_size);
    atomic_store(&bus->segment->slots[0].pid, getpid());
    return bus;
}

size_t bus_descriptors(const struct bus *bus, int *descriptors_r)
{
    descriptors_r[0] = bus->descriptor;
    memcpy(descriptors_r + 1, bus->wake, bus->processes * sizeof(bus->wake[0]));
    return bus->processes + 1;
}

struct bus *bus_adopt(const int *descriptors, size_t count, size_t ring_size, unsigned processes, const char **error_r)
{
    if (count != processes + 1 || processes > BUS_PROCESSES) {
        *error_r = "there are more or fewer processes now";
        return NULL;
    }
    struct bus *bus = calloc(1, sizeof(*bus));
    assert(bus);
    bus->segment = segment_open(descriptors[0], ring_size, processes, &bus->size, error_r);
    if (!bus->segment) {
        free(bus);
        return NULL;
    }
    bus->descriptor = descriptors[0];
    bus->processes = processes;
    memcpy(bus->wake, descriptors + 1, processes * sizeof(bus->wake[0]));
    ring_open(&bus->ring, segment_ring(bus->segment), ring_size);
    return bus;
}

void bus_destroy(struct bus **bus)
{
    if (!*bus)
        return;
    pulse_use(NULL);
    segment_destroy(&(*bus)->segment, (*bus)->size);
    if ((*bus)->descriptor != -1)
        close((*bus)->descriptor);
    close_wakes(*bus);
    free(*bus);
    *bus = NULL;
}

static void clear_descriptor(const struct bus *bus)
{
    uint64_t wakes;
    ssize_t length = read(bus->wake[bus->process], &wakes, sizeof(wakes));
    assert(length == (ssize_t)sizeof(wakes) || errno == EAGAIN);
}

static void clear_pulses(struct bus *bus, unsigned process)
{
    for (enum bus_pulse pulse = 0; pulse < BUS_PULSES; pulse++)
        pulse_clear(&bus->segment->slots[process].pulses[pulse]);
}

void bus_use_pulse(struct bus *bus, enum bus_pulse pulse)
{
    assert(pulse < BUS_PULSES);
    pulse_use(&bus->segment->slots[bus->process].pulses[pulse]);
}

struct pulse_view bus_pulse_look(const struct bus *bus, unsigned process, enum bus_pulse pulse)
{
    assert(process < bus->processes && pulse < BUS_PULSES);
    return pulse_look(&bus->segment->slots[process].pulses[pulse]);
}

void bus_attach(struct bus *bus, unsigned process)
{
    assert(bus->segment->version == SEGMENT_VERSION && process < bus->processes);
    bus->process = process;
    atomic_store(&bus->segment->slots[process].sleeping, 0);
    atomic_store(&bus->segment->slots[process].ready, 0);
    atomic_store(&bus->segment->slots[process].pid, getpid());
    atomic_fetch_and(&bus->segment->commit_waiters, ~(UINT64_C(1) << process));
    clear_descriptor(bus);
    clear_pulses(bus, process);
    bus_use_pulse(bus, BUS_PULSE_LOOP);
}

void bus_set_ready(struct bus *bus)
{
    atomic_store(&bus->segment->slots[bus->process].ready, 1);
}

bool bus_is_ready(const struct bus *bus, unsigned process)
{
    return process < bus->processes && atomic_load(&bus->segment->slots[process].ready) != 0;
}

unsigned bus_process(const struct bus *bus)
{
    return bus->process;
}

uint64_t bus_epoch(const struct bus *bus)
{
    return bus->segment->epoch;
}

int64_t bus_started_at(const struct bus *bus)
{
    return bus->segment->started_at;
}

/*
 * A mutex is free for whoever comes first, and that is the thread that has just given it back: those that it has woken
 * would find it taken again and again. So the last owner stands back for a moment while others wait.
 */
static void stand_back(const struct bus *bus, uint64_t others)
{
    const struct timespec moment = {.tv_nsec = STAND_BACK};

    for (unsigned i = 0; i < STAND_BACK_MOST && atomic_load(&bus->segment->commit_owner) == bus->process &&
                         (atomic_load(&bus->segment->commit_waiters) & others) != 0;
         i++)
        nanosleep(&moment, NULL);
}

bool bus_commit_lock(struct bus *bus)
{
    uint64_t self = UINT64_C(1) << bus->process;

    stand_back(bus, ~self);
    atomic_fetch_or(&bus->segment->commit_waiters, self);
    bool has_died = lock_acquire(&bus->segment->commit_lock);
    atomic_fetch_and(&bus->segment->commit_waiters, ~self);
    atomic_store(&bus->segment->commit_owner, bus->process);
    return has_died;
}

void bus_commit_unlock(struct bus *bus)
{
    lock_release(&bus->segment->commit_lock);
}

uint64_t bus_published_commit(const struct bus *bus)
{
    return atomic_load_explicit(&bus->segment->published_commit, memory_order_relaxed);
}

void bus_set_published_commit(struct bus *bus, uint64_t commit)
{
    atomic_store_explicit(&bus->segment->published_commit, commit, memory_order_relaxed);
}

uint64_t bus_publishing_from(const struct bus *bus)
{
    return atomic_load_explicit(&bus->segment->publishing_from, memory_order_relaxed);
}

void bus_set_publishing_from(struct bus *bus, uint64_t id)
{
    atomic_store_explicit(&bus->segment->publishing_from, id, memory_order_relaxed);
}

static void wake_sleepers(struct bus *bus)
{
    for (unsigned i = 0; i < bus->processes; i++) {
        _Atomic uint32_t *sleeping = &bus->segment->slots[i].sleeping;
        /* Looking first spares the other's cache line: a busy process does not sleep. */
        if (atomic_load(sleeping) == 0 || atomic_exchange(sleeping, 0) == 0)
            continue;
        ssize_t length = write(bus->wake[i], &(uint64_t){ 1 }, sizeof(uint64_t));
        assert(length == (ssize_t)sizeof(uint64_t) || errno == EAGAIN); /* EAGAIN: it is readable more than enough */
    }
}

uint64_t bus_publish(struct bus *bus, const struct event *event)
{
    lock_acquire(&bus->segment->ring_lock);
    uint64_t id = ring_write(&bus->ring, event);
    lock_release(&bus->segment->ring_lock);
    if (id == 0)
        return 0;
    counter_add(bus, COUNTER_EVENTS_PUBLISHED, 1);
    wake_sleepers(bus);
    return id;
}

uint64_t bus_newest(const struct bus *bus)
{
    return ring_newest(&bus->ring);
}

struct bus_reader *bus_reader_new(struct bus *bus)
{
    struct bus_reader *reader = calloc(1, sizeof(*reader));

    assert(reader);
    reader->bus = bus;
    ring_reader_init(&reader->ring, &bus->ring);
    return reader;
}

void bus_reader_free(struct bus_reader **reader)
{
    if (!*reader)
        return;
    ring_reader_deinit(&(*reader)->ring);
    free(*reader);
    *reader = NULL;
}

uint64_t bus_reader_position(const struct bus_reader *reader)
{
    return reader->ring.cursor;
}

bool bus_reader_seek(struct bus_reader *reader, uint64_t id)
{
    return ring_seek(&reader->ring, id);
}

enum bus_read bus_reader_next(struct bus_reader *reader, struct event *event_r)
{
    enum bus_read result = ring_read(&reader->ring, event_r);

    if (result == BUS_LAPPED)
        counter_add(reader->bus, COUNTER_READERS_LAPPED, 1);
    return result;
}

int bus_wake_descriptor(const struct bus *bus)
{
    return bus->wake[bus->process];
}

bool bus_reader_sleep(struct bus_reader *reader)
{
    struct bus *bus = reader->bus;
    _Atomic uint32_t *sleeping = &bus->segment->slots[bus->process].sleeping;

    atomic_store(sleeping, 1);
    if (bus_newest(bus) == reader->ring.cursor)
        return true;
    atomic_store(sleeping, 0);
    return false;
}

void bus_reader_awake(struct bus_reader *reader)
{
    struct bus *bus = reader->bus;

    atomic_store(&bus->segment->slots[bus->process].sleeping, 0);
    clear_descriptor(bus);
}

void bus_reader_report(const struct bus_reader *reader)
{
    const struct bus *bus = reader->bus;

    atomic_store_explicit(&bus->segment->slots[bus->process].position, reader->ring.cursor, memory_order_relaxed);
}

bool bus_process_look(const struct bus *bus, unsigned process, struct bus_process_view *view_r)
{
    if (process >= bus->processes)
        return false;
    const struct process_slot *slot = &bus->segment->slots[process];
    uint64_t position = atomic_load_explicit(&slot->position, memory_order_relaxed);
    uint64_t newest = bus_newest(bus);

    *view_r = (struct bus_process_view){
        .pid = atomic_load(&slot->pid),
        .lag = position != 0 && newest > position ? newest - position : 0,
    };
    return true;
}

void bus_process_gone(struct bus *bus, unsigned process)
{
    assert(process > 0 && process < bus->processes && process != bus->process);
    atomic_store(&bus->segment->slots[process].sleeping, 0);
    atomic_store(&bus->segment->slots[process].ready, 0);
    atomic_store(&bus->segment->slots[process].pid, 0);
    atomic_store(&bus->segment->slots[process].position, 0);
    clear_pulses(bus, process);
    counters_process_gone(bus, process);
    calls_process_gone(bus, process);
    presence_process_gone(bus, process);
    wake_sleepers(bus); /* it may have died between an event of its own and waking those who wait for it */
}
