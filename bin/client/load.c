/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "apart.h"
#include "deadline.h"
#include "load_engine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OPENING_MAX	4	/* some servers have a backlog of 5 */

static int
interrupts(const struct load *load)
{
	return load->how.interrupts == NULL ? 0 :
	    atomic_load(load->how.interrupts);
}

/* Has the user ended the load, and is what was under way out of time? */
static int
is_cut(struct load *load)
{
	int n = interrupts(load);

	if (n > 0 && load->cut_at == 0)
		load->cut_at = monotonic_ns() + LOAD_GRACE_NS;
	return n > 1 || (n > 0 && monotonic_ns() >= load->cut_at);
}

/* Is there an echo now and then? */
static int
has_patience(struct load *load)
{
	return !is_cut(load) &&
	    monotonic_ns() - load->progress_at < load->how.patience_ns;
}

/* A stream ends with what has been sent of it. */
static void
end_streams(struct load *load)
{
	for (size_t i = 0; i < load->how.connections; i++) {
		struct member *member = &load->members[i];

		if (member->state != MEMBER_OPEN ||
		    member->goal != UINT64_MAX)
			continue;
		member->goal = member->sent;
		member->messages[member->first] =
		    (struct message){ .due_at = -1, .end = member->goal };
		member->n = 1;
		if (member->got == member->goal)
			engine_echoed(load, i);
	}
}

/* The user does not wait for connections that are not there yet. */
static void
end_openings(struct load *load)
{
	for (size_t i = 0; i < load->how.connections; i++) {
		struct member *member = &load->members[i];

		if (member->state == MEMBER_CONNECTING && !member->busy)
			engine_leave(load, i);
	}
}

/* Has something come of late? */
static int
is_alive(const struct load *load, const struct member *member)
{
	return monotonic_ns() - member->heard_at < load->how.patience_ns;
}

/* Each connection that is being made comes, or fails by its limit.  That of
 * churn has a message under way. */
static int
has_openings(struct load *load)
{
	return load->opening > 0 && load->how.mode != LOAD_CHURN &&
	    !load->proving && !is_cut(load);
}

static int
is_connecting(const struct load *load)
{
	for (size_t i = 0; i < load->how.connections; i++)
		if (load->members[i].state == MEMBER_CONNECTING)
			return 1;
	return 0;
}

/* How long what is under way may take: a session of churn may have to connect
 * first. */
static int64_t
grace(const struct load *load)
{
	return load->how.patience_ns + (load->how.mode == LOAD_CHURN &&
	    is_connecting(load) ? load->how.connect_ns : 0);
}

/* Waits for what is under way.  What does not come to its end is counted as
 * failed; or as outstanding, if the user does not wait for it, or if it comes
 * so slowly that the load would not end. */
static void
settle(struct load *load)
{
	int64_t end = monotonic_ns() + grace(load);

	load->connecting = load->running = 0;
	end_streams(load);
	/* Where the count is complete, the last echo was the end. */
	if (load->under_way > 0 || !engine_is_complete(load))
		load->progress_at = monotonic_ns();
	while (has_openings(load) || (load->under_way > 0 &&
	    (load->behind > 0 || (!is_cut(load) && monotonic_ns() < end))))
		engine_turn(load, monotonic_ns() + ENGINE_RETRY_NS);
	for (size_t i = 0; load->under_way > 0 &&
	    i < load->how.connections; i++) {
		struct member *member = &load->members[i];

		if (!member->busy)
			continue;
		if (is_cut(load) || is_alive(load, member))
			engine_leave(load, i);
		else
			engine_fail(load, i, member_silence(member));
	}
	if (!load->proving)
		end_openings(load);
}

static int
open_all(struct load *load)
{
	load->connecting = load->proving = 1;
	load->begun_at = load->progress_at = monotonic_ns();
	while ((load->n_closed > 0 || load->opening > 0) &&
	    load_failures(load->sum) <= load->how.connections &&
	    (load->behind > 0 || has_patience(load)))
		engine_turn(load, load->progress_at + load->how.patience_ns);
	settle(load);
	load->proving = 0;
	return load->n_closed == 0 && load->opening == 0 ? 0 : -1;
}

int
load_prove(struct load *load, enum verdict *worst)
{
	struct load_sum *sum = calloc(1, sizeof(*sum));
	int error = 0;

	*worst = VERDICT_OK;
	if (sum == NULL)
		return ENOMEM;
	load->sum = sum;
	if (load->how.mode != LOAD_CHURN && open_all(load) == -1) {
		*worst = load_worst(sum);
		error = EIO;
	}
	load->sum = NULL;
	free(sum);
	return error;
}

int
load_refuse(char why[WHY_MAX], size_t opened, size_t all, enum verdict worst)
{
	return refuse(why, "serves %zu of %zu connections: %s", opened, all,
	    worst == VERDICT_OK ? "no echo on the others" :
	    verdicts[worst].clause);
}

static void
settle_how(struct load_how *how)
{
	if (how->depth == 0)
		how->depth = 1;
	if (how->opening == 0)
		how->opening = OPENING_MAX;
	if (how->length_max == 0)
		how->length_max = how->length;
	if (how->connect_ns == 0)
		how->connect_ns = how->patience_ns;
	if (how->share.all == 0)
		how->share = share_of(0, 1, how->connections);
}

static int
allocate(struct load *load)
{
	size_t n = load->how.connections;

	if (load->how.depth > SIZE_MAX / sizeof(*load->messages) / n) {
		errno = ENOMEM;
		return -1;
	}
	load->events = events_new(n);
	load->members = apart(n, sizeof(*load->members));
	load->messages = apart(n * load->how.depth, sizeof(*load->messages));
	load->closed = apart(n, sizeof(*load->closed));
	load->idle = apart(n, sizeof(*load->idle));
	if (load->events == NULL || load->members == NULL ||
	    load->messages == NULL || load->closed == NULL ||
	    load->idle == NULL)
		return -1;
	load->tape.no_verify = load->how.no_verify;
	errno = tape_make(&load->tape, load->how.seed);
	return errno == 0 ? 0 : -1;
}

struct load *
load_new(const struct load_how *how)
{
	struct load *load = apart(1, sizeof(*load));

	if (load == NULL)
		return NULL;
	load->how = *how;
	settle_how(&load->how);
	load->random = UINT64_C(0x9e3779b97f4a7c15) + how->seed +
	    load->how.share.first;
	if (allocate(load) == -1) {
		load->how.connections = 0;
		load_close(load);
		return NULL;
	}
	for (size_t i = how->connections; i-- > 0; ) {
		member_make(&load->members[i],
		    (size_t)share_nth(&load->how.share, i),
		    load->messages + i * load->how.depth);
		load->closed[load->n_closed++] = i;
	}
	return load;
}

struct load *
load_open(const struct load_how *how, char why[WHY_MAX])
{
	struct load *load = load_new(how);
	enum verdict worst;
	int error = load == NULL ? errno : load_prove(load, &worst);

	if (error == 0)
		return load;
	if (error == EIO)
		load_refuse(why, load_opened(load), how->connections, worst);
	else
		snprintf(why, WHY_MAX, "%s", strerror(error));
	if (load != NULL)
		load_close(load);
	return NULL;
}

/* Those that are due before omit_ns are over do not count. */
static uint64_t
schedule_end(const struct load *load)
{
	int64_t omit = load->run.omit_ns;
	uint64_t k = (uint64_t)((double)omit * load->how.rate / 1e9);

	if (load->run.count == 0)
		return UINT64_MAX;
	while (k > 0 && engine_due_in(load, k - 1) >= omit)
		k--;
	while (engine_due_in(load, k) < omit)
		k++;
	return k + load->run.count;
}

static void
feed_all(struct load *load)
{
	for (size_t i = 0; i < load->how.connections; i++)
		if (load->members[i].state == MEMBER_OPEN &&
		    !load->members[i].busy)
			engine_feed(load, i, monotonic_ns());
}

void
load_begin(struct load *load, const struct load_run *run, struct load_sum *sum)
{
	load->run = *run;
	load->sum = sum;
	load->begun_at = run->begun_at == 0 ? monotonic_ns() : run->begun_at;
	load->progress_at = load->begun_at;
	load->counts_from = load->begun_at + run->omit_ns;
	load->until = run->time_ns == 0 ? ENGINE_NEVER :
	    load->counts_from + run->time_ns;
	/* The first session has begun with its handshake. */
	if (load->how.mode == LOAD_CHURN && load->how.first != 0 &&
	    run->omit_ns == 0)
		load->progress_at = load->counts_from -= load->how.first_ns;
	load->begun = load->counted = load->granted = load->accounted = 0;
	load->full_since = 0;
	if (load->how.rate != 0)
		load->schedule_end = schedule_end(load);
	load->connecting = load->running = 1;
	feed_all(load);
}

static int
is_deserted(const struct load *load)
{
	return load->gone == load->how.connections;
}

int
load_wait(struct load *load, struct load_sum *sum, int64_t until)
{
	load->sum = sum;
	load->connecting = load->how.ramp_ns == 0;
	/* One turn at least, however late the load before us was. */
	while (interrupts(load) == 0 && !is_deserted(load)) {
		engine_turn(load, until);
		if (monotonic_ns() >= until)
			break;
	}
	load->sum = NULL;
	return !is_deserted(load);
}

static int
is_over(struct load *load, int64_t now)
{
	return now >= load->until || interrupts(load) > 0 ||
	    is_deserted(load) ||
	    (engine_is_complete(load) && load->under_way == 0);
}

int
load_is_stranded(const struct load *load)
{
	return is_deserted(load) &&
	    engine_next_due(load) != ENGINE_NEVER;
}

int
load_go_on(struct load *load, int64_t until)
{
	int64_t now;

	if (until > load->until)
		until = load->until;
	while (!is_over(load, now = monotonic_ns()) && now < until) {
		/* Another thread may have brought messages back since our last
		 * echo. */
		if (load->under_way == 0 && engine_has_next(load))
			feed_all(load);
		engine_turn(load, until);
	}
	return !is_over(load, now);
}

/* Of the schedule, what no connection was free for. */
static void
count_unsent(struct load *load)
{
	uint64_t first, n;

	if (load->how.rate == 0 || !load->running)
		return;
	first = engine_due_before(load, load->counts_from);
	load->begun = engine_due_before(load, monotonic_ns() + 1);
	n = load->begun > first ? load->begun - first : 0;
	load->counted += n;
	load->sum->offered += n;
	load->sum->unsent += n;
}

void
load_end(struct load *load)
{
	count_unsent(load);
	settle(load);
	engine_account(load);
	quota_return(load->run.quota, load->granted - load->accounted);
	/* Not how long was waited for what never came. */
	if (load->progress_at > load->counts_from)
		load->sum->elapsed_ns += load->progress_at -
		    load->counts_from;
	for (size_t i = 0; i < load->how.connections; i++)
		if (load->members[i].state != MEMBER_CLOSED)
			load->sum->retransmits +=
			    member_retransmits(&load->members[i]);
	load->sum = NULL;
}

void
load_slice(struct load *load, int64_t ns, struct load_sum *sum)
{
	struct load_run run = { .time_ns = ns };

	load_begin(load, &run, sum);
	load_go_on(load, ENGINE_NEVER);
	load_end(load);
}

size_t
load_opened(const struct load *load)
{
	return load->how.connections - load->n_closed - load->opening -
	    load->gone;
}

void
load_close(struct load *load)
{
	for (size_t i = 0; i < load->how.connections; i++)
		if (load->members[i].state != MEMBER_CLOSED)
			member_close(&load->members[i]);
	if (load->how.first != 0)
		close(load->how.first);
	events_free(load->events);
	free(load->members);
	free(load->messages);
	free(load->closed);
	free(load->idle);
	tape_free(&load->tape);
	free(load);
}
