/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "apart.h"
#include "events.h"
#include "quantity.h"

#include <sys/epoll.h>
#include <sys/prctl.h>

#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define AT_ONCE	256

struct events {
	int	 fd;
	struct epoll_event found[AT_ONCE];
};

struct events *
events_new(size_t members)
{
	struct events *events = apart(1, sizeof(*events));

	(void)members;
	if (events == NULL)
		return NULL;
	/* Else the kernel lets a timeout be 50 us late, for others' sake. */
	prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
	events->fd = epoll_create1(EPOLL_CLOEXEC);
	if (events->fd != -1)
		return events;
	free(events);
	return NULL;
}

void
events_free(struct events *events)
{
	if (events == NULL)
		return;
	close(events->fd);
	free(events);
}

/* Edges: a connection that is served is not looked at again until something
 * comes, and the wish to write costs no call. */
int
events_add(struct events *events, size_t index, int fd)
{
	struct epoll_event event = {
	    .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
	    .data.u64 = index };

	return epoll_ctl(events->fd, EPOLL_CTL_ADD, fd, &event);
}

void
events_want_out(struct events *events, size_t index, int want)
{
	(void)events;
	(void)index;
	(void)want;
}

/* Closing the socket does it. */
void
events_remove(struct events *events, size_t index, int fd)
{
	(void)events;
	(void)index;
	(void)fd;
}

/* epoll_wait(2) takes whole milliseconds only.  Returns how many; the caller is
 * then early and comes again.  Waits here if it is less than one. */
static int
wait_finely(struct events *events, int64_t ns)
{
	struct pollfd ready = { .fd = events->fd, .events = POLLIN };
	struct timespec left = { .tv_sec = ns / NSEC_PER_SEC,
	    .tv_nsec = ns % NSEC_PER_SEC };

	if (ns == 0 || ns >= NSEC_PER_MSEC)
		return (int)(ns / NSEC_PER_MSEC);
	ppoll(&ready, 1, &left, NULL);
	return 0;
}

int
events_wait(struct events *events, struct event *out, int n,
    int64_t timeout_ns)
{
	if (n > AT_ONCE)
		n = AT_ONCE;
	n = epoll_wait(events->fd, events->found, n,
	    wait_finely(events, timeout_ns));
	for (int i = 0; i < n; i++) {
		unsigned got = events->found[i].events;

		out[i].index = events->found[i].data.u64;
		out[i].what = (got & EPOLLIN ? EVENT_IN : 0) |
		    (got & EPOLLOUT ? EVENT_OUT : 0) |
		    (got & (EPOLLRDHUP | EPOLLHUP | EPOLLERR) ? EVENT_GONE : 0);
	}
	return n < 0 ? 0 : n;
}
