/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "log.h"
#include "loop.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL	/* the program ignores SIGPIPE anyway */
#define MSG_NOSIGNAL	0
#endif

#define NOT_ADDED	0xff	/* an interest: the poller does not know it */

/* A machine's answer that needs nothing of the system any more. */
static enum want
fail(struct client *c, const char *what)
{
	log_error(what, errno);
	c->drive.connection.cause = CAUSE_ERROR;
	return WANT_RESET;
}

/* Always returns WANT_NOTHING but on failure. */
static enum want
wait_for(struct loop *l, struct client *c, enum want want, int interest)
{
	int fd = c->drive.fd, result = 0;

	c->want = (unsigned char)want;
	if (c->interest == NOT_ADDED)
		result = l->ops->add(l->poller, fd, interest);
	else if (c->interest != interest)
		result = l->ops->change(l->poller, fd, interest);
	if (result == -1)
		return fail(c, "cannot wait for a connection");
	c->interest = (unsigned char)interest;
	return WANT_NOTHING;
}

/*
 * What is wanted, a function for each; WANT_NOTHING: the client waits, or is
 * gone.
 */

/* Not tried before it is ready: the next message is seldom there already. */
static enum want
carry_read(struct loop *l, struct client *c)
{
	return wait_for(l, c, WANT_READ, POLLIN);
}

/* Memory of the client's own, while the loop's buffer serves others. */
static int
keep_rest(struct loop *l, struct connection *c)
{
	uint32_t n = c->end - c->start;
	char *rest;

	if (c->buffer != l->buffer)
		return 0;
	rest = malloc(n);
	if (rest == NULL)
		return -1;
	memcpy(rest, c->buffer + c->start, n);
	c->buffer = rest;
	c->start = 0;
	c->end = n;
	return 0;
}

static void
free_rest(struct loop *l, struct connection *c)
{
	if (c->course != NULL || c->buffer == l->buffer)
		return;
	free(c->buffer);
	c->buffer = l->buffer;
}

static enum want
wait_to_write(struct loop *l, struct client *c)
{
	if (keep_rest(l, &c->drive.connection) == -1)
		return fail(c, "cannot keep an echo");
	return wait_for(l, c, WANT_WRITE, POLLOUT);
}

static enum want
carry_write(struct loop *l, struct client *c)
{
	struct connection *connection = &c->drive.connection;
	size_t len = connection->end - connection->start;
	ssize_t n = send(c->drive.fd, connection->buffer + connection->start,
	    len, MSG_NOSIGNAL);
	enum want want;

	if (n == -1 && errno == EINTR)
		return WANT_WRITE;
	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return wait_to_write(l, c);
	if (n == -1)
		return connection_failed(connection, errno);
	l->out += (uint64_t)n;
	c->quiet = 0;
	want = drive_wrote(l->server, &c->drive, (size_t)n);
	if (want == WANT_WRITE && (size_t)n < len)
		return wait_to_write(l, c);
	if (want != WANT_WRITE)
		free_rest(l, connection);
	return want;
}

/* close(2) with unread input sends a reset, which can overtake the echo and
 * have the client's kernel throw it away: read until the client has closed
 * too. */
static enum want
carry_finish(struct loop *l, struct client *c)
{
	shutdown(c->drive.fd, SHUT_WR);
	c->quiet = 0;
	return wait_for(l, c, WANT_FINISH, POLLIN);
}

static enum want
end(struct loop *l, struct client *c, int with_reset)
{
	free_rest(l, &c->drive.connection);
	if (c->interest != NOT_ADDED)
		l->ops->forget(l->poller, c->drive.fd);
	if (with_reset)
		drive_reset(&c->drive);
	else
		close(c->drive.fd);
	drive_end(l->server, &c->drive);
	c->drive.fd = 0;
	l->active--;
	atomic_fetch_sub(&l->server->part->current, 1);
	return WANT_NOTHING;
}

static enum want
carry_close(struct loop *l, struct client *c)
{
	return end(l, c, 0);
}

static enum want
carry_reset(struct loop *l, struct client *c)
{
	return end(l, c, 1);
}

/* Without memory for a timer, the next look serves as one. */
static enum want
wait_held(struct loop *l, struct client *c, enum want want, int64_t ns)
{
	if (l->acceptor.stopping)
		return connection_failed(&c->drive.connection, ECANCELED);
	timers_add(&l->timers, (struct timer){ .at = l->now + ns,
	    .number = c->drive.peer.number, .fd = c->drive.fd });
	return wait_for(l, c, want, 0);
}

static enum want
carry_hold(struct loop *l, struct client *c)
{
	return wait_held(l, c, WANT_HOLD, drive_hold_ns(&c->drive));
}

static enum want
carry_sense(struct loop *l, struct client *c)
{
	if (drive_senses(&c->drive))
		return connection_read(&c->drive.connection, 1);
	return wait_held(l, c, WANT_SENSE, SENSE_NS);
}

static enum want
carry_vanish(struct loop *l, struct client *c)
{
	if (drive_can_vanish(&c->drive))
		return drive_at_once(l->server, &c->drive, WANT_VANISH);
	return wait_held(l, c, WANT_VANISH, SENSE_NS);
}

/* Those that have no function are done at once. */
static enum want (*const carry_out[WANT_NOTHING])(struct loop *,
    struct client *) = {
	[WANT_READ]	= carry_read,
	[WANT_WRITE]	= carry_write,
	[WANT_FINISH]	= carry_finish,
	[WANT_CLOSE]	= carry_close,
	[WANT_RESET]	= carry_reset,
	[WANT_HOLD]	= carry_hold,
	[WANT_SENSE]	= carry_sense,
	[WANT_VANISH]	= carry_vanish,
};

static void
carry_on(struct loop *l, struct client *c, enum want want)
{
	while (want != WANT_NOTHING) {
		drive_tell_faults(l->server, &c->drive);
		want = carry_out[want] != NULL ? carry_out[want](l, c) :
		    drive_at_once(l->server, &c->drive, want);
	}
}

/*
 * What happens.
 */

void
client_start(struct loop *l, int fd, const struct peer *peer)
{
	struct client *c = table_place(&l->table, fd);

	if (c == NULL) {
		log_error("cannot serve a connection", errno);
		atomic_fetch_sub(&l->server->part->current, 1);
		refuse_connection(l->server, fd);
		return;
	}
	if (l->active++ == 0)
		l->next_look = l->now + l->look_ns;
	c->drive.peer = *peer;
	c->interest = NOT_ADDED;
	c->quiet = 0;
	carry_on(l, c, drive_start(l->server, &c->drive, fd, l->buffer));
}

/* Level-triggered: what is not read now is told again. */
static enum want
ready_to_read(struct loop *l, struct client *c)
{
	struct connection *connection = &c->drive.connection;
	size_t room = connection_room(connection);
	ssize_t n = recv(c->drive.fd, connection->buffer + room,
	    DRIVE_BUFFER - room, 0);

	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK ||
	    errno == EINTR))
		return WANT_NOTHING;
	if (n == -1)
		return connection_failed(connection, errno);
	l->in += (uint64_t)n;
	c->quiet = 0;
	return drive_read(l->server, &c->drive, (size_t)n);
}

static enum want
ready_to_end(struct loop *l, struct client *c)
{
	ssize_t n = recv(c->drive.fd, l->buffer, DRIVE_BUFFER, 0);

	return n > 0 || (n == -1 && (errno == EAGAIN || errno == EINTR)) ?
	    WANT_NOTHING : WANT_CLOSE;
}

/* It waits for no event: the client is gone. */
static enum want
gone(struct loop *l, struct client *c)
{
	(void)l;
	return connection_failed(&c->drive.connection, ECONNRESET);
}

void
client_ready(struct loop *l, struct client *c, int events)
{
	static enum want (*const reactions[WANT_NOTHING])(struct loop *,
	    struct client *) = {
		[WANT_READ]	= ready_to_read,
		[WANT_WRITE]	= carry_write,
		[WANT_FINISH]	= ready_to_end,
		[WANT_HOLD]	= gone,
		[WANT_SENSE]	= gone,
		[WANT_VANISH]	= gone,
	};

	(void)events;
	carry_on(l, c, reactions[c->want](l, c));
}

static int
is_held(const struct client *c)
{
	return c->want == WANT_HOLD || c->want == WANT_SENSE ||
	    c->want == WANT_VANISH;
}

void
client_timer(struct loop *l, struct client *c)
{
	if (c->want == WANT_VANISH)
		carry_on(l, c, WANT_VANISH);
	else if (is_held(c))
		carry_on(l, c, drive_done(l->server, &c->drive));
}

void
client_stop(struct loop *l, struct client *c)
{
	if (is_held(c))
		carry_on(l, c, connection_failed(&c->drive.connection,
		    ECANCELED));
}

static int64_t
limit_of(const struct loop *l, const struct client *c)
{
	if (c->want == WANT_FINISH)
		return FINISH_NS;
	return c->want == WANT_WRITE ? l->server->limits.write_ns :
	    l->server->limits.idle_ns;
}

void
client_look(struct loop *l, struct client *c)
{
	int64_t limit = limit_of(l, c);

	if (c->quiet < UINT16_MAX)
		c->quiet++;
	if (limit == 0 || (c->quiet - 1) * l->look_ns < limit)
		return;
	if (c->want == WANT_FINISH)
		carry_on(l, c, WANT_CLOSE);
	else if (c->want == WANT_WRITE)
		carry_on(l, c, connection_write_timeout(&c->drive.connection));
	else
		carry_on(l, c, connection_read_timeout(&c->drive.connection));
}
