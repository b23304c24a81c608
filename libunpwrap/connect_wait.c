/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <errno.h>
#include <poll.h>

/*
 * A connect(2) that a signal interrupted cannot be called again (EALREADY): the
 * kernel goes on with it, and SO_ERROR holds the outcome once the socket is
 * writable.
 */
int
connect_wait(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLOUT };
	socklen_t len = sizeof(int);
	int error, n;

	do
		n = poll(&ready, 1, -1);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return -1;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		return -1;
	if (error != 0) {
		errno = error;
		return -1;
	}
	return 0;
}
