/*
 * utf8.c - one UTF-8 character at a time.
 *
 * Base: runs in every process. Never reads beyond the length it is given.
 */
#include "base/utf8.h"

#include <assert.h>

struct form {
    uint8_t mask, lead;  /* of the first byte */
    uint32_t smallest;   /* what is below is overlong */
};

static const struct form forms[] = {
    [2] = {0xe0, 0xc0, 0x80},
    [3] = {0xf0, 0xe0, 0x800},
    [4] = {0xf8, 0xf0, 0x10000},
};

size_t utf8_decode(const char *text, size_t length, uint32_t *code_r)
{
    const uint8_t *bytes = (const uint8_t *)text;

    assert(length > 0);
    if (bytes[0] < 0x80) {
        *code_r = bytes[0];
        return 1;
    }
    size_t size = 2;
    while ((bytes[0] & forms[size].mask) != forms[size].lead)
        if (++size > 4)
            return 0;
    if (size > length)
        return 0;
    uint32_t code = bytes[0] & (uint8_t)~forms[size].mask;
    for (size_t i = 1; i < size; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (bytes[i] & 0x3f);
    }
    if (code < forms[size].smallest || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return 0;
    *code_r = code;
    return size;
}

bool utf8_is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}
