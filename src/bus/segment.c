/*
 * segment.c - makes and maps the shared segment.
 *
 * Runs in the master, before it forks. The segment's name exists only while it is being opened, so nothing is left
 * behind however the server ends. Its memory is reserved at once: a full /dev/shm is an error at the start, never a
 * SIGBUS later.
 */
#include "bus/segment.h"
#include "bering/clock.h"
#include "bering/secret.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static size_t ring_offset(void)
{
    return (sizeof(struct segment) + 63) / 64 * 64;
}

/* A descriptor of shared memory that has no name any more, or -1. */
static int open_nameless(void)
{
    char name[64];
    uint64_t random;

    secret_random(&random, sizeof(random));
    snprintf(name, sizeof(name), "/beringshare-%016" PRIx64, random);
    int descriptor = shm_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor != -1)
        shm_unlink(name);
    return descriptor;
}

static int reserve(int descriptor, size_t size)
{
    int error;

    do {
        error = posix_fallocate(descriptor, 0, (off_t)size);
    } while (error == EINTR);
    return error;
}

static void format(struct segment *segment, unsigned processes)
{
    uint64_t secret;

    segment->version = SEGMENT_VERSION;
    segment->processes = processes;
    segment->started_at = clock_now();
    secret_random(&segment->epoch, sizeof(segment->epoch));
    lock_init(&segment->commit_lock);
    lock_init(&segment->ring_lock);
    lock_init(&segment->presence.lock);
    lock_init(&segment->calls.lock);
    lock_init(&segment->rates.lock);
    lock_init(&segment->health.lock);
    tickets_format(&segment->tickets);
    secret_random(segment->rates.secret, sizeof(segment->rates.secret));
    secret_random(&secret, sizeof(secret));
    ring_format(segment_ring(segment), secret);
    atomic_init(&segment->publishing_from, RING_FIRST_POSITION);
}

static struct segment *map(int descriptor, size_t size, const char **error_r)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);

    if (memory == MAP_FAILED)
        *error_r = "cannot map shared memory";
    return memory == MAP_FAILED ? NULL : memory;
}

struct segment *segment_create(size_t ring_size, unsigned processes, size_t *size_r, int *descriptor_r,
                               const char **error_r)
{
    size_t size = ring_offset() + ring_memory_size(ring_size);
    struct segment *segment = NULL;
    int descriptor = open_nameless();

    if (descriptor == -1) {
        *error_r = "cannot open shared memory (is /dev/shm mounted and writable?)";
        return NULL;
    }
    if (reserve(descriptor, size) != 0)
        *error_r = "not enough shared memory (make /dev/shm larger, or RING_SIZE smaller)";
    else
        segment = map(descriptor, size, error_r);
    if (segment == NULL) {
        close(descriptor);
        return NULL;
    }
    format(segment, processes);
    *size_r = size;
    *descriptor_r = descriptor;
    return segment;
}

struct segment *segment_open(int descriptor, size_t ring_size, unsigned processes, size_t *size_r, const char **error_r)
{
    size_t size = ring_offset() + ring_memory_size(ring_size);
    struct stat status;

    if (fstat(descriptor, &status) != 0 || (size_t)status.st_size != size) {
        *error_r = "the shared segment is of another size";
        return NULL;
    }
    struct segment *segment = map(descriptor, size, error_r);
    if (segment != NULL && (segment->version != SEGMENT_VERSION || segment->processes != processes)) {
        *error_r = "the shared segment is of another version";
        segment_destroy(&segment, size);
    }
    *size_r = size;
    return segment;
}

void segment_destroy(struct segment **segment, size_t size)
{
    if (*segment) {
        int failed = munmap(*segment, size);
        assert(!failed);
    }
    *segment = NULL;
}

void *segment_ring(struct segment *segment)
{
    return (char *)segment + ring_offset();
}
