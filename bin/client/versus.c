/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "comparison.h"
#include "crew.h"
#include "descriptors.h"
#include "interrupts.h"
#include "output.h"
#include "quantity.h"
#include "result.h"
#include "turns.h"
#include "unpwrap.h"
#include "versus.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SLICE_NS	(100 * NSEC_PER_MSEC)
#define SLICE_LEAST_NS	(10 * NSEC_PER_MSEC)
#define CYCLES		11	/* slices that each gets, at the least */
#define RAMP_NS		(10 * NSEC_PER_MSEC)
#define PAUSE_NS	NSEC_PER_MSEC

/* The figures of a slice that are compared; below 0: not known. */
enum part { SPEED, MEDIAN, PARTS };

struct rival {
	struct load_how	 how;
	size_t		 threads;
	struct crew	*crew;
	struct result	 result;	/* of all slices */
	double		*values[PARTS];	/* of each slice */
	struct load_sum	*slice;		/* the last one */
};

struct versus {
	struct rival	*rivals;
	size_t		 n, cycles;
	int64_t		 slice_ns;
};

static double *
new_values(size_t n)
{
	double *values = calloc(n, sizeof(*values));

	if (values == NULL)
		err_sys("memory");
	return values;
}

/* Ends the process where the server does not serve them all. */
static void
open_crew(struct rival *rival)
{
	char why[WHY_MAX];
	enum verdict worst;

	rival->crew = crew_open(&rival->how, rival->threads, &worst, why);
	if (rival->crew != NULL)
		return;
	if (user_interrupts > 0)
		err_quit("interrupted");
	err_msg("%s: %s", rival->result.server, why);
	exit(verdicts[worst].status);
}

static void
apply_load(struct rival *rival, int64_t ns, struct load_sum *sum)
{
	errno = crew_slice(rival->crew, ns, sum);
	if (errno != 0)
		err_sys("%zu threads", rival->threads);
}

/* Returns 0, or the status of what failed, which is told. */
static int
prepare(struct rival *rival, const struct campaign *c,
    const struct endpoint *endpoint, size_t cycles,
    const struct report_how *report_how)
{
	int status;
	struct campaign own = *c;

	own.endpoint = *endpoint;
	if (campaign_prepare(&own, &rival->how, &rival->result, report_how,
	    &status) == -1)
		return status;
	/* With fewer connections it would be another load. */
	rival->how.give_up = 0;
	rival->threads = c->threads;
	open_crew(rival);
	rival->how.first = 0;
	for (enum part part = 0; part < PARTS; part++)
		rival->values[part] = new_values(cycles);
	rival->slice = calloc(1, sizeof(*rival->slice));
	if (rival->slice == NULL)
		err_sys("memory");
	return 0;
}

/* But for what failed. */
static void
forget_figures(struct load_sum *sum)
{
	uint64_t failed[VERDICTS];

	memcpy(failed, sum->failed, sizeof(failed));
	memset(sum, 0, sizeof(*sum));
	memcpy(sum->failed, failed, sizeof(failed));
}

/* A stream's speed depends on what its connection has learnt of the path.  By
 * chance this differs between connections, and it stays: each slice has new
 * connections. */
static void
new_stream(struct rival *rival)
{
	crew_close(rival->crew);
	open_crew(rival);
	apply_load(rival, RAMP_NS, rival->slice);
	forget_figures(rival->slice);
}

static void
take_turn(const struct versus *v, struct rival *rival, size_t cycle)
{
	static const struct timespec pause_time = { .tv_nsec = PAUSE_NS };
	double per_second = (double)NSEC_PER_SEC;
	struct load_sum *sum = rival->slice;

	nanosleep(&pause_time, NULL);
	if (rival->how.mode == LOAD_BULK)
		new_stream(rival);
	apply_load(rival, v->slice_ns, sum);
	per_second /= (double)sum->elapsed_ns;
	rival->values[SPEED][cycle] = per_second * (double)
	    (rival->how.mode == LOAD_BULK ? sum->bytes : sum->echoes);
	rival->values[MEDIAN][cycle] = sum->latency.total == 0 ? -1 :
	    (double)histogram_quantile(&sum->latency, .5);
}

/* All servers have the same number of slices: of a cycle that is cut short,
 * only what failed is counted.  Returns 0 if the cycle came to its end. */
static int
run_cycle(struct versus *v, size_t cycle)
{
	for (size_t i = 0; i < v->n; i++)
		memset(v->rivals[i].slice, 0, sizeof(*v->rivals[i].slice));
	for (size_t i = 0; i < v->n && user_interrupts == 0; i++)
		take_turn(v, &v->rivals[whose_turn(cycle, i, v->n)], cycle);
	for (size_t i = 0; i < v->n; i++) {
		struct rival *rival = &v->rivals[i];

		if (user_interrupts > 0)
			forget_figures(rival->slice);
		load_sum_merge(&rival->result.sum, rival->slice);
	}
	return user_interrupts == 0 ? 0 : -1;
}

/* The first cycle warms up: the second one overwrites what it found. */
static size_t
take_turns(struct versus *v)
{
	size_t cycle = 0;

	if (run_cycle(v, 0) == -1)
		return 0;
	for (size_t i = 0; i < v->n; i++)
		forget_figures(&v->rivals[i].result.sum);
	while (cycle < v->cycles && run_cycle(v, cycle) == 0)
		cycle++;
	return cycle;
}

/* A slice of an open loop has a whole number of messages: its schedule begins
 * anew in each. */
static void
choose_slices(struct versus *v, int64_t time_ns, double rate)
{
	int64_t each = time_ns / (int64_t)v->n;

	v->slice_ns = each / CYCLES < SLICE_NS ? each / CYCLES : SLICE_NS;
	if (v->slice_ns < SLICE_LEAST_NS)
		v->slice_ns = SLICE_LEAST_NS;
	if (rate > 0)
		v->slice_ns = (int64_t)(ceil((double)v->slice_ns * rate / 1e9) *
		    1e9 / rate);
	v->cycles = (size_t)(each / v->slice_ns);
	if (v->cycles < CYCLES)
		v->cycles = CYCLES;
}

static double
median_of(const struct rival *rival, enum part part, size_t cycles)
{
	double *known = new_values(cycles), result;
	size_t n = 0;

	for (size_t i = 0; i < cycles; i++)
		if (rival->values[part][i] >= 0)
			known[n++] = rival->values[part][i];
	result = median(known, n);
	free(known);
	return result;
}

static struct standing
standing_of(const struct rival *rival, const struct rival *first, size_t cycles)
{
	struct standing s = { .result = &rival->result,
	    .speed = median_of(rival, SPEED, cycles),
	    .p50 = median_of(rival, MEDIAN, cycles) };

	s.speed_ratio = ratio_interval(rival->values[SPEED],
	    first->values[SPEED], cycles);
	s.p50_ratio = ratio_interval(rival->values[MEDIAN],
	    first->values[MEDIAN], cycles);
	return s;
}

static void
put(const struct comparison *c, const struct campaign *campaign,
    const struct report_how *how)
{
	if (how->json)
		comparison_json(stdout, c);
	else if (campaign->conclude.csv)
		comparison_csv(stdout, c);
	else
		comparison_table(stdout, c);
	flush_output();
}

/* Returns the exit status: that of the last server that failed. */
static int
put_all(const struct versus *v, size_t cycles, const struct campaign *campaign,
    const struct report_how *how)
{
	struct comparison c = { .n = v->n, .slices = cycles,
	    .slice_ns = v->slice_ns };
	enum verdict worst;

	c.all = calloc(v->n, sizeof(*c.all));
	if (c.all == NULL)
		err_sys("memory");
	for (size_t i = 0; i < v->n; i++) {
		c.all[i] = standing_of(&v->rivals[i], &v->rivals[0], cycles);
		worst = load_worst(&v->rivals[i].result.sum);
		if (worst != VERDICT_OK)
			c.status = verdicts[worst].status;
	}
	put(&c, campaign, how);
	free(c.all);
	return c.status;
}

static void
put_away(struct versus *v)
{
	for (size_t i = 0; i < v->n; i++) {
		if (v->rivals[i].crew != NULL)
			crew_close(v->rivals[i].crew);
		for (enum part part = 0; part < PARTS; part++)
			free(v->rivals[i].values[part]);
		free(v->rivals[i].slice);
	}
	free(v->rivals);
	free(v);
}

int
versus_run(const struct campaign *c, const struct endpoint *endpoints,
    size_t n, const struct report_how *how)
{
	struct versus *v = calloc(1, sizeof(*v));
	int status = 0;
	size_t cycles;

	if (v == NULL)
		err_sys("memory");
	v->n = n;
	v->rivals = calloc(n, sizeof(*v->rivals));
	if (v->rivals == NULL)
		err_sys("memory");
	choose_slices(v, c->run.time_ns, c->load.rate);
	need_descriptors(c, n);
	for (size_t i = 0; i < n && status == 0; i++)
		status = prepare(&v->rivals[i], c, &endpoints[i], v->cycles,
		    how);
	if (status != 0) {
		put_away(v);
		return status;
	}
	catch_interrupts();
	cycles = take_turns(v);
	if (cycles == 0)
		err_quit("interrupted");
	status = put_all(v, cycles, c, how);
	put_away(v);
	return status;
}
