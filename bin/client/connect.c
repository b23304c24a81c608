/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "connect.h"
#include "deadline.h"
#include "unpwrap.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static int
resolve(const struct endpoint *endpoint, struct addrinfo **all,
    struct outcome *outcome)
{
	struct addrinfo hints;
	char port[8];

	memset(&hints, 0, sizeof(hints));
	hints.ai_family = AF_UNSPEC;
	hints.ai_socktype = SOCK_STREAM;
	hints.ai_flags = AI_NUMERICSERV;
	snprintf(port, sizeof(port), "%d", endpoint->port);
	outcome->error = getaddrinfo(endpoint->host, port, &hints, all);
	if (outcome->error == 0)
		return 0;
	outcome->verdict = VERDICT_NAME_NOT_FOUND;
	if (outcome->error == EAI_SYSTEM || outcome->error == EAI_MEMORY) {
		outcome->verdict = VERDICT_LOCAL_ERROR;
		outcome->error = errno;
	}
	return -1;
}

/* Returns 0, or an errno value: EINPROGRESS once the time is over. */
static int
connect_within(int fd, const struct addrinfo *ai, int64_t timeout_ns)
{
	struct pollfd ready = { .fd = fd, .events = POLLOUT };
	int64_t deadline = deadline_in(timeout_ns);
	socklen_t len = sizeof(int);
	int error, left;

	if (connect(fd, ai->ai_addr, ai->ai_addrlen) == 0)
		return 0;
	if (errno != EINPROGRESS && errno != EINTR)
		return errno;
	do {
		left = deadline_left(deadline);
		if (poll(&ready, 1, left) == -1 && errno != EINTR)
			return errno;
	} while (ready.revents == 0 && left != 0);
	if (ready.revents == 0)
		return EINPROGRESS;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		return errno;
	return error;
}

static const char *
own_address(int fd)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);

	if (getsockname(fd, (struct sockaddr *)&addr, &len) == -1)
		return "?";
	return Sock_ntop((struct sockaddr *)&addr, len);
}

/* Returns 0, or an errno value. */
static int
connect_to(int fd, const struct addrinfo *ai, const struct connect_how *how,
    const char *where)
{
	int error, on = 1, flags = fcntl(fd, F_GETFL);
	const char *own;

	if (flags == -1 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1)
		return errno;
	/* Or a small piece waits for the acknowledgement of the one before. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	error = connect_within(fd, ai, how->timeout_ns);
	if (error != 0)
		return error;
	own = own_address(fd);
	if (how->verbose)
		err_msg("connected from %s to %s", own, where);
	/* Where nobody listens on a port that the kernel gives to clients, it
	 * may give us that very one: the socket is connected to itself, which
	 * is a perfect echo and no server. */
	return strcmp(own, where) == 0 ? ECONNREFUSED : 0;
}

/* Returns a connected socket, or -1. */
static int
attempt(const struct addrinfo *ai, const struct connect_how *how,
    struct outcome *o)
{
	char text[VERDICT_TEXT_MAX];
	int fd;

	snprintf(o->where, sizeof(o->where), "%s",
	    Sock_ntop(ai->ai_addr, ai->ai_addrlen));
	if (how->verbose)
		err_msg("trying %s", o->where);
	fd = socket(ai->ai_family, ai->ai_socktype, ai->ai_protocol);
	o->error = fd == -1 ? errno : connect_to(fd, ai, how, o->where);
	if (o->error == 0)
		return fd;
	if (fd != -1)
		close(fd);
	if (o->error == EINPROGRESS)
		o->waited_ns = how->timeout_ns;
	o->verdict = verdict_of_connect_error(o->error);
	if (how->verbose)
		err_msg("%s", verdict_text(o, text));
	return -1;
}

static void
keep_most_telling(struct outcome *best, const struct outcome *this)
{
	if (best->error != 0 && !error_tells_more(this->error, best->error))
		return;
	best->verdict = this->verdict;
	best->error = this->error;
	best->waited_ns = this->waited_ns;
}

int
connect_endpoint(const struct endpoint *endpoint, const struct connect_how *how,
    struct outcome *outcome)
{
	struct addrinfo *all, *one;
	struct outcome this;
	int fd = -1;

	memset(outcome, 0, sizeof(*outcome));
	endpoint_text(endpoint, outcome->where);
	if (resolve(endpoint, &all, outcome) == -1)
		return -1;
	for (one = all; one != NULL && fd == -1; one = one->ai_next) {
		memset(&this, 0, sizeof(this));
		fd = attempt(one, how, &this);
		if (fd == -1)
			keep_most_telling(outcome, &this);
		else
			*outcome = this;
	}
	freeaddrinfo(all);
	return fd;
}
