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

/* The bulk of the client, or with NULL one that is nobody's. */
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

/* splice(2) goes by the descriptor's mode, and so does the ring, which would
 * not wait for what is not there. */
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

static enum want
move(struct uring_loop *l, struct uring_client *c, struct bulk *b)
{
	size_t in, out;
	int goes_on = bulk_move(b, &in, &out), error = errno;

	l->in += in;
	l->out += out;
	if (in + out > 0)
		c->quiet = 0;
	if (goes_on == 0)
		return leave_for(l, c, WANT_READ);
	if (goes_on == -1 && error == 0)
		return leave_for(l, c, connection_read(&c->connection, 0));
	if (goes_on == -1)
		return leave_for(l, c, connection_failed(&c->connection,
		    error));
	wait_for(l, c, b->held > 0 ? POLLOUT : POLLIN);
	return WANT_NOTHING;
}

enum want
uring_bulk_ready(struct uring_loop *l, struct uring_client *c, int result)
{
	struct bulk *b = &l->bulks[number_of(l, c)];

	if (b->fd != NO_DESCRIPTOR)
		return move(l, c, b);
	if (result < 0)
		return leave_for(l, c, WANT_READ);
	begin(l, c, b, result);
	return WANT_NOTHING;
}

int
uring_bulk_is_sending(const struct uring_loop *l, const struct uring_client *c)
{
	int i = number_of(l, c);

	return i < BULKS && l->bulks[i].held > 0;
}
