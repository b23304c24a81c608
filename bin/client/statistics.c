/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "draw.h"
#include "statistics.h"

#include <stdint.h>
#include <stdlib.h>

#define DRAWS	1000

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
median(double *values, size_t n)
{
	if (n == 0)
		return 0;
	qsort(values, n, sizeof(*values), ascending);
	return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

struct interval
median_interval(double *values, size_t n)
{
	struct interval interval = { .median = median(values, n), .n = n };
	uint64_t state = UINT64_C(0x9e3779b97f4a7c15);
	double medians[DRAWS], *drawn;

	interval.low = interval.high = interval.median;
	drawn = malloc((n + 1) * sizeof(*drawn));
	if (drawn == NULL)
		interval.n = 0;
	if (drawn == NULL || n == 0) {
		free(drawn);
		return interval;
	}
	for (size_t i = 0; i < DRAWS; i++) {
		for (size_t j = 0; j < n; j++)
			drawn[j] = values[draw(&state, n)];
		medians[i] = median(drawn, n);
	}
	free(drawn);
	qsort(medians, DRAWS, sizeof(*medians), ascending);
	interval.low = medians[DRAWS / 40];
	interval.high = medians[DRAWS - 1 - DRAWS / 40];
	return interval;
}

struct interval
ratio_interval(const double *a, const double *b, size_t n)
{
	double *ratios = malloc((n + 1) * sizeof(*ratios));
	struct interval interval = { .median = 0 };
	size_t pairs = 0;

	if (ratios == NULL)
		return interval;
	for (size_t i = 0; i < n; i++)
		if (a[i] >= 0 && b[i] > 0)
			ratios[pairs++] = a[i] / b[i];
	interval = median_interval(ratios, pairs);
	free(ratios);
	return interval;
}

/* The median is below all of n values, or above, with a
 * probability of 2 / 2^n. */
int
interval_is_known(const struct interval *interval)
{
	return interval->n >= 6;
}

int
interval_side(const struct interval *interval, double value)
{
	return (interval->low > value) - (interval->high < value);
}
