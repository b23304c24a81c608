/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <errno.h>
#include <poll.h>
#include <time.h>

/* Returns 1: ready, 0: the time is over, or -1. */
static int
ready_within(int fd, short events, int seconds)
{
	struct timespec deadline;

	if (seconds < 0) {
		errno = EINVAL;
		return -1;
	}
	unpwrap_deadline(&deadline, (int64_t)seconds * 1000);
	if (wait_until(fd, events, &deadline) == 0)
		return 1;
	return errno == ETIMEDOUT ? 0 : -1;
}

int
readable_timeo(int fd, int seconds)
{
	return ready_within(fd, POLLIN, seconds);
}
EXPORT(readable_timeo);

int
Readable_timeo(int fd, int seconds)
{
	int ready = readable_timeo(fd, seconds);

	if (ready == -1)
		err_sys("readable_timeo error");
	return ready;
}
EXPORT(Readable_timeo);

int
writable_timeo(int fd, int seconds)
{
	return ready_within(fd, POLLOUT, seconds);
}
EXPORT(writable_timeo);

int
Writable_timeo(int fd, int seconds)
{
	int ready = writable_timeo(fd, seconds);

	if (ready == -1)
		err_sys("writable_timeo error");
	return ready;
}
EXPORT(Writable_timeo);

/* The book's connect_timeo uses alarm(2), which is one for the whole process,
 * and its connect_nonb select(2), which ends at 1024 descriptors: both are
 * this.  0 seconds: the system's own limit, as the book has it. */
int
connect_timeo(int fd, const struct sockaddr *addr, socklen_t len, int seconds)
{
	struct timespec deadline;

	if (seconds < 0) {
		errno = EINVAL;
		return -1;
	}
	unpwrap_deadline(&deadline, seconds == 0 ? INT64_MAX :
	    (int64_t)seconds * 1000);
	return unpwrap_connect_until(fd, addr, len, &deadline);
}
EXPORT(connect_timeo);

void
Connect_timeo(int fd, const struct sockaddr *addr, socklen_t len, int seconds)
{
	char text[ADDRESS_TEXT_MAX];

	if (connect_timeo(fd, addr, len, seconds) == -1)
		err_sys("connect_timeo error to %s", message_address(addr,
		    len, text));
}
EXPORT(Connect_timeo);

int
connect_nonb(int fd, const struct sockaddr *addr, socklen_t len, int seconds)
{
	return connect_timeo(fd, addr, len, seconds);
}
EXPORT(connect_nonb);

void
Connect_nonb(int fd, const struct sockaddr *addr, socklen_t len, int seconds)
{
	char text[ADDRESS_TEXT_MAX];

	if (connect_nonb(fd, addr, len, seconds) == -1)
		err_sys("connect_nonb error to %s", message_address(addr, len,
		    text));
}
EXPORT(Connect_nonb);
