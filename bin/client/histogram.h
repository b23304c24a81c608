/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * How often which time was taken: exact counts in steps that grow with the
 * value, so that 3 digits are right from nanoseconds to an hour.
 */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>

/* Values below 2^HALF_BITS are exact; above, each doubling has 2^HALF_BITS
 * steps. */
#define HISTOGRAM_HALF_BITS	10
#define HISTOGRAM_TOP_BITS	42	/* 2^42 ns is more than an hour */
#define HISTOGRAM_TOP	((INT64_C(1) << HISTOGRAM_TOP_BITS) - 1)
#define HISTOGRAM_STEPS	\
	((HISTOGRAM_TOP_BITS - HISTOGRAM_HALF_BITS + 1) << HISTOGRAM_HALF_BITS)

/* All 0: empty. */
struct histogram {
	uint64_t total;
	int64_t	 max;
	uint64_t steps[HISTOGRAM_STEPS];
};

/* A negative value counts as 0.  One beyond the top counts as the top, but max
 * keeps the value itself. */
void	 histogram_add(struct histogram *, int64_t ns);
void	 histogram_add_many(struct histogram *, int64_t ns, uint64_t times);
/* Finds the first step from *step on that is not empty.  *ns is its highest
 * value, or max if that is lower, and *times how many are in it; *step is then
 * the next step.  Returns 0 if there is none. */
int	 histogram_next(const struct histogram *, unsigned *step, int64_t *ns,
	    uint64_t *times);
/* Are both in the same step? */
int	 histogram_alike(int64_t ns, int64_t other_ns);
void	 histogram_merge(struct histogram *into, const struct histogram *);
/* What was added between two moments; its max is as exact as the steps are. */
void	 histogram_difference(struct histogram *, const struct histogram *later,
	    const struct histogram *earlier);
/* The value that the fraction q (0 to 1) of all do not exceed, at most 0.1 %
 * too high; 0 where there is none. */
int64_t	 histogram_quantile(const struct histogram *, double q);
/* How many are at most so high, as far as steps tell. */
uint64_t histogram_count(const struct histogram *, int64_t ns);
/* As exact as the steps are; 0 where there is none. */
int64_t	 histogram_min(const struct histogram *);
/* The same; from the least to the highest there was. */
double	 histogram_mean(const struct histogram *);
double	 histogram_deviation(const struct histogram *);

#endif
