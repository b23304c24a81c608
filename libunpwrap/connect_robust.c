/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <errno.h>
#include <poll.h>

/*
 * A TCP connect(2) that a signal interrupted cannot be called again (EALREADY):
 * the kernel goes on with it, and SO_ERROR holds the outcome once the socket is
 * writable.  On a UNIX socket connect(2) waits for room in the listener's
 * queue, and a signal ends the attempt: there is no error and no peer, and it
 * must be called again.
 */
int
connect_outcome(int fd)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(int), peer_len = sizeof(peer);
	int error;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		return -1;
	if (error != 0) {
		errno = error;
		return -1;
	}
	if (getpeername(fd, (struct sockaddr *)&peer, &peer_len) == 0)
		return 0;
	if (errno == ENOTCONN)
		errno = EINTR;
	return -1;
}

static int
wait_for_outcome(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLOUT };
	int n;

	do
		n = poll(&ready, 1, -1);
	while (n == -1 && errno == EINTR);
	return n == -1 ? -1 : connect_outcome(fd);
}

int
connect_robust(int fd, const struct sockaddr *addr, socklen_t len)
{
	int result;

	do {
		result = connect(fd, addr, len);
		if (result == -1 && errno == EINTR)
			result = wait_for_outcome(fd);
	} while (result == -1 && errno == EINTR);
	return result;
}
