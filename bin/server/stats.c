/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "stats.h"

#include <sys/mman.h>

#include <stddef.h>
#include <string.h>

struct stats *
stats_new(unsigned parts)
{
	struct stats *stats = mmap(NULL, sizeof(*stats) +
	    parts * sizeof(stats->part[0]), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (stats == MAP_FAILED)
		return NULL;
	stats->parts = parts;
	return stats;
}

static uint64_t
value(const counter *c)
{
	return atomic_load_explicit(c, memory_order_relaxed);
}

void
stats_sum(const struct stats *stats, struct totals *totals)
{
	memset(totals, 0, sizeof(*totals));
	for (unsigned i = 0; i < stats->parts; i++) {
		const struct stats_part *part = &stats->part[i];

		totals->accepted += value(&part->accepted);
		totals->current += value(&part->current);
		totals->refused += value(&part->refused);
		totals->bytes_in += value(&part->bytes_in);
		totals->bytes_out += value(&part->bytes_out);
		totals->datagrams_in += value(&part->datagrams_in);
		totals->datagrams_out += value(&part->datagrams_out);
		totals->datagrams_dropped += value(&part->datagrams_dropped);
		for (int cause = 0; cause < CAUSES; cause++)
			totals->ended[cause] += value(&part->ended[cause]);
		for (int kind = 0; kind < FAULT_KINDS; kind++)
			totals->faults[kind] += value(&part->faults[kind]);
	}
}

uint64_t
stats_current(const struct stats *stats)
{
	uint64_t current = 0;

	for (unsigned i = 0; i < stats->parts; i++)
		current += value(&stats->part[i].current);
	return current;
}

void
stats_worker_gone(struct stats_part *part)
{
	count(&part->ended[CAUSE_KILLED], atomic_exchange(&part->current, 0));
}
