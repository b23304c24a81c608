/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What the parts of the event loop share: event.c waits and accepts,
 * event_client.c serves.
 */
#ifndef LOOP_H
#define LOOP_H

#include "acceptor.h"
#include "bulk.h"
#include "poller.h"
#include "table.h"
#include "timers.h"

struct loop {
	struct server	*server;
	const struct poller_ops *ops;
	struct poller	*poller;
	struct acceptor	 acceptor;
	struct table	 table;
	struct timers	 timers;	/* of connections that faults hold */
	unsigned	 active;	/* clients */
	int		 listening;	/* the listeners are with the poller */
	int		 over;		/* nothing more is to be accepted */
	int64_t		 resume;	/* when to ask the acceptor again */
	int64_t		 now;		/* monotonic_ns, of this turn */
	int64_t		 look_ns;	/* between looks for those that are */
	int64_t		 next_look;	/* quiet for too long */
	uint64_t	 in, out;	/* bytes, not counted yet */
	struct bulk	 bulks[BULKS];
	char		 buffer[DRIVE_BUFFER];	/* of whom it is the turn */
};

void	 client_start(struct loop *, int fd, const struct peer *);
/* Something happened: events of poll(2); its timer; a look. */
void	 client_ready(struct loop *, struct drive *, int events);
void	 client_timer(struct loop *, struct drive *);
void	 client_look(struct loop *, struct drive *);
/* The server stops: whom a fault holds is let go. */
void	 client_stop(struct loop *, struct drive *);

#endif
