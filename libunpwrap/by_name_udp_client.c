/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

static int
open_unconnected(const struct addrinfo *ai)
{
	return socket_cloexec(ai->ai_family, ai->ai_socktype, ai->ai_protocol);
}

static int
open_for(const char *host, const char *service, struct sockaddr **addr,
    socklen_t *addrlen, int *gai)
{
	struct by_name how = {
		.host = host, .service = service, .type = SOCK_DGRAM,
		.family = AF_UNSPEC, .open = open_unconnected,
	};
	struct opened opened;
	struct sockaddr *copy;
	int fd = open_by_name(&how, &opened, gai);

	if (fd == -1)
		return -1;
	copy = malloc(opened.len);
	if (copy == NULL) {
		close_keep(fd);
		return -1;
	}
	memcpy(copy, &opened.addr, opened.len);
	*addr = copy;
	*addrlen = opened.len;
	return fd;
}

int
udp_client(const char *host, const char *service,
    unpwrap_address_pointer addr, socklen_t *addrlen)
{
	int gai;

	return open_for(host, service, addr.sa, addrlen, &gai);
}
EXPORT(udp_client);

int
Udp_client(const char *host, const char *service,
    unpwrap_address_pointer addr, socklen_t *addrlen)
{
	int gai, fd = open_for(host, service, addr.sa, addrlen, &gai);

	if (fd == -1)
		by_name_failed("udp_client", host, "this host", service, gai);
	return fd;
}
EXPORT(Udp_client);
