/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Takes connections from a worker's listeners, for the models that block:
 * waits, survives every error of accept(2), keeps the limits, and knows when
 * to stop.
 */
#ifndef ACCEPTOR_H
#define ACCEPTOR_H

#include <sys/socket.h>

#include <poll.h>

#include "server.h"

struct acceptor {
	struct server	*server;
	struct pollfd	*ready;		/* the listeners, then stopfd */
	unsigned	 turn;		/* the listener that is asked first */
	int		 spare;		/* a descriptor held for EMFILE */
	uint64_t	 turns;		/* of its loop */
	uint64_t	 taken;		/* connections so far */
	uint64_t	 left;		/* stop after so many more */
	int		 stopping;
};

struct peer {
	struct sockaddr_storage addr;
	socklen_t	 len;
	uint64_t	 number;	/* of the connection, from 1, where
					   faults choose by it */
};

/* Returns 0, or -1: errno is that of an allocation. */
int	 acceptor_open(struct acceptor *, struct server *);
/* Returns a connected blocking socket, which is counted and the caller's; or -1
 * once nothing more is to be served. */
int	 acceptor_next(struct acceptor *, struct peer *);
void	 acceptor_close(struct acceptor *);
/* Closes a connection that cannot be served, which its client sees at once. */
void	 refuse_connection(struct server *, int fd);

#endif
