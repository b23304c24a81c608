/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "transport.h"
#include "unpwrap.h"

#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <string.h>

/* Options that a system lacks have no number. */
#ifndef TCP_CONGESTION
#define TCP_CONGESTION	(-1)
#endif
#ifndef SO_BUSY_POLL
#define SO_BUSY_POLL	(-1)
#endif

/* Linux doubles a size, for what it needs itself. */
#ifdef __linux__
#define SIZE_UNIT	2
#else
#define SIZE_UNIT	1
#endif

static int
has(int option, char why[WHY_MAX])
{
	return option != -1 ? 0 : refuse(why, "not on this system");
}

int
transport_has_congestion(char why[WHY_MAX])
{
	return has(TCP_CONGESTION, why);
}

int
transport_has_busy_poll(char why[WHY_MAX])
{
	return has(SO_BUSY_POLL, why);
}

/* Linux silently reduces a size to its limit, net.core.wmem_max or rmem_max. */
static void
set_size(int fd, int option, int size, const char *name)
{
	socklen_t len = sizeof(int);
	int granted;

	if (size == 0)
		return;
	if (setsockopt(fd, SOL_SOCKET, option, &size, sizeof(size)) == -1 ||
	    getsockopt(fd, SOL_SOCKET, option, &granted, &len) == -1)
		err_sys("--%s: \"%d\"", name, size);
	if (granted / SIZE_UNIT < size)
		err_quit("--%s: \"%d\": the system allows %d", name, size,
		    granted / SIZE_UNIT);
}

static void
set_busy_poll(int fd, int us)
{
	if (us != 0 && setsockopt(fd, SOL_SOCKET, SO_BUSY_POLL, &us,
	    sizeof(us)) == -1)
		err_sys("--busy-poll: \"%d\"", us);
}

static void
set_congestion(int fd, const char *name)
{
	if (name != NULL && setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name,
	    (socklen_t)strlen(name)) == -1)
		err_sys("--congestion: \"%s\"", name);
}

void
transport_set(int listenfd, const struct transport *t)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);

	Getsockname(listenfd, (struct sockaddr *)&addr, &len);
	set_size(listenfd, SO_SNDBUF, t->sndbuf, "sndbuf");
	set_size(listenfd, SO_RCVBUF, t->rcvbuf, "rcvbuf");
	if (addr.ss_family == AF_UNIX)
		return;
	set_busy_poll(listenfd, t->busy_poll_us);
	set_congestion(listenfd, t->congestion);
}
