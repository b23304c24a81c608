/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * How an event loop learns which descriptors are ready: a file model-NAME.c for
 * each way that systems have.
 */
#ifndef POLLER_H
#define POLLER_H

#include <poll.h>

struct poller;

struct ready {
	int	 fd;
	int	 events;	/* of poll(2) */
};

/* Functions that return an int return -1 and set errno where they fail. */
struct poller_ops {
	/* NULL: errno says why. */
	struct poller	*(*open)(void);
	void		 (*close)(struct poller *);
	/* events: POLLIN, POLLOUT or 0, which is for the client's end alone.
	 * A descriptor that processes share wakes one of them, or a few. */
	int		 (*add)(struct poller *, int fd, int events);
	int		 (*add_shared)(struct poller *, int fd, int events);
	int		 (*change)(struct poller *, int fd, int events);
	void		 (*remove)(struct poller *, int fd);
	/* As remove, of one that is closed next. */
	void		 (*forget)(struct poller *, int fd);
	/* timeout_ms: poll(2)'s.  Returns how many are ready, at most max. */
	int		 (*wait)(struct poller *, struct ready *, int max,
			    int timeout_ms);
};

#endif
