/*
 * uuid.c - version 7 UUIDs and their text form.
 *
 * Base: runs in every process. The first 60 free bits are the time in 1/4096 ms, raised by one where the clock has not
 * moved since the last UUID of this process; the other 62 are random, so processes never agree on one.
 */
#include "bering/uuid.h"

#include "bering/clock.h"
#include "bering/secret.h"
#include <stdatomic.h>
#include <string.h>

enum { NANOSECONDS_PER_MS = 1000000 };

/* Milliseconds << 12 | a fraction in 1/4096: later than any tick that this process has used. */
static uint64_t next_tick(void)
{
    static _Atomic uint64_t last;
    uint64_t now = (uint64_t)clock_now();
    uint64_t tick = now / NANOSECONDS_PER_MS << 12 | (now % NANOSECONDS_PER_MS << 12) / NANOSECONDS_PER_MS;
    uint64_t seen = atomic_load(&last);
    uint64_t next;

    do {
        next = tick > seen ? tick : seen + 1;
    } while (!atomic_compare_exchange_weak(&last, &seen, next));
    return next;
}

struct uuid uuid_new(void)
{
    struct uuid uuid;
    uint64_t tick = next_tick();

    /* 48 bits of milliseconds, the version, 12 bits of fraction, the variant, 62 random bits */
    for (int i = 0; i < 6; i++)
        uuid.bytes[i] = (uint8_t)(tick >> (52 - 8 * i));
    uuid.bytes[6] = (uint8_t)(0x70 | (tick >> 8 & 0x0f));
    uuid.bytes[7] = (uint8_t)tick;
    secret_random(uuid.bytes + 8, 8);
    uuid.bytes[8] = (uint8_t)(0x80 | (uuid.bytes[8] & 0x3f));
    return uuid;
}

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

static bool hyphen_before(int byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

bool uuid_parse(const char *text, size_t length, struct uuid *uuid_r)
{
    struct uuid uuid;

    if (length != UUID_TEXT_LENGTH)
        return false;
    for (int byte = 0; byte < 16; byte++) {
        if (hyphen_before(byte) && *text++ != '-')
            return false;
        int high = hex_value(text[0]), low = hex_value(text[1]);
        if (high < 0 || low < 0)
            return false;
        uuid.bytes[byte] = (uint8_t)(high << 4 | low);
        text += 2;
    }
    *uuid_r = uuid;
    return true;
}

char *uuid_format(const struct uuid *uuid, char *text)
{
    static const char digits[] = "0123456789abcdef";
    char *out = text;

    for (int byte = 0; byte < 16; byte++) {
        if (hyphen_before(byte))
            *out++ = '-';
        *out++ = digits[uuid->bytes[byte] >> 4];
        *out++ = digits[uuid->bytes[byte] & 0x0f];
    }
    *out = '\0';
    return text;
}

bool uuid_equal(const struct uuid *a, const struct uuid *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}
