/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "blocking.h"
#include "connection.h"
#include "deadline.h"
#include "log.h"
#include "quantity.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL	/* the program ignores SIGPIPE anyway */
#define MSG_NOSIGNAL	0
#endif

#define FINISH_NS	(2 * NSEC_PER_SEC)	/* for the client to close */

struct drive {
	struct connection connection;
	struct stats_part *part;
	int		 fd;
	uint64_t	 in, out;
};

/* A process serves one connection at a time: one buffer does.  What a child
 * does not touch of it costs nothing. */
static char buffer[65536];

static enum want
carry_read(struct drive *d)
{
	ssize_t n = recv(d->fd, buffer, sizeof(buffer), 0);

	if (n >= 0) {
		d->in += (uint64_t)n;
		count(&d->part->bytes_in, (uint64_t)n);
		return connection_read(&d->connection, (size_t)n);
	}
	if (errno == EINTR)
		return WANT_READ;
	if (errno == EAGAIN || errno == EWOULDBLOCK)	/* SO_RCVTIMEO */
		return connection_read_timeout(&d->connection);
	return connection_failed(&d->connection, errno);
}

static enum want
carry_write(struct drive *d)
{
	ssize_t n = send(d->fd, buffer + d->connection.start,
	    d->connection.end - d->connection.start, MSG_NOSIGNAL);

	if (n >= 0) {
		d->out += (uint64_t)n;
		count(&d->part->bytes_out, (uint64_t)n);
		return connection_wrote(&d->connection, (size_t)n);
	}
	if (errno == EINTR)
		return WANT_WRITE;
	if (errno == EAGAIN || errno == EWOULDBLOCK)	/* SO_SNDTIMEO */
		return connection_write_timeout(&d->connection);
	return connection_failed(&d->connection, errno);
}

static enum want
carry_close(struct drive *d)
{
	close(d->fd);
	return WANT_NOTHING;
}

static enum want
carry_reset(struct drive *d)
{
	static const struct linger reset = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(d->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	return carry_close(d);
}

/* close(2) with unread input sends a reset, which can overtake the echo and
 * have the client's kernel throw it away: read until the client has closed
 * too. */
static enum want
carry_finish(struct drive *d)
{
	struct pollfd ready = { .fd = d->fd, .events = POLLIN };
	int64_t deadline = deadline_in(FINISH_NS);
	int left;

	shutdown(d->fd, SHUT_WR);
	while ((left = deadline_left(deadline)) > 0) {
		ssize_t n;

		if (poll(&ready, 1, left) <= 0)
			continue;
		n = recv(d->fd, buffer, sizeof(buffer), MSG_DONTWAIT);
		if (n == 0 || (n == -1 && errno != EINTR && errno != EAGAIN))
			break;
	}
	return carry_close(d);
}

static enum want (*const carry_out[])(struct drive *) = {
	[WANT_READ]	= carry_read,
	[WANT_WRITE]	= carry_write,
	[WANT_FINISH]	= carry_finish,
	[WANT_CLOSE]	= carry_close,
	[WANT_RESET]	= carry_reset,
};

/* The kernel's own timeouts: a clock that costs no call for each echo. */
static void
set_timeout(int fd, int option, int64_t ns)
{
	struct timeval timeout = {
		.tv_sec = (time_t)(ns / NSEC_PER_SEC),
		.tv_usec = (suseconds_t)(ns % NSEC_PER_SEC / 1000),
	};

	if (ns == 0)
		return;
	if (timeout.tv_sec == 0 && timeout.tv_usec == 0)
		timeout.tv_usec = 1;	/* 0 would be no timeout at all */
	setsockopt(fd, SOL_SOCKET, option, &timeout, sizeof(timeout));
}

void
serve_blocking(struct server *server, int fd, const struct peer *peer)
{
	struct drive d = { .fd = fd, .part = server->part };
	enum want want = connection_start(&d.connection);

	set_timeout(fd, SO_RCVTIMEO, server->limits.idle_ns);
	set_timeout(fd, SO_SNDTIMEO, server->limits.write_ns);
	while (want != WANT_NOTHING)
		want = carry_out[want](&d);
	count(&d.part->ended[d.connection.cause], 1);
	log_connection(peer, d.connection.cause, d.in, d.out);
}
