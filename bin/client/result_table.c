/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "quantity.h"
#include "result.h"

#include <inttypes.h>

#define ROWS_MAX	24	/* of the picture */
#define BAR		44	/* columns of its longest bar */

static void
put_length(FILE *out, const struct result *r)
{
	if (r->mode == LOAD_BULK)
		return;
	fprintf(out, ", %" PRIu64, r->length);
	if (r->length_max > r->length)
		fprintf(out, " to %" PRIu64, r->length_max);
	fprintf(out, " bytes");
	if (r->depth > 1)
		fprintf(out, ", %" PRIu64 " at a time", r->depth);
}

void
result_head(FILE *out, const struct result *r)
{
	fprintf(out, "%" PRIu64 " connection%s, %s", r->connections,
	    r->connections == 1 ? "" : "s", result_loop(r));
	if (r->mode == LOAD_PING_PONG)
		fprintf(out, " loop");
	if (r->rate != 0)
		fprintf(out, " of %.10g/s", r->rate);
	put_length(out, r);
	fprintf(out, ", %.2f s\n", in_seconds(r->sum.elapsed_ns));
}

static void
put_counts(FILE *out, const struct result *r)
{
	const struct load_sum *s = &r->sum;

	if (r->mode != LOAD_BULK)
		fprintf(out, "echoes      %14" PRIu64 "  %.1f/s\n", s->echoes,
		    result_rate(r));
	fprintf(out, "bytes       %14" PRIu64 "  %.3f MB/s each way\n",
	    s->bytes, result_bytes(r) / 1e6);
	if (r->mode != LOAD_BULK)
		fprintf(out, "offered     %14" PRIu64 "  %" PRIu64 " lost, %"
		    PRIu64 " not sent, %" PRIu64 " late\n", s->offered,
		    s->lost, s->unsent, s->late);
	if (s->outstanding != 0)
		fprintf(out, "            %14" PRIu64 "  outstanding: "
		    "not waited for any longer\n", s->outstanding);
	fprintf(out, "connections %14" PRIu64 "  %" PRIu64 " failed\n",
	    s->connects, load_failures(s));
	for (enum verdict v = 0; v < VERDICTS; v++)
		if (s->failed[v] != 0)
			fprintf(out, "            %14" PRIu64 "  %s: %s\n",
			    s->failed[v], verdicts[v].token,
			    verdicts[v].clause);
	fprintf(out, "retransmits %14" PRIu64 "\n", s->retransmits);
}

static void
put_latency(FILE *out, const char *name, const struct histogram *h)
{
	static const double quantiles[] = { .5, .9, .99, .999, .9999 };
	char text[DURATION_TEXT_MAX];

	if (h->total == 0)
		return;
	fprintf(out, "%-8s", name);
	fprintf(out, " %7s", duration_text(histogram_mean(h), text));
	fprintf(out, " %7s", duration_text(histogram_deviation(h), text));
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
		fprintf(out, " %7s", duration_text(
		    (double)histogram_quantile(h, quantiles[i]), text));
	fprintf(out, " %7s\n", duration_text((double)h->max, text));
}

static void
put_latencies(FILE *out, const struct result *r)
{
	const char *name = r->mode == LOAD_CHURN ? "session" :
	    r->rate != 0 ? "response" : "echo";

	fprintf(out, "\n%-8s %7s %7s %7s %7s %7s %7s %7s %7s\n", "time", "mean",
	    "stddev", "p50", "p90", "p99", "p99.9", "p99.99", "max");
	put_latency(out, name, &r->sum.latency);
	put_latency(out, "service", &r->sum.service);
	put_latency(out, "connect", &r->sum.connect);
}

/* The bounds of the picture's rows, in hundredths of a power of ten: fine ones,
 * or those of 1, 2 and 5 where the times are far apart. */
static const unsigned fine[] = { 100, 125, 160, 200, 250, 320, 400, 500, 640,
    800, 0 };
static const unsigned coarse[] = { 100, 200, 500, 0 };
static const unsigned powers[] = { 100, 0 };
static const unsigned *const scales[] = { fine, coarse, powers };

/* The i-th bound of a scale, from 1 ns on; far up, the highest time that there
 * is. */
static int64_t
bound(const unsigned *scale, unsigned i)
{
	unsigned n = 0;
	double power = 1, ns;

	while (scale[n] != 0)
		n++;
	for (; i >= n; i -= n)
		power *= 10;
	ns = power * scale[i] / 100;
	return ns < (double)INT64_MAX ? (int64_t)ns : INT64_MAX;
}

static unsigned
first_above(const unsigned *scale, int64_t ns)
{
	unsigned i = 0;

	while (bound(scale, i) < ns)
		i++;
	return i;
}

static void
put_bar(FILE *out, const struct histogram *h, const unsigned *scale,
    unsigned i, uint64_t most)
{
	int64_t low = i == 0 ? 0 : bound(scale, i - 1);
	int64_t high = bound(scale, i);
	uint64_t n = histogram_count(h, high) - (i == 0 ? 0 :
	    histogram_count(h, low));
	int columns = (int)((double)n * BAR / (double)most + 0.999);
	char from[DURATION_TEXT_MAX], to[DURATION_TEXT_MAX];

	fprintf(out, "%7s - %7s %6.2f%% |", duration_text((double)low, from),
	    duration_text((double)high, to),
	    100 * (double)n / (double)h->total);
	while (columns-- > 0)
		putc('#', out);
	putc('\n', out);
}

static uint64_t
longest(const struct histogram *h, const unsigned *scale, unsigned from,
    unsigned to)
{
	uint64_t most = 1, below = 0, upto;

	for (unsigned i = from; i <= to; i++) {
		upto = histogram_count(h, bound(scale, i));
		if (upto - below > most)
			most = upto - below;
		below = upto;
	}
	return most;
}

static void
put_picture(FILE *out, const struct histogram *h)
{
	const unsigned *scale;
	unsigned from, to;
	size_t i = 0;

	if (h->total == 0)
		return;
	do {
		scale = scales[i++];
		from = first_above(scale, histogram_min(h));
		/* The least value's step may reach over a bound. */
		if (from > 0 && histogram_count(h, bound(scale, from - 1)) > 0)
			from--;
		to = first_above(scale, h->max);
	} while (to - from >= ROWS_MAX && i < sizeof(scales) /
	    sizeof(scales[0]));
	putc('\n', out);
	for (unsigned row = from; row <= to; row++)
		put_bar(out, h, scale, row, longest(h, scale, from, to));
}

void
result_table(FILE *out, const struct result *r)
{
	fprintf(out, "%s: ", r->server);
	result_head(out, r);
	putc('\n', out);
	put_counts(out, r);
	if (r->sum.latency.total != 0 || r->sum.connect.total != 0)
		put_latencies(out, r);
	put_picture(out, &r->sum.latency);
}
