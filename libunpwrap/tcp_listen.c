/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <netinet/in.h>

#include <netdb.h>
#include <string.h>

#define LISTENQ	1024	/* as unp.h has it; the kernel caps it */

static int
open_listening(const struct addrinfo *ai)
{
	int fd, on = 1, off = 0;

	fd = socket_cloexec(ai->ai_family, ai->ai_socktype, ai->ai_protocol);
	if (fd == -1)
		return -1;
	/* IPv4 clients too, where the address is ::; OpenBSD refuses that. */
	if (ai->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	    bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 &&
	    listen(fd, LISTENQ) == 0)
		return fd;
	close_keep(fd);
	return -1;
}

static int
open_by_name(const char *host, const char *service, socklen_t *addrlen,
    int *gai)
{
	int fd = -1;

	/* getaddrinfo(3) puts 0.0.0.0 first; "any" is to mean IPv6 as well. */
	if (host == NULL)
		fd = tcp_by_name(host, service, AF_INET6, AI_PASSIVE,
		    open_listening, addrlen, gai);
	if (fd == -1)
		fd = tcp_by_name(host, service, AF_UNSPEC, AI_PASSIVE,
		    open_listening, addrlen, gai);
	return fd;
}

int
tcp_listen(const char *host, const char *service, socklen_t *addrlen)
{
	int gai;

	return open_by_name(host, service, addrlen, &gai);
}
EXPORT(tcp_listen);

int
Tcp_listen(const char *host, const char *service, socklen_t *addrlen)
{
	int gai, fd;

	fd = open_by_name(host, service, addrlen, &gai);
	if (fd == -1)
		tcp_by_name_failed("tcp_listen", host != NULL ? host :
		    "any address", service, gai);
	return fd;
}
EXPORT(Tcp_listen);
