/*
 * gateway.c - ACME challenges (RFC 8555, 8.3) from ACME_CHALLENGE_DIR, and REDIRECT_HTTP. Worker, loop only.
 *
 * Always holds: a challenge's name is base64url, so it cannot lead out of the folder, and is read only if it is a small
 * file itself, not a link to one. A redirect leads to BASE_URL, whatever host the client has named.
 */
#include "worker/gateway.h"

#include "worker/client.h"
#include "worker/request.h"
#include "worker/worker.h"
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_MOST = 128, CHALLENGE_MOST = 1024 };

static const char challenges[] = "/.well-known/acme-challenge/";

static bool reads(const h2o_req_t *http)
{
    return h2o_memis(http->method.base, http->method.len, H2O_STRLIT("GET")) ||
           h2o_memis(http->method.base, http->method.len, H2O_STRLIT("HEAD"));
}

/* ---- challenges ---- */

static bool is_name(const char *text, size_t length)
{
    for (size_t i = 0; i < length; ++i) {
        bool is_letter = (text[i] | 0x20) >= 'a' && (text[i] | 0x20) <= 'z';
        if (!is_letter && (text[i] < '0' || text[i] > '9') && text[i] != '-' && text[i] != '_')
            return false;
    }
    return length > 0 && length <= NAME_MOST;
}

/* Returns the length, -1 if there is no such challenge. */
static ssize_t read_challenge(const char *folder, const char *name, size_t length, char text[CHALLENGE_MOST])
{
    char path[PATH_MAX];
    struct stat status;
    ssize_t got = -1;

    if (snprintf(path, sizeof(path), "%s/%.*s", folder, (int)length, name) >= (int)sizeof(path))
        return -1;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor == -1)
        return -1;
    if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_size <= CHALLENGE_MOST)
        got = read(descriptor, text, CHALLENGE_MOST);
    close(descriptor);
    return got;
}

static void send_text(h2o_req_t *http, int status, const char *reason, const char *text, size_t length)
{
    http->res.status = status;
    http->res.reason = reason;
    http->res.content_length = length;
    http->compress_hint = H2O_COMPRESS_HINT_DISABLE;
    h2o_add_header(&http->pool, &http->res.headers, H2O_TOKEN_CONTENT_TYPE, NULL,
                   H2O_STRLIT("text/plain; charset=utf-8"));
    h2o_send_inline(http, text, length);
}

static bool answer_challenge(struct worker *worker, h2o_req_t *http)
{
    const char *folder = worker->config->acme_challenge_dir;
    h2o_iovec_t path = http->path_normalized;
    char text[CHALLENGE_MOST];
    size_t prefix = sizeof(challenges) - 1;

    if (folder == NULL || path.len <= prefix || memcmp(path.base, challenges, prefix) != 0 || !reads(http))
        return false;
    ssize_t length = is_name(path.base + prefix, path.len - prefix)
                         ? read_challenge(folder, path.base + prefix, path.len - prefix, text)
                         : -1;
    if (length < 0) {
        answer_error(http, RESULT_NOT_FOUND, "no such challenge", 0);
        return true;
    }
    h2o_iovec_t body = h2o_strdup(&http->pool, text, (size_t)length);
    send_text(http, 200, "OK", body.base, body.len);
    return true;
}

/* ---- to HTTPS ---- */

/* The path as it was asked for, with its query: it has no line end in it, or h2o would have refused it. */
static bool redirect(struct worker *worker, h2o_req_t *http)
{
    const char *base = worker->config->base_url;
    bool is_health = h2o_memis(http->path_normalized.base, http->path_normalized.len, H2O_STRLIT("/health"));

    if (!worker->config->redirect_http || is_health || client_is_secure(worker, http))
        return false;
    h2o_iovec_t path = http->path.len > 0 && http->path.base[0] == '/' ? http->path : h2o_iovec_init(H2O_STRLIT("/"));
    h2o_iovec_t location = h2o_concat(&http->pool, h2o_iovec_init(base, strlen(base)), path);
    h2o_add_header(&http->pool, &http->res.headers, H2O_TOKEN_LOCATION, NULL, location.base, location.len);
    /* 301 for what browsers open; 308 keeps the method of all else */
    if (reads(http))
        send_text(http, 301, "Moved Permanently", location.base, location.len);
    else
        send_text(http, 308, "Permanent Redirect", location.base, location.len);
    return true;
}

bool gateway_answer(struct worker *worker, h2o_req_t *http)
{
    return answer_challenge(worker, http) || redirect(worker, http);
}
