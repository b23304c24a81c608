/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "blocking.h"
#include "drive.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <errno.h>
#include <poll.h>
#include <unistd.h>

struct blocking {
	struct drive	 drive;
	struct server	*server;
	char		*buffer;
	int64_t		 held_since;	/* 0: it is not held */
};

static enum want
carry_read(struct blocking *b)
{
	struct drive *d = &b->drive;
	size_t room = connection_room(&d->connection);
	ssize_t n = recv(d->fd, d->connection.buffer + room,
	    DRIVE_BUFFER - room, 0);

	if (n >= 0) {
		count(&b->server->part->bytes_in, (uint64_t)n);
		return drive_read(b->server, d, (size_t)n);
	}
	if (errno == EINTR)
		return WANT_READ;
	if (errno == EAGAIN || errno == EWOULDBLOCK)	/* SO_RCVTIMEO */
		return connection_read_timeout(&d->connection);
	return connection_failed(&d->connection, errno);
}

static enum want
carry_write(struct blocking *b)
{
	struct connection *c = &b->drive.connection;
	ssize_t n = send(b->drive.fd, c->buffer + c->start, c->end - c->start,
	    0);

	if (n >= 0) {
		count(&b->server->part->bytes_out, (uint64_t)n);
		return drive_wrote(b->server, &b->drive, (size_t)n);
	}
	if (errno == EINTR)
		return WANT_WRITE;
	if (errno == EAGAIN || errno == EWOULDBLOCK)	/* SO_SNDTIMEO */
		return connection_write_timeout(c);
	return connection_failed(c, errno);
}

static enum want
carry_close(struct blocking *b)
{
	drive_end(b->server, &b->drive, 0);
	return WANT_NOTHING;
}

static enum want
carry_reset(struct blocking *b)
{
	drive_end(b->server, &b->drive, 1);
	return WANT_NOTHING;
}

static enum want
carry_finish(struct blocking *b)
{
	struct pollfd ready = { .fd = b->drive.fd, .events = POLLIN };
	int64_t deadline = deadline_in(FINISH_NS);
	int left;

	shutdown(b->drive.fd, SHUT_WR);
	while ((left = deadline_left(deadline)) > 0) {
		ssize_t n;

		if (poll(&ready, 1, left) <= 0)
			continue;
		n = recv(b->drive.fd, b->buffer, DRIVE_BUFFER, MSG_DONTWAIT);
		if (n == 0 || (n == -1 && errno != EINTR && errno != EAGAIN))
			break;
	}
	return carry_close(b);
}

/* Nothing is read or written; but a client that is gone, a stop and the idle
 * timeout end even this. */
static enum want
wait_held(struct blocking *b, int64_t ns)
{
	struct pollfd ready[] = {
		{ .fd = b->drive.fd, .events = 0 },
		{ .fd = b->server->worker->stopfd, .events = POLLIN },
	};
	int64_t idle = b->server->limits.idle_ns, now = monotonic_ns();
	struct connection *c = &b->drive.connection;

	if (b->held_since == 0)
		b->held_since = now;
	if (idle != 0 && now - b->held_since > idle)
		return connection_read_timeout(c);
	if (poll(ready, 2, (int)(ns / NSEC_PER_MSEC) + 1) > 0) {
		if (ready[0].revents != 0)
			return drive_gone(&b->drive);
		if (ready[1].revents != 0)
			return connection_let_go(c);
	}
	return drive_done(b->server, &b->drive);
}

static enum want
carry_hold(struct blocking *b)
{
	return wait_held(b, drive_hold_ns(&b->drive));
}

static enum want
carry_sense(struct blocking *b)
{
	if (drive_senses(&b->drive))
		return connection_read(&b->drive.connection, 1);
	return wait_held(b, SENSE_NS);
}

static enum want
carry_vanish(struct blocking *b)
{
	while (!drive_can_vanish(&b->drive))
		poll(NULL, 0, SENSE_NS / NSEC_PER_MSEC);
	return drive_at_once(b->server, &b->drive, WANT_VANISH);
}

/* Those that have no function are done at once. */
static enum want (*const carry_out[WANT_NOTHING])(struct blocking *) = {
	[WANT_READ]	= carry_read,
	[WANT_WRITE]	= carry_write,
	[WANT_FINISH]	= carry_finish,
	[WANT_CLOSE]	= carry_close,
	[WANT_RESET]	= carry_reset,
	[WANT_HOLD]	= carry_hold,
	[WANT_SENSE]	= carry_sense,
	[WANT_VANISH]	= carry_vanish,
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
serve_blocking(struct server *server, int fd, const struct peer *peer,
    char *buffer)
{
	struct blocking b = {
		.drive.peer = *peer, .server = server, .buffer = buffer,
	};
	enum want want = drive_start(server, &b.drive, fd, buffer);

	set_timeout(fd, SO_RCVTIMEO, server->limits.idle_ns);
	set_timeout(fd, SO_SNDTIMEO, server->limits.write_ns);
	while (want != WANT_NOTHING) {
		drive_tell_faults(server, &b.drive);
		if (want != WANT_HOLD && want != WANT_SENSE)
			b.held_since = 0;
		want = carry_out[want] != NULL ? carry_out[want](&b) :
		    drive_at_once(server, &b.drive, want);
	}
}
