/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Takes connections from a worker's listeners: survives every error of
 * accept(2), keeps the limits, and knows when to stop.
 */
#ifndef ACCEPTOR_H
#define ACCEPTOR_H

#include <sys/socket.h>

#include <netinet/in.h>

#include <poll.h>
#include <signal.h>

#include "server.h"

struct acceptor {
	struct server	*server;
	struct pollfd	*ready;		/* the listeners, then stopfd */
	int		 nonblocking;	/* what is taken */
	unsigned	 turn;		/* the listener that is asked first */
	int		 spare;		/* a descriptor held for EMFILE */
	uint64_t	 taken;		/* connections so far */
	uint64_t	 left;		/* stop after so many more */
	int		 stopping;
	const sigset_t	*held;		/* signals blocked except while it
					   waits; NULL: none */
	int		 is_ready;	/* the supervisor has been told */
	struct pollfd	 few[4];	/* ready, unless they are more: a page
					   less that each fork copies */
	int		 pause_ms;	/* after ACCEPT_WAIT: do not ask again
					   for so long, even if listeners are
					   ready; -1: ask once they are */
};

/* Longer addresses than these, of UNIX sockets, are cut off. */
union address {
	struct sockaddr	 any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

struct peer {
	union address	 addr;
	socklen_t	 len;
	uint64_t	 number;	/* of the connection, from 1, where
					   faults choose by it */
};

#define PAUSE_MS	100	/* for memory or descriptors to come free */
#define GATE_MS		20	/* between looks at it, where it may close */

#define ACCEPTS		16	/* connections taken at a time */

#define ACCEPT_AGAIN	(-1)	/* nothing this time, more may wait */
#define ACCEPT_WAIT	(-2)
#define ACCEPT_OVER	(-3)	/* nothing more is to be served */

/* Returns 0, or -1: errno is that of an allocation. */
int	 acceptor_open(struct acceptor *, struct server *, int nonblocking);
/* Does not wait.  Returns a connected socket, which is counted and the
 * caller's, or one of the above. */
int	 acceptor_take(struct acceptor *, struct peer *);
/* Waits.  Returns a connected socket, or ACCEPT_OVER. */
int	 acceptor_next(struct acceptor *, struct peer *);
/* Counts a connection that the system accepted by itself.  Not for use where a
 * limit on accepting, or faults, must decide. */
void	 acceptor_came(struct acceptor *);
/* stopfd is readable.  What is queued now is still served; by acceptor_next
 * only if the whole server stops. */
void	 acceptor_stop(struct acceptor *);
void	 acceptor_close(struct acceptor *);
/* Counts the end of a connection that the acceptor counted.  Call it before
 * close(2), so that a client that sees the end and comes again finds room. */
void	 count_end(struct server *, const struct peer *, enum cause);
/* Closes a connection that cannot be served, which its client sees at once. */
void	 refuse_connection(struct server *, int fd);
/* The same for one that the acceptor counted; takes that count back. */
void	 acceptor_refuse(struct acceptor *, const struct peer *, int fd);
/* Takes back the count of one that is closed in another way. */
void	 acceptor_discount(struct acceptor *);

#endif
