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

static counted
value(const counter *c)
{
	return atomic_load(c);
}

static counted
ends(const struct stats_part *part)
{
	counted n = 0;

	for (int cause = 0; cause < CAUSES; cause++)
		n += value(&part->ended[cause]);
	return n;
}

/* Of counters that may have begun again at 0.  Less than nothing is nothing. */
static counted
more_than(counted n, counted other)
{
	counted more = n - other;

	return more <= (counted)-1 / 2 ? more : 0;
}

/* Ends are read before what began: none is missed that is current. */
void
stats_sum(const struct stats *stats, struct totals *totals)
{
	counted ended = 0;

	memset(totals, 0, sizeof(*totals));
	for (unsigned i = 0; i < stats->parts; i++) {
		const struct stats_part *part = &stats->part[i];

		for (int cause = 0; cause < CAUSES; cause++)
			totals->ended[cause] += value(&part->ended[cause]);
		for (int kind = 0; kind < FAULT_KINDS; kind++)
			totals->faults[kind] += value(&part->faults[kind]);
		totals->accepted += value(&part->accepted);
		totals->refused += value(&part->refused);
		totals->bytes_in += value(&part->bytes_in);
		totals->bytes_out += value(&part->bytes_out);
		totals->datagrams_in += value(&part->datagrams_in);
		totals->datagrams_out += value(&part->datagrams_out);
		totals->datagrams_dropped += value(&part->datagrams_dropped);
	}
	for (int cause = 0; cause < CAUSES; cause++)
		ended += (counted)totals->ended[cause];
	totals->current = more_than((counted)totals->accepted, ended);
}

static counted
all_ends(const struct stats *stats)
{
	counted n = 0;

	for (unsigned i = 0; i < stats->parts; i++)
		n += ends(&stats->part[i]);
	return n;
}

/* A client that goes from one worker to another meanwhile is seen twice; but
 * then an end was counted. */
int
stats_has_more(const struct stats *stats, uint64_t max)
{
	counted ended, accepted;

	do {
		ended = all_ends(stats);
		accepted = 0;
		for (unsigned i = 0; i < stats->parts; i++)
			accepted += value(&stats->part[i].accepted);
		if (more_than(accepted, ended) <= max)
			return 0;
	} while (all_ends(stats) != ended);
	return 1;
}

void
stats_worker_gone(struct stats_part *part)
{
	counted accepted = value(&part->accepted);

	count(&part->ended[CAUSE_KILLED], accepted - ends(part));
	atomic_store(&part->reaped, accepted);
}

void
stats_children_gone(struct stats_part *part, uint64_t n)
{
	count(&part->reaped, n);
	count(&part->ended[CAUSE_KILLED],
	    more_than(value(&part->reaped), ends(part)));
}
