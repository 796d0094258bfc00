/*
 * backoff.h - what an answer means for what was sent, and how long to wait after a failure: pure functions.
 */
#ifndef FEDERATION_BACKOFF_H
#define FEDERATION_BACKOFF_H

#include <stdint.h>

enum verdict {
    VERDICT_TAKEN,        /* it is the peer's now */
    VERDICT_LATER,        /* no answer, or the peer is not able to: kept, tried again */
    VERDICT_LINK_WRONG,   /* the peer does not accept who we are: everything waits */
    VERDICT_REFUSED,      /* this one thing is wrong: it is set aside */
};

/* status: HTTP's, or of one item of a batch; 0: no answer. */
enum verdict verdict_of_status(int status);

enum {
    BACKOFF_FIRST_MS = 1000,      /* the first wait is half of that to all of it */
    BACKOFF_MOST_MS = 300 * 1000,
    BACKOFF_LINK_MS = 60 * 1000,  /* between attempts while the link is set up wrong */
};

/*
 * Milliseconds to wait after so many failures in a row (1 or more): the span doubles each time, and `random`, any
 * number, picks a moment of its second half, so that peers of a server that comes back do not come all at once. The
 * peer's own wish (Retry-After, seconds; 0: none) is kept if it is longer, up to the longest wait.
 */
uint64_t backoff_ms(unsigned failures, uint64_t random, uint64_t retry_after);

#endif
