/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * How a load fares while it goes on: on standard error for people, on standard
 * output, as JSON, for programs.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdint.h>

#include "load_sum.h"

struct progress;

struct progress_how {
	int	 stream;	/* a JSON object for each interval */
	int64_t	 interval_ns;	/* 0: a second for a stream, otherwise one
				   line that changes, if standard error is
				   a terminal */
	int64_t	 length_ns;	/* of the load in all; 0: nobody knows */
};

/* NULL: nothing is to be shown. */
struct progress *progress_new(const struct progress_how *);
/* When it is to be shown next; of NULL: never. */
int64_t	 progress_at(const struct progress *);
/* An error of standard output ends the process. */
void	 progress_show(struct progress *, const struct load_sum *);
/* The load is over: shows the rest of a stream, clears the terminal's line. */
void	 progress_end(struct progress *, const struct load_sum *);

#endif
