/*
 * frames.c - the frames that h2o is not to see (RFC 9113, 4 and 6; RFC 7541 for header fields). Worker, loop only.
 *
 * Always holds: what is passed on is whole frames as they came and at most one incomplete one. A header block is one
 * frame, so 16 kB at most, and has a bounded number of fields: h2o would take 400 kB, of which each byte may become a
 * field that was sent before, and keeps for each more than a hundred bytes.
 */
#include "worker/frames.h"

#include <string.h>

enum {
    HEADER_SIZE = 9,
    END_STREAM = 0x1,
    END_HEADERS = 0x4,
    PADDED = 0x8,
    HAS_PRIORITY = 0x20,
    PRIORITY_SIZE = 5,
    SMALL = 64,                   /* bytes of DATA that are hardly worth a frame */
};

enum { DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION };

static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/* What h2o answers with GOAWAY, wherever it comes: a promise from a client. */
static const uint8_t poison[HEADER_SIZE] = {0, 0, 0, PUSH_PROMISE};

struct part {
    const uint8_t *at, *end;
};

struct frame_head {
    uint8_t flags;
    struct part payload;
    uint64_t now;
    unsigned *requests;           /* that came in this call */
};

/* ---- header fields ---- */

/* Takes an integer whose first byte has `bits` of it. False if there is none, or it is longer than any that fits. */
static bool take_integer(struct part *block, unsigned bits, uint32_t *value_r)
{
    uint32_t most = (1U << bits) - 1;

    if (block->at == block->end)
        return false;
    *value_r = *block->at++ & most;
    if (*value_r < most)
        return true;
    for (unsigned shift = 0; shift <= 21 && block->at < block->end; shift += 7) {
        uint8_t byte = *block->at++;
        *value_r += (uint32_t)(byte & 127) << shift;
        if ((byte & 128) == 0)
            return true;
    }
    return false;
}

static bool take_string(struct part *block)
{
    uint32_t length;

    if (!take_integer(block, 7, &length) || length > (size_t)(block->end - block->at))
        return false;
    block->at += length;
    return true;
}

static bool take_literal(struct part *block, unsigned bits)
{
    uint32_t name;

    return take_integer(block, bits, &name) && (name != 0 || take_string(block)) && take_string(block);
}

/* A field, or a change of the table's size. */
static bool take_field(struct part *block)
{
    uint32_t ignored;
    uint8_t first = *block->at;

    if (first & 0x80)
        return take_integer(block, 7, &ignored);
    if (first & 0x40)
        return take_literal(block, 6);
    if (first & 0x20)
        return take_integer(block, 5, &ignored);
    return take_literal(block, 4);
}

/* What is malformed is left to h2o: it ends the connection. */
static bool has_too_many_fields(struct part block)
{
    unsigned fields = 0;

    while (block.at < block.end && take_field(&block))
        if (++fields > FRAMES_FIELDS_MOST)
            return true;
    return false;
}

/* ---- what each type of frame may be: why not, or NULL ---- */

bool frames_spend(struct frames *frames, uint64_t now)
{
    uint64_t leaked = (now - frames->leaked_at) * FRAMES_TROUBLE_SECOND / 1000;

    if (leaked > 0) {
        frames->trouble = leaked >= frames->trouble ? 0 : frames->trouble - (unsigned)leaked;
        frames->leaked_at = now;
    }
    if (frames->trouble >= FRAMES_TROUBLE_MOST)
        frames->wrong = "too many requests that end early, pings, settings or priorities";
    else
        ++frames->trouble;
    return frames->wrong == NULL;
}

static const char *check_trouble(struct frames *frames, const struct frame_head *head)
{
    return frames_spend(frames, head->now) ? NULL : frames->wrong;
}

static const char *check_data(struct frames *frames, const struct frame_head *head)
{
    bool is_small = head->payload.end - head->payload.at < SMALL && (head->flags & END_STREAM) == 0;

    return is_small ? check_trouble(frames, head) : NULL;
}

static const char *check_headers(struct frames *frames, const struct frame_head *head)
{
    struct part block = head->payload;
    size_t padding = 0, priority = head->flags & HAS_PRIORITY ? PRIORITY_SIZE : 0;

    (void)frames;
    if ((head->flags & END_HEADERS) == 0)
        return "a header block of several frames";
    if (++*head->requests > FRAMES_REQUESTS_MOST)
        return "too many requests at once";
    if ((head->flags & PADDED) != 0 && block.at < block.end)
        padding = *block.at++;
    if (padding + priority > (size_t)(block.end - block.at))
        return NULL; /* malformed, as h2o knows, too */
    block.at += priority;
    block.end -= padding;
    return has_too_many_fields(block) ? "too many header fields" : NULL;
}

/* h2o resets the stream of each that adds nothing. */
static const char *check_window(struct frames *frames, const struct frame_head *head)
{
    static const uint8_t nothing[4];

    (void)frames;
    if (head->payload.end - head->payload.at != 4)
        return NULL; /* malformed */
    bool is_nothing = (head->payload.at[0] & 0x7f) == 0 && memcmp(head->payload.at + 1, nothing + 1, 3) == 0;
    return is_nothing ? "a window of nothing" : NULL;
}

static const char *check_nothing(struct frames *frames, const struct frame_head *head)
{
    (void)frames, (void)head;
    return NULL;
}

static const char *(*const checks[])(struct frames *frames, const struct frame_head *head) = {
    [DATA] = check_data,          [HEADERS] = check_headers,     [PRIORITY] = check_trouble,
    [RST_STREAM] = check_trouble, [SETTINGS] = check_trouble,    [PUSH_PROMISE] = check_nothing,
    [PING] = check_trouble,       [GOAWAY] = check_trouble,      [WINDOW_UPDATE] = check_window,
    [CONTINUATION] = check_nothing, /* none is expected: h2o ends the connection */
};

enum { TYPES = sizeof(checks) / sizeof(checks[0]) };

/* ---- all that has come ---- */

/* Unknown types cost, too: they would be a way to send for ever. */
static const char *check(struct frames *frames, uint8_t type, const struct frame_head *head)
{
    return type < TYPES ? checks[type](frames, head) : check_trouble(frames, head);
}

size_t frames_check(struct frames *frames, uint8_t *bytes, size_t size, uint64_t now)
{
    size_t at = 0, kept, length;
    unsigned requests = 0;

    if (frames->wrong != NULL)
        return 0;
    if (!frames->has_begun) {
        size_t known = size < sizeof(preface) - 1 ? size : sizeof(preface) - 1;
        if (memcmp(bytes, preface, known) != 0 || known < sizeof(preface) - 1)
            return size; /* incomplete, or no HTTP/2: h2o waits, or closes */
        frames->has_begun = true;
        at = known;
    }
    for (kept = at; size - at >= HEADER_SIZE; at += length) {
        length = HEADER_SIZE + ((size_t)bytes[at] << 16 | (size_t)bytes[at + 1] << 8 | bytes[at + 2]);
        if (length > size - at)
            break;
        uint8_t type = bytes[at + 3];
        struct frame_head head = {bytes[at + 4], {bytes + at + HEADER_SIZE, bytes + at + length}, now, &requests};
        frames->wrong = check(frames, type, &head);
        if (frames->wrong != NULL) {
            memcpy(bytes + kept, poison, sizeof(poison));
            return kept + sizeof(poison);
        }
        if (type >= TYPES)
            continue;
        if (kept != at)
            memmove(bytes + kept, bytes + at, length);
        kept += length;
    }
    if (kept != at)
        memmove(bytes + kept, bytes + at, size - at);
    return kept + (size - at);
}
