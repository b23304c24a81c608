/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Faults: what the server does wrong on purpose, and to which connections.
 * Everything here is pure: no system call, no clock but the caller's.
 */
#ifndef FAULT_H
#define FAULT_H

#include <sys/socket.h>

#include <stdint.h>

#include "why.h"

enum fault_kind {
	/* The listener's. */
	FAULT_REFUSE, FAULT_SLOW_ACCEPT, FAULT_SYN_BLACKHOLE,
	/* They strike once. */
	FAULT_ABORT, FAULT_FIN, FAULT_RST, FAULT_DIE, FAULT_SHUTDOWN,
	FAULT_HANG, FAULT_ZERO_WINDOW, FAULT_SILENCE, FAULT_REBOOT,
	FAULT_HALF_CLOSE,
	FAULT_TRUNCATE, FAULT_SURPLUS, FAULT_DUPLICATE, FAULT_CORRUPT,
	FAULT_REORDER,
	/* They last: right bytes, wrong time or shape. */
	FAULT_DELAY, FAULT_RATE, FAULT_FRAGMENT, FAULT_TRICKLE,
	FAULT_KINDS
};

/* What a fault can be given; SELECT and WINDOW are several keys each. */
#define KEY_AFTER	1
#define KEY_SIZE	2
#define KEY_TIME	4
#define KEY_RATE	8
#define KEY_SELECT	16	/* conns, every=N, p, source */
#define KEY_WINDOW	32	/* from, for, every=TIME */

/* What it is. */
#define FAULT_OF_LISTENER	1	/* there is no connection yet */
#define FAULT_OF_TCP		2	/* unknown to a UNIX-domain socket */
#define FAULT_VANISHES		4	/* the host does; see vanish.h */
#define FAULT_HOLDS		8	/* a connection, to its window's end */
#define FAULT_IN_BAND		16	/* a client may ask for it */

struct fault_row {
	const char	*name;
	const char	*help;		/* one line for --help */
	unsigned	 keys;
	unsigned	 main;		/* the key that NAME=VALUE stands for */
	unsigned	 traits;
	/* Defaults. */
	uint64_t	 size;
	int64_t		 time_ns;
	uint64_t	 rate;
	int64_t		 for_ns;
};
extern const struct fault_row fault_rows[FAULT_KINDS];

#define RANGES_MAX	8
struct fault_range {
	uint64_t first, last;
};

struct fault {
	enum fault_kind	 kind;
	uint64_t	 after;		/* bytes echoed before it strikes */
	uint64_t	 size;		/* bytes it is about */
	int64_t		 time_ns;	/* how long it takes */
	int64_t		 jitter_ns;	/* so much more or less */
	uint64_t	 rate;		/* bytes a second */
	/* Connections it is for: all of these must agree. */
	struct fault_range conns[RANGES_MAX];	/* numbers, from 1 */
	unsigned	 nconns;	/* 0: all */
	uint64_t	 every;		/* one of so many; 0: all */
	double		 probability;
	int		 family;	/* of the source; AF_UNSPEC: any */
	unsigned char	 source[16];
	unsigned	 prefix;	/* bits of it that count */
	/* When it is active, since the server's start. */
	int64_t		 from_ns;
	int64_t		 for_ns;	/* 0: without end */
	int64_t		 period_ns;	/* 0: once */
};

#define FAULTS_MAX	32		/* bits of a mask */
struct fault_plan {
	struct fault	 faults[FAULTS_MAX];
	unsigned	 n;
	uint64_t	 seed;
};

/* Is it of this kind (FAULT_OF_TCP, ...)? */
int	 fault_is(enum fault_kind, unsigned trait);

/* NAME[=VALUE][,KEY=VALUE]...  Adds the fault to the plan.  Returns 0 or -1. */
int	 fault_parse(const char *text, struct fault_plan *, char why[WHY_MAX]);

/* The faults that are for this connection, by its number from 1 and the
 * client's address: bit i is faults[i].  The same seed chooses the same. */
uint32_t fault_choose(const struct fault_plan *, uint64_t number,
	    const struct sockaddr *client);

/* At so many nanoseconds since the start: is it active, and when is that to
 * change next (INT64_MAX: never)? */
int	 fault_active(const struct fault *, int64_t now);
int64_t	 fault_changes(const struct fault *, int64_t now);

/* Of the listener's faults, the one that is active (NULL: none); are there any
 * at all? */
const struct fault *fault_of_listener(const struct fault_plan *, int64_t now);
int	 fault_has_listener(const struct fault_plan *);

#endif
