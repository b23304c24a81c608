/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "vanish.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#ifdef HAVE_LINUX_FILTER_H	/* the kernel's headers are there */
#include <linux/filter.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#endif

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

#ifdef HAVE_LINUX_FILTER_H

/* Linux runs a socket's filter on each segment that comes in, and forgets the
 * segment whose filter returns 0. */
static int
attach(int fd)
{
	struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = { .len = 1, .filter = &nothing };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
	    sizeof(program));
}

/* Some hosts allow it to root alone, on a socket of TCP. */
int
vanish_probe(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), error = 0;

	if (fd == -1)
		fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return errno;
	if (attach(fd) == -1)
		error = errno;
	close(fd);
	return error;
}

int
vanish_is_settled(int fd)
{
	int unacknowledged;

	return ioctl(fd, SIOCOUTQ, &unacknowledged) == -1 ||
	    unacknowledged == 0;
}

void
vanish(int fd)
{
	attach(fd);
}

unsigned
vanish_lost(int fd)
{
	uint32_t info[SK_MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof(info);

	getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len);
	return info[SK_MEMINFO_DROPS];
}

/* The filter sees the segment from its TCP header on.  A connection inherits it
 * from the listening socket. */
void
vanish_listener(int listenfd)
{
	struct sock_filter handshakes[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 13),	/* flags */
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 1, 5, 0),	/* FIN */
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 12),	/* header's length */
		BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 2),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_X, 0, 0, 1),	/* data */
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};
	struct sock_fprog program = {
		.len = sizeof(handshakes) / sizeof(handshakes[0]),
		.filter = handshakes,
	};

	setsockopt(listenfd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
	    sizeof(program));
}

void
appear(int fd)
{
	int unused = 0;

	setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof(unused));
}

#else

int
vanish_probe(void)
{
	return ENOTSUP;
}

int
vanish_is_settled(int fd)
{
	(void)fd;
	return 1;
}

void
vanish(int fd)
{
	(void)fd;
}

unsigned
vanish_lost(int fd)
{
	(void)fd;
	return 0;
}

void
vanish_listener(int listenfd)
{
	(void)listenfd;
}

void
appear(int fd)
{
	(void)fd;
}

#endif
