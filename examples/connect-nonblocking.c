/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Which addresses of a host accept connections?  All are tried at once, for so
 * many seconds together.  Usage: PROGRAM HOST PORT [SECONDS]
 *
 * A non-blocking connect only starts: poll says when it has ended, SO_ERROR
 * how.  Whoever wants one connection with a time limit calls connect_timeo.
 */
#include <unpwrap.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ATTEMPTS	64

static struct pollfd ready[ATTEMPTS];	/* fd -1: it has ended */
static const struct addrinfo *addresses[ATTEMPTS];
static int attempts, pending, connected;

/* error: an errno value, 0 for success. */
static void
ended(int i, int error)
{
	const struct addrinfo *ai = addresses[i];

	printf("%s: %s\n", Sock_ntop(ai->ai_addr, ai->ai_addrlen),
	    error == 0 ? "connected" : strerror(error));
	connected += error == 0;
	pending--;
	if (ready[i].fd != -1)
		Close(ready[i].fd);
	ready[i].fd = -1;
}

/* It may succeed or fail at once, where the address is of this host. */
static void
start(int i, const struct addrinfo *ai)
{
	int fd = socket(ai->ai_family, ai->ai_socktype, ai->ai_protocol);

	pending++;
	addresses[i] = ai;
	ready[i] = (struct pollfd){ .fd = fd, .events = POLLOUT };
	if (fd == -1) {		/* without IPv6, say */
		ended(i, errno);
		return;
	}
	Fcntl(fd, F_SETFL, Fcntl(fd, F_GETFL, 0) | O_NONBLOCK);
	if (connect(fd, ai->ai_addr, ai->ai_addrlen) == 0)
		ended(i, 0);
	else if (errno != EINPROGRESS && errno != EINTR)
		ended(i, errno);
}

static void
collect(void)
{
	socklen_t len = sizeof(int);
	int error;

	for (int i = 0; i < attempts; i++) {
		if (ready[i].fd == -1 || ready[i].revents == 0)
			continue;
		Getsockopt(ready[i].fd, SOL_SOCKET, SO_ERROR, &error, &len);
		ended(i, error);
	}
}

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

int
main(int argc, char *argv[])
{
	struct addrinfo *list;
	int seconds = argc > 3 ? atoi(argv[3]) : 5;
	int64_t end, left;

	if (argc < 3 || argc > 4 || seconds < 1 || seconds > 3600)
		err_quit("usage: %s HOST PORT [SECONDS], 1 to 3600", argv[0]);
	list = Host_serv(argv[1], argv[2], AF_UNSPEC, SOCK_STREAM);
	end = now_ms() + seconds * INT64_C(1000);
	for (struct addrinfo *ai = list; ai != NULL && attempts < ATTEMPTS;
	    ai = ai->ai_next)
		start(attempts++, ai);
	while (pending > 0 && (left = end - now_ms()) > 0) {
		Poll(ready, (unsigned long)attempts, (int)left);
		collect();
	}
	for (int i = 0; i < attempts; i++)
		if (ready[i].fd != -1)
			ended(i, ETIMEDOUT);
	freeaddrinfo(list);
	return connected == 0;
}
