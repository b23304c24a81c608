/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "deadline.h"
#include "events.h"
#include "load.h"
#include "member.h"
#include "quantity.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define OPENING_MAX	4	/* some servers have a backlog of 5 */
#define RETRY_NS	(10 * NSEC_PER_MSEC)
#define EVENTS		256
#define AT_ONCE		8	/* calls to one socket */

struct load {
	struct load_how	 how;
	struct tape	 tape;
	struct events	*events;
	struct member	*members;
	size_t		*closed;	/* indices, a stack */
	size_t		 n_closed;
	size_t		 opening;	/* no echo has come yet */
	size_t		 under_way;	/* something is due, or is sent */
	int64_t		 retry_at;	/* not to connect before */
	int64_t		 progress_at;	/* an echo, or a part of one, came */
	int		 connecting;	/* what is closed is made anew */
	int		 running;	/* an echo is followed by the next one */
	int		 again;		/* there is more than was done at once */
	struct load_sum	*sum;
};

static void
drop(struct load *load, size_t index)
{
	struct member *member = &load->members[index];

	if (member->state == MEMBER_CLOSED)
		return;
	load->under_way -= member->busy;
	load->opening -= member->fresh;
	events_remove(load->events, index, member->fd);
	member_close(member);
	load->closed[load->n_closed++] = index;
}

static void
fail(struct load *load, size_t index, enum verdict verdict)
{
	load->sum->failed[verdict]++;
	load->retry_at = monotonic_ns() + RETRY_NS;
	drop(load, index);
}

static void
push(struct load *load, size_t index)
{
	struct member *member = &load->members[index];
	int error = member_send(member, &load->tape);

	member->full = error == EAGAIN;
	events_want_out(load->events, index, member->full);
	if (error != 0 && error != EAGAIN)
		fail(load, index, member_verdict(member, error));
	else if (!member->full && member->sent < member->goal)
		load->again = 1;
}

static void
begin(struct load *load, size_t index, int64_t now)
{
	struct member *member = &load->members[index];

	load->under_way += !member->busy;
	member->busy = 1;
	member->begun_at = now;
	member->goal = load->how.mode == LOAD_BULK && load->running &&
	    !member->fresh ? UINT64_MAX : member->goal + load->how.length;
	push(load, index);
}

static void
complete(struct load *load, struct member *member, int64_t now)
{
	load->sum->echoes++;
	if (load->how.mode != LOAD_BULK)
		histogram_add(&load->sum->latency, now - member->begun_at);
	load->under_way--;
	member->busy = 0;
}

/* The whole echo is there. */
static void
echoed(struct load *load, size_t index)
{
	struct member *member = &load->members[index];
	int64_t now = load->progress_at;

	load->opening -= member->fresh;
	member->fresh = 0;
	if (load->how.mode == LOAD_CHURN) {
		member_finish(member);
		return;
	}
	complete(load, member, now);
	if (load->running)
		begin(load, index, now);
}

/* The server has closed. */
static void
ended(struct load *load, size_t index)
{
	struct member *member = &load->members[index];

	if (member->state != MEMBER_CLOSING) {
		fail(load, index, member->busy ? VERDICT_CLOSED_MID_REPLY :
		    VERDICT_CLOSED_BETWEEN_MESSAGES);
		return;
	}
	complete(load, member, load->progress_at);
	drop(load, index);
}

/* Takes what has come; 1: there may be more. */
static int
pull(struct load *load, size_t index)
{
	struct member *member = &load->members[index];
	size_t n = 0;
	int error = member_receive(member, &load->tape, &n);

	if (error == EAGAIN)
		return 0;
	if (error == MEMBER_MISMATCH || error == MEMBER_SURPLUS)
		fail(load, index, error == MEMBER_MISMATCH ?
		    VERDICT_MISMATCH : VERDICT_SURPLUS);
	else if (error != 0)
		fail(load, index, member_verdict(member, error));
	if (error != 0)
		return 0;
	load->progress_at = monotonic_ns();
	load->sum->bytes += n;
	if (n == 0) {
		ended(load, index);
		return 0;
	}
	if (member->got == member->goal && member->busy)
		echoed(load, index);
	return n == TAPE_PIECE;
}

static void
connected(struct load *load, size_t index)
{
	struct member *member = &load->members[index];
	int error = member_connected(member);

	if (error != 0)
		fail(load, index, verdict_of_connect_error(error));
	else if (load->how.mode == LOAD_CHURN)
		push(load, index);
	else
		begin(load, index, monotonic_ns());
}

static void
start(struct load *load)
{
	size_t index = load->closed[--load->n_closed];
	struct member *member = &load->members[index];
	int error = member_connect(member, (struct sockaddr *)&load->how.to,
	    load->how.to_len);

	if (error == 0 &&
	    events_add(load->events, index, member->fd) == -1) {
		error = errno;
		member_close(member);
	}
	if (error != 0) {
		load->closed[load->n_closed++] = index;
		load->sum->failed[verdict_of_connect_error(error)]++;
		load->retry_at = monotonic_ns() + RETRY_NS;
		return;
	}
	load->opening++;
	if (load->how.mode != LOAD_CHURN)
		return;
	member->begun_at = monotonic_ns();
	member->goal = load->how.length;
	member->busy = 1;
	load->under_way++;
}

static void
start_some(struct load *load)
{
	size_t most = load->how.mode == LOAD_CHURN ? load->how.connections :
	    OPENING_MAX;

	if (!load->connecting || load->n_closed == 0)
		return;
	if (load->retry_at != 0 && monotonic_ns() < load->retry_at)
		return;
	load->retry_at = 0;
	while (load->n_closed > 0 && load->opening < most &&
	    load->retry_at == 0)
		start(load);
}

/* A message longer than a call takes, or a stream, which must not keep the others
 * waiting: a few calls of each. */
static void
go_on(struct load *load, size_t index)
{
	struct member *member = &load->members[index];

	for (int i = 0; i < AT_ONCE; i++) {
		int more = pull(load, index);

		if (member->state != MEMBER_OPEN)
			return;
		if (!member->full && member->sent < member->goal)
			push(load, index);
		else if (!more)
			return;
	}
	load->again = 1;
}

static void
happened(struct load *load, const struct event *event)
{
	struct member *member = &load->members[event->index];

	if (event->what & EVENT_OUT)
		member->full = 0;
	if (member->state == MEMBER_CONNECTING)
		connected(load, event->index);
	else if (member->state == MEMBER_CLOSING)
		pull(load, event->index);
	else if (event->what != EVENT_OUT || member->sent < member->goal)
		go_on(load, event->index);
	/* An end that came along with data has no event of its own. */
	if (member->state == MEMBER_CLOSING && (event->what & EVENT_GONE))
		pull(load, event->index);
}

/* One look at all sockets. */
static void
turn(struct load *load, int64_t until)
{
	struct event events[EVENTS];
	int64_t soon = monotonic_ns() + RETRY_NS;
	int n, again = load->again;

	start_some(load);
	load->again = 0;
	n = events_wait(load->events, events, EVENTS,
	    again ? 0 : deadline_left(soon < until ? soon : until));
	for (int i = 0; i < n; i++)
		happened(load, &events[i]);
	for (size_t i = 0; again && i < load->how.connections; i++)
		if (load->members[i].busy &&
		    load->members[i].state == MEMBER_OPEN)
			go_on(load, i);
}

static int
has_patience(struct load *load)
{
	return monotonic_ns() - load->progress_at < load->how.patience_ns;
}

/* What is under way comes to its end, or is counted as failed. */
static void
settle(struct load *load)
{
	load->connecting = load->running = 0;
	for (size_t i = 0; i < load->how.connections; i++) {
		struct member *member = &load->members[i];

		if (member->goal == UINT64_MAX)
			member->goal = member->sent;
		if (load->how.mode == LOAD_BULK && member->busy &&
		    member->got == member->goal)
			echoed(load, i);
	}
	load->progress_at = monotonic_ns();
	while (load->under_way > 0 && has_patience(load))
		turn(load, load->progress_at + load->how.patience_ns);
	for (size_t i = 0; load->under_way > 0 &&
	    i < load->how.connections; i++)
		if (load->members[i].busy)
			fail(load, i, VERDICT_TIMED_OUT);
}

static int
open_all(struct load *load)
{
	load->connecting = 1;
	load->progress_at = monotonic_ns();
	while ((load->n_closed > 0 || load->opening > 0) &&
	    load_failures(load->sum) <= load->how.connections &&
	    has_patience(load))
		turn(load, load->progress_at + load->how.patience_ns);
	settle(load);
	return load->n_closed == 0 && load->opening == 0 ? 0 : -1;
}

static enum verdict
worst(const struct load_sum *sum)
{
	enum verdict most = VERDICT_OK;

	for (enum verdict v = 0; v < VERDICTS; v++)
		if (sum->failed[v] > sum->failed[most])
			most = v;
	return most;
}

static int
open_first(struct load *load, char why[WHY_MAX])
{
	struct load_sum *sum = calloc(1, sizeof(*sum));
	int status = 0;

	if (sum == NULL)
		return refuse(why, "out of memory");
	load->sum = sum;
	if (load->how.mode != LOAD_CHURN && open_all(load) == -1)
		status = refuse(why, "serves %zu of %zu connections: %s",
		    load_opened(load), load->how.connections,
		    worst(sum) == VERDICT_OK ? "no echo on the others" :
		    verdicts[worst(sum)].clause);
	load->sum = NULL;
	free(sum);
	return status;
}

static struct load *
new_load(const struct load_how *how)
{
	struct load *load = calloc(1, sizeof(*load));

	if (load == NULL)
		return NULL;
	load->how = *how;
	load->events = events_new(how->connections);
	load->members = calloc(how->connections, sizeof(*load->members));
	load->closed = calloc(how->connections, sizeof(*load->closed));
	if (load->events == NULL || load->members == NULL ||
	    load->closed == NULL || tape_make(&load->tape, how->seed) != 0) {
		load->how.connections = 0;
		load_close(load);
		return NULL;
	}
	for (size_t i = how->connections; i-- > 0; ) {
		member_make(&load->members[i], i);
		load->closed[load->n_closed++] = i;
	}
	return load;
}

struct load *
load_open(const struct load_how *how, char why[WHY_MAX])
{
	struct load *load = new_load(how);

	if (load == NULL) {
		snprintf(why, WHY_MAX, "%s", strerror(errno));
		return NULL;
	}
	if (open_first(load, why) == 0)
		return load;
	load_close(load);
	return NULL;
}

void
load_slice(struct load *load, int64_t ns, struct load_sum *sum)
{
	int64_t from = monotonic_ns();

	load->sum = sum;
	load->progress_at = from;
	load->connecting = load->running = 1;
	for (size_t i = 0; i < load->how.connections; i++)
		if (load->members[i].state == MEMBER_OPEN &&
		    !load->members[i].busy)
			begin(load, i, monotonic_ns());
	while (monotonic_ns() < from + ns && has_patience(load))
		turn(load, from + ns);
	settle(load);
	sum->elapsed_ns += monotonic_ns() - from;
	load->sum = NULL;
}

size_t
load_opened(const struct load *load)
{
	return load->how.connections - load->n_closed - load->opening;
}

void
load_close(struct load *load)
{
	for (size_t i = 0; i < load->how.connections; i++)
		if (load->members[i].state != MEMBER_CLOSED)
			member_close(&load->members[i]);
	events_free(load->events);
	free(load->members);
	free(load->closed);
	tape_free(&load->tape);
	free(load);
}

uint64_t
load_failures(const struct load_sum *sum)
{
	uint64_t all = 0;

	for (enum verdict v = 0; v < VERDICTS; v++)
		all += sum->failed[v];
	return all;
}

void
load_sum_merge(struct load_sum *into, const struct load_sum *from)
{
	into->echoes += from->echoes;
	into->bytes += from->bytes;
	into->elapsed_ns += from->elapsed_ns;
	for (enum verdict v = 0; v < VERDICTS; v++)
		into->failed[v] += from->failed[v];
	histogram_merge(&into->latency, &from->latency);
}
