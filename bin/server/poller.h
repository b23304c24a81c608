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

#define READY_MAX	256	/* that one wait tells */

struct poller;

struct ready {
	int	 fd;
	int	 events;	/* poll(2)'s; POLLHUP also if the client has
				   closed only its side; POLLPRI only if
				   readiness may be reported once */
};

/* Functions that return an int return -1 and set errno where they fail. */
struct poller_ops {
	/* NULL: errno says why. */
	struct poller	*(*open)(void);
	void		 (*close)(struct poller *);
	/* events: POLLIN, POLLOUT or 0, which is for the client's end alone.
	 * What is ready may be told once, until more comes or a change. */
	int		 (*add)(struct poller *, int fd, int events);
	int		 (*change)(struct poller *, int fd, int events);
	/* A descriptor that processes share: it is told as long as it is
	 * ready, to at least one of them. */
	int		 (*add_shared)(struct poller *, int fd, int events);
	void		 (*remove)(struct poller *, int fd);
	/* As remove, of one that is closed next. */
	void		 (*forget)(struct poller *, int fd);
	/* timeout_ms: poll(2)'s.  Returns how many of them are ready. */
	int		 (*wait)(struct poller *, struct ready [READY_MAX],
			    int timeout_ms);
};

#endif
