/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "uring_bulk.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#define NO_DESCRIPTOR	(-1)	/* a bulk's fd: the client has none yet */

/* The number of the client's bulk; BULKS: it has none. */
static int
number_of(const struct uring_loop *l, const struct uring_client *c)
{
	int i = 0;

	while (i < BULKS && l->bulky[i] != c)
		i++;
	return i;
}

static void
await(struct uring_client *c, struct io_uring_sqe *sqe)
{
	uring_client_aim(sqe, c, 0, completion_of(c, ON_SEND));
	c->flags |= CLIENT_SENDING;
}

/* splice(2) knows no direct descriptors. */
static void
install(struct uring_loop *l, struct uring_client *c)
{
	struct io_uring_sqe *sqe = uring_sqe(&l->ring, 1);

	io_uring_prep_rw(OP_FIXED_FD_INSTALL, sqe, c->fd, NULL, 0, 0);
	await(c, sqe);
}

static void
wait_for(struct uring_loop *l, struct uring_client *c, unsigned events)
{
	struct io_uring_sqe *sqe = uring_sqe(&l->ring, 1);

	io_uring_prep_poll_add(sqe, c->fd, events);
	await(c, sqe);
}

/* splice(2) obeys the descriptor's O_NONBLOCK, and so does the ring, whose
 * operations would then fail rather than wait. */
static void
set_nonblocking(int fd, int is_on)
{
	int flags = fcntl(fd, F_GETFL);

	fcntl(fd, F_SETFL, is_on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

static void
begin(struct uring_loop *l, struct uring_client *c, struct bulk *b, int fd)
{
	b->fd = fd;
	set_nonblocking(fd, 1);
	wait_for(l, c, POLLIN);
}

int
uring_bulk_begin(struct uring_loop *l, struct uring_client *c)
{
	struct bulk *b = bulk_take(l->bulks, NO_DESCRIPTOR);

	if (b == NULL)
		return -1;
	l->bulky[b - l->bulks] = c;
	if ((c->flags & CLIENT_DIRECT) != 0)
		install(l, c);
	else
		begin(l, c, b, c->fd);
	return 0;
}

static void
release(const struct uring_client *c, int fd)
{
	set_nonblocking(fd, 0);
	if ((c->flags & CLIENT_DIRECT) != 0)
		close(fd);
}

void
uring_bulk_leave(struct uring_loop *l, struct uring_client *c)
{
	int i = number_of(l, c);

	if (i == BULKS)
		return;
	if (l->bulks[i].fd != NO_DESCRIPTOR)
		release(c, l->bulks[i].fd);
	bulk_give_back(&l->bulks[i]);
	l->bulky[i] = NULL;
}

static enum want
leave_for(struct uring_loop *l, struct uring_client *c, enum want want)
{
	uring_bulk_leave(l, c);
	return want;
}

/* The ring's poll also ends when the client has half-closed, so another one
 * would end at once.  Moves a piece at a time: each restarts the client's
 * timeout. */
static void
empty(struct uring_loop *l, struct uring_client *c, const struct bulk *b)
{
	struct io_uring_sqe *sqe = uring_sqe(&l->ring, 1);
	size_t n = b->held < DRIVE_BUFFER ? b->held : DRIVE_BUFFER;

	set_nonblocking(b->fd, 0);
	io_uring_prep_splice(sqe, b->pipe[0], -1, c->fd, -1, (unsigned)n, 0);
	await(c, sqe);
	c->flags |= CLIENT_EMPTYING;
}

/* events: of the poll that has completed. */
static enum want
move(struct uring_loop *l, struct uring_client *c, struct bulk *b, int events)
{
	size_t in, out;
	int goes_on = bulk_move(b, &in, &out), error = errno;

	l->in += in;
	l->out += out;
	if (in + out > 0)
		c->quiet = 0;
	if (goes_on == -1 && error != 0)
		return leave_for(l, c, connection_failed(&c->connection,
		    error));
	if (goes_on != 1)
		return leave_for(l, c, WANT_READ);
	if (b->held == 0)
		wait_for(l, c, POLLIN);
	else if ((events & POLLRDHUP) != 0)
		empty(l, c, b);
	else
		wait_for(l, c, POLLOUT);
	return WANT_NOTHING;
}

static enum want
emptied(struct uring_loop *l, struct uring_client *c, struct bulk *b,
    int result)
{
	c->flags &= (unsigned char)~CLIENT_EMPTYING;
	set_nonblocking(b->fd, 1);
	if (result < 0 && result != -EINTR && result != -EAGAIN)
		return leave_for(l, c, connection_failed(&c->connection,
		    -result));
	if (result > 0) {
		b->held -= (size_t)result;
		l->out += (size_t)result;
		c->quiet = 0;
	}
	return move(l, c, b, POLLRDHUP);
}

enum want
uring_bulk_ready(struct uring_loop *l, struct uring_client *c, int result)
{
	struct bulk *b = &l->bulks[number_of(l, c)];

	if ((c->flags & CLIENT_EMPTYING) != 0)
		return emptied(l, c, b, result);
	if (b->fd != NO_DESCRIPTOR)
		return move(l, c, b, result);
	if (result < 0)
		return leave_for(l, c, WANT_READ);
	begin(l, c, b, result);
	return WANT_NOTHING;
}

int
uring_bulk_descriptor(const struct uring_loop *l, const struct uring_client *c)
{
	int i = number_of(l, c);

	return i < BULKS ? l->bulks[i].fd : NO_DESCRIPTOR;
}

int
uring_bulk_is_sending(const struct uring_loop *l, const struct uring_client *c)
{
	int i = number_of(l, c);

	return i < BULKS && l->bulks[i].held > 0;
}
