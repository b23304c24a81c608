/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "log.h"
#include "looks.h"
#include "loop.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOT_ADDED	0xff	/* an interest: the poller does not know it */

/* In the machine's place, an answer that needs no more from the system. */
static enum want
fail(struct drive *d, const char *what)
{
	log_error(what, errno);
	d->connection.cause = CAUSE_ERROR;
	return WANT_RESET;
}

/* Always returns WANT_NOTHING but on failure. */
static enum want
wait_for(struct loop *l, struct drive *d, enum want want, int interest)
{
	int fd = d->fd, result = 0;

	d->want = (unsigned char)want;
	if (d->interest == NOT_ADDED)
		result = l->ops->add(l->poller, fd, interest);
	else if (d->interest != interest || d->more)
		result = l->ops->change(l->poller, fd, interest);
	d->more = 0;
	if (result == -1)
		return fail(d, "cannot wait for a connection");
	d->interest = (unsigned char)interest;
	return WANT_NOTHING;
}

/*
 * What is wanted, a function for each; WANT_NOTHING: the client waits, or is
 * gone.
 */

static enum want
wait_in_bulk(struct loop *l, struct drive *d, const struct bulk *b)
{
	d->more = 1;
	return wait_for(l, d, WAIT_BULK, b->held > 0 ? POLLOUT : POLLIN);
}

static void
leave_bulk(struct loop *l, const struct drive *d)
{
	if (d->want == WAIT_BULK)
		bulk_give_back(bulk_of(l->bulks, d->fd));
}

/* Not tried before it is ready: the next message is seldom there already. */
static enum want
carry_read(struct loop *l, struct drive *d)
{
	struct bulk *b = d->bulky ? bulk_take(l->bulks, d->fd) : NULL;

	d->bulky = 0;
	return b != NULL ? wait_in_bulk(l, d, b) :
	    wait_for(l, d, WANT_READ, POLLIN);
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
wait_to_write(struct loop *l, struct drive *d)
{
	if (keep_rest(l, &d->connection) == -1)
		return fail(d, "cannot keep an echo");
	return wait_for(l, d, WANT_WRITE, POLLOUT);
}

static enum want
carry_write(struct loop *l, struct drive *d)
{
	struct connection *connection = &d->connection;
	size_t len = connection->end - connection->start;
	ssize_t n = send(d->fd, connection->buffer + connection->start,
	    len, 0);
	enum want want;

	if (n == -1 && errno == EINTR)
		return WANT_WRITE;
	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return wait_to_write(l, d);
	if (n == -1)
		return connection_failed(connection, errno);
	l->out += (uint64_t)n;
	d->quiet = 0;
	want = drive_wrote(l->server, d, (size_t)n);
	if (want == WANT_WRITE) {
		/* A fault's pieces are one a turn: others want theirs. */
		d->more = (size_t)n == len;
		return wait_to_write(l, d);
	}
	free_rest(l, connection);
	return want;
}

static enum want
carry_finish(struct loop *l, struct drive *d)
{
	leave_bulk(l, d);
	shutdown(d->fd, SHUT_WR);
	d->quiet = 0;
	return wait_for(l, d, WANT_FINISH, POLLIN);
}

static enum want
end(struct loop *l, struct drive *d, int with_reset)
{
	free_rest(l, &d->connection);
	leave_bulk(l, d);
	if (d->interest != NOT_ADDED)
		l->ops->forget(l->poller, d->fd);
	drive_end(l->server, d, with_reset);
	d->fd = 0;
	l->active--;
	return WANT_NOTHING;
}

static enum want
carry_close(struct loop *l, struct drive *d)
{
	return end(l, d, 0);
}

static enum want
carry_reset(struct loop *l, struct drive *d)
{
	return end(l, d, 1);
}

static enum want
wait_held(struct loop *l, struct drive *d, enum want want, int64_t ns)
{
	if (l->acceptor.stopping)
		return connection_let_go(&d->connection);
	if (timers_add(&l->timers, (struct timer){ .at = l->now + ns,
	    .number = d->peer.number, .fd = d->fd }) == -1)
		return fail(d, "cannot hold a connection");
	return wait_for(l, d, want, 0);
}

static enum want
carry_hold(struct loop *l, struct drive *d)
{
	return wait_held(l, d, WANT_HOLD, drive_hold_ns(d));
}

static enum want
carry_sense(struct loop *l, struct drive *d)
{
	if (drive_senses(d))
		return connection_read(&d->connection, 1);
	return wait_held(l, d, WANT_SENSE, SENSE_NS);
}

static enum want
carry_vanish(struct loop *l, struct drive *d)
{
	if (drive_can_vanish(d))
		return drive_at_once(l->server, d, WANT_VANISH);
	return wait_held(l, d, WANT_VANISH, SENSE_NS);
}

/* Those that have no function are done at once. */
static enum want (*const carry_out[WANT_NOTHING])(struct loop *,
    struct drive *) = {
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
carry_on(struct loop *l, struct drive *d, enum want want)
{
	while (want != WANT_NOTHING) {
		drive_tell_faults(l->server, d);
		want = carry_out[want] != NULL ? carry_out[want](l, d) :
		    drive_at_once(l->server, d, want);
	}
}

/*
 * What happens.
 */

void
client_start(struct loop *l, int fd, const struct peer *peer)
{
	struct drive *d = table_place(&l->table, fd);

	if (d == NULL) {
		log_error("cannot serve a connection", errno);
		acceptor_refuse(&l->acceptor, peer, fd);
		return;
	}
	if (l->active++ == 0)
		l->next_look = l->now + l->look_ns;
	d->peer = *peer;
	d->interest = NOT_ADDED;
	d->quiet = 0;
	d->bulky = d->more = 0;
	d->want = WANT_READ;
	carry_on(l, d, drive_start(l->server, d, fd, l->buffer));
}

/* recv(2) was asked for "most" bytes and returned n.  Fewer means that no more
 * was there, except at TCP's urgent mark, and on a UNIX-domain socket at a
 * descriptor. */
static int
may_be_more(const struct drive *d, ssize_t n, size_t most, int events)
{
	if (n == (ssize_t)most || (events & (POLLHUP | POLLERR)) != 0)
		return 1;
	return n > 0 && ((events & POLLPRI) != 0 ||
	    d->peer.addr.any.sa_family == AF_UNIX);
}

static enum want
ready_to_read(struct loop *l, struct drive *d, int events)
{
	struct connection *connection = &d->connection;
	size_t room = connection_room(connection), most = DRIVE_BUFFER - room;
	ssize_t n = recv(d->fd, connection->buffer + room, most, 0);

	d->more = may_be_more(d, n, most, events);
	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK ||
	    errno == EINTR))
		return WANT_READ;
	if (n == -1)
		return connection_failed(connection, errno);
	l->in += (uint64_t)n;
	d->quiet = 0;
	d->bulky = n == DRIVE_BUFFER && connection->course == NULL;
	return drive_read(l->server, d, (size_t)n);
}

static enum want
ready_in_bulk(struct loop *l, struct drive *d, int events)
{
	struct bulk *b = bulk_of(l->bulks, d->fd);
	size_t in, out;
	int goes_on = bulk_move(b, &in, &out), error = errno;

	(void)events;
	l->in += in;
	l->out += out;
	d->in += in;
	d->out += out;
	if (in + out > 0)
		d->quiet = 0;
	if (goes_on == -1 && error != 0)
		return connection_failed(&d->connection, error);
	if (goes_on == 1)
		return wait_in_bulk(l, d, b);
	bulk_give_back(b);
	d->more = 1;
	return wait_for(l, d, WANT_READ, POLLIN);
}

static enum want
ready_to_end(struct loop *l, struct drive *d, int events)
{
	ssize_t n = recv(d->fd, l->buffer, DRIVE_BUFFER, 0);

	(void)events;
	if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR))
		return WANT_CLOSE;
	d->more = n > 0 || errno == EINTR;
	return wait_for(l, d, WANT_FINISH, POLLIN);
}

/* It waits for no event: the client is gone. */
static enum want
gone(struct loop *l, struct drive *d, int events)
{
	(void)l, (void)events;
	return drive_gone(d);
}

static enum want
ready_to_write(struct loop *l, struct drive *d, int events)
{
	(void)events;
	return carry_write(l, d);
}

void
client_ready(struct loop *l, struct drive *d, int events)
{
	static enum want (*const reactions[])(struct loop *, struct drive *,
	    int events) = {
		[WANT_READ]	= ready_to_read,
		[WANT_WRITE]	= ready_to_write,
		[WANT_FINISH]	= ready_to_end,
		[WANT_HOLD]	= gone,
		[WANT_SENSE]	= gone,
		[WANT_VANISH]	= gone,
		[WAIT_BULK]	= ready_in_bulk,
	};

	carry_on(l, d, reactions[d->want](l, d, events));
}

static int
is_held(const struct drive *d)
{
	return d->want == WANT_HOLD || d->want == WANT_SENSE ||
	    d->want == WANT_VANISH;
}

void
client_timer(struct loop *l, struct drive *d)
{
	if (d->want == WANT_VANISH)
		carry_on(l, d, WANT_VANISH);
	else if (is_held(d))
		carry_on(l, d, drive_done(l->server, d));
}

void
client_stop(struct loop *l, struct drive *d)
{
	if (is_held(d))
		carry_on(l, d, connection_let_go(&d->connection));
}

static int64_t
limit_of(const struct loop *l, const struct drive *d)
{
	if (d->want == WANT_FINISH)
		return FINISH_NS;
	return d->interest == POLLOUT ? l->server->limits.write_ns :
	    l->server->limits.idle_ns;
}

void
client_look(struct loop *l, struct drive *d)
{
	d->quiet = looks_one_more(d->quiet);
	if (!looks_over(d->quiet, l->look_ns, limit_of(l, d)))
		return;
	if (d->want == WANT_FINISH)
		carry_on(l, d, WANT_CLOSE);
	else if (d->interest == POLLOUT)
		carry_on(l, d, connection_write_timeout(&d->connection));
	else
		carry_on(l, d, connection_read_timeout(&d->connection));
}
