/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "load_sum.h"

uint64_t
load_failures(const struct load_sum *sum)
{
	uint64_t all = 0;

	for (enum verdict v = 0; v < VERDICTS; v++)
		all += sum->failed[v];
	return all;
}

uint64_t
load_silences(const struct load_sum *sum)
{
	return sum->failed[VERDICT_TIMED_OUT] +
	    sum->failed[VERDICT_PROCESS_HUNG] +
	    sum->failed[VERDICT_ZERO_WINDOW];
}

enum verdict
load_worst(const struct load_sum *sum)
{
	enum verdict most = VERDICT_OK;

	for (enum verdict v = 0; v < VERDICTS; v++)
		if (sum->failed[v] > sum->failed[most])
			most = v;
	return most;
}

void
load_sum_merge(struct load_sum *into, const struct load_sum *from)
{
	into->offered += from->offered;
	into->echoes += from->echoes;
	into->lost += from->lost;
	into->outstanding += from->outstanding;
	into->unsent += from->unsent;
	into->late += from->late;
	into->bytes += from->bytes;
	into->connects += from->connects;
	into->retransmits += from->retransmits;
	into->elapsed_ns += from->elapsed_ns;
	for (enum verdict v = 0; v < VERDICTS; v++)
		into->failed[v] += from->failed[v];
	histogram_merge(&into->latency, &from->latency);
	histogram_merge(&into->service, &from->service);
	histogram_merge(&into->connect, &from->connect);
}

void
load_sum_difference(struct load_sum *d, const struct load_sum *later,
    const struct load_sum *earlier)
{
	d->offered = later->offered - earlier->offered;
	d->echoes = later->echoes - earlier->echoes;
	d->lost = later->lost - earlier->lost;
	d->outstanding = later->outstanding - earlier->outstanding;
	d->unsent = later->unsent - earlier->unsent;
	d->late = later->late - earlier->late;
	d->bytes = later->bytes - earlier->bytes;
	d->connects = later->connects - earlier->connects;
	d->retransmits = later->retransmits - earlier->retransmits;
	d->elapsed_ns = later->elapsed_ns - earlier->elapsed_ns;
	for (enum verdict v = 0; v < VERDICTS; v++)
		d->failed[v] = later->failed[v] - earlier->failed[v];
	histogram_difference(&d->latency, &later->latency, &earlier->latency);
	histogram_difference(&d->service, &later->service, &earlier->service);
	histogram_difference(&d->connect, &later->connect, &earlier->connect);
}
