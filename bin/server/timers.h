/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Deadlines of connections, soonest first: a binary heap.  Pure.
 */
#ifndef TIMERS_H
#define TIMERS_H

#include <stddef.h>
#include <stdint.h>

struct timer {
	int64_t		 at;		/* monotonic_ns */
	uint64_t	 number;	/* of the connection, and */
	int		 fd;		/* its descriptor */
};

struct timers {
	struct timer	*heap;
	size_t		 n;
	size_t		 room;
};

/* Returns 0, or -1: errno is that of an allocation. */
int	 timers_add(struct timers *, struct timer);
/* The soonest, or NULL. */
const struct timer *timers_first(const struct timers *);
void	 timers_remove_first(struct timers *);
void	 timers_free(struct timers *);

#endif
