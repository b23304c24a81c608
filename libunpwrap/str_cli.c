/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define CHUNK	16384

struct dialogue {
	int	 in;		/* the user */
	int	 fd;		/* the server */
	int	 in_ended;	/* and the server has been told */
	size_t	 start, end;	/* chunk[start..end) is still to be sent */
	char	 chunk[CHUNK];
};

/* Returns -1 where the call is to be made again once poll(2) says so. */
static ssize_t
outcome(ssize_t n, const char *error)
{
	if (n == -1 && errno != EINTR && errno != EAGAIN &&
	    errno != EWOULDBLOCK)
		err_sys("%s", error);
	return n;
}

static void
take_input(struct dialogue *d)
{
	ssize_t got = outcome(read(d->in, d->chunk, sizeof(d->chunk)),
	    "str_cli: error reading input");

	if (got == 0) {
		d->in_ended = 1;
		/* ENOTCONN: the server is gone, which recv tells better. */
		if (shutdown(d->fd, SHUT_WR) == -1 && errno != ENOTCONN)
			err_sys("str_cli: shutdown error");
	} else if (got > 0) {
		d->start = 0;
		d->end = (size_t)got;
	}
}

/* Never blocks: a server that has to send before it reads on, while we wait to
 * send, would be a deadlock. */
static void
send_some(struct dialogue *d)
{
	ssize_t sent = send_quietly(d->fd, d->chunk + d->start,
	    d->end - d->start, MSG_DONTWAIT);

	if (sent == -1 && (errno == EPIPE || errno == ECONNRESET))
		err_quit("str_cli: server terminated prematurely");
	sent = outcome(sent, "str_cli: error sending");
	if (sent > 0)
		d->start += (size_t)sent;
}

/* Returns 0 at the end of the echo. */
static int
print_echo(const struct dialogue *d)
{
	char buf[CHUNK];
	ssize_t got = outcome(recv(d->fd, buf, sizeof(buf), MSG_DONTWAIT),
	    "str_cli: error reading from server");

	if (got == 0) {
		if (!d->in_ended)
			err_quit("str_cli: server terminated prematurely");
		return 0;
	}
	if (got > 0 && (fwrite(buf, 1, (size_t)got, stdout) != (size_t)got ||
	    fflush(stdout) == EOF))
		err_sys("str_cli: error writing output");
	return 1;
}

/* Input is read once the last of it is sent, so one chunk is all that is held,
 * and a slow server slows the reading down. */
void
str_cli(FILE *fp, int fd)
{
	struct dialogue d = { .in = fileno(fp), .fd = fd };
	struct pollfd ready[2];

	if (d.in == -1)		/* which poll(2) would pass over */
		err_sys("str_cli: error reading input");
	if (d.fd < 0) {
		errno = EBADF;
		err_sys("str_cli: error reading from server");
	}
	for (;;) {
		int unsent = d.start < d.end;

		ready[0].fd = unsent || d.in_ended ? -1 : d.in;
		ready[0].events = POLLIN;
		ready[1].fd = d.fd;
		ready[1].events = unsent ? POLLIN | POLLOUT : POLLIN;
		if (poll(ready, 2, -1) == -1) {
			if (errno == EINTR)
				continue;
			err_sys("str_cli: poll error");
		}
		if ((ready[1].revents & ~POLLOUT) && !print_echo(&d))
			return;
		if (ready[1].revents & POLLOUT)
			send_some(&d);
		if (ready[0].revents)
			take_input(&d);
	}
}
EXPORT(str_cli);
