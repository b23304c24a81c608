/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What the peers have in common: where they listen, and what of an echo the
 * kernel did not take at once.  A connection allocates for that alone.
 */
#ifndef PEER_H
#define PEER_H

#include <sys/resource.h>
#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER	65536

static char hot[BUFFER];	/* one for all: who reads sends at once */

struct rest {
	char	*bytes;
	size_t	 from, to;
};

static inline void
fail(const char *what)
{
	perror(what);
	exit(1);
}

/* On 127.0.0.1 at $PORT; not blocking, TCP_NODELAY is inherited. */
static inline int
peer_listen(void)
{
	const char *port = getenv("PORT");
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	    .sin_port = htons((unsigned short)atoi(port ? port : "7")) };
	struct rlimit limit;
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0);

	signal(SIGPIPE, SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	if (fd == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) ||
	    bind(fd, (struct sockaddr *)&in, sizeof(in)) || listen(fd, 4096))
		fail("listen");
	return fd;
}

/* Sends as much as goes now and keeps the rest; -1: the connection is over. */
static inline int
echo(int fd, const char *bytes, size_t n, struct rest *rest)
{
	ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);

	if (sent == -1 && errno != EAGAIN)
		return -1;
	if (sent == -1)
		sent = 0;
	if ((size_t)sent == n)
		return 0;
	rest->bytes = malloc(n - (size_t)sent);
	if (rest->bytes == NULL)
		return -1;
	rest->from = 0;
	rest->to = n - (size_t)sent;
	memcpy(rest->bytes, bytes + sent, rest->to);
	return 0;
}

/* 1: some is left; 0: all is sent; -1: the connection is over. */
static inline int
send_rest(int fd, struct rest *rest)
{
	ssize_t n = send(fd, rest->bytes + rest->from, rest->to - rest->from,
	    MSG_NOSIGNAL);

	if (n == -1)
		return errno == EAGAIN ? 1 : -1;
	rest->from += (size_t)n;
	if (rest->from < rest->to)
		return 1;
	free(rest->bytes);
	rest->bytes = NULL;
	return 0;
}

#endif
