/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * A driver of the connection machine without a socket: its clock is a number,
 * its client a string.  It checks what any driver relies on.
 */
#ifndef UNPWRAP_TESTS_SIMULATION_H
#define UNPWRAP_TESTS_SIMULATION_H

#include <stddef.h>
#include <stdint.h>

#include "course.h"

#define SIMULATION_BUFFER	(COURSE_ROOM + 4096)

struct simulation {
	struct connection connection;
	struct course	 course;
	struct fault_plan plan, asked;
	int		 in_band;	/* clients may ask for faults */
	uint64_t	 random;	/* the start of the course's */
	char		 buffer[SIMULATION_BUFFER];
	/* What the client does. */
	const char	*in;
	size_t		 in_len;
	size_t		 in_read;	/* by the machine */
	int		 has_closed;	/* a FIN comes behind it */
	/* How much a call transfers: 1 to most.  NULL: all. */
	size_t		 (*transfer)(void *arg, size_t most);
	void		*arg;
	/* The clock; faults are switched off. */
	int64_t		 now;
	int64_t		 late;		/* so much does a hold end */
	int		 is_off;
	/* What came of it. */
	enum want	 want;
	char		 out[65536];
	size_t		 out_len;
	unsigned	 writes;
	size_t		 longest;	/* of them */
	char		 wants[256];	/* others than read and write, a letter
					   each */
	char		 struck[512];	/* "rst@100 " */
	unsigned	 steps;
	unsigned	 idle_steps;	/* since something went on */
	const char	*wrong;		/* the promise that was broken */
};

/* F: finish, C: close, R: reset, H: hold, D: die, S: stop, h: half-close,
 * N: narrow, V: vanish, A: appear, s: sense. */
extern const char simulation_letters[];

/* Adds the fault to the plan. */
void	 simulation_fault(struct simulation *, const char *text);
/* The connection begins, all faults of the plan chosen. */
void	 simulation_start(struct simulation *);
/* Does once what the machine wants.  Returns 0 if it wants nothing more, if it
 * cannot go on (no input comes, or it is held for ever), or if a promise is
 * broken. */
int	 simulation_step(struct simulation *);
/* Steps until there is nothing more to do. */
void	 simulation_run(struct simulation *);

#endif
