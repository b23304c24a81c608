/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <errno.h>
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
open_by_name(const char *host, const char *service, int *gai)
{
	return tcp_by_name(host, service, AF_UNSPEC, 0, open_connected, NULL,
	    gai);
}

int
tcp_connect(const char *host, const char *service)
{
	int gai;

	return open_by_name(host, service, &gai);
}
EXPORT(tcp_connect);

int
Tcp_connect(const char *host, const char *service)
{
	int gai, fd;

	fd = open_by_name(host, service, &gai);
	if (fd == -1)
		tcp_by_name_failed("tcp_connect", host != NULL ? host :
		    "this host", service, gai);
	return fd;
}
EXPORT(Tcp_connect);
