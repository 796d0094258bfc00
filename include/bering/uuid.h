/*
 * uuid.h - UUIDs: 16 bytes inside, 36 characters of text at the edges (RFC 9562).
 */
#ifndef BERING_UUID_H
#define BERING_UUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UUID_TEXT_LENGTH = 36 };

struct uuid {
    uint8_t bytes[16];
};

/* A new version 7 UUID: ordered by time, and strictly increasing within a process (also across threads). */
struct uuid uuid_new(void);

/*
 * Reads text of `length` bytes, upper or lower case, with hyphens. Returns false, *uuid_r untouched, if it is no UUID.
 */
bool uuid_parse(const char *text, size_t length, struct uuid *uuid_r);

/* Writes 36 characters and a NUL to text, which holds UUID_TEXT_LENGTH + 1. Returns text. */
char *uuid_format(const struct uuid *uuid, char *text);

bool uuid_equal(const struct uuid *a, const struct uuid *b);

#endif
