/*
 * proxy_line.c - reads PROXY lines. Worker, loop only. h2o does so, too, but only in front of a handshake of its own
 * (http2.c).
 */
#include "worker/proxy_line.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static socklen_t read_peer(const char *line, struct sockaddr_storage *peer)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)peer;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)peer;
    char family, address[46];
    unsigned port;

    memset(peer, 0, sizeof(*peer));
    int found = sscanf(line, "PROXY TCP%c %45[0-9a-fA-F.:] %*45[0-9a-fA-F.:] %5u %*5u", &family, address, &port);
    if (found != 3 || port > UINT16_MAX)
        return 0;
    if (family == '4' && inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)port);
        return sizeof(*v4);
    }
    if (family == '6' && inet_pton(AF_INET6, address, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        return sizeof(*v6);
    }
    return 0;
}

int proxy_line_read(const char *bytes, size_t size, struct sockaddr_storage *peer_r, socklen_t *length_r)
{
    static const char begin[] = "PROXY ";
    char line[PROXY_LINE_MOST + 1];
    size_t known = size < sizeof(begin) - 1 ? size : sizeof(begin) - 1;
    size_t most = size < PROXY_LINE_MOST ? size : PROXY_LINE_MOST;

    *length_r = 0;
    if (memcmp(bytes, begin, known) != 0)
        return 0;
    const char *newline = memchr(bytes, '\n', most);
    if (newline == NULL)
        return most == PROXY_LINE_MOST ? 0 : PROXY_LINE_INCOMPLETE;
    size_t length = (size_t)(newline - bytes) + 1;
    memcpy(line, bytes, length);
    line[length] = '\0';
    *length_r = read_peer(line, peer_r);
    return (int)length;
}
