/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "bulk.h"

#include <errno.h>

#ifdef HAVE_SPLICE

#include <fcntl.h>
#include <unistd.h>

#define PIPE_SIZE	(1 << 20)	/* what an ordinary user may have */
#define SMALL		32768		/* bytes of a turn */
#define REFUSED		(-1)		/* a pipe: not tried again */

static void
drop_pipe(struct bulk *b)
{
	close(b->pipe[0]);
	close(b->pipe[1]);
	b->pipe[0] = 0;
}

/* If the user has many large pipes already, it stays at 64 KiB, or is made with
 * a page or two, which is of no use. */
static int
make_pipe(struct bulk *b)
{
	int size;

	if (pipe2(b->pipe, O_CLOEXEC | O_NONBLOCK) == -1) {
		b->pipe[0] = 0;
		return -1;
	}
	fcntl(b->pipe[0], F_SETPIPE_SZ, PIPE_SIZE);
	size = fcntl(b->pipe[0], F_GETPIPE_SZ);
	b->most = size > 0 ? (size_t)size : DRIVE_BUFFER;
	if (b->most >= DRIVE_BUFFER)
		return 0;
	drop_pipe(b);
	b->pipe[0] = REFUSED;
	return -1;
}

struct bulk *
bulk_of(struct bulk bulks[BULKS], int fd)
{
	for (int i = 0; i < BULKS; i++)
		if (bulks[i].fd == fd)
			return &bulks[i];
	return NULL;
}

struct bulk *
bulk_take(struct bulk bulks[BULKS], int fd)
{
	struct bulk *b = bulk_of(bulks, 0);

	if (b == NULL || b->pipe[0] == REFUSED ||
	    (b->pipe[0] == 0 && make_pipe(b) == -1))
		return NULL;
	b->fd = fd;
	b->held = 0;
	return b;
}

void
bulk_give_back(struct bulk *b)
{
	b->fd = 0;
	if (b->held != 0)
		drop_pipe(b);
}

/* Returns bytes, 0 for none now, -1 as bulk_move. */
static ssize_t
moved(ssize_t n)
{
	if (n > 0)
		return n;
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n == 0)
		errno = 0;
	return -1;
}

/* The pipe may be full of fragments before it holds its size.  An end of the
 * bytes is told again once the pipe is empty. */
int
bulk_move(struct bulk *b, size_t *in, size_t *out)
{
	const unsigned flags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;
	ssize_t n = 0;
	int error = 0;

	*in = *out = 0;
	if (b->held < b->most)
		n = moved(splice(b->fd, NULL, b->pipe[1], NULL,
		    b->most - b->held, flags));
	if (n == -1 && b->held == 0)
		return -1;
	if (n == -1)
		error = errno;		/* the socket tells it once */
	*in = n > 0 ? (size_t)n : 0;
	b->held += *in;
	n = b->held == 0 ? 0 : moved(splice(b->pipe[0], NULL, b->fd, NULL,
	    b->held, flags));
	if (n == -1 && error != 0)
		errno = error;
	if (n == -1)
		return -1;
	*out = (size_t)n;
	b->held -= *out;
	return b->held > 0 || *in >= SMALL;
}

#else

struct bulk *
bulk_take(struct bulk bulks[BULKS], int fd)
{
	(void)bulks, (void)fd;
	return NULL;
}

struct bulk *
bulk_of(struct bulk bulks[BULKS], int fd)
{
	(void)bulks, (void)fd;
	return NULL;
}

void
bulk_give_back(struct bulk *b)
{
	(void)b;
}

int
bulk_move(struct bulk *b, size_t *in, size_t *out)
{
	(void)b;
	*in = *out = 0;
	errno = ENOSYS;
	return -1;
}

#endif
