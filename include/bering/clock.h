/*
 * clock.h - wall-clock time as the wire and the database have it, and the monotonic clock.
 */
#ifndef BERING_CLOCK_H
#define BERING_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CLOCK_TEXT_LENGTH = 30 }; /* 2026-01-31T23:59:59.123456789Z */

/* Nanoseconds since 1970-01-01 UTC, and milliseconds of a clock that never goes back (shared by all processes). */
int64_t clock_now(void);
uint64_t clock_monotonic_ms(void);
uint64_t clock_monotonic_us(void); /* the same in microseconds */

/* Writes RFC 3339 UTC text with nine digits and a NUL to text, which holds CLOCK_TEXT_LENGTH + 1. Returns text. */
char *clock_format(int64_t nanoseconds, char *text);

/*
 * Reads RFC 3339 text with 0 to 9 digits of fraction and 'Z' or an offset. Returns false, *nanoseconds_r untouched, if
 * it is something else, or a date that does not exist.
 */
bool clock_parse(const char *text, size_t length, int64_t *nanoseconds_r);

#endif
