/*
 * gifs.c - the bounded memory of GIF searches, and how the provider is. Worker, any thread.
 *
 * Always holds, under the lock: entries are in the order of their times, the oldest first, as they are only added at
 * the end. A few hundred at most, so they are looked through one by one. The lock is never held while the provider is
 * asked: equal searches at the same moment may both ask.
 */
#include "worker/gifs.h"

#include "bering/text.h"
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    char *words;
    int64_t limit;
    uint64_t until;
    char *answer;
    size_t length;
};

struct gifs {
    pthread_mutex_t lock;
    struct entry entries[GIFS_KEPT_MOST];
    size_t count;
    size_t bytes;             /* of the answers */
    uint64_t paused_until;
    const char *trouble;      /* a literal; NULL: none */
};

static void remove_entry(struct gifs *gifs, size_t at)
{
    struct entry *entry = &gifs->entries[at];

    gifs->bytes -= entry->length;
    free(entry->words);
    free(entry->answer);
    memmove(entry, entry + 1, (--gifs->count - at) * sizeof(*entry));
}

/* The place of a search, or the number of entries. */
static size_t find(const struct gifs *gifs, const char *words, int64_t limit)
{
    size_t at = 0;

    while (at < gifs->count && (gifs->entries[at].limit != limit || strcmp(gifs->entries[at].words, words) != 0))
        ++at;
    return at;
}

struct gifs *gifs_new(void)
{
    struct gifs *gifs = calloc(1, sizeof(*gifs));

    assert(gifs != NULL);
    pthread_mutex_init(&gifs->lock, NULL);
    return gifs;
}

void gifs_free(struct gifs **gifs)
{
    while ((*gifs)->count > 0)
        remove_entry(*gifs, (*gifs)->count - 1);
    pthread_mutex_destroy(&(*gifs)->lock);
    free(*gifs);
    *gifs = NULL;
}

bool gifs_find(struct gifs *gifs, const char *words, int64_t limit, uint64_t now, struct json *json)
{
    pthread_mutex_lock(&gifs->lock);
    while (gifs->count > 0 && gifs->entries[0].until <= now)
        remove_entry(gifs, 0);
    size_t at = find(gifs, words, limit);
    bool is_found = at < gifs->count;
    if (is_found)
        json_raw(json, gifs->entries[at].answer, gifs->entries[at].length);
    pthread_mutex_unlock(&gifs->lock);
    return is_found;
}

void gifs_put(struct gifs *gifs, const char *words, int64_t limit, uint64_t now, const char *answer, size_t length)
{
    uint64_t until = now + GIFS_KEPT_MS;

    if (length > GIFS_BYTES_MOST)
        return;
    pthread_mutex_lock(&gifs->lock);
    size_t old = find(gifs, words, limit);
    if (old < gifs->count)
        remove_entry(gifs, old);
    while (gifs->count == GIFS_KEPT_MOST || gifs->bytes + length > GIFS_BYTES_MOST)
        remove_entry(gifs, 0);
    if (gifs->count > 0 && gifs->entries[gifs->count - 1].until > until)
        until = gifs->entries[gifs->count - 1].until; /* another thread looked at the clock later, and was here first */
    gifs->entries[gifs->count++] = (struct entry){
        .words = text_copy(words),
        .limit = limit,
        .until = until,
        .answer = text_copy_n(answer, length),
        .length = length,
    };
    gifs->bytes += length;
    pthread_mutex_unlock(&gifs->lock);
}

void gifs_pause(struct gifs *gifs, uint64_t until)
{
    pthread_mutex_lock(&gifs->lock);
    gifs->paused_until = until;
    pthread_mutex_unlock(&gifs->lock);
}

bool gifs_is_paused(struct gifs *gifs, uint64_t now)
{
    pthread_mutex_lock(&gifs->lock);
    bool is_paused = now < gifs->paused_until;
    pthread_mutex_unlock(&gifs->lock);
    return is_paused;
}

bool gifs_note_trouble(struct gifs *gifs, const char *trouble)
{
    pthread_mutex_lock(&gifs->lock);
    bool is_new = gifs->trouble != trouble;
    gifs->trouble = trouble;
    pthread_mutex_unlock(&gifs->lock);
    return is_new;
}
