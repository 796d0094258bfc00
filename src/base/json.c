/*
 * json.c - the append-only JSON writer.
 *
 * Base: runs in every process. Text is copied in runs; only what a table marks is looked at on its own. What was
 * written is always well-formed UTF-8 without control characters, whatever came in.
 */
#include "bering/json.h"

#include "base/utf8.h"
#include "bering/clock.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 256, INTEGER_MAX = 20 };

/* How a byte is written inside a string: as it is, as \u00XX, after a decoder has looked, or as \ and this letter. */
enum { PLAIN = 0, CODE = 1, DECODE = 2 };

static const uint8_t treatment[256] = {
    [0x00 ... 0x07] = CODE, ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', [0x0b] = CODE, ['\f'] = 'f', ['\r'] = 'r',
    [0x0e ... 0x1f] = CODE, ['"'] = '"', ['\\'] = '\\', [0x7f] = CODE, [0x80 ... 0xff] = DECODE,
};

/* Makes room for `size` more bytes; returns where they go. The caller adds what it used to length. */
static char *reserve(struct json *json, size_t size)
{
    if (json->capacity - json->length < size) {
        size_t capacity = json->capacity ? json->capacity : FIRST_CAPACITY;
        while (capacity - json->length < size)
            if (__builtin_mul_overflow(capacity, 2, &capacity))
                abort();
        json->text = realloc(json->text, capacity);
        if (json->text == NULL)
            abort();
        json->capacity = capacity;
    }
    return json->text + json->length;
}

static void append(struct json *json, const char *bytes, size_t length)
{
    memcpy(reserve(json, length), bytes, length);
    json->length += length;
}

/* Every value begins here. */
static void begin_item(struct json *json)
{
    if (json->comma)
        append(json, ",", 1);
    json->comma = true;
}

void json_deinit(struct json *json)
{
    free(json->text);
    *json = (struct json){0};
}

void json_reset(struct json *json)
{
    json->length = 0;
    json->comma = false;
}

char *json_take(struct json *json, size_t *length_r)
{
    *reserve(json, 1) = '\0';
    char *text = json->text;
    *length_r = json->length;
    *json = (struct json){0};
    return text;
}

static void open_bracket(struct json *json, const char *bracket)
{
    begin_item(json);
    append(json, bracket, 1);
    json->comma = false;
}

static void close_bracket(struct json *json, const char *bracket)
{
    append(json, bracket, 1);
    json->comma = true;
}

void json_object_begin(struct json *json)
{
    open_bracket(json, "{");
}

void json_object_end(struct json *json)
{
    close_bracket(json, "}");
}

void json_array_begin(struct json *json)
{
    open_bracket(json, "[");
}

void json_array_end(struct json *json)
{
    close_bracket(json, "]");
}

void json_key(struct json *json, const char *key)
{
    size_t length = strlen(key);
    char *out = reserve(json, length + 4);
    char *start = out;

    if (json->comma)
        *out++ = ',';
    *out++ = '"';
    memcpy(out, key, length);
    out += length;
    *out++ = '"';
    *out++ = ':';
    json->length += (size_t)(out - start);
    json->comma = false;
}

static void append_code(struct json *json, uint32_t code)
{
    static const char digits[] = "0123456789abcdef";
    char escape[] = {'\\', 'u', '0', '0', digits[code >> 4 & 0x0f], digits[code & 0x0f]};

    append(json, escape, sizeof(escape));
}

/* Writes the characters of a string, without quotes. */
static void append_escaped(struct json *json, const char *text, size_t length)
{
    size_t run = 0; /* where the bytes begin that are copied as they are */
    size_t at = 0;

    while (at < length) {
        uint8_t how = treatment[(uint8_t)text[at]];
        uint32_t code = (uint8_t)text[at];
        size_t size = 1;
        if (how == PLAIN) {
            at++;
            continue;
        }
        if (how == DECODE) {
            size = utf8_decode(text + at, length - at, &code);
            if (size > 0 && !utf8_is_control(code)) {
                at += size;
                continue;
            }
        }
        append(json, text + run, at - run);
        if (size == 0)
            append(json, "\xef\xbf\xbd", 3);
        else if (how == CODE || how == DECODE)
            append_code(json, code);
        else
            append(json, (char[]){'\\', (char)how}, 2);
        at += size > 0 ? size : 1;
        run = at;
    }
    append(json, text + run, length - run);
}

void json_text_n(struct json *json, const char *text, size_t length)
{
    if (text == NULL) {
        json_null(json);
        return;
    }
    begin_item(json);
    reserve(json, length + 2);
    append(json, "\"", 1);
    append_escaped(json, text, length);
    append(json, "\"", 1);
}

void json_text(struct json *json, const char *text)
{
    json_text_n(json, text, text ? strlen(text) : 0);
}

void json_uuid(struct json *json, const struct uuid *uuid)
{
    if (uuid == NULL) {
        json_null(json);
        return;
    }
    begin_item(json);
    char *out = reserve(json, UUID_TEXT_LENGTH + 2);
    out[0] = '"';
    uuid_format(uuid, out + 1);
    out[UUID_TEXT_LENGTH + 1] = '"'; /* where uuid_format put its NUL */
    json->length += UUID_TEXT_LENGTH + 2;
}

void json_integer(struct json *json, int64_t value)
{
    char digits[INTEGER_MAX];
    char *first = digits + sizeof(digits);
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    do {
        *--first = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        *--first = '-';
    begin_item(json);
    append(json, first, (size_t)(digits + sizeof(digits) - first));
}

void json_boolean(struct json *json, bool value)
{
    begin_item(json);
    append(json, value ? "true" : "false", value ? 4 : 5);
}

void json_null(struct json *json)
{
    begin_item(json);
    append(json, "null", 4);
}

void json_time(struct json *json, int64_t nanoseconds)
{
    begin_item(json);
    char *out = reserve(json, CLOCK_TEXT_LENGTH + 2);
    out[0] = '"';
    clock_format(nanoseconds, out + 1);
    out[CLOCK_TEXT_LENGTH + 1] = '"';
    json->length += CLOCK_TEXT_LENGTH + 2;
}

void json_raw(struct json *json, const char *text, size_t length)
{
    assert(length > 0);
    begin_item(json);
    append(json, text, length);
}

void json_key_text(struct json *json, const char *key, const char *text)
{
    json_key(json, key);
    json_text(json, text);
}

void json_key_uuid(struct json *json, const char *key, const struct uuid *uuid)
{
    json_key(json, key);
    json_uuid(json, uuid);
}

void json_key_integer(struct json *json, const char *key, int64_t value)
{
    json_key(json, key);
    json_integer(json, value);
}

void json_key_boolean(struct json *json, const char *key, bool value)
{
    json_key(json, key);
    json_boolean(json, value);
}

void json_key_null(struct json *json, const char *key)
{
    json_key(json, key);
    json_null(json);
}
