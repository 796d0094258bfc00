/*
 * http.c - writes requests, takes answers apart. Every process of the bench.
 *
 * Always holds: nothing is read beyond the given length, and an answer that is not whole is left as it is.
 */
#include "http.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { BODY_MAX = 1 << 28 };

size_t http_head(const char *data, size_t length)
{
    const char *end = memmem(data, length, "\r\n\r\n", 4);

    return end == NULL ? 0 : (size_t)(end - data) + 4;
}

int http_status(const char *head, size_t length)
{
    if (length < 12 || memcmp(head, "HTTP/1.", 7) != 0 || head[8] != ' ')
        return -1;
    return atoi(head + 9);
}

const char *http_header(const char *head, size_t length, const char *name, size_t *length_r)
{
    size_t name_length = strlen(name);
    const char *end = head + length, *line = head;

    while ((line = memmem(line, (size_t)(end - line), "\r\n", 2)) != NULL) {
        line += 2;
        if ((size_t)(end - line) > name_length && line[name_length] == ':' &&
            strncasecmp(line, name, name_length) == 0) {
            const char *value = line + name_length + 1, *stop = memmem(value, (size_t)(end - value), "\r\n", 2);

            while (value < stop && (*value == ' ' || *value == '\t'))
                value++;
            *length_r = (size_t)(stop - value);
            return value;
        }
    }
    return NULL;
}

/* The data of the chunk at *at: moves *at past it. Returns its length, 0 for the last, -1 if not whole, -2 if wrong. */
static ssize_t next_chunk(const char *data, size_t length, size_t *at, const char **chunk_r)
{
    const char *line = data + *at, *end = memmem(line, length - *at, "\r\n", 2);
    char *after;
    unsigned long size;

    if (end == NULL)
        return -1;
    size = strtoul(line, &after, 16);
    if (after == line || size > BODY_MAX)
        return -2;
    *chunk_r = end + 2;
    if (size + 2 > length - (size_t)(*chunk_r - data))
        return -1;
    *at = (size_t)(*chunk_r - data) + size + 2;
    return (ssize_t)size;
}

static ssize_t parse_chunked(char *data, size_t length, size_t head, struct http_answer *answer_r)
{
    size_t at = head, joined = head;
    const char *chunk;
    ssize_t size;

    while ((size = next_chunk(data, length, &at, &chunk)) > 0)
        ;
    if (size < 0)
        return size == -1 ? 0 : -1;
    at = head;
    while ((size = next_chunk(data, length, &at, &chunk)) > 0) {
        memmove(data + joined, chunk, (size_t)size);
        joined += (size_t)size;
    }
    answer_r->body = data + head;
    answer_r->length = joined - head;
    return (ssize_t)at;
}

ssize_t http_parse(char *data, size_t length, struct http_answer *answer_r)
{
    size_t head = http_head(data, length), value_length;
    const char *value;
    unsigned long body = 0;

    if (head == 0)
        return 0;
    answer_r->status = http_status(data, head);
    if (answer_r->status < 0)
        return -1;
    value = http_header(data, head, "transfer-encoding", &value_length);
    if (value != NULL)
        return parse_chunked(data, length, head, answer_r);
    value = http_header(data, head, "content-length", &value_length);
    if (value != NULL)
        body = strtoul(value, NULL, 10);
    else if (answer_r->status != 204 && answer_r->status != 304)
        return -1;
    if (body > BODY_MAX)
        return -1;
    if (length - head < body)
        return 0;
    answer_r->body = data + head;
    answer_r->length = body;
    return (ssize_t)(head + body);
}

size_t http_request(char *buffer, size_t capacity, const char *method, const char *path, const char *token,
                    const char *body)
{
    int length = snprintf(buffer, capacity, "%s %s HTTP/1.1\r\nhost: localhost\r\n", method, path);
    size_t used = (size_t)length;

    if (token != NULL && used < capacity)
        used += (size_t)snprintf(buffer + used, capacity - used, "authorization: Bearer %s\r\n", token);
    if (body != NULL && used < capacity)
        used += (size_t)snprintf(buffer + used, capacity - used,
                                 "content-type: application/json\r\ncontent-length: %zu\r\n", strlen(body));
    if (used < capacity)
        used += (size_t)snprintf(buffer + used, capacity - used, "\r\n%s", body == NULL ? "" : body);
    if (used >= capacity) {
        fprintf(stderr, "bench: a request to %s does not fit\n", path);
        exit(1);
    }
    return used;
}
