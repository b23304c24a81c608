/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <fcntl.h>
#include <unistd.h>

#if defined(SOCK_CLOEXEC) && defined(HAVE_PIPE2)

int
socket_cloexec(int family, int type, int protocol)
{
	return socket(family, type | SOCK_CLOEXEC, protocol);
}

int
socketpair_cloexec(int fds[2])
{
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds);
}

int
pipe_cloexec_nonblock(int fds[2])
{
	return pipe2(fds, O_CLOEXEC | O_NONBLOCK);
}

#else	/* macOS: a fork and exec in another thread may slip in between. */

int
socket_cloexec(int family, int type, int protocol)
{
	int fd = socket(family, type, protocol);

	if (fd != -1)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

int
socketpair_cloexec(int fds[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == -1)
		return -1;
	fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	return 0;
}

int
pipe_cloexec_nonblock(int fds[2])
{
	if (pipe(fds) == -1)
		return -1;
	for (int i = 0; i < 2; i++) {
		fcntl(fds[i], F_SETFD, FD_CLOEXEC);
		fcntl(fds[i], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

#endif
