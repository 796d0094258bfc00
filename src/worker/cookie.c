/*
 * cookie.c - tokens in cookies, where no script can read them. Worker, any thread; holds no state.
 *
 * Always holds: a cookie is sent to the paths that it is for and by pages of this origin alone (SameSite=Strict), and
 * what comes back is taken as a token only if it could be one.
 */
#include "worker/cookie.h"

#include "worker/http2.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { HEADER_MOST = 8192, TOKEN_MOST = 128 };

static const struct {
    const char *name;
    const char *path;
    unsigned seconds;
} cookies[] = {
    [SESSION_USER] = {"bering_session", "/api", 24 * 3600},
    [SESSION_ADMIN] = {"bering_admin", "/admin", 3600},
};

/* base64url, as tokens are made of it */
static bool is_token(const char *text, size_t length)
{
    if (length == 0 || length > TOKEN_MOST)
        return false;
    for (size_t i = 0; i < length; ++i) {
        bool is_letter = (text[i] | 0x20) >= 'a' && (text[i] | 0x20) <= 'z';
        if (!is_letter && (text[i] < '0' || text[i] > '9') && text[i] != '-' && text[i] != '_')
            return false;
    }
    return true;
}

/* Takes the next "name=value" of a Cookie header (RFC 6265, 4.2.1); false at its end. */
static bool next_pair(const char **at, const char *end, h2o_iovec_t *pair_r)
{
    while (*at < end && (**at == ' ' || **at == ';'))
        ++*at;
    if (*at == end)
        return false;
    const char *semicolon = memchr(*at, ';', (size_t)(end - *at));
    *pair_r = h2o_iovec_init(*at, (size_t)((semicolon == NULL ? end : semicolon) - *at));
    *at += pair_r->len;
    return true;
}

/* Looks for the cookie in a header; its value to *token_r. Returns how often it is there. */
static unsigned find_token(h2o_iovec_t header, const char *name, h2o_iovec_t *token_r)
{
    size_t name_length = strlen(name);
    const char *at = header.base, *end = header.base + header.len;
    h2o_iovec_t pair;
    unsigned found = 0;

    while (next_pair(&at, end, &pair)) {
        if (pair.len <= name_length || pair.base[name_length] != '=' || memcmp(pair.base, name, name_length) != 0)
            continue;
        *token_r = h2o_iovec_init(pair.base + name_length + 1, pair.len - name_length - 1);
        ++found;
    }
    return found;
}

h2o_iovec_t cookie_token(const h2o_req_t *http, enum session_kind kind)
{
    h2o_iovec_t token = h2o_iovec_init(NULL, 0);
    unsigned headers = 0, found = 0;
    size_t length = 0;

    for (ssize_t index = -1; (index = h2o_find_header(&http->headers, H2O_TOKEN_COOKIE, index)) != -1; ++headers) {
        h2o_iovec_t header = http->headers.entries[index].value;
        length += header.len;
        found += find_token(header, cookies[kind].name, &token);
    }
    /* RFC 6265, 5.4: more than one header is no browser's; but RFC 9113, 8.2.3: each cookie may have its own */
    if (length > HEADER_MOST || (headers > 1 && !http2_is_spoken(http)))
        return h2o_iovec_init(NULL, 0);
    /* two: a neighbouring site has put one beside ours: which is which cannot be told */
    return found == 1 && is_token(token.base, token.len) ? token : h2o_iovec_init(NULL, 0);
}

unsigned cookie_seconds(enum session_kind kind)
{
    return cookies[kind].seconds;
}

void cookie_write(char text[COOKIE_SIZE], enum session_kind kind, const char *token, bool is_secure)
{
    int length = snprintf(text, COOKIE_SIZE, "%s=%s; Path=%s; HttpOnly; SameSite=Strict; Max-Age=%u%s",
                          cookies[kind].name,
                          token == NULL ? "" : token, cookies[kind].path, token == NULL ? 0 : cookies[kind].seconds,
                          is_secure ? "; Secure" : "");

    assert(length > 0 && length < COOKIE_SIZE);
}
