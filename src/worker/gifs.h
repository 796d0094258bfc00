/*
 * gifs.h - what the GIF provider found lately, so that a word that many type is asked for once. Any thread: job threads
 * share it.
 */
#ifndef WORKER_GIFS_H
#define WORKER_GIFS_H

#include "bering/json.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GIFS_KEPT_MOST = 256,              /* searches */
    GIFS_BYTES_MOST = 4 * 1024 * 1024, /* of their answers, together */
    GIFS_KEPT_MS = 5 * 60 * 1000,
};

struct gifs;

struct gifs *gifs_new(void);
void gifs_free(struct gifs **gifs);

/* Times are clock_monotonic_ms. If the answer of this search is known, appends it to the writer as one value. */
bool gifs_find(struct gifs *gifs, const char *words, int64_t limit, uint64_t now, struct json *json);

/* Keeps a copy of an answer; the oldest go. One that is larger than all may be together is not kept. */
void gifs_put(struct gifs *gifs, const char *words, int64_t limit, uint64_t now, const char *answer, size_t length);

/* Nobody asks the provider before this time: it has kept a thread waiting for long, and for nothing. */
void gifs_pause(struct gifs *gifs, uint64_t until);
bool gifs_is_paused(struct gifs *gifs, uint64_t now);

/*
 * Notes what came of asking; `trouble` is a literal, NULL if all was well. Returns whether it is another one than
 * before.
 */
bool gifs_note_trouble(struct gifs *gifs, const char *trouble);

#endif
