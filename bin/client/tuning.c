/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "quantity.h"
#include "tuning.h"

#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <limits.h>

/* macOS has another name for it. */
#if !defined(TCP_KEEPIDLE) && defined(TCP_KEEPALIVE)
#define TCP_KEEPIDLE	TCP_KEEPALIVE
#endif

#define PROBES	3
/* Linux takes no more for either time. */
#define SECONDS_MAX	32767

struct keepalive
keepalive_within(int64_t ns)
{
	int64_t all = (ns + NSEC_PER_SEC - 1) / NSEC_PER_SEC;
	struct keepalive k = { .count = PROBES };

	if (all > SECONDS_MAX)
		all = SECONDS_MAX;
	if (all <= PROBES)
		k.count = all > 1 ? (int)all - 1 : 1;
	k.interval = all > PROBES ? (int)all / (PROBES + 1) : 1;
	k.idle = (int)all - k.count * k.interval;
	if (k.idle < 1)
		k.idle = 1;
	return k;
}

static inline int
set(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value)) == -1 ?
	    errno : 0;
}

#if defined(TCP_KEEPIDLE) && defined(TCP_KEEPINTVL) && defined(TCP_KEEPCNT)

int
has_keepalive(void)
{
	return 1;
}

int
set_keepalive(int fd, int64_t ns)
{
	struct keepalive k = keepalive_within(ns);
	int error = set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);

	if (error == 0)
		error = set(fd, IPPROTO_TCP, TCP_KEEPIDLE, k.idle);
	if (error == 0)
		error = set(fd, IPPROTO_TCP, TCP_KEEPINTVL, k.interval);
	if (error == 0)
		error = set(fd, IPPROTO_TCP, TCP_KEEPCNT, k.count);
	return error;
}

#else

int
has_keepalive(void)
{
	return 0;
}

int
set_keepalive(int fd, int64_t ns)
{
	(void)fd;
	(void)ns;
	return ENOSYS;
}

#endif

#ifdef TCP_USER_TIMEOUT

int
has_user_timeout(void)
{
	return 1;
}

int
set_user_timeout(int fd, int64_t ns)
{
	int64_t ms = (ns + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC;

	return set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT,
	    ms < INT_MAX ? (int)ms : INT_MAX);
}

#else

int
has_user_timeout(void)
{
	return 0;
}

int
set_user_timeout(int fd, int64_t ns)
{
	(void)fd;
	(void)ns;
	return ENOSYS;
}

#endif

/* The option that is not of the socket's family may fail: that does no harm. */
void
want_icmp_errors(int fd)
{
#if defined(IP_RECVERR) && defined(IPV6_RECVERR)
	set(fd, IPPROTO_IP, IP_RECVERR, 1);
	set(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
#else
	(void)fd;
#endif
}
