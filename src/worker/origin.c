/*
 * origin.c - the same-origin check of requests that a cookie speaks for. Loop only.
 *
 * Sec-Fetch-Site and Origin are headers that no page can set; who sends neither is no browser of today, and has no need
 * of cookies.
 */
#include "worker/origin.h"

#include "worker/client.h"
#include <string.h>

static bool only_reads(const h2o_req_t *http)
{
    return http->upgrade.base == NULL && (h2o_memis(http->method.base, http->method.len, H2O_STRLIT("GET")) ||
                                          h2o_memis(http->method.base, http->method.len, H2O_STRLIT("HEAD")));
}

static const struct {
    const char *prefix;
    const char *port;             /* that goes without saying */
    bool is_secure;
} schemes[] = {
    {"http://", ":80", false},
    {"https://", ":443", true},
};

static h2o_iovec_t without_port(h2o_iovec_t host, const char *port)
{
    size_t length = strlen(port);

    if (host.len > length && memcmp(host.base + host.len - length, port, length) == 0)
        host.len -= length;
    return host;
}

/* Whether an Origin ("https://chat.example:8443") is that of the host that was asked. */
static bool is_host(h2o_iovec_t origin, h2o_iovec_t host, bool is_secure)
{
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); ++i) {
        size_t length = strlen(schemes[i].prefix);
        if (origin.len <= length || memcmp(origin.base, schemes[i].prefix, length) != 0)
            continue;
        /* a proxy may have taken the TLS away, but nothing adds it: a page that came without is another origin */
        if (is_secure && !schemes[i].is_secure)
            return false;
        h2o_iovec_t own = without_port(host, schemes[i].port);
        origin = without_port(h2o_iovec_init(origin.base + length, origin.len - length), schemes[i].port);
        return own.len > 0 && h2o_lcstris(own.base, own.len, origin.base, origin.len);
    }
    return false;
}

bool origin_is_ours(const struct worker *worker, h2o_req_t *http)
{
    const h2o_headers_t *headers = &http->headers;
    ssize_t site = h2o_find_header_by_str(headers, H2O_STRLIT("sec-fetch-site"), -1);
    ssize_t origin = h2o_find_header_by_str(headers, H2O_STRLIT("origin"), -1);

    if (only_reads(http))
        return true;
    if (site != -1) {
        h2o_iovec_t value = headers->entries[site].value;
        return h2o_memis(value.base, value.len, H2O_STRLIT("same-origin")) ||
               h2o_memis(value.base, value.len, H2O_STRLIT("none"));
    }
    return origin != -1 && is_host(headers->entries[origin].value, http->input.authority,
                                   client_is_secure(worker, http));
}
