/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "listener.h"
#include "options.h"
#include "udp_socket.h"
#include "unix_listener.h"
#include "unpwrap.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRIES	16	/* to find one port that is free on all addresses */

/* An endpoint and what it stands for. */
struct target {
	const struct endpoint *endpoint;
	struct addrinfo	*addresses;
};

static int
has_port(const struct addrinfo *ai)
{
	return sock_get_port(ai->ai_addr, ai->ai_addrlen) != 0;
}

static int
are_equal(const struct addrinfo *a, const struct addrinfo *b)
{
	return a->ai_addrlen == b->ai_addrlen &&
	    memcmp(a->ai_addr, b->ai_addr, a->ai_addrlen) == 0;
}

/* A hosts file may give a name one address twice. */
static void
drop_repeated(struct addrinfo *one)
{
	struct addrinfo **link, *repeated;

	for (; one != NULL; one = one->ai_next) {
		for (link = &one->ai_next; (repeated = *link) != NULL;) {
			if (!are_equal(one, repeated)) {
				link = &repeated->ai_next;
				continue;
			}
			*link = repeated->ai_next;
			repeated->ai_next = NULL;
			freeaddrinfo(repeated);
		}
	}
}

/* One with a path has no addresses. */
static void
resolve(struct target *target)
{
	const struct endpoint *endpoint = target->endpoint;
	char service[16], text[ENDPOINT_TEXT_MAX];
	struct addrinfo hints;
	int gai;

	if (endpoint->path[0] != '\0')
		return;
	memset(&hints, 0, sizeof(hints));
	hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
	hints.ai_socktype = SOCK_STREAM;
	snprintf(service, sizeof(service), "%d", endpoint->port);
	gai = getaddrinfo(endpoint->host[0] != '\0' ? endpoint->host : NULL,
	    service, &hints, &target->addresses);
	if (gai == EAI_SYSTEM)
		err_sys("cannot resolve %s", endpoint_text(endpoint, text));
	if (gai != 0)
		err_quit("cannot resolve %s: %s",
		    endpoint_text(endpoint, text), gai_strerror(gai));
	drop_repeated(target->addresses);
}

/* Each port 0 becomes another port: two of them are not the same. */
static int
are_same(const struct target *one, const struct target *other)
{
	const struct addrinfo *a, *b;

	for (a = one->addresses; a != NULL; a = a->ai_next)
		for (b = other->addresses; b != NULL; b = b->ai_next)
			if (has_port(a) && are_equal(a, b))
				return 1;
	return one->addresses == NULL && other->addresses == NULL &&
	    strcmp(one->endpoint->path, other->endpoint->path) == 0;
}

static void
refuse_equals(const struct target *targets, unsigned n)
{
	char one[ENDPOINT_TEXT_MAX], other[ENDPOINT_TEXT_MAX];

	for (unsigned i = 0; i < n; i++)
		for (unsigned j = 0; j < i; j++)
			if (are_same(&targets[j], &targets[i]))
				usage_error("endpoints %s and %s are the same",
				    endpoint_text(targets[j].endpoint, one),
				    endpoint_text(targets[i].endpoint, other));
}

/* v6only 0: IPv4 clients too, by the addresses that IPv6 has for them. */
static int
open_stream(const struct addrinfo *ai, int v6only, int backlog)
{
	int on = 1, fd, error;

	fd = socket(ai->ai_family, ai->ai_socktype, ai->ai_protocol);
	if (fd == -1)
		return -1;
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
	    fcntl(fd, F_SETFL, O_NONBLOCK) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0 &&
	    (ai->ai_family != AF_INET6 || setsockopt(fd, IPPROTO_IPV6,
	    IPV6_V6ONLY, &v6only, sizeof(v6only)) == 0) &&
	    bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 &&
	    listen(fd, backlog) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* A port that the system chose for the stream may belong to another's datagram
 * socket: return EADDRINUSE then, as for the stream. */
static int
open_datagram(const struct sockaddr *addr, socklen_t len, int v6only,
    int any_port)
{
	int fd = udp_socket(addr, len, v6only);

	if (fd == -1 && !(any_port && errno == EADDRINUSE))
		err_sys("cannot take datagrams on %s", Sock_ntop(addr, len));
	return fd;
}

static void
add(struct listeners *l, int fd, const char *name)
{
	snprintf(l->names[l->n], sizeof(l->names[l->n]), "%s", name);
	l->fds[l->n++] = fd;
}

/* Returns 0, or -1: errno says why it could not be opened. */
static int
open_address(struct listeners *l, const struct target *target,
    const struct addrinfo *ai, int v6only)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);
	int fd, datagramfd;

	fd = open_stream(ai, v6only, l->backlog);
	if (fd == -1)
		return -1;
	Getsockname(fd, (struct sockaddr *)&addr, &len);
	if (l->udp) {
		datagramfd = open_datagram((struct sockaddr *)&addr, len,
		    v6only, target->endpoint->port == 0);
		if (datagramfd == -1) {
			close(fd);
			errno = EADDRINUSE;
			return -1;
		}
		l->datagramfds[l->ndatagram++] = datagramfd;
	}
	add(l, fd, Sock_ntop((struct sockaddr *)&addr, len));
	return 0;
}

static void __attribute__((__noreturn__))
cannot_listen(const struct addrinfo *ai)
{
	err_sys("cannot listen on %s", Sock_ntop(ai->ai_addr, ai->ai_addrlen));
}

static void
close_from(struct listeners *l, unsigned first, unsigned first_datagram)
{
	while (l->n > first)
		close(l->fds[--l->n]);
	while (l->ndatagram > first_datagram)
		close(l->datagramfds[--l->ndatagram]);
}

/* The port of the first one for this one. */
static void
copy_port(int fd, struct addrinfo *ai)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);

	Getsockname(fd, (struct sockaddr *)&addr, &len);
	sock_set_port(ai->ai_addr, ai->ai_addrlen,
	    sock_get_port((struct sockaddr *)&addr, len));
}

/* A name's addresses that this host lacks are passed over, if one is left.
 * With port 0 all get the port that the first was given.  Returns 0, or -1
 * where that one is not free on another. */
static int
open_all(struct listeners *l, const struct target *target)
{
	const struct addrinfo *missing = NULL;
	unsigned first = l->n;
	struct addrinfo *ai;
	int error = 0;

	for (ai = target->addresses; ai != NULL; ai = ai->ai_next) {
		if (target->endpoint->port == 0 && l->n > first)
			copy_port(l->fds[first], ai);
		if (open_address(l, target, ai, 1) == 0)
			continue;
		if (errno == EADDRINUSE && target->endpoint->port == 0)
			return -1;
		if (errno != EADDRNOTAVAIL && errno != EAFNOSUPPORT)
			cannot_listen(ai);
		error = errno;
		missing = ai;
	}
	if (l->n == first) {
		errno = error;
		cannot_listen(missing);
	}
	return 0;
}

/* Any address: one socket for both families, where the system has that:
 * OpenBSD has not (EINVAL), and one without IPv6 has IPv4 alone.  Returns as
 * open_all. */
static int
open_any(struct listeners *l, const struct target *target)
{
	const struct addrinfo *six = target->addresses;

	while (six != NULL && six->ai_family != AF_INET6)
		six = six->ai_next;
	if (six == NULL)
		return open_all(l, target);
	if (open_address(l, target, six, 0) == 0)
		return 0;
	if (errno == EADDRINUSE && target->endpoint->port == 0)
		return -1;
	if (errno != EAFNOSUPPORT && errno != EADDRNOTAVAIL &&
	    errno != EINVAL)
		cannot_listen(six);
	return open_all(l, target);
}

static void
open_target(struct listeners *l, const struct target *target)
{
	int (*open)(struct listeners *, const struct target *) =
	    target->endpoint->host[0] == '\0' ? open_any : open_all;
	const struct addrinfo *first = target->addresses;
	unsigned n = l->n, ndatagram = l->ndatagram;
	char text[ENDPOINT_TEXT_MAX];

	if (target->endpoint->path[0] != '\0') {
		add(l, unix_listen(target->endpoint, l->backlog),
		    endpoint_text(target->endpoint, text));
		return;
	}
	for (int i = 0; open(l, target) == -1; i++) {
		if (i == TRIES)
			cannot_listen(first);
		close_from(l, n, ndatagram);
		sock_set_port(first->ai_addr, first->ai_addrlen, 0);
	}
}

static void
allocate(struct listeners *l, unsigned n)
{
	l->n = l->ndatagram = 0;
	l->fds = Calloc(n, sizeof(*l->fds));
	l->names = Calloc(n, sizeof(*l->names));
	l->datagramfds = Calloc(n, sizeof(*l->datagramfds));
}

void
listeners_open(struct listeners *l, const struct endpoint *endpoints,
    unsigned n)
{
	struct target *targets = Calloc(n, sizeof(*targets));
	unsigned most = n;

	for (unsigned i = 0; i < n; i++) {
		targets[i].endpoint = &endpoints[i];
		resolve(&targets[i]);
		for (struct addrinfo *ai = targets[i].addresses; ai != NULL;
		    ai = ai->ai_next)
			most++;
	}
	refuse_equals(targets, n);
	allocate(l, most);
	for (unsigned i = 0; i < n; i++) {
		open_target(l, &targets[i]);
		if (targets[i].addresses != NULL)
			freeaddrinfo(targets[i].addresses);
	}
	free(targets);
}

void
listeners_free(struct listeners *l)
{
	free(l->fds);
	free(l->names);
	free(l->datagramfds);
}
