/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "blocking.h"
#include "course.h"
#include "deadline.h"
#include "log.h"
#include "quantity.h"
#include "vanish.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL	/* the program ignores SIGPIPE anyway */
#define MSG_NOSIGNAL	0
#endif

#define FINISH_NS	(2 * NSEC_PER_SEC)	/* for the client to close */
#define HOLD_MS		100	/* between looks at the switch of faults */
#define SENSE_MS	5	/* between looks at what was dropped */
#define NARROW		1024	/* a receive buffer that fills soon */

struct drive {
	struct connection connection;
	struct course	 course;
	struct server	*server;
	const struct peer *peer;
	struct stats_part *part;
	int		 fd;
	int64_t		 held_since;	/* 0: it is not held */
	int		 is_sensing;
	unsigned	 lost;		/* before it was */
	uint64_t	 in, out;
};

/* A process serves one connection at a time: one buffer does.  What a child
 * does not touch of it costs nothing. */
static char buffer[65536];

static void
tell_time(struct drive *d)
{
	if (d->connection.course != NULL)
		d->course.now = server_now(d->server);
}

static enum want
carry_read(struct drive *d)
{
	size_t room = connection_room(&d->connection);
	ssize_t n = recv(d->fd, buffer + room, sizeof(buffer) - room, 0);

	if (n >= 0) {
		d->in += (uint64_t)n;
		count(&d->part->bytes_in, (uint64_t)n);
		tell_time(d);
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
		tell_time(d);
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

/*
 * What faults want.
 */

static enum want
done(struct drive *d)
{
	tell_time(d);
	return connection_done(&d->connection);
}

/* Nothing is read or written; but a client that is gone, a stop and the idle
 * timeout end even this. */
static enum want
wait_held(struct drive *d, int ms)
{
	struct pollfd ready[] = {
		{ .fd = d->fd, .events = 0 },
		{ .fd = d->server->worker->stopfd, .events = POLLIN },
	};
	int64_t idle = d->server->limits.idle_ns, now = monotonic_ns();

	if (d->held_since == 0)
		d->held_since = now;
	if (idle != 0 && now - d->held_since > idle)
		return connection_read_timeout(&d->connection);
	if (poll(ready, 2, ms) > 0) {
		if (ready[0].revents != 0)
			return connection_failed(&d->connection, ECONNRESET);
		if (ready[1].revents != 0)
			return connection_failed(&d->connection, ECANCELED);
	}
	return done(d);
}

static enum want
carry_hold(struct drive *d)
{
	int64_t left = d->course.until - d->course.now;

	return wait_held(d, left < HOLD_MS * NSEC_PER_MSEC ?
	    (int)(left / NSEC_PER_MSEC) + 1 : HOLD_MS);
}

static enum want
carry_sense(struct drive *d)
{
	unsigned lost = vanish_lost(d->fd);

	if (!d->is_sensing) {
		d->is_sensing = 1;
		d->lost = lost;
	}
	if (lost > d->lost)
		return connection_read(&d->connection, 1);
	return wait_held(d, SENSE_MS);
}

static enum want
carry_die(struct drive *d)
{
	(void)d;
	kill(getpid(), SIGKILL);
	return WANT_NOTHING;
}

static enum want
carry_stop(struct drive *d)
{
	kill(d->server->supervisor, SIGTERM);
	return done(d);
}

static enum want
carry_half_close(struct drive *d)
{
	shutdown(d->fd, SHUT_WR);
	return done(d);
}

static enum want
carry_narrow(struct drive *d)
{
	int size = NARROW;

	setsockopt(d->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	return done(d);
}

static enum want
carry_vanish(struct drive *d)
{
	vanish(d->fd);
	return done(d);
}

static enum want
carry_appear(struct drive *d)
{
	appear(d->fd);
	return done(d);
}

static enum want (*const carry_out[])(struct drive *) = {
	[WANT_READ]	= carry_read,
	[WANT_WRITE]	= carry_write,
	[WANT_FINISH]	= carry_finish,
	[WANT_CLOSE]	= carry_close,
	[WANT_RESET]	= carry_reset,
	[WANT_HOLD]	= carry_hold,
	[WANT_DIE]	= carry_die,
	[WANT_STOP]	= carry_stop,
	[WANT_HALF_CLOSE] = carry_half_close,
	[WANT_NARROW]	= carry_narrow,
	[WANT_VANISH]	= carry_vanish,
	[WANT_APPEAR]	= carry_appear,
	[WANT_SENSE]	= carry_sense,
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

/* NULL: no fault is for this connection. */
static struct course *
choose_course(struct drive *d)
{
	static struct fault_plan asked;
	const struct fault_plan *plan = &d->server->plan;
	uint32_t chosen = plan->n == 0 ? 0 : fault_choose(plan,
	    d->peer->number, (const struct sockaddr *)&d->peer->addr);

	if (fault_has_listener(plan) && server_now(d->server) >= 0 &&
	    fault_of_listener(plan, server_now(d->server)) == NULL)
		appear(d->fd);	/* the listener was deaf a moment ago */
	if (chosen == 0 && !d->server->in_band)
		return NULL;
	course_start(&d->course, plan, chosen, fault_random_start(~plan->seed,
	    d->peer->number), d->server->in_band ? &asked : NULL);
	d->course.now = server_now(d->server);
	return &d->course;
}

/* Counts and logs the faults that struck since the last look. */
static void
tell_faults(struct drive *d)
{
	const struct fault *f;
	uint64_t offset;

	while ((f = course_struck(&d->course, &offset)) != NULL) {
		count(&d->part->faults[f->kind], 1);
		log_fault(d->peer, f->kind, offset);
	}
}

void
serve_blocking(struct server *server, int fd, const struct peer *peer)
{
	struct drive d = {
		.server = server, .peer = peer, .fd = fd, .part = server->part,
	};
	enum want want = connection_start(&d.connection, choose_course(&d),
	    buffer);

	set_timeout(fd, SO_RCVTIMEO, server->limits.idle_ns);
	set_timeout(fd, SO_SNDTIMEO, server->limits.write_ns);
	while (want != WANT_NOTHING) {
		tell_faults(&d);
		if (want != WANT_HOLD && want != WANT_SENSE)
			d.held_since = 0;
		want = carry_out[want](&d);
	}
	count(&d.part->ended[d.connection.cause], 1);
	log_connection(peer, d.connection.cause, d.in, d.out);
}
