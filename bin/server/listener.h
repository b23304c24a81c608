/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * From endpoints to listening sockets.
 */
#ifndef LISTENER_H
#define LISTENER_H

#include "endpoint.h"

struct listeners {
	/* The caller's. */
	int	 backlog;
	int	 udp;		/* take datagrams, too */
	/* What listeners_open fills in. */
	unsigned n;
	int	*fds;
	char	(*names)[ENDPOINT_TEXT_MAX];	/* as endpoint_text has them */
	unsigned ndatagram;
	int	*datagramfds;	/* on the addresses of those with a port */
};

/* Opens the addresses of all n endpoints: non-blocking, close-on-exec,
 * TCP_NODELAY (accepted sockets inherit it).  A bad endpoint ends the program,
 * before any socket is open where the system need not be asked. */
void	 listeners_open(struct listeners *, const struct endpoint *,
	    unsigned n);
/* Frees what is allocated; the sockets stay open. */
void	 listeners_free(struct listeners *);

#endif
