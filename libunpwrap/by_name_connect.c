/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <netdb.h>

static int
open_connected(const struct addrinfo *ai)
{
	int fd = socket_cloexec(ai->ai_family, ai->ai_socktype,
	    ai->ai_protocol);

	if (fd == -1)
		return -1;
	if (connect_robust(fd, ai->ai_addr, ai->ai_addrlen) == 0)
		return fd;
	close_keep(fd);
	return -1;
}

static int
connect_by_name(const char *host, const char *service, int type, int *gai)
{
	struct by_name how = {
		.host = host, .service = service, .type = type,
		.family = AF_UNSPEC, .open = open_connected,
	};
	struct opened opened;

	return open_by_name(&how, &opened, gai);
}

int
tcp_connect(const char *host, const char *service)
{
	int gai;

	return connect_by_name(host, service, SOCK_STREAM, &gai);
}
EXPORT(tcp_connect);

int
Tcp_connect(const char *host, const char *service)
{
	int gai, fd = connect_by_name(host, service, SOCK_STREAM, &gai);

	if (fd == -1)
		by_name_failed("tcp_connect", host, "this host", service, gai);
	return fd;
}
EXPORT(Tcp_connect);

int
udp_connect(const char *host, const char *service)
{
	int gai;

	return connect_by_name(host, service, SOCK_DGRAM, &gai);
}
EXPORT(udp_connect);

int
Udp_connect(const char *host, const char *service)
{
	int gai, fd = connect_by_name(host, service, SOCK_DGRAM, &gai);

	if (fd == -1)
		by_name_failed("udp_connect", host, "this host", service, gai);
	return fd;
}
EXPORT(Udp_connect);
