/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "quantity.h"
#include "result.h"

#include <inttypes.h>

#define TICKS	5	/* lines in each half of the way to 100 % */

static double
ms(double ns)
{
	return ns / (double)NSEC_PER_MSEC;
}

static void
put_line(FILE *out, int64_t ns, double quantile, uint64_t below)
{
	fprintf(out, "%12.6f %14.12f %10" PRIu64, ms((double)ns), quantile,
	    below);
	if (quantile < 1)
		fprintf(out, " %14.2f", 1 / (1 - quantile));
	putc('\n', out);
}

/* Closer and closer to 1, until only the highest value is left. */
static void
put_lines(FILE *out, const struct histogram *h)
{
	double quantile = 0, half = 1;
	int64_t ns;

	while (1 - quantile > 1 / (double)h->total && h->total > 1) {
		for (int i = 0; i < TICKS; i++) {
			ns = histogram_quantile(h, quantile);
			put_line(out, ns, quantile, histogram_count(h, ns));
			quantile += half / 2 / TICKS;
		}
		half /= 2;
		quantile = 1 - half;
	}
	if (h->total > 0)
		put_line(out, h->max, 1, h->total);
}

void
result_hdr(FILE *out, const struct result *r)
{
	const struct histogram *h = &r->sum.latency;

	fprintf(out, "%12s %14s %10s %14s\n\n", "Value", "Percentile",
	    "TotalCount", "1/(1-Percentile)");
	put_lines(out, h);
	fprintf(out, "#[Mean    = %12.6f, StdDeviation   = %12.6f]\n",
	    ms(histogram_mean(h)), ms(histogram_deviation(h)));
	fprintf(out, "#[Max     = %12.6f, Total count    = %12" PRIu64 "]\n",
	    ms((double)h->max), h->total);
	fprintf(out, "#[Buckets = %12d, SubBuckets     = %12d]\n",
	    HISTOGRAM_TOP_BITS - HISTOGRAM_HALF_BITS + 1,
	    1 << HISTOGRAM_HALF_BITS);
}
