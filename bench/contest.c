/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "calls.h"
#include "contest.h"
#include "deadline.h"
#include "quantity.h"
#include "segments.h"
#include "turns.h"
#include "unpwrap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PATIENCE_NS	(3 * NSEC_PER_SEC)
#define IDLE_S		3
#define QUIET_NS	(300 * INT64_C(1000))
#define QUIET_TRIES	100
#define DISTURBED	20	/* a 20th of a slice is too much */
#define TRIES		2
#define RAMP_NS		(10 * NSEC_PER_MSEC)
#define HUNG_MAX	2
#define SEED		1

static const enum load_mode load_modes[] = {
	[CONTEST_PING_PONG] = LOAD_PING_PONG,
	[CONTEST_BULK] = LOAD_BULK,
	[CONTEST_CHURN] = LOAD_CHURN,
	[CONTEST_IDLE] = LOAD_PING_PONG
};

static int64_t
own_cpu(void)
{
	struct timespec used;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return used.tv_sec * NSEC_PER_SEC + used.tv_nsec;
}

/* Waits until the server has cleaned up after the last slice: the next one
 * would pay for that.  Returns the server's processor time. */
static int64_t
quiet(const struct contestant *one)
{
	struct timespec moment = { .tv_nsec = QUIET_NS };
	int64_t before, now = account_cpu(&one->target.account);

	for (int i = 0; i < QUIET_TRIES; i++) {
		nanosleep(&moment, NULL);
		before = now;
		now = account_cpu(&one->target.account);
		if (now == before)
			break;
	}
	return now;
}

/* In KiB.  Memory of recent work must not count as that of idle connections. */
static double
memory(const struct contestant *one, const struct contest_how *how)
{
	struct timespec idle = { .tv_sec = IDLE_S };

	quiet(one);
	if (how->mode == CONTEST_IDLE)
		nanosleep(&idle, NULL);
	return (double)account_pss(&one->target.account) / 1024;
}

static struct load *
open_load(struct contestant *one, const struct contest_how *how,
    size_t connections)
{
	struct load_how load = {
		.mode = load_modes[how->mode],
		.path.to = one->target.address,
		.path.to_len = one->target.address_len,
		.connections = connections,
		.length = how->length,
		.seed = SEED,
		.patience_ns = PATIENCE_NS
	};

	return load_open(&load, one->why);
}

/* The cost of the very first connection must not count as that of each one. */
static int
warm_up(struct contestant *one, const struct contest_how *how)
{
	struct load *load = open_load(one, how, 1);

	if (load == NULL)
		return -1;
	load_close(load);
	one->base_kib = memory(one, how);
	return 0;
}

static int
prepare(struct contestant *one, const struct contest_how *how)
{
	if (target_start(&one->target, how->server_cpu, one->why) == -1)
		return -1;
	if (warm_up(one, how) == -1 ||
	    (one->load = open_load(one, how, how->connections)) == NULL) {
		target_stop(&one->target);
		return -1;
	}
	one->each_kib = (memory(one, how) - one->base_kib) /
	    (double)how->connections;
	one->processes = account_processes(&one->target.account);
	return 0;
}

static double
units_of(const struct contest_how *how, const struct load_sum *sum)
{
	return how->mode == CONTEST_BULK ? (double)sum->bytes / 1e6 :
	    (double)sum->echoes;
}

static void
add_failures(struct load_sum *into, const struct load_sum *from)
{
	for (enum verdict v = 0; v < VERDICTS; v++)
		into->failed[v] += from->failed[v];
}

/* A stream's speed and cost depend on what its connection has learnt (windows,
 * the rate of the path), which differs from one to the next by chance and
 * stays: so each slice has a new one, after a moment to learn. */
static void
new_stream(struct contestant *one, const struct contest_how *how,
    struct load_sum *sum)
{
	load_close(one->load);
	one->load = open_load(one, how, how->connections);
	if (one->load == NULL)
		return;
	load_slice(one->load, RAMP_NS, sum);
	add_failures(one->sum, sum);
	one->units += units_of(how, sum);
	memset(sum, 0, sizeof(*sum));
	quiet(one);
}

/* How long this process could have run and was not let, in ns. */
static int64_t
delay(void)
{
	FILE *file = fopen("/proc/self/schedstat", "re");
	unsigned long long ns = 0;

	if (file == NULL)
		return 0;
	if (fscanf(file, "%*u %llu", &ns) != 1)
		ns = 0;
	fclose(file);
	return (int64_t)ns;
}

/* Returns whether others of the machine kept the load from running. */
static int
take_slice(struct contestant *one, const struct contest_how *how,
    struct slice *slice, struct load_sum *sum)
{
	int64_t server, load, delayed;
	uint64_t segments;
	double units;

	if (how->mode == CONTEST_BULK)
		new_stream(one, how, sum);
	if (one->load == NULL)
		return 0;
	server = account_cpu(&one->target.account);
	segments = segments_sent();
	delayed = delay();
	load = own_cpu();
	load_slice(one->load, how->slice_ns, sum);
	load = own_cpu() - load;
	delayed = delay() - delayed;
	segments = segments_sent() - segments;
	server = quiet(one) - server;
	units = units_of(how, sum);
	*slice = (struct slice){ .cost = 0 };
	if (units > 0) {
		slice->cost = (double)server / 1000 / units;
		slice->load_cost = (double)load / 1000 / units;
		slice->rate = units / (double)sum->elapsed_ns * 1e9;
		slice->segments = (double)segments / units;
	}
	/* On one processor the server itself delays the load. */
	return how->load_cpu != how->server_cpu &&
	    delayed > sum->elapsed_ns / DISTURBED;
}

/* Again, where the machine had other things to do; but not for ever, since some
 * always have. */
static void
take_good_slice(struct contestant *one, const struct contest_how *how,
    struct slice *slice)
{
	struct load_sum *sum = calloc(1, sizeof(*sum));
	int tries = 1;

	if (sum == NULL)
		err_sys("memory");
	while (take_slice(one, how, slice, sum) && tries++ < TRIES) {
		add_failures(one->sum, sum);
		one->units += units_of(how, sum);
		memset(sum, 0, sizeof(*sum));
		one->disturbed++;
	}
	load_sum_merge(one->sum, sum);
	one->units += units_of(how, sum);
	free(sum);
}

/* One that hangs must not take the others' time again and again. */
static void
take_turn(struct contestant *one, const struct contest_how *how,
    struct slice *slice)
{
	uint64_t late = load_silences(one->sum);

	take_good_slice(one, how, slice);
	if (one->load == NULL)
		one->is_out = 1;	/* it says why */
	if (load_silences(one->sum) == late ||
	    ++one->hung < HUNG_MAX)
		return;
	one->is_out = 1;
	snprintf(one->why, sizeof(one->why),
	    "it hangs: no echo for %d seconds, %u times",
	    (int)(PATIENCE_NS / NSEC_PER_SEC), one->hung);
}

static void
run_cycles(const struct contest_how *how, struct contestant *all, size_t n,
    const volatile sig_atomic_t *interrupted)
{
	for (size_t cycle = 0; cycle < how->cycles; cycle++) {
		for (size_t i = 0; i < n && !*interrupted; i++) {
			struct contestant *one =
			    &all[whose_turn(cycle, i, n)];

			if (!one->is_out)
				take_turn(one, how, &one->slices[cycle]);
		}
	}
}

/* A slice that is not kept does not reset the counters: forget what it has
 * counted. */
static void
forget(struct contestant *one)
{
	free(one->sum);
	one->units = 0;
	one->disturbed = 0;
	one->sum = calloc(1, sizeof(*one->sum));
	if (one->sum == NULL)
		err_sys("memory");
}

static void
count_calls(struct contestant *one, const struct contest_how *how)
{
	struct calls *calls = calls_begin(&one->target.account);
	struct load_sum *sum;
	double units;
	uint64_t n;

	one->calls = -1;
	if (calls == NULL)
		return;
	sum = calloc(1, sizeof(*sum));
	if (sum == NULL)
		err_sys("memory");
	load_slice(one->load, how->slice_ns, sum);
	quiet(one);
	n = calls_end(calls);
	units = units_of(how, sum);
	if (units > 0)
		one->calls = (double)n / units;
	add_failures(one->sum, sum);
	free(sum);
}

static void
measure(const struct contest_how *how, struct contestant *all, size_t n,
    const volatile sig_atomic_t *interrupted)
{
	struct contest_how first = *how;

	for (size_t i = 0; i < n; i++)
		if (!all[i].is_out)
			forget(&all[i]);
	first.cycles = 1;
	run_cycles(&first, all, n, interrupted);
	for (size_t i = 0; i < n; i++) {
		if (all[i].is_out)
			continue;
		forget(&all[i]);
		all[i].faults_before = account_faults(&all[i].target.account);
	}
	run_cycles(how, all, n, interrupted);
	for (size_t i = 0; i < n; i++) {
		if (all[i].is_out)
			continue;
		all[i].faults = all[i].units <= 0 ? 0 :
		    (double)(account_faults(&all[i].target.account) -
		    all[i].faults_before) / all[i].units;
		count_calls(&all[i], how);
	}
}

typedef double	 part_of(const struct slice *);

static double
cost_of(const struct slice *slice)
{
	return slice->cost;
}

static double
load_cost_of(const struct slice *slice)
{
	return slice->load_cost;
}

static double
rate_of(const struct slice *slice)
{
	return slice->rate;
}

static double
segments_of(const struct slice *slice)
{
	return slice->segments;
}

static double *
parts(const struct contestant *one, size_t cycles, part_of *part)
{
	double *values = malloc(cycles * sizeof(*values));

	if (values == NULL)
		err_sys("memory");
	for (size_t i = 0; i < cycles; i++)
		values[i] = part(&one->slices[i]);
	return values;
}

static double
median_of(const struct contestant *one, size_t cycles, part_of *part)
{
	double *values = parts(one, cycles, part);
	double result = median(values, cycles);

	free(values);
	return result;
}

/* Of the pairs of slices that belong to one cycle. */
static struct interval
ratio(const struct contestant *one, const struct contestant *other,
    size_t cycles, part_of *part)
{
	double *a = parts(one, cycles, part), *b = parts(other, cycles, part);
	struct interval interval = ratio_interval(a, b, cycles);

	free(a);
	free(b);
	return interval;
}

static void
conclude(struct contestant *one, const struct contestant *against,
    size_t cycles)
{
	one->usual.cost = median_of(one, cycles, cost_of);
	one->usual.load_cost = median_of(one, cycles, load_cost_of);
	one->usual.rate = median_of(one, cycles, rate_of);
	one->usual.segments = median_of(one, cycles, segments_of);
	one->cost_ratio = ratio(one, against, cycles, cost_of);
	one->rate_ratio = ratio(one, against, cycles, rate_of);
}

static void
put_away(struct contestant *one)
{
	if (one->load != NULL)
		load_close(one->load);
	one->load = NULL;
	target_stop(&one->target);
}

/* Servers that only hold connections run one after the other: together they
 * would need more descriptors than a process may have. */
static void
prepare_all(const struct contest_how *how, struct contestant *all, size_t n,
    const volatile sig_atomic_t *interrupted)
{
	for (size_t i = 0; i < n; i++) {
		all[i].slices = calloc(how->cycles, sizeof(struct slice));
		if (all[i].slices == NULL)
			err_sys("memory");
		all[i].is_out = *interrupted || prepare(&all[i], how) == -1;
		if (how->mode == CONTEST_IDLE)
			put_away(&all[i]);
	}
}

int
contest_run(const struct contest_how *how, struct contestant *all, size_t n,
    size_t against, const volatile sig_atomic_t *interrupted)
{
	if (run_on(how->load_cpu) == -1)
		err_sys("processor %d", how->load_cpu);
	prepare_all(how, all, n, interrupted);
	if (how->mode != CONTEST_IDLE)
		measure(how, all, n, interrupted);
	for (size_t i = 0; i < n; i++)
		put_away(&all[i]);
	for (size_t i = 0; i < n && all[against].is_out; i++)
		against = i;
	if (all[against].is_out)
		return -1;
	for (size_t i = 0; i < n && how->mode != CONTEST_IDLE; i++)
		if (!all[i].is_out)
			conclude(&all[i], &all[against], how->cycles);
	return (int)against;
}
