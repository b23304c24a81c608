/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "apart.h"
#include "events.h"
#include "quantity.h"

#include <poll.h>
#include <stdlib.h>

struct events {
	size_t	 members;
	size_t	 next;		/* where the next look begins: nobody starves */
	struct pollfd fds[];
};

struct events *
events_new(size_t members)
{
	struct events *events = apart(1, sizeof(*events) +
	    members * sizeof(events->fds[0]));

	if (events == NULL)
		return NULL;
	events->members = members;
	events->next = 0;
	for (size_t i = 0; i < members; i++)
		events->fds[i] = (struct pollfd){ .fd = -1 };
	return events;
}

void
events_free(struct events *events)
{
	free(events);
}

/* POLLOUT: a connection that is under way becomes writable. */
int
events_add(struct events *events, size_t index, int fd)
{
	events->fds[index].fd = fd;
	events->fds[index].events = POLLIN | POLLOUT;
	return 0;
}

void
events_want_out(struct events *events, size_t index, int want)
{
	events->fds[index].events = (short)(want ? POLLIN | POLLOUT : POLLIN);
}

void
events_remove(struct events *events, size_t index, int fd)
{
	(void)fd;
	events->fds[index].fd = -1;
}

static int
meaning(struct pollfd *fd)
{
	return (fd->revents & POLLIN ? EVENT_IN : 0) |
	    (fd->revents & POLLOUT ? EVENT_OUT : 0) |
	    (fd->revents & (POLLHUP | POLLERR | POLLNVAL) ? EVENT_GONE : 0);
}

int
events_wait(struct events *events, struct event *out, int n,
    int64_t timeout_ns)
{
	int found = 0, ms = (int)((timeout_ns + NSEC_PER_MSEC - 1) /
	    NSEC_PER_MSEC);

	if (poll(events->fds, (nfds_t)events->members, ms) <= 0)
		return 0;
	for (size_t seen = 0; seen < events->members && found < n; seen++) {
		size_t index = events->next;

		events->next = (index + 1) % events->members;
		if (events->fds[index].fd == -1 ||
		    events->fds[index].revents == 0)
			continue;
		out[found].index = index;
		out[found++].what = meaning(&events->fds[index]);
	}
	return found;
}
