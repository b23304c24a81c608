/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <netinet/in.h>

#include <errno.h>
#include <netdb.h>

#define LISTENQ	1024	/* as unp.h has it; the kernel caps it */

/* For TCP, SO_REUSEADDR lets a server start while old connections linger; for
 * UDP it would let another program take the port away. */
static int
prepare(int fd, const struct addrinfo *ai)
{
	int on = 1, off = 0, is_stream = ai->ai_socktype == SOCK_STREAM;

	/* IPv4 clients too, where the address is ::; OpenBSD refuses that. */
	if (ai->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (is_stream && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on,
	    sizeof(on)) == -1)
		return -1;
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) == -1)
		return -1;
	return is_stream ? listen(fd, LISTENQ) : 0;
}

static int
open_bound(const struct addrinfo *ai)
{
	int fd = socket_cloexec(ai->ai_family, ai->ai_socktype,
	    ai->ai_protocol);

	if (fd == -1)
		return -1;
	if (prepare(fd, ai) == 0)
		return fd;
	close_keep(fd);
	return -1;
}

static int
bind_by_name(const char *host, const char *service, int type,
    socklen_t *addrlen, int *gai)
{
	struct by_name how = {
		.host = host, .service = service, .type = type,
		.flags = AI_PASSIVE, .open = open_bound,
	};
	struct opened opened;
	int fd = -1;

	/* getaddrinfo(3) puts 0.0.0.0 first; "any" is to mean IPv6 as well. */
	how.family = AF_INET6;
	if (host == NULL)
		fd = open_by_name(&how, &opened, gai);
	/* Without IPv6, :: must not have the last word. */
	how.family = host == NULL && errno == EAFNOSUPPORT ? AF_INET :
	    AF_UNSPEC;
	if (fd == -1)
		fd = open_by_name(&how, &opened, gai);
	if (fd != -1 && addrlen != NULL)
		*addrlen = opened.len;
	return fd;
}

int
tcp_listen(const char *host, const char *service, socklen_t *addrlen)
{
	int gai;

	return bind_by_name(host, service, SOCK_STREAM, addrlen, &gai);
}
EXPORT(tcp_listen);

int
Tcp_listen(const char *host, const char *service, socklen_t *addrlen)
{
	int gai, fd = bind_by_name(host, service, SOCK_STREAM, addrlen, &gai);

	if (fd == -1)
		by_name_failed("tcp_listen", host, "any address", service,
		    gai);
	return fd;
}
EXPORT(Tcp_listen);

int
udp_server(const char *host, const char *service, socklen_t *addrlen)
{
	int gai;

	return bind_by_name(host, service, SOCK_DGRAM, addrlen, &gai);
}
EXPORT(udp_server);

int
Udp_server(const char *host, const char *service, socklen_t *addrlen)
{
	int gai, fd = bind_by_name(host, service, SOCK_DGRAM, addrlen, &gai);

	if (fd == -1)
		by_name_failed("udp_server", host, "any address", service,
		    gai);
	return fd;
}
EXPORT(Udp_server);
