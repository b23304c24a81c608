/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * From a name to a connection.
 */
#ifndef CONNECT_H
#define CONNECT_H

#include "endpoint.h"
#include "origins.h"
#include "verdict.h"
#include "why.h"

struct connect_how {
	int64_t	 timeout_ns;	/* for each address; 0: the system's own */
	int64_t	 keepalive_ns;	/* 0: none */
	int64_t	 user_timeout_ns;	/* 0: the system's */
	int	 narrow;	/* a small buffer for what comes */
	unsigned retries;	/* after a timeout or a refusal */
	int	 udp;		/* a datagram socket: nobody is asked */
	int	 verbose;	/* tell what is tried, on standard error */
	int	 stopfd;	/* readable: end now; -1: none */
	struct origins origins;	/* the first; none: the system chooses */
};

/* Tries the addresses of the endpoint's host in their order.  Returns a
 * connected non-blocking socket, which is the caller's, and outcome->where and
 * outcome->address are its peer; or -1, and *outcome is the most telling of the
 * failures, or outcome->stopped is set. */
int	 connect_endpoint(const struct endpoint *, const struct connect_how *,
	    struct outcome *outcome);
/* Is it its own peer? */
int	 is_connected_to_itself(int fd);

#endif
