/*
 * http2.c - an HTTP/2 client that asks once. The client processes of swarm.c.
 *
 * Always holds: the windows are so large that none has to be given back within a benchmark; what the server sends
 * besides the answer (settings, pings) needs no answer of ours for as long as that takes.
 */
#include "http2.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TYPE_DATA, TYPE_HEADERS, TYPE_RST_STREAM = 3, TYPE_GOAWAY = 7, END_STREAM = 1, STATUS_200 = 0x88 };

static const char opening[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                              "\0\0\6\4\0\0\0\0\0\0\4\x7f\xff\xff\xff"   /* SETTINGS: a stream's window */
                              "\0\0\4\x8\0\0\0\0\0\x7f\xff\0\0";          /* WINDOW_UPDATE: the connection's */

static size_t put_field(char *out, const char *name, const char *value)
{
    size_t name_length = strlen(name), value_length = strlen(value);

    if (name_length > 126 || value_length > 126)
        abort();
    out[0] = 0; /* literal, not to be kept */
    out[1] = (char)name_length;
    memcpy(out + 2, name, name_length);
    out[2 + name_length] = (char)value_length;
    memcpy(out + 3 + name_length, value, value_length);
    return 3 + name_length + value_length;
}

size_t http2_request(const char *token, char *out, size_t capacity)
{
    size_t length = sizeof(opening) - 1, head = length + HTTP2_FRAME_HEADER, end = head;
    char bearer[100];

    if (capacity < 600)
        abort();
    memcpy(out, opening, length);
    snprintf(bearer, sizeof(bearer), "Bearer %s", token);
    end += put_field(out + end, ":method", "GET");
    end += put_field(out + end, ":scheme", "https");
    end += put_field(out + end, ":path", "/api/events");
    end += put_field(out + end, ":authority", "localhost");
    end += put_field(out + end, "authorization", bearer);
    char header[HTTP2_FRAME_HEADER] = {0, (char)((end - head) >> 8), (char)(end - head), TYPE_HEADERS, 5, 0, 0, 0, 1};
    memcpy(out + length, header, sizeof(header));
    return end;
}

/* A frame's header is whole. */
static void begin_frame(struct http2 *http2)
{
    const uint8_t *header = http2->header;

    http2->left = (uint32_t)header[0] << 16 | (uint32_t)header[1] << 8 | header[2];
    bool is_end = header[3] <= TYPE_HEADERS && (header[4] & END_STREAM) != 0;
    if (is_end || header[3] == TYPE_RST_STREAM || header[3] == TYPE_GOAWAY)
        http2->failed = true;
}

size_t http2_take(struct http2 *http2, char *data, size_t length)
{
    size_t out = 0;

    for (size_t at = 0; at < length;) {
        if (http2->left == 0) {
            if (http2->header_length == HTTP2_FRAME_HEADER)
                http2->header_length = 0;
            http2->header[http2->header_length++] = (uint8_t)data[at++];
            if (http2->header_length == HTTP2_FRAME_HEADER)
                begin_frame(http2);
            continue;
        }
        size_t part = http2->left < length - at ? http2->left : length - at;
        if (http2->header[3] == TYPE_DATA) {
            memmove(data + out, data + at, part);
            out += part;
        } else if (http2->header[3] == TYPE_HEADERS && (uint8_t)data[at] != STATUS_200 &&
                   http2->left == ((uint32_t)http2->header[1] << 8 | http2->header[2])) {
            http2->failed = true;
        }
        at += part;
        http2->left -= (uint32_t)part;
    }
    return out;
}
