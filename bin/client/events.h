/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Tells which of many sockets something has happened to: by epoll(7) where it
 * exists, otherwise by poll(2).
 */
#ifndef EVENTS_H
#define EVENTS_H

#include <stddef.h>
#include <stdint.h>

#define EVENT_IN	1	/* may be read from */
#define EVENT_OUT	2	/* may be written to */
#define EVENT_GONE	4	/* the peer has closed, or an error waits */

struct event {
	size_t	 index;		/* as it was given to events_add */
	int	 what;
};

/* At most so many indices, from 0 on.  NULL: errno says why. */
struct events *events_new(size_t members);
void	 events_free(struct events *);

/* Watches fd.  What happens is told once, so the caller reads until there is no
 * more, and says by events_want_out when a write has come short.  Returns -1
 * and sets errno where the system has no room. */
int	 events_add(struct events *, size_t index, int fd);
void	 events_want_out(struct events *, size_t index, int want);
/* Before fd is closed. */
void	 events_remove(struct events *, size_t index, int fd);

/* Waits until something has happened or timeout_ns, or up to 1 ms more, are
 * over, and returns how many of the n events it has filled in: 0 also where a
 * signal came. */
int	 events_wait(struct events *, struct event *, int n,
	    int64_t timeout_ns);

#endif
