/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Who gets an answer to a datagram.  Its source may be forged, and be another
 * server that answers everything: the two would answer each other for ever.
 * Everything here is pure: no system call, no clock but the caller's.
 */
#ifndef GUARD_H
#define GUARD_H

#include <sys/socket.h>

#include <stdint.h>

#define GUARD_ROWS	1024
#define GUARD_WAYS	4	/* rows that one source may have */
#define GUARD_PORTS_MAX	64
#define GUARD_RATE_MAX	1000000

struct guard_row {
	uint64_t	 source;
	int64_t		 due;	/* what it has had is paid for by then */
};

struct guard {
	uint64_t	 rate;		/* answers a second; 0: no limit */
	uint64_t	 secret;	/* so that nobody can choose sources
					   that share another's rows */
	int		 ports[GUARD_PORTS_MAX];	/* our own */
	unsigned	 nports;
	struct guard_row rows[GUARD_ROWS];
};

void	 guard_start(struct guard *, uint64_t rate, uint64_t secret);
/* More than GUARD_PORTS_MAX are ignored. */
void	 guard_add_port(struct guard *, int port);

/* Whether to answer a datagram from there at "now", in nanoseconds.  Never one
 * from a well-known port or one of ours, nor one beyond the rate of its source:
 * an IPv4 address or an IPv6 network of 64 bits, which may use a second's
 * answers at once.  If more sources are active than there are rows, some share
 * a row and its rate. */
int	 guard_admits(struct guard *, const struct sockaddr *source,
	    int64_t now);

#endif
