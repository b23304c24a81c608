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
#include "verdict.h"

struct connect_how {
	int64_t	 timeout_ns;	/* for each address; 0: the system's own */
	int	 verbose;	/* tell what is tried, on standard error */
};

/* Tries the addresses of the endpoint's host in their order.  Returns a
 * connected non-blocking socket, which is the caller's, and outcome->where is
 * the address; or -1, and *outcome is the most telling of the failures. */
int	 connect_endpoint(const struct endpoint *, const struct connect_how *,
	    struct outcome *outcome);

#endif
