/*
 * client.c - addresses of clients. Worker, loop only.
 *
 * Always holds: nothing that a client writes counts unless the connection comes from a trusted proxy, and then only
 * what that proxy has appended itself: everything in X-Forwarded-For before the last address that is no proxy may be
 * invented.
 */
#include "worker/client.h"

#include "worker/worker.h"
#include <string.h>

/* The address of a connection: a proxy's PROXY line has changed it, if there was one. */
static bool connection_address(h2o_req_t *http, struct network_address *address_r)
{
    struct sockaddr_storage peer;
    socklen_t length = http->conn->callbacks->get_peername(http->conn, (struct sockaddr *)&peer);

    return length > 0 && network_of_socket((struct sockaddr *)&peer, address_r);
}

/* Takes the last element off a list. False if it is empty. */
static bool take_last(h2o_iovec_t *list, h2o_iovec_t *element_r)
{
    if (list->len == 0)
        return false;
    const char *comma = memrchr(list->base, ',', list->len);
    size_t begin = comma == NULL ? 0 : (size_t)(comma - list->base) + 1, end = list->len;
    list->len = comma == NULL ? 0 : begin - 1;
    while (begin < end && (list->base[begin] == ' ' || list->base[begin] == '\t'))
        ++begin;
    while (end > begin && (list->base[end - 1] == ' ' || list->base[end - 1] == '\t'))
        --end;
    *element_r = h2o_iovec_init(list->base + begin, end - begin);
    return true;
}

/* The last header of a name, which the nearest proxy has written. */
static h2o_iovec_t last_header(const h2o_headers_t *headers, const char *name)
{
    size_t length = strlen(name);
    ssize_t index = -1, next;

    while ((next = h2o_find_header_by_str(headers, name, length, index)) != -1)
        index = next;
    return index == -1 ? h2o_iovec_init(NULL, 0) : headers->entries[index].value;
}

bool client_address(const struct worker *worker, h2o_req_t *http, struct network_address *address_r)
{
    struct network_address next;
    h2o_iovec_t list, element;

    if (!connection_address(http, address_r))
        return false;
    if (!network_list_contains(worker->trusted_proxies, address_r))
        return true;
    list = last_header(&http->headers, "x-forwarded-for");
    while (take_last(&list, &element) && network_parse(element.base, element.len, &next)) {
        *address_r = next;
        if (!network_list_contains(worker->trusted_proxies, address_r))
            break;
    }
    return true;
}

bool client_is_secure(const struct worker *worker, h2o_req_t *http)
{
    struct network_address address;
    h2o_iovec_t list, element;

    if (http->conn->callbacks->get_socket(http->conn)->ssl != NULL)
        return true;
    if (network_list_is_empty(worker->trusted_proxies) || !connection_address(http, &address) ||
        !network_list_contains(worker->trusted_proxies, &address))
        return false;
    list = last_header(&http->headers, "x-forwarded-proto");
    return take_last(&list, &element) && h2o_lcstris(element.base, element.len, H2O_STRLIT("https"));
}

bool client_may_proxy(const struct worker *worker, h2o_socket_t *socket)
{
    struct sockaddr_storage peer;
    struct network_address address;

    return !network_list_is_empty(worker->trusted_proxies) && h2o_socket_getpeername(socket, (struct sockaddr *)&peer) > 0 &&
           network_of_socket((struct sockaddr *)&peer, &address) &&
           network_list_contains(worker->trusted_proxies, &address);
}
