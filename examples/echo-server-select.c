/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The echo server with select: many clients, one thread.  Usage: PROGRAM [PORT]
 *
 * Nothing but select waits, so that no client keeps another one waiting: what a
 * client does not take is kept, and until it has taken it nothing more is read
 * from it.  An fd_set has no room for descriptors from FD_SETSIZE on: a client
 * that would get one is sent away.
 */
#include <unpwrap.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static fd_set to_read, to_write;	/* what is waited for */
static struct client {
	size_t	 start, end;	/* buf[start..end) is yet to be written */
	char	 buf[16384];
} clients[FD_SETSIZE];		/* by their descriptors */

/* Has a call failed, and not merely come too early? */
static int
has_failed(ssize_t n)
{
	return n == -1 && errno != EAGAIN && errno != EWOULDBLOCK &&
	    errno != EINTR;
}

/* If there is no descriptor for a client, it stays in the queue.  Then select
 * ignores the listener for a while, as it would be ready all the time. */
static void
welcome(int listenfd)
{
	int fd = accept(listenfd, NULL, NULL);

	if (fd >= FD_SETSIZE) {
		Close(fd);
	} else if (fd != -1) {
		Fcntl(fd, F_SETFL, Fcntl(fd, F_GETFL, 0) | O_NONBLOCK);
		FD_SET(fd, &to_read);
	} else if (has_failed(fd)) {
		FD_CLR(listenfd, &to_read);
	}
}

static void
dismiss(int fd)
{
	FD_CLR(fd, &to_read);
	FD_CLR(fd, &to_write);
	clients[fd].start = clients[fd].end = 0;
	Close(fd);
}

static void
serve(int fd)
{
	struct client *c = &clients[fd];
	ssize_t n;

	if (c->start == c->end) {
		n = read(fd, c->buf, sizeof(c->buf));
		if (n == 0 || has_failed(n))
			dismiss(fd);
		if (n <= 0)
			return;
		c->start = 0;
		c->end = (size_t)n;
	}
	n = write(fd, c->buf + c->start, c->end - c->start);
	if (has_failed(n)) {
		dismiss(fd);
		return;
	}
	if (n > 0)
		c->start += (size_t)n;
	FD_CLR(fd, &to_read);
	FD_CLR(fd, &to_write);
	FD_SET(fd, c->start == c->end ? &to_read : &to_write);
}

int
main(int argc, char *argv[])
{
	struct timeval moment = { .tv_usec = 100000 };
	fd_set readable, writable;
	int listenfd;

	if (argc > 2)
		err_quit("usage: %s [PORT]", argv[0]);
	listenfd = Tcp_listen(NULL, argc > 1 ? argv[1] : "9877", NULL);
	/* A client may have gone by the time that it is accepted. */
	Fcntl(listenfd, F_SETFL, Fcntl(listenfd, F_GETFL, 0) | O_NONBLOCK);
	Signal(SIGPIPE, SIG_IGN);		/* write says EPIPE instead */
	FD_SET(listenfd, &to_read);
	for (;;) {
		readable = to_read;
		writable = to_write;
		/* Unlike select(2) of Linux, Select leaves the time alone. */
		Select(FD_SETSIZE, &readable, &writable, NULL,
		    FD_ISSET(listenfd, &to_read) ? NULL : &moment);
		FD_SET(listenfd, &to_read);
		if (FD_ISSET(listenfd, &readable)) {
			FD_CLR(listenfd, &readable);
			welcome(listenfd);
		}
		for (int fd = 0; fd < FD_SETSIZE; fd++)
			if (FD_ISSET(fd, &readable) || FD_ISSET(fd, &writable))
				serve(fd);
	}
}
