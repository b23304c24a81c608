/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "histogram.h"

#include <math.h>
#include <string.h>

#define HALF	(UINT64_C(1) << HISTOGRAM_HALF_BITS)

/* Of a value with more bits, the highest HALF_BITS + 1 determine the step. */
static unsigned
step_of(uint64_t value)
{
	unsigned shift = 0;

	if (value > HISTOGRAM_TOP)
		value = HISTOGRAM_TOP;
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
histogram_add_many(struct histogram *h, int64_t ns, uint64_t times)
{
	if (ns < 0)
		ns = 0;
	h->total += times;
	h->steps[step_of((uint64_t)ns)] += times;
	if (ns > h->max)
		h->max = ns;
}

void
histogram_add(struct histogram *h, int64_t ns)
{
	histogram_add_many(h, ns, 1);
}

int
histogram_next(const struct histogram *h, unsigned *step, int64_t *ns,
    uint64_t *times)
{
	while (*step < HISTOGRAM_STEPS && h->steps[*step] == 0)
		++*step;
	if (*step == HISTOGRAM_STEPS)
		return 0;
	*ns = value_of(*step) < h->max ? value_of(*step) : h->max;
	*times = h->steps[(*step)++];
	return 1;
}

int
histogram_alike(int64_t ns, int64_t other_ns)
{
	return step_of((uint64_t)ns) == step_of((uint64_t)other_ns);
}

void
histogram_merge(struct histogram *into, const struct histogram *from)
{
	if (from->total == 0)
		return;
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

void
histogram_difference(struct histogram *h, const struct histogram *later,
    const struct histogram *earlier)
{
	memset(h, 0, sizeof(*h));
	for (unsigned step = 0; step < HISTOGRAM_STEPS; step++) {
		h->steps[step] = later->steps[step] - earlier->steps[step];
		h->total += h->steps[step];
		if (h->steps[step] != 0)
			h->max = value_of(step) < later->max ?
			    value_of(step) : later->max;
	}
}

uint64_t
histogram_count(const struct histogram *h, int64_t ns)
{
	uint64_t below = 0;

	if (ns < 0)
		return 0;
	for (unsigned step = 0; step <= step_of((uint64_t)ns); step++)
		below += h->steps[step];
	return below;
}

int64_t
histogram_min(const struct histogram *h)
{
	unsigned step = 0;
	uint64_t times;
	int64_t ns;

	return histogram_next(h, &step, &ns, &times) ? ns : 0;
}

/* What a value of the step is, by and large. */
static double
middle_of(unsigned step)
{
	double low = step == 0 ? 0 : (double)value_of(step - 1) + 1;

	return (low + (double)value_of(step)) / 2;
}

static double
mean_of_steps(const struct histogram *h)
{
	double all = 0;

	for (unsigned step = 0; step < HISTOGRAM_STEPS; step++)
		if (h->steps[step] != 0)
			all += (double)h->steps[step] * middle_of(step);
	return h->total == 0 ? 0 : all / (double)h->total;
}

/* The middle of a step may be lower than all that is in it. */
double
histogram_mean(const struct histogram *h)
{
	double mean = mean_of_steps(h), least = (double)histogram_min(h);

	if (mean < least)
		return least;
	return mean < (double)h->max ? mean : (double)h->max;
}

double
histogram_deviation(const struct histogram *h)
{
	double mean = mean_of_steps(h), all = 0, off;

	for (unsigned step = 0; step < HISTOGRAM_STEPS; step++) {
		if (h->steps[step] == 0)
			continue;
		off = middle_of(step) - mean;
		all += (double)h->steps[step] * off * off;
	}
	return h->total == 0 ? 0 : sqrt(all / (double)h->total);
}
