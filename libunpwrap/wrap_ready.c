/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <sys/time.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <time.h>

#ifdef HAVE_SYS_EPOLL_H
#include <sys/epoll.h>
#endif

#define USEC_PER_MSEC	1000
#define USEC_PER_SEC	1000000
#define LONGEST_SEC	100000000	/* 3 years; macOS takes no more */

/*
 * Waiting for readiness: a signal interrupts it, and it goes on with the time
 * that is left.
 */

int
Poll(struct pollfd *fds, unsigned long n, int timeout)
{
	struct timespec end;
	int ready;

	unpwrap_deadline(&end, timeout);
	while ((ready = poll(fds, (nfds_t)n, timeout)) == -1) {
		if (errno != EINTR)
			err_sys("poll error");
		if (timeout > 0)
			timeout = poll_ms_until(&end);
	}
	return ready;
}
EXPORT(Poll);

/* For select(2) anywhere: a second and more in tv_usec is right on Linux
 * alone. */
static struct timeval
bounded(const struct timeval *timeout)
{
	struct timeval tv = *timeout;

	if (tv.tv_sec > LONGEST_SEC)
		tv.tv_sec = LONGEST_SEC;
	tv.tv_sec += tv.tv_usec / USEC_PER_SEC;
	tv.tv_usec %= USEC_PER_SEC;
	return tv;
}

/* The book's programs expect timeout to be left alone, as POSIX lets select(2)
 * do; Linux' own writes to it.  POSIX: a failed call has not touched the
 * sets. */
int
Select(int nfds, fd_set *readable, fd_set *writable, fd_set *except,
    struct timeval *timeout)
{
	struct timeval left;
	struct timespec end;
	int64_t ms;
	int ready;

	if (timeout != NULL) {
		left = bounded(timeout);
		unpwrap_deadline(&end, (int64_t)left.tv_sec * 1000 +
		    (left.tv_usec + USEC_PER_MSEC - 1) / USEC_PER_MSEC);
	}
	while ((ready = select(nfds, readable, writable, except,
	    timeout != NULL ? &left : NULL)) == -1) {
		if (errno != EINTR)
			err_sys("select error");
		if (timeout == NULL)
			continue;
		ms = ms_until(&end);
		left.tv_sec = (time_t)(ms / 1000);
		left.tv_usec = (suseconds_t)(ms % 1000 * USEC_PER_MSEC);
	}
	return ready;
}
EXPORT(Select);

/* A wait under a signal mask is a wait for signals, too: EINTR is a result, not
 * an error. */
int
Pselect(int nfds, fd_set *readable, fd_set *writable, fd_set *except,
    const struct timespec *timeout, const sigset_t *mask)
{
	int ready = pselect(nfds, readable, writable, except, timeout, mask);

	if (ready == -1 && errno != EINTR)
		err_sys("pselect error");
	return ready;
}
EXPORT(Pselect);

#ifdef HAVE_PPOLL

int
Ppoll(struct pollfd *fds, unsigned long n, const struct timespec *timeout,
    const sigset_t *mask)
{
	int ready = ppoll(fds, (nfds_t)n, timeout, mask);

	if (ready == -1 && errno != EINTR)
		err_sys("ppoll error");
	return ready;
}
EXPORT(Ppoll);

#endif

#ifdef HAVE_SYS_EPOLL_H

int
Epoll_create1(int flags)
{
	int fd = epoll_create1(flags);

	if (fd == -1)
		err_sys("epoll_create1 error");
	return fd;
}
EXPORT(Epoll_create1);

void
Epoll_ctl(int epfd, int operation, int fd, struct epoll_event *event)
{
	if (epoll_ctl(epfd, operation, fd, event) == -1)
		err_sys("epoll_ctl error for descriptor %d", fd);
}
EXPORT(Epoll_ctl);

int
Epoll_wait(int epfd, struct epoll_event *events, int n, int timeout)
{
	struct timespec end;
	int ready;

	unpwrap_deadline(&end, timeout);
	while ((ready = epoll_wait(epfd, events, n, timeout)) == -1) {
		if (errno != EINTR)
			err_sys("epoll_wait error");
		if (timeout > 0)
			timeout = poll_ms_until(&end);
	}
	return ready;
}
EXPORT(Epoll_wait);

#endif
