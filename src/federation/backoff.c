/*
 * backoff.c - what an answer means, and how long to wait. Federation process; pure: no state, no clock,
 * no randomness of its own.
 */
#include "federation/backoff.h"

#include <assert.h>

enum verdict verdict_of_status(int status)
{
    if (status >= 200 && status <= 299)
        return VERDICT_TAKEN;
    if (status == 401 || status == 403)
        return VERDICT_LINK_WRONG;
    if (status >= 400 && status <= 499 && status != 408 && status != 429)
        return VERDICT_REFUSED;
    return VERDICT_LATER; /* also redirects, which are not followed: whatever was sent has not arrived */
}

uint64_t backoff_ms(unsigned failures, uint64_t random, uint64_t retry_after)
{
    uint64_t span = BACKOFF_FIRST_MS;

    assert(failures > 0);
    while (--failures > 0 && span < BACKOFF_MOST_MS)
        span *= 2;
    if (span > BACKOFF_MOST_MS)
        span = BACKOFF_MOST_MS;
    uint64_t wait = span / 2 + random % (span / 2 + 1);
    uint64_t wish = retry_after < BACKOFF_MOST_MS / 1000 ? retry_after * 1000 : BACKOFF_MOST_MS;
    return wait > wish ? wait : wish;
}
