/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "comparison.h"
#include "quantity.h"

#include <inttypes.h>
#include <stdio.h>

static void
put_seconds(FILE *out, double ns)
{
	fprintf(out, ",%.9f", in_seconds(ns));
}

static void
put_times(FILE *out, const struct standing *s)
{
	const struct histogram *h = &s->result->sum.latency;

	if (h->total == 0) {
		fputs(",,", out);
		return;
	}
	put_seconds(out, s->p50);
	put_seconds(out, (double)histogram_quantile(h, .99));
}

/* Empty for the first server, and where there is no ratio. */
static void
put_ratio(FILE *out, const struct interval *ratio, int is_there)
{
	if (is_there)
		fprintf(out, ",%.9g,%.9g,%.9g,%s", ratio->median, ratio->low,
		    ratio->high, comparison_verdict(ratio));
	else
		fputs(",,,,", out);
}

void
comparison_csv(FILE *out, const struct comparison *c)
{
	fprintf(out, "server,loop,connections,depth,length,length_max,"
	    "scheduled_rate,slices,slice,speed,p50,p99,echoes,bytes,errors,"
	    "speed_ratio,speed_low,speed_high,speed_verdict,"
	    "p50_ratio,p50_low,p50_high,p50_verdict\n");
	for (size_t i = 0; i < c->n; i++) {
		const struct standing *s = &c->all[i];
		const struct result *r = s->result;

		result_csv_settings(out, r);
		fprintf(out, ",%zu", c->slices);
		put_seconds(out, (double)c->slice_ns);
		fprintf(out, ",%.17g", s->speed);
		put_times(out, s);
		fprintf(out, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64,
		    r->sum.echoes, r->sum.bytes, load_failures(&r->sum));
		put_ratio(out, &s->speed_ratio, i > 0);
		put_ratio(out, &s->p50_ratio, i > 0 && r->mode != LOAD_BULK);
		putc('\n', out);
	}
}
