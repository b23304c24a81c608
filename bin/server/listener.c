/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "listener.h"
#include "options.h"
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
port_of(const struct sockaddr *addr)
{
	return ntohs(addr->sa_family == AF_INET6 ?
	    ((const struct sockaddr_in6 *)addr)->sin6_port :
	    ((const struct sockaddr_in *)addr)->sin_port);
}

static void
set_port(struct sockaddr *addr, int port)
{
	if (addr->sa_family == AF_INET6)
		((struct sockaddr_in6 *)addr)->sin6_port = htons(port);
	else
		((struct sockaddr_in *)addr)->sin_port = htons(port);
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

static void
resolve(struct target *target)
{
	const struct endpoint *endpoint = target->endpoint;
	char service[16], text[ENDPOINT_TEXT_MAX];
	struct addrinfo hints;
	int gai;

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
static void
refuse_equals(const struct target *targets, unsigned n)
{
	char one[ENDPOINT_TEXT_MAX], other[ENDPOINT_TEXT_MAX];
	const struct addrinfo *a, *b;

	for (unsigned i = 0; i < n; i++)
		for (unsigned j = 0; j < i; j++)
			for (a = targets[i].addresses; a; a = a->ai_next)
				for (b = targets[j].addresses; b;
				    b = b->ai_next)
					if (port_of(a->ai_addr) != 0 &&
					    are_equal(a, b))
						usage_error("endpoints %s and "
						    "%s are the same",
						    endpoint_text(
						    targets[j].endpoint, one),
						    endpoint_text(
						    targets[i].endpoint,
						    other));
}

/* v6only 0: IPv4 clients too, by the addresses that IPv6 has for them. */
static int
open_address(const struct addrinfo *ai, int v6only, int backlog)
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

static int
bound_port(int fd)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);

	Getsockname(fd, (struct sockaddr *)&addr, &len);
	return port_of((struct sockaddr *)&addr);
}

static void __attribute__((__noreturn__))
cannot_listen(const struct addrinfo *ai)
{
	err_sys("cannot listen on %s", Sock_ntop(ai->ai_addr, ai->ai_addrlen));
}

static void
close_from(struct listeners *l, unsigned first)
{
	while (l->n > first)
		close(l->fds[--l->n]);
}

/* A name's addresses that this host lacks are passed over, if one is left.
 * With port 0 all get the port that the first was given.  Returns 0, or -1
 * where that one is not free on another. */
static int
open_all(struct listeners *l, const struct target *target, int backlog)
{
	const struct addrinfo *missing = NULL;
	unsigned first = l->n;
	struct addrinfo *ai;
	int fd, error = 0;

	for (ai = target->addresses; ai != NULL; ai = ai->ai_next) {
		if (target->endpoint->port == 0 && l->n > first)
			set_port(ai->ai_addr, bound_port(l->fds[first]));
		fd = open_address(ai, 1, backlog);
		if (fd != -1) {
			l->fds[l->n++] = fd;
			continue;
		}
		if (errno == EADDRINUSE && target->endpoint->port == 0 &&
		    l->n > first)
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
open_any(struct listeners *l, const struct target *target, int backlog)
{
	const struct addrinfo *six = target->addresses;
	int fd;

	while (six != NULL && six->ai_family != AF_INET6)
		six = six->ai_next;
	if (six == NULL)
		return open_all(l, target, backlog);
	fd = open_address(six, 0, backlog);
	if (fd != -1) {
		l->fds[l->n++] = fd;
		return 0;
	}
	if (errno != EAFNOSUPPORT && errno != EADDRNOTAVAIL &&
	    errno != EINVAL)
		cannot_listen(six);
	return open_all(l, target, backlog);
}

static void
open_target(struct listeners *l, const struct target *target, int backlog)
{
	int (*open)(struct listeners *, const struct target *, int) =
	    target->endpoint->host[0] == '\0' ? open_any : open_all;
	unsigned first = l->n;

	for (int i = 0; open(l, target, backlog) == -1; i++) {
		if (i == TRIES)
			cannot_listen(target->addresses);
		close_from(l, first);
		set_port(target->addresses->ai_addr, 0);
	}
}

void
listeners_open(struct listeners *l, const struct endpoint *endpoints,
    unsigned n, int backlog)
{
	struct target *targets = Calloc(n, sizeof(*targets));
	unsigned addresses = 0;

	for (unsigned i = 0; i < n; i++) {
		targets[i].endpoint = &endpoints[i];
		resolve(&targets[i]);
		for (struct addrinfo *ai = targets[i].addresses; ai != NULL;
		    ai = ai->ai_next)
			addresses++;
	}
	refuse_equals(targets, n);
	l->n = 0;
	l->fds = Calloc(addresses, sizeof(*l->fds));
	for (unsigned i = 0; i < n; i++) {
		open_target(l, &targets[i], backlog);
		freeaddrinfo(targets[i].addresses);
	}
	free(targets);
}
