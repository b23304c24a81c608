/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "histogram.h"

#define HALF	(UINT64_C(1) << HISTOGRAM_HALF_BITS)
#define TOP	((UINT64_C(1) << HISTOGRAM_TOP_BITS) - 1)

/* Of a value of k bits, k > HALF_BITS, the highest HALF_BITS + 1 say the step. */
static unsigned
step_of(uint64_t value)
{
	unsigned shift = 0;

	if (value > TOP)
		value = TOP;
	if (value >= 2 * HALF)
		shift = 63 - (unsigned)__builtin_clzll(value) -
		    HISTOGRAM_HALF_BITS;
	return (unsigned)((value >> shift) + shift * HALF);
}

/* The highest value of a step. */
static int64_t
value_of(unsigned step)
{
	unsigned shift = step < 2 * HALF ? 0 : (unsigned)(step / HALF) - 1;

	return (int64_t)(((step - shift * HALF + 1) << shift) - 1);
}

void
histogram_add(struct histogram *h, int64_t ns)
{
	if (ns < 0)
		ns = 0;
	h->total++;
	h->steps[step_of((uint64_t)ns)]++;
	if (ns > h->max)
		h->max = ns;
}

void
histogram_merge(struct histogram *into, const struct histogram *from)
{
	into->total += from->total;
	if (from->max > into->max)
		into->max = from->max;
	for (unsigned step = 0; step < HISTOGRAM_STEPS; step++)
		into->steps[step] += from->steps[step];
}

int64_t
histogram_quantile(const struct histogram *h, double q)
{
	uint64_t rank = (uint64_t)(q * (double)h->total), below = 0;

	if ((double)rank < q * (double)h->total || rank == 0)
		rank++;
	for (unsigned step = 0; step < HISTOGRAM_STEPS; step++) {
		below += h->steps[step];
		if (below >= rank && h->total != 0)
			return value_of(step) < h->max ? value_of(step) :
			    h->max;
	}
	return 0;
}
