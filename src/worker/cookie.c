/*
 * cookie.c - tokens in cookies, where no script can read them. Worker, any thread; holds no state.
 *
 * Always holds: a cookie is sent to the paths that it is for and by pages of this origin alone (SameSite=Strict), and
 * what comes back is taken as a token only if it could be one.
 */
#include "worker/cookie.h"

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

h2o_iovec_t cookie_token(const h2o_headers_t *headers, enum session_kind kind)
{
    size_t name_length = strlen(cookies[kind].name);
    ssize_t index = h2o_find_header(headers, H2O_TOKEN_COOKIE, -1);
    h2o_iovec_t token = h2o_iovec_init(NULL, 0), pair;

    /* more than one header is no browser's over HTTP/1 (RFC 6265, 5.4) */
    if (index == -1 || h2o_find_header(headers, H2O_TOKEN_COOKIE, index) != -1)
        return token;
    h2o_iovec_t header = headers->entries[index].value;
    const char *at = header.base, *end = header.base + header.len;
    if (header.len > HEADER_MOST)
        return token;
    while (next_pair(&at, end, &pair)) {
        if (pair.len <= name_length || pair.base[name_length] != '=' ||
            memcmp(pair.base, cookies[kind].name, name_length) != 0)
            continue;
        if (token.base != NULL) /* a neighbouring site has put one beside ours: which is which cannot be told */
            return h2o_iovec_init(NULL, 0);
        token = h2o_iovec_init(pair.base + name_length + 1, pair.len - name_length - 1);
    }
    return is_token(token.base, token.len) ? token : h2o_iovec_init(NULL, 0);
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
