/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What a fault does to a connection at the moment when it strikes.  Pure; for
 * course.c, which knows the moment.
 */
#ifndef STRIKE_H
#define STRIKE_H

#include "course.h"

struct strike {
	/* Returns what is wanted, or WANT_NOTHING: go on.  NULL: the fault does
	 * not strike, but lasts. */
	enum want	(*strike)(struct connection *, const struct fault *);
	size_t		 needs;		/* bytes that are due, to strike */
	int		 early;		/* after 0 bytes: does not wait for the
					   first one */
};
extern const struct strike strikes[FAULT_KINDS];

/* The end of the connection, in this way. */
enum want strike_end(struct connection *, enum want how);
/* The time of a fault, with its jitter. */
int64_t	 strike_time(struct course *, const struct fault *);
/* Makes room for n bytes before the next one, fewer where there is less. */
size_t	 strike_room(struct connection *, uint64_t n);
/* Goes on with the bytes that are to be corrupted. */
void	 strike_flip(struct connection *);

#endif
