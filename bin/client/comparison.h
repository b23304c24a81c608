/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What came of servers that took turns, in forms for people and programs.
 */
#ifndef COMPARISON_H
#define COMPARISON_H

#include "result.h"
#include "statistics.h"

struct standing {
	const struct result *result;	/* of all slices */
	double	 speed;		/* echoes a second, of bulk bytes; this and p50:
				   the median of the slices */
	double	 p50;		/* ns; of bulk 0 */
	struct interval speed_ratio, p50_ratio;	/* to the first server's */
};

struct comparison {
	size_t	 n, slices;	/* servers, and what each had */
	int64_t	 slice_ns;
	int	 status;	/* of the process */
	struct standing *all;
};

/* "less", "more", "no difference", or "not known". */
const char *comparison_verdict(const struct interval *ratio);

void	 comparison_table(FILE *, const struct comparison *);
/* A line for each server below one of names. */
void	 comparison_csv(FILE *, const struct comparison *);
/* One object, on one line.  Ends the process where there is no memory. */
void	 comparison_json(FILE *, const struct comparison *);

#endif
