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

int64_t
engine_next_due(const struct load *load)
{
	int64_t due;

	if (load->how.rate == 0 || !load->running ||
	    is_behind_schedule_end(load))
		return ENGINE_NEVER;
	due = load->begun_at + engine_due_in(load,
	    share_nth(&load->how.share, load->begun));
	return due < load->until ? due : ENGINE_NEVER;
}

int
engine_has_count(struct load *load)
{
	if (load->run.count == 0)
		return 0;
	if (load->how.rate != 0)
		return is_behind_schedule_end(load);
	if (load->counted >= load->granted)
		load->granted += quota_take(load->run.quota);
	return load->counted >= load->granted;
}

int
engine_has_next(struct load *load)
{
	return load->running && load->how.rate == 0 && !engine_has_count(load);
}
