/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Load on an echo server: many connections, each byte of the echo verified.  It
 * is applied in one run, or in slices, between which the connections stay open
 * and nothing is under way, so that servers can take turns.
 */
#ifndef LOAD_H
#define LOAD_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "load_sum.h"
#include "member.h"
#include "quota.h"
#include "share.h"
#include "why.h"

enum load_mode {
	LOAD_PING_PONG,	/* each connection: a message, its echo, the next */
	LOAD_BULK,	/* each connection: as much as it takes, both ways */
	LOAD_CHURN	/* each: connect, one message, its echo, close */
};

struct load_how {
	enum load_mode	 mode;
	struct member_path path;
	struct share	 share;		/* this thread's, and connections is
					   its own part; share.all 0: there is
					   one thread, which has all */
	size_t		 connections;	/* at once, 1 or more */
	size_t		 opening;	/* of them at once; 0: 4 */
	size_t		 depth;		/* messages under way on each; 0: 1 */
	size_t		 length;	/* of a message, 1 or more */
	size_t		 length_max;	/* uniform up to this; 0: all alike */
	double		 rate;		/* messages a second, all threads';
					   0: as fast as echoes come back */
	int64_t		 ramp_ns;	/* in which connections are opened */
	int		 give_up;	/* one that failed is not made anew */
	int		 no_verify;	/* what comes back is only counted */
	uint32_t	 seed;		/* of the pattern */
	int64_t		 patience_ns;	/* for the next byte that is due */
	int64_t		 connect_ns;	/* for a connection; 0: as above */
	int		 first;		/* a socket connected to path.to: the
					   load's first connection, which
					   load_new takes over; 0: none */
	int64_t		 first_ns;	/* it took so long to make */
	const atomic_int *interrupts;	/* how often the user
					   wants it to end: once, what is under
					   way has LOAD_GRACE_NS left; twice, it
					   has no time left; NULL: never */
};

#define LOAD_GRACE_NS	INT64_C(800000000)

struct load;

/* Opens no connection yet.  NULL: errno. */
struct load *load_new(const struct load_how *);
/* Opens all connections and has one message echoed on each (churn: opens none):
 * the server may be unable to serve so many at once.  Returns 0, or an errno
 * value; EIO: *worst says what failed, or VERDICT_OK: there was no echo. */
int	 load_prove(struct load *, enum verdict *worst);
/* Returns -1, and why says that only so many of all were opened. */
int	 load_refuse(char why[WHY_MAX], size_t opened, size_t all,
	    enum verdict worst);
/* load_new and load_prove.  NULL: see why. */
struct load *load_open(const struct load_how *, char why[WHY_MAX]);
void	 load_close(struct load *);
/* How many connections are open. */
size_t	 load_opened(const struct load *);

/* Applies load for so long, waits for what is under way, and adds to *sum.  A
 * connection that fails is counted and made anew. */
void	 load_slice(struct load *, int64_t ns, struct load_sum *);

/* The same in parts.  A run adds to *sum until its end.  Messages that are due
 * in its first omit_ns are sent, but not counted.  After that it counts for
 * time_ns (0: without an end), or counts so many messages (0: any number). */
struct load_run {
	int64_t	 begun_at;	/* 0: now */
	int64_t	 omit_ns, time_ns;
	uint64_t count;		/* all threads' */
	struct quota *quota;	/* what is left of it, in a closed loop */
};
/* Before a run: opens connections until that moment, and sends nothing; with a
 * ramp, or with churn, only waits.  Adds what it opened, and what failed, to
 * *sum.  Returns earlier where the user wants it to end; and 0, at once, where
 * no connection is left. */
int	 load_wait(struct load *, struct load_sum *, int64_t until);
void	 load_begin(struct load *, const struct load_run *, struct load_sum *);
/* Goes on until that moment.  Returns 0 once the run is over: its time, its
 * count, or its last connection. */
int	 load_go_on(struct load *, int64_t until);
/* Has it lost its last connection, in an open loop, before its time?  What is
 * due until its end then counts as not sent. */
int	 load_is_stranded(const struct load *);
/* Starts nothing more, and waits for what is under way. */
void	 load_end(struct load *);

#endif
