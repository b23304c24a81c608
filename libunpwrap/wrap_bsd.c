/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#ifdef UNPWRAP_BSD

#include <sys/types.h>
#include <sys/event.h>
#include <sys/sysctl.h>
#include <sys/time.h>

#include <errno.h>

int
Kqueue(void)
{
	int fd = kqueue();

	if (fd == -1)
		err_sys("kqueue error");
	return fd;
}
EXPORT(Kqueue);

/* On EINTR the changes have been made, and must not be made twice: it waits
 * again without changes, for the whole time. */
int
Kevent(int fd, const struct kevent *changes, int nchanges,
    struct kevent *events, int nevents, const struct timespec *timeout)
{
	int n;

	while ((n = kevent(fd, changes, nchanges, events, nevents, timeout)) ==
	    -1) {
		if (errno != EINTR)
			err_sys("kevent error");
		nchanges = 0;
	}
	return n;
}
EXPORT(Kevent);

void
Sysctl(int *name, unsigned n, void *old, size_t *oldlen, void *new,
    size_t newlen)
{
	if (sysctl(name, n, old, oldlen, new, newlen) == -1)
		err_sys("sysctl error");
}
EXPORT(Sysctl);

#endif
