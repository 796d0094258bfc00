/*
 * network.h - IP addresses as 16 bytes (IPv4 mapped into IPv6), and lists of networks such as "10.0.0.0/8, ::1".
 */
#ifndef BERING_NETWORK_H
#define BERING_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { NETWORK_TEXT_SIZE = 46 };  /* room for an address as text, with its NUL */

struct network_address {
    uint8_t bytes[16];
};

struct network_list;

/* The list of a text: addresses or networks, commas between. NULL if it is not well-formed. The caller owns it. */
struct network_list *network_list_new(const char *text);
void network_list_free(struct network_list **list);

bool network_list_is_empty(const struct network_list *list);
bool network_list_contains(const struct network_list *list, const struct network_address *address);

/* False for anything but IPv4 and IPv6. */
bool network_of_socket(const struct sockaddr *address, struct network_address *address_r);

/*
 * Reads "192.0.2.1", "2001:db8::1", "192.0.2.1:80" or "[2001:db8::1]:80", as proxies write them. False if it is none.
 */
bool network_parse(const char *text, size_t length, struct network_address *address_r);

/* Writes an address as text, IPv4 as such. Returns text. */
const char *network_format(const struct network_address *address, char text[NETWORK_TEXT_SIZE]);

/* Whether only this machine can use it. */
bool network_is_loopback(const struct network_address *address);

bool network_is_v4(const struct network_address *address);

#endif
