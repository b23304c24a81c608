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
	int	*fds;
	unsigned n;
};

/* Opens the addresses of all n endpoints: non-blocking, close-on-exec,
 * TCP_NODELAY (accepted sockets inherit it).  A bad endpoint ends the program,
 * before any socket is open where the system need not be asked. */
void	 listeners_open(struct listeners *, const struct endpoint *, unsigned n,
	    int backlog);

#endif
