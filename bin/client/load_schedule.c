/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "load_engine.h"

int64_t
engine_due_in(const struct load *load, uint64_t k)
{
	return (int64_t)((double)k * 1e9 / load->how.rate);
}

int
engine_counts(const struct load *load, const struct message *message)
{
	return message->due_at >= load->counts_from;
}

static int
is_behind_schedule_end(const struct load *load)
{
	return share_nth(&load->how.share, load->begun) >= load->schedule_end;
}

/* When the n-th of this load's own messages is due. */
static int64_t
due(const struct load *load, uint64_t n)
{
	uint64_t k = share_nth(&load->how.share, n);
	int64_t at;

	if (k >= load->schedule_end)
		return ENGINE_NEVER;
	at = load->begun_at + engine_due_in(load, k);
	return at < load->until ? at : ENGINE_NEVER;
}

int64_t
engine_next_due(const struct load *load)
{
	return load->how.rate == 0 || !load->running ? ENGINE_NEVER :
	    due(load, load->begun);
}

uint64_t
engine_due_before(const struct load *load, int64_t moment)
{
	double all = load->how.rate * (double)(moment - load->begun_at) / 1e9;
	uint64_t low = load->begun, high = all > 0 ? (uint64_t)all + 2 : 0;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (due(load, middle) < moment)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void
engine_account(struct load *load)
{
	uint64_t used = load->counted < load->granted ? load->counted :
	    load->granted;

	quota_use(load->run.quota, used - load->accounted);
	load->accounted = used;
}

/* Has this thread a message of the quota left, or can it take one? */
static int
is_granted(struct load *load)
{
	if (load->counted >= load->granted) {
		engine_account(load);
		load->granted += quota_take(load->run.quota);
	}
	return load->counted < load->granted;
}

int
engine_is_complete(struct load *load)
{
	if (load->run.count == 0)
		return 0;
	if (load->how.rate != 0)
		return is_behind_schedule_end(load);
	return !is_granted(load) && quota_is_used(load->run.quota);
}

int
engine_has_next(struct load *load)
{
	return load->running && load->how.rate == 0 &&
	    (load->run.count == 0 || is_granted(load));
}
