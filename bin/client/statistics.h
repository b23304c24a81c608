/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What a sample says, where its neighbours on the machine disturb it: medians.
 */
#ifndef STATISTICS_H
#define STATISTICS_H

#include <stddef.h>

struct interval {
	double	 low, median, high;
	size_t	 n;		/* of so many values */
};

/* The median; 0 if n is 0.  Sorts values. */
double	 median(double *values, size_t n);
/* The median, and the bounds between which it lies with 95 % confidence.  The
 * bootstrap finds them: it asks how medians of samples drawn from this one
 * vary.  The same sample has the same interval.  Sorts values. */
struct interval median_interval(double *values, size_t n);
/* The same of the ratios a[i] / b[i]; a pair with a[i] below 0, or b[i] not
 * above it, is left out. */
struct interval ratio_interval(const double *a, const double *b, size_t n);
/* Of few values not even the extremes have 95 % between them. */
int	 interval_is_known(const struct interval *);
/* Whether it is all below the value (-1), all above (1), or around it (0). */
int	 interval_side(const struct interval *, double value);

#endif
