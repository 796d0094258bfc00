/*
 * live.c - memory that the master writes and its children read (live.h).
 *
 * Always holds: the generation is odd while the master writes; a reader that finds it odd, or changed after it has
 * copied, has read nothing. Lengths are bounded before use. The memory has a key in it: it stays out of core files.
 */
#include "bering/live.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct live_memory {
    _Atomic uint32_t generation;
    uint32_t length;
    struct config values;     /* only its numbers mean anything to others */
    char text[LIVE_TEXT_MOST];
};

struct live {
    struct live_memory *memory;
    int descriptor;
};

struct live *live_adopt(int descriptor)
{
    struct live *live = malloc(sizeof(*live));
    struct stat status;

    assert(live != NULL);
    live->descriptor = descriptor;
    live->memory = MAP_FAILED;
    if (fstat(descriptor, &status) == 0 && status.st_size == sizeof(struct live_memory))
        live->memory = mmap(NULL, sizeof(*live->memory), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (live->memory == MAP_FAILED) {
        free(live);
        return NULL;
    }
    madvise(live->memory, sizeof(*live->memory), MADV_DONTDUMP);
    return live;
}

struct live *live_new(void)
{
    int descriptor = memfd_create("beringshare live", MFD_CLOEXEC);

    if (descriptor == -1)
        return NULL;
    struct live *live = ftruncate(descriptor, sizeof(struct live_memory)) == 0 ? live_adopt(descriptor) : NULL;
    if (live == NULL)
        close(descriptor);
    return live;
}

int live_descriptor(const struct live *live)
{
    return live->descriptor;
}

static void wipe(struct live_memory *memory)
{
    explicit_bzero(memory->text, memory->length <= LIVE_TEXT_MOST ? memory->length : LIVE_TEXT_MOST);
}

void live_free(struct live **live)
{
    if (*live != NULL) {
        wipe((*live)->memory);
        munmap((*live)->memory, sizeof(*(*live)->memory));
        close((*live)->descriptor);
        free(*live);
    }
    *live = NULL;
}

void live_publish(struct live *live, const struct config *config, const char *text, size_t length)
{
    struct live_memory *memory = live->memory;

    assert(length <= LIVE_TEXT_MOST);
    atomic_fetch_add(&memory->generation, 1);
    memory->values = *config;
    wipe(memory);
    memory->length = (uint32_t)length;
    if (length > 0)
        memcpy(memory->text, text, length);
    atomic_fetch_add(&memory->generation, 1);
}

bool live_take(const struct live *live, struct config *config, char **text_r, size_t *length_r)
{
    const struct live_memory *memory = live->memory;
    uint32_t generation = atomic_load(&memory->generation);
    struct config values = memory->values;
    size_t length = memory->length;
    char *text = NULL;

    if (generation % 2 != 0 || length > LIVE_TEXT_MOST)
        return false;
    if (length > 0) {
        text = malloc(length);
        assert(text != NULL);
        memcpy(text, memory->text, length);
    }
    if (atomic_load(&memory->generation) != generation) {
        if (text != NULL)
            explicit_bzero(text, length);
        free(text);
        return false;
    }
    config_copy_live(config, &values);
    *text_r = text;
    *length_r = length;
    return true;
}
