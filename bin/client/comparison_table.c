/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "comparison.h"
#include "quantity.h"

#include <inttypes.h>
#include <stdio.h>

/* What the ratio is, where it is not 1. */
static void
put_meaning(FILE *out, const char *what, const struct interval *ratio,
    const char *more, const char *less)
{
	double off = 100 * (ratio->median - 1);

	fprintf(out, "    %s: ", what);
	if (!interval_is_known(ratio))
		fprintf(out, "not known\n");
	else if (interval_side(ratio, 1) == 0)
		fprintf(out, "no difference, %.2f [%.2f, %.2f]\n",
		    ratio->median, ratio->low, ratio->high);
	else
		fprintf(out, "%.1f %% %s, %.2f [%.2f, %.2f]\n",
		    off > 0 ? off : -off, off > 0 ? more : less,
		    ratio->median, ratio->low, ratio->high);
}

static void
put_times(FILE *out, const struct standing *s)
{
	const struct histogram *h = &s->result->sum.latency;
	char p50[DURATION_TEXT_MAX], p99[DURATION_TEXT_MAX];

	if (h->total == 0)
		fprintf(out, "  no echo\n");
	else
		fprintf(out, "  p50 %7s  p99 %7s\n",
		    duration_text(s->p50, p50),
		    duration_text((double)histogram_quantile(h, .99), p99));
}

static void
put_speed(FILE *out, const struct standing *s)
{
	if (s->result->mode == LOAD_BULK) {
		fprintf(out, "%-39s %10.1f MB/s\n", s->result->server,
		    s->speed / 1e6);
		return;
	}
	fprintf(out, "%-39s %10.0f/s", s->result->server, s->speed);
	put_times(out, s);
}

static void
put_ratios(FILE *out, const struct standing *s)
{
	int is_bulk = s->result->mode == LOAD_BULK;

	put_meaning(out, is_bulk ? "bytes" : "echoes", &s->speed_ratio, "more",
	    "fewer");
	if (!is_bulk)
		put_meaning(out, "median", &s->p50_ratio, "longer", "shorter");
}

static void
put_failures(FILE *out, const struct load_sum *sum)
{
	if (load_failures(sum) != 0)
		fprintf(out, "    %" PRIu64 " connections failed: %s\n",
		    load_failures(sum), verdicts[load_worst(sum)].clause);
}

void
comparison_table(FILE *out, const struct comparison *c)
{
	result_head(out, c->all[0].result);
	fprintf(out, "%zu slices of %.0f ms each; ratios to the first "
	    "server's, and 95 %% intervals\n\n", c->slices,
	    (double)c->slice_ns / (double)NSEC_PER_MSEC);
	for (size_t i = 0; i < c->n; i++) {
		put_speed(out, &c->all[i]);
		if (i > 0)
			put_ratios(out, &c->all[i]);
		put_failures(out, &c->all[i].result->sum);
	}
}
