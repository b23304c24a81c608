/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <sys/un.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#define DATAGRAM_MAX	65536	/* UDP's are not longer; UNIX' may be */

/* Is this socket of no use any more?  All else concerns one client: Linux also
 * reports here what ICMP said of an earlier reply, and a client may have an
 * address that nothing can be sent to. */
static int
is_broken(int error)
{
	return error == EBADF || error == ENOTSOCK || error == EFAULT ||
	    error == ENOMEM || error == EINVAL || error == ENOTCONN ||
	    error == EIO;
}

/* A datagram may be lost anyway, and a UNIX client that does not read must not
 * keep the others waiting.  EPIPE is one that has gone. */
static void
send_back(int fd, const char *datagram, size_t n, const struct sockaddr *to,
    socklen_t len)
{
	ssize_t sent;

	do
		sent = sendto_quietly(fd, datagram, n, MSG_DONTWAIT, to,
		    len);
	while (sent == -1 && errno == EINTR);
}

/* The system may say that the address is longer than what it has stored, or
 * (Linux) than a UNIX-domain address that it takes. */
static socklen_t
usable_length(const struct sockaddr *from, socklen_t len, socklen_t size)
{
	if (len > size)
		len = size;
	if (HAS_FAMILY(len) && family_of(from) == AF_UNIX &&
	    len > sizeof(struct sockaddr_un))
		len = sizeof(struct sockaddr_un);
	return len;
}

void
dg_echo(int fd, struct sockaddr *from, socklen_t size)
{
	char *datagram = Malloc(DATAGRAM_MAX);
	socklen_t len;
	ssize_t n;
	int error;

	for (;;) {
		len = size;
		n = recvfrom(fd, datagram, DATAGRAM_MAX, 0, from, &len);
		if (n != -1)
			send_back(fd, datagram, (size_t)n, from,
			    usable_length(from, len, size));
		else if (!retry(fd, POLLIN) && is_broken(errno))
			break;
	}
	error = errno;
	free(datagram);
	errno = error;
	err_sys("dg_echo error");
}
EXPORT(dg_echo);
