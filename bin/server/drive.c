/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "drive.h"
#include "gate.h"
#include "log.h"
#include "reset.h"
#include "splitmix.h"
#include "vanish.h"

#include <sys/socket.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define NARROW		1024	/* a receive buffer that fills soon */
#define SETTLE_MAX	20	/* looks */

static struct faulty *
faulty_of(const struct drive *d)
{
	return (struct faulty *)d->connection.course;	/* its first member */
}

static void
tell_time(const struct server *server, struct drive *d)
{
	if (d->connection.course != NULL)
		d->connection.course->now = server_now(server);
}

/*
 * The start and the end.
 */

static enum want
start_faulty(struct server *server, struct drive *d, uint32_t chosen)
{
	const struct fault_plan *plan = &server->plan;
	struct faulty *faulty = calloc(1, sizeof(*faulty));

	if (faulty == NULL) {
		log_error("cannot do a connection's faults", errno);
		d->connection.cause = CAUSE_ERROR;
		return WANT_RESET;
	}
	course_start(&faulty->course, plan, chosen, splitmix_start(
	    ~plan->seed, d->peer.number),
	    server->in_band ? &faulty->asked : NULL);
	faulty->course.now = server_now(server);
	return connection_start(&d->connection, &faulty->course,
	    faulty->buffer);
}

enum want
drive_start(struct server *server, struct drive *d, int fd, char *buffer)
{
	const struct fault_plan *plan = &server->plan;
	uint32_t chosen = plan->n == 0 ? 0 : fault_choose(plan,
	    d->peer.number, (const struct sockaddr *)&d->peer.addr);
	enum want want = connection_start(&d->connection, NULL, buffer);

	d->fd = fd;
	d->in = d->out = 0;
	if (chosen != 0 || server->in_band)
		want = start_faulty(server, d, chosen);
	/* A deaf listener's filter is on it; a fault that is to make it deaf
	 * later has one of its own. */
	if (want != WANT_VANISH && gate_was_turned(server))
		appear(fd);
	return want;
}

void
drive_end(struct server *server, struct drive *d, int with_reset)
{
	count_end(server, &d->peer, d->connection.cause);
	if (with_reset)
		close_with_reset(d->fd);
	else
		close(d->fd);
	log_connection(&d->peer, d->connection.cause, d->in, d->out);
	/* In a child, to call free(3) even with NULL is a page fault. */
	if (d->connection.course != NULL)
		free(faulty_of(d));
	d->connection.course = NULL;
}

/*
 * Between them.
 */

enum want
drive_read(struct server *server, struct drive *d, size_t n)
{
	d->in += n;
	tell_time(server, d);
	return connection_read(&d->connection, n);
}

enum want
drive_wrote(struct server *server, struct drive *d, size_t n)
{
	d->out += n;
	tell_time(server, d);
	return connection_wrote(&d->connection, n);
}

enum want
drive_done(struct server *server, struct drive *d)
{
	tell_time(server, d);
	return connection_done(&d->connection);
}

void
drive_tell_faults(struct server *server, struct drive *d)
{
	const struct fault *f;
	uint64_t offset;

	if (d->connection.course == NULL)
		return;
	while ((f = course_struck(d->connection.course, &offset)) != NULL) {
		count(&server->part->faults[f->kind], 1);
		log_fault(&d->peer, f->kind, offset);
	}
}

/*
 * What faults want.
 */

enum want
drive_gone(struct drive *d)
{
	int error = 0;
	socklen_t len = sizeof(error);

	getsockopt(d->fd, SOL_SOCKET, SO_ERROR, &error, &len);
	return connection_failed(&d->connection, error != 0 ? error :
	    ECONNRESET);
}

int64_t
drive_hold_ns(const struct drive *d)
{
	const struct course *course = d->connection.course;
	int64_t left = course->until - course->now;

	return left < HOLD_NS ? left : HOLD_NS;
}

int
drive_can_vanish(struct drive *d)
{
	return vanish_is_settled(d->fd) ||
	    ++faulty_of(d)->settling > SETTLE_MAX;
}

int
drive_senses(struct drive *d)
{
	struct faulty *faulty = faulty_of(d);
	unsigned lost = vanish_lost(d->fd);

	if (!faulty->is_sensing) {
		faulty->is_sensing = 1;
		faulty->lost = lost;
	}
	return lost > faulty->lost;
}

static void
do_die(struct server *server, struct drive *d)
{
	(void)server, (void)d;
	kill(getpid(), SIGKILL);
}

static void
do_stop(struct server *server, struct drive *d)
{
	(void)d;
	/* A second one would not let the others finish. */
	if (!atomic_exchange(&server->stats->stop_asked, 1))
		kill(server->supervisor, SIGTERM);
}

static void
do_half_close(struct server *server, struct drive *d)
{
	(void)server;
	shutdown(d->fd, SHUT_WR);
}

static void
do_narrow(struct server *server, struct drive *d)
{
	int size = NARROW;

	(void)server;
	setsockopt(d->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

static void
do_vanish(struct server *server, struct drive *d)
{
	(void)server;
	vanish(d->fd);
}

static void
do_appear(struct server *server, struct drive *d)
{
	(void)server;
	appear(d->fd);
}

enum want
drive_at_once(struct server *server, struct drive *d, enum want want)
{
	static void (*const todo[])(struct server *, struct drive *) = {
		[WANT_DIE]	= do_die,
		[WANT_STOP]	= do_stop,
		[WANT_HALF_CLOSE] = do_half_close,
		[WANT_NARROW]	= do_narrow,
		[WANT_VANISH]	= do_vanish,
		[WANT_APPEAR]	= do_appear,
	};

	todo[want](server, d);
	return drive_done(server, d);
}
