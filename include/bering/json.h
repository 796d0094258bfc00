/*
 * json.h - an append-only JSON writer: what answers and events are made with.
 *
 * Commas are placed by the writer; a value directly inside an object follows json_key. Strings are escaped such that
 * the text holds no control character and no NUL. Memory is the writer's own until json_take; running out of it aborts.
 * Not thread-safe; never blocks.
 */
#ifndef BERING_JSON_H
#define BERING_JSON_H

#include "bering/uuid.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json {
    char *text;       /* not NUL-terminated */
    size_t length;
    size_t capacity;
    bool comma;       /* the next item needs one before it */
};

/*
 * A writer starts as a zeroed struct; json_deinit frees what it holds and zeroes it again. json_reset keeps the memory.
 */
void json_deinit(struct json *json);
void json_reset(struct json *json);

/* Hands the text to the caller, who frees it; the writer is as new. NUL-terminated (not counted in *length_r). */
char *json_take(struct json *json, size_t *length_r);

void json_object_begin(struct json *json);
void json_object_end(struct json *json);
void json_array_begin(struct json *json);
void json_array_end(struct json *json);
void json_key(struct json *json, const char *key);   /* key: a plain literal, written as it is */

void json_text(struct json *json, const char *text);  /* NULL becomes null; invalid UTF-8 becomes U+FFFD */
void json_text_n(struct json *json, const char *text, size_t length);
void json_uuid(struct json *json, const struct uuid *uuid); /* NULL becomes null */
void json_integer(struct json *json, int64_t value);
void json_boolean(struct json *json, bool value);
void json_null(struct json *json);
void json_time(struct json *json, int64_t nanoseconds);  /* RFC 3339 text, clock.h */
void json_raw(struct json *json, const char *text, size_t length); /* one whole JSON value, trusted */

/* key and value in one call */
void json_key_text(struct json *json, const char *key, const char *text);
void json_key_uuid(struct json *json, const char *key, const struct uuid *uuid);
void json_key_integer(struct json *json, const char *key, int64_t value);
void json_key_boolean(struct json *json, const char *key, bool value);
void json_key_null(struct json *json, const char *key);

#endif
