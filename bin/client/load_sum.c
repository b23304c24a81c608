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
