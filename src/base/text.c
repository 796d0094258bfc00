/*
 * text.c - checks on text that came from outside, and copies of it.
 *
 * Base: runs in every process. No check needs a NUL at the end of a text, or changes it.
 */
#include "bering/text.h"

#include "base/utf8.h"
#include <assert.h>
#include <locale.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

/* Unicode's White_Space property. */
static bool is_space(uint32_t code)
{
    switch (code) {
    case 0x20:
    case 0x85:
    case 0xa0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202f:
    case 0x205f:
    case 0x3000:
        return true;
    default:
        return (code >= 0x09 && code <= 0x0d) || (code >= 0x2000 && code <= 0x200a);
    }
}

/* How many bytes at the start are ASCII, eight at a time. */
static size_t ascii_run(const char *text, size_t length)
{
    size_t run = 0;

    while (length - run >= sizeof(uint64_t)) {
        uint64_t eight;
        memcpy(&eight, text + run, sizeof(eight));
        if (eight & UINT64_C(0x8080808080808080))
            break;
        run += sizeof(eight);
    }
    return run;
}

bool text_is_utf8(const char *text, size_t length)
{
    size_t at = ascii_run(text, length);

    while (at < length) {
        uint32_t code;
        size_t size = utf8_decode(text + at, length - at, &code);
        if (size == 0)
            return false;
        at += size;
        if (size == 1)
            at += ascii_run(text + at, length - at);
    }
    return true;
}

size_t text_cut(const char *text, size_t length, size_t most)
{
    size_t at = 0, end = length < most ? length : most;

    while (at < end) {
        uint32_t code;
        size_t size = utf8_decode(text + at, end - at, &code);
        if (size == 0)
            break;
        at += size;
    }
    return at;
}

bool text_is_name(const char *text, size_t length)
{
    if (length == 0 || length > TEXT_NAME_MAX)
        return false;
    for (size_t at = 0; at < length;) {
        uint32_t code;
        size_t size = utf8_decode(text + at, length - at, &code);
        if (size == 0 || utf8_is_control(code))
            return false;
        at += size;
    }
    return text_is_visible(text, length);
}

/* Characters that show nothing, or only turn others around: with them, one name could look like another's (Unicode TR 36). */
static bool is_invisible(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x00ad, 0x00ad}, {0x034f, 0x034f}, {0x061c, 0x061c}, {0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180b, 0x180f},
        {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},
        {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
    };

    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}

/* They show nothing themselves, but other letters of many scripts, and other emoji, where they follow them. */
static bool is_joiner(uint32_t code)
{
    return code == 0x200c || code == 0x200d || code == 0xfe0e || code == 0xfe0f;
}

bool text_is_display_name(const char *text, size_t length)
{
    uint32_t before = 0; /* the last character that is no joiner */

    if (!text_is_name(text, length))
        return false;
    for (size_t at = 0; at < length;) {
        uint32_t code;
        at += utf8_decode(text + at, length - at, &code);
        bool joins = is_joiner(code) && before >= 0x80 && !is_space(before);
        if (is_invisible(code) && !joins)
            return false;
        if (!joins)
            before = code;
    }
    return true;
}

bool text_is_username(const char *text, size_t length)
{
    if (!text_is_name(text, length))
        return false;
    for (size_t at = 0; at < length;) {
        uint32_t code;
        at += utf8_decode(text + at, length - at, &code);
        if (is_space(code) || is_invisible(code) || code == '@' || code == '/' || code == '\\')
            return false;
    }
    return true;
}

bool text_is_visible(const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        uint32_t code;
        size_t size = utf8_decode(text + at, length - at, &code);
        if (size == 0 || !is_space(code))
            return true;
        at += size;
    }
    return false;
}

char *text_copy_n(const char *text, size_t length)
{
    if (text == NULL)
        return NULL;
    char *copy = malloc(length + 1);

    assert(copy != NULL);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

/* ---- texts that hold others ---- */

static locale_t case_locale; /* (locale_t)0: there is none, only ASCII has cases */

static void open_case_locale(void)
{
    case_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

/* Folds the next character and moves on; 0 at the end. Malformed bytes are themselves, beyond all characters. */
static uint32_t next_folded(const char **text)
{
    unsigned char first = (unsigned char)**text;
    uint32_t code;

    if (first < 0x80) {
        *text += first != '\0';
        return first >= 'A' && first <= 'Z' ? first | 0x20u : first;
    }
    size_t size = utf8_decode(*text, strnlen(*text, 4), &code);
    if (size == 0) {
        ++*text;
        return 0x200000u | first;
    }
    *text += size;
    return case_locale != (locale_t)0 ? (uint32_t)towlower_l((wint_t)code, case_locale) : code;
}

static bool begins_with(const char *text, const char *part)
{
    uint32_t wanted;

    while ((wanted = next_folded(&part)) != 0)
        if (next_folded(&text) != wanted)
            return false;
    return true;
}

bool text_holds(const char *text, const char *part)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, open_case_locale);
    do {
        if (begins_with(text, part))
            return true;
    } while (next_folded(&text) != 0);
    return false;
}

/* ---- copies ---- */

char *text_copy(const char *text)
{
    return text == NULL ? NULL : text_copy_n(text, strlen(text));
}

char *text_next_word(const char **list, char separator)
{
    static const char spaces[] = " \t";

    while (*list != NULL && **list != '\0') {
        const char *end = strchrnul(*list, separator), *word = *list + strspn(*list, spaces);
        size_t length = word < end ? (size_t)(end - word) : 0;
        *list = *end == '\0' ? end : end + 1;
        while (length > 0 && strchr(spaces, word[length - 1]) != NULL)
            length--;
        if (length > 0)
            return text_copy_n(word, length);
    }
    return NULL;
}
