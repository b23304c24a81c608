/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Load on an echo server: many connections, each byte of the echo verified.  It
 * is applied in slices, between which the connections stay open and nothing is
 * under way, so that servers can take turns.
 */
#ifndef LOAD_H
#define LOAD_H

#include <sys/socket.h>

#include <stddef.h>
#include <stdint.h>

#include "histogram.h"
#include "verdict.h"
#include "why.h"

enum load_mode {
	LOAD_PING_PONG,	/* each connection: a message, its echo, the next */
	LOAD_BULK,	/* each connection: as much as it takes, both ways */
	LOAD_CHURN	/* each: connect, one message, its echo, close */
};

struct load_how {
	enum load_mode	 mode;
	struct sockaddr_storage to;
	socklen_t	 to_len;
	size_t		 connections;	/* at once, 1 or more */
	size_t		 length;	/* of a message, 1 or more */
	uint32_t	 seed;		/* of the pattern */
	int64_t		 patience_ns;	/* for an echo that is due */
};

/* What came of it.  All 0: nothing yet. */
struct load_sum {
	uint64_t echoes;	/* whole messages, verified; churn: and closed */
	uint64_t bytes;		/* that came back, verified */
	uint64_t failed[VERDICTS];	/* connections, by what ended them */
	int64_t	 elapsed_ns;
	struct histogram latency;	/* from sending to the whole echo; churn:
					   from connecting to the close */
};

struct load;

/* Opens all connections, and has a message echoed on each (churn: opens none).
 * NULL: why says what failed: also where the server does not serve so many at
 * once. */
struct load *load_open(const struct load_how *, char why[WHY_MAX]);
/* Applies load for so long, waits for what is under way, and adds to *sum.  A
 * connection that fails is counted and made anew. */
void	 load_slice(struct load *, int64_t ns, struct load_sum *);
/* How many connections are open. */
size_t	 load_opened(const struct load *);
void	 load_close(struct load *);
uint64_t load_failures(const struct load_sum *);
void	 load_sum_merge(struct load_sum *into, const struct load_sum *);

#endif
