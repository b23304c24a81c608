/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>

/*
 * EAGAIN has two meanings.  On a non-blocking descriptor it says "not yet", and
 * robust I/O waits.  On a blocking socket it says that the caller's SO_RCVTIMEO
 * or SO_SNDTIMEO is over, and to wait on would defeat the caller.
 */
int
retry(int fd, short events)
{
	struct pollfd ready = { .fd = fd, .events = events };
	int error = errno, flags, n;

	if (error == EINTR)
		return 1;
	if (error != EAGAIN && error != EWOULDBLOCK)
		return 0;
	flags = fcntl(fd, F_GETFL);
	if (flags == -1 || !(flags & O_NONBLOCK)) {
		errno = error;
		return 0;
	}
	do
		n = poll(&ready, 1, -1);
	while (n == -1 && errno == EINTR);
	return n == 1;
}

/* A connection that was gone before it could be accepted concerns nobody. */
int
accept_again(void)
{
	return errno == EINTR || errno == ECONNABORTED || errno == EPROTO;
}
