/*
 * frames.h - what an HTTP/2 connection has received, looked at before h2o does: h2o 2.2.5 takes some frames that it
 * should not. Holds no more of them than a count.
 */
#ifndef WORKER_FRAMES_H
#define WORKER_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FRAMES_FIELDS_MOST = 100,     /* header fields of a request, as h2o has it for HTTP/1 */
    FRAMES_REQUESTS_MOST = 256,   /* that may come at once; a hundred may be open */
    FRAMES_TROUBLE_MOST = 400,    /* what costs us more than its sender, at once: see frames_spend */
    FRAMES_TROUBLE_SECOND = 100,  /* and then a second */
};

struct frames {
    bool has_begun;               /* the connection preface has come */
    const char *wrong;            /* why the connection has to end; NULL: it has not. Static text */
    unsigned trouble;             /* in the bucket that leaks FRAMES_TROUBLE_SECOND a second */
    uint64_t leaked_at;           /* milliseconds */
};

/*
 * Looks at all whole frames of `bytes`, which begins where a frame does, or with the preface. Frames of unknown types
 * are taken out. The first that must not be is replaced by one that h2o answers with GOAWAY and the end; whatever
 * follows, now or in later calls, is dropped. Returns how many bytes are left.
 */
size_t frames_check(struct frames *frames, uint8_t *bytes, size_t size, uint64_t now);

/* Counts a resetting, a ping or the like. False, and `wrong` is set, if there were too many of late. */
bool frames_spend(struct frames *frames, uint64_t now);

#endif
