/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The echo server with poll: many clients, one thread.  Usage: PROGRAM [PORT]
 *
 * Nothing but poll waits, so that no client keeps another one waiting: what a
 * client does not take is kept, and until it has taken it nothing more is read
 * from it.  The size of the table, unlike select's, is the program's choice.
 */
#include <unpwrap.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#define ENTRIES		1024
#define PAUSE_MS	100

/* Entry 0 is the listener's; one whose fd is -1 is free, and poll passes over
 * it.  All of them would be too many for poll where descriptors are few. */
static struct pollfd ready[ENTRIES];
static int used = 1;
static struct client {
	size_t	 start, end;	/* buf[start..end) is yet to be written */
	char	 buf[16384];
} clients[ENTRIES];

/* Has a call failed, and not merely come too early? */
static int
has_failed(ssize_t n)
{
	return n == -1 && errno != EAGAIN && errno != EWOULDBLOCK &&
	    errno != EINTR;
}

/* If there is no entry or descriptor for a client, it stays in the queue.  Then
 * poll ignores the listener for a while, as it would be ready all the time. */
static void
welcome(void)
{
	int i = 1, fd = -1;

	while (i < used && ready[i].fd != -1)
		i++;
	if (i < ENTRIES)
		fd = accept(ready[0].fd, NULL, NULL);
	if (fd != -1) {
		Fcntl(fd, F_SETFL, Fcntl(fd, F_GETFL, 0) | O_NONBLOCK);
		ready[i] = (struct pollfd){ .fd = fd, .events = POLLIN };
		if (i == used)
			used++;
	} else if (i == ENTRIES || has_failed(fd)) {
		ready[0].fd = -1;
	}
}

static void
dismiss(int i)
{
	Close(ready[i].fd);
	ready[i].fd = -1;
	clients[i].start = clients[i].end = 0;
}

static void
serve(int i)
{
	struct client *c = &clients[i];
	ssize_t n;

	if (c->start == c->end) {
		n = read(ready[i].fd, c->buf, sizeof(c->buf));
		if (n == 0 || has_failed(n))
			dismiss(i);
		if (n <= 0)
			return;
		c->start = 0;
		c->end = (size_t)n;
	}
	n = write(ready[i].fd, c->buf + c->start, c->end - c->start);
	if (has_failed(n)) {
		dismiss(i);
		return;
	}
	if (n > 0)
		c->start += (size_t)n;
	ready[i].events = c->start == c->end ? POLLIN : POLLOUT;
}

int
main(int argc, char *argv[])
{
	int listenfd;

	if (argc > 2)
		err_quit("usage: %s [PORT]", argv[0]);
	listenfd = Tcp_listen(NULL, argc > 1 ? argv[1] : "9877", NULL);
	/* A client may have gone by the time that it is accepted. */
	Fcntl(listenfd, F_SETFL, Fcntl(listenfd, F_GETFL, 0) | O_NONBLOCK);
	Signal(SIGPIPE, SIG_IGN);		/* write says EPIPE instead */
	ready[0] = (struct pollfd){ .fd = listenfd, .events = POLLIN };
	for (;;) {
		Poll(ready, (unsigned long)used,
		    ready[0].fd == -1 ? PAUSE_MS : -1);
		for (int i = 1; i < used; i++)
			if (ready[i].fd != -1 && ready[i].revents != 0)
				serve(i);
		if (ready[0].fd == -1)
			ready[0].fd = listenfd;
		else if (ready[0].revents != 0)
			welcome();
	}
}
