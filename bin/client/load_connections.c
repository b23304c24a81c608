/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "deadline.h"
#include "load_engine.h"

#include <errno.h>

static void
put_closed(struct load *load, size_t index)
{
	if (load->how.give_up && load->how.mode != LOAD_CHURN &&
	    !load->proving)
		load->gone++;
	else
		load->closed[load->n_closed++] = index;
}

void
engine_drop(struct load *load, size_t index)
{
	struct member *member = &load->members[index];

	if (member->state == MEMBER_CLOSED)
		return;
	load->under_way -= member->busy;
	load->opening -= member->fresh;
	load->sum->retransmits += member_retransmits(member);
	events_remove(load->events, index, member->fd);
	member_close(member);
}

void
engine_finish(struct load *load, size_t index)
{
	engine_drop(load, index);
	put_closed(load, index);
}

/* How many of the member's messages under way are counted. */
static uint64_t
counted_under_way(const struct load *load, const struct member *member)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < member->n; i++)
		n += (uint64_t)engine_counts(load, &member->messages[
		    (member->first + i) % load->how.depth]);
	return n;
}

void
engine_leave(struct load *load, size_t index)
{
	load->sum->outstanding += counted_under_way(load,
	    &load->members[index]);
	engine_drop(load, index);
	load->closed[load->n_closed++] = index;
}

/* A connection was not served at all.  Nobody is asked without end who serves
 * nobody; but churn goes on with the next one if others were served since the
 * last failure. */
static void
pause_opening(struct load *load)
{
	int64_t now = monotonic_ns();

	if (load->how.mode != LOAD_CHURN ||
	    load->progress_at <= load->failed_at)
		load->retry_at = now + ENGINE_RETRY_NS;
	load->failed_at = now;
}

void
engine_fail(struct load *load, size_t index, enum verdict verdict)
{
	struct member *member = &load->members[index];

	if (member->state == MEMBER_CLOSED)
		return;
	load->sum->lost += counted_under_way(load, member);
	load->sum->failed[verdict]++;
	if (member->got == 0)
		pause_opening(load);
	engine_finish(load, index);
}

void
engine_connected(struct load *load, size_t index)
{
	struct member *member = &load->members[index];
	int error = member_connected(member);
	int64_t now = monotonic_ns();

	if (error != 0) {
		engine_fail(load, index, verdict_of_connect_error(error));
		return;
	}
	events_want_out(load->events, index, 0);
	load->sum->connects++;
	histogram_add(&load->sum->connect, now - member->heard_at);
	member->heard_at = now;
	if (!load->proving && load->how.mode != LOAD_CHURN) {
		load->opening--;
		member->fresh = 0;
	}
	if (load->how.mode == LOAD_CHURN)
		engine_push(load, index);
	else
		engine_feed(load, index, now);
}

/* connect(2) fails if the queue of a UNIX-domain socket is full, and nothing
 * tells when there is room again.  Returns whether that is to be awaited. */
static int
is_queue_full(struct load *load, int64_t now, int error)
{
	if (error != EAGAIN)
		return 0;
	if (load->full_since == 0)
		load->full_since = now;
	return now - load->full_since < load->how.connect_ns;
}

static void
not_started(struct load *load, size_t index, int64_t due, int error)
{
	struct member *member = &load->members[index];
	int64_t now = monotonic_ns();

	load->retry_at = now + ENGINE_RETRY_NS;
	if (is_queue_full(load, now, error)) {
		load->closed[load->n_closed++] = index;
		return;
	}
	if (error == EAGAIN)
		error = ETIMEDOUT;
	/* Those that are made once have all waited since then. */
	if (error != ETIMEDOUT || !load->how.give_up ||
	    load->how.mode == LOAD_CHURN)
		load->full_since = 0;
	if (load->how.mode == LOAD_CHURN) {	/* its message is lost */
		engine_give(load, member, due, now);
		load->sum->lost += counted_under_way(load, member);
		load->under_way -= member->busy;
		member->n = member->busy = 0;
	}
	load->sum->failed[verdict_of_connect_error(error)]++;
	put_closed(load, index);
}

/* Returns 0, or an errno value.  How long it takes is counted from when it
 * began. */
static int
connect_one(struct load *load, size_t index, int64_t now)
{
	struct member *member = &load->members[index];

	member->heard_at = now;
	if (load->how.first == 0)
		return member_connect(member, &load->how.path,
		    (size_t)share_nth(&load->how.share, index));
	member_adopt(member, load->how.first);
	member->heard_at = now - load->how.first_ns;
	load->how.first = 0;
	return 0;
}

static void
start(struct load *load, int64_t due)
{
	size_t index = load->closed[--load->n_closed];
	struct member *member = &load->members[index];
	int64_t now = monotonic_ns(), began;
	int error = connect_one(load, index, now);

	if (error == 0 &&
	    events_add(load->events, index, member->fd) == -1) {
		error = errno;
		member_close(member);
	}
	if (error != 0) {
		not_started(load, index, due, error);
		return;
	}
	load->full_since = 0;
	load->opening++;
	if (load->how.mode != LOAD_CHURN)
		return;
	began = member->heard_at;	/* of one that is adopted: before now */
	engine_give(load, member, due < began ? due : began, now);
	member->heard_at = began;
}

/* How many connections there are to be by now. */
static size_t
wanted(const struct load *load, int64_t now)
{
	double part;

	if (load->how.ramp_ns == 0)
		return load->how.connections;
	part = (double)(now - load->begun_at) / (double)load->how.ramp_ns;
	return part >= 1 ? load->how.connections : (size_t)share_below(
	    &load->how.share,
	    (uint64_t)(part * (double)load->how.share.all) + 1);
}

static int
may_start(struct load *load, int64_t now)
{
	size_t used = load->how.connections - load->n_closed;
	size_t most = load->how.mode == LOAD_CHURN ? load->how.connections :
	    load->how.opening;

	if (load->n_closed == 0 || load->opening >= most ||
	    load->retry_at != 0 || used >= wanted(load, now))
		return 0;
	return load->how.mode != LOAD_CHURN || engine_has_next(load) ||
	    engine_next_due(load) <= now;
}

void
engine_connect_some(struct load *load, int64_t now)
{
	if (!load->connecting || now < load->retry_at)
		return;
	load->retry_at = 0;
	while (may_start(load, now))
		start(load, load->how.rate == 0 ? now : engine_next_due(load));
}
