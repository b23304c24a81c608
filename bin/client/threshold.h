/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Conditions under which a result is a failure.
 */
#ifndef THRESHOLD_H
#define THRESHOLD_H

#include "figure.h"
#include "why.h"

#define THRESHOLDS_MAX	32

struct thresholds {
	size_t	 n;
	struct threshold {
		const struct figure *figure;
		int	 sign;		/* 1: wrong if above; -1: if below */
		int	 or_equal;
		double	 limit;
		const char *text;	/* of it: so many characters */
		int	 length;
	} all[THRESHOLDS_MAX];
};

/* "p99>5ms,errors>0,rate<10000": adds these to *thresholds, which was zeroed;
 * the list must last as long. */
int	 thresholds_parse(const char *list, struct thresholds *,
	    char why[WHY_MAX]);
/* Is there one of that figure? */
int	 thresholds_have(const struct thresholds *, const char *figure);
/* The first of a figure that a stream has not, or NULL. */
const struct threshold *thresholds_of_messages(const struct thresholds *);
/* The first from *i on that holds, or NULL; *i is then behind it.  A condition
 * on a latency holds where no echo came. */
const struct threshold *thresholds_next(const struct thresholds *, size_t *i,
	    const struct result *);

#endif
