/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "deadline.h"
#include "draw.h"
#include "load_engine.h"
#include "quantity.h"

#include <errno.h>

#define EVENTS		256
#define AT_ONCE		8	/* calls to one socket */
#define LOOKS		32	/* for silence, in the time that is allowed */

static int	 pull(struct load *, size_t);

static int
has_room(const struct load *load, const struct member *member)
{
	return member->state == MEMBER_OPEN && member->n < load->how.depth;
}

/* What the server sent before it closed is there to be read first. */
static void
not_sent(struct load *load, size_t index, int error)
{
	struct member *member = &load->members[index];
	uint64_t got;

	load->send_error = error;
	do {
		got = member->got;
		pull(load, index);
	} while (member->state == MEMBER_OPEN && member->got > got);
	load->send_error = 0;
	if (member->state == MEMBER_OPEN)
		engine_fail(load, index, member_verdict(member, error));
}

void
engine_push(struct load *load, size_t index)
{
	struct member *member = &load->members[index];
	int error = member_send(member, &load->tape);

	member->full = error == EAGAIN;
	events_want_out(load->events, index, member->full);
	if (error != 0 && error != EAGAIN)
		not_sent(load, index, error);
	else if (!member->full && member->sent < member->goal)
		load->again = 1;
}

static size_t
next_length(struct load *load)
{
	size_t more = load->how.length_max - load->how.length;

	return load->how.length +
	    (more == 0 ? 0 : draw(&load->random, more + 1));
}

static void
be_busy(struct load *load, struct member *member, int64_t now)
{
	if (!member->busy)
		member->heard_at = now;
	load->under_way += !member->busy;
	member->busy = 1;
}

void
engine_give(struct load *load, struct member *member, int64_t due, int64_t now)
{
	struct message *message = &member->messages[
	    (member->first + member->n) % load->how.depth];

	member->goal += next_length(load);
	message->due_at = due;
	message->sent_at = now;
	message->end = member->goal;
	member->n++;
	load->begun++;
	if (engine_counts(load, message)) {
		load->counted++;
		load->sum->offered++;
		load->sum->late += load->how.rate != 0 &&
		    now - due > LOAD_LATE_NS;
	}
	be_busy(load, member, now);
}

static int
is_stream(const struct load *load)
{
	return load->how.mode == LOAD_BULK && load->running &&
	    !load->proving;
}

static void
put_idle(struct load *load, size_t index)
{
	struct member *member = &load->members[index];

	if (load->how.rate == 0 || member->listed ||
	    !has_room(load, member))
		return;
	member->listed = 1;
	load->idle[(load->first_idle + load->n_idle++) %
	    load->how.connections] = index;
}

void
engine_feed(struct load *load, size_t index, int64_t now)
{
	struct member *member = &load->members[index];

	if (is_stream(load)) {
		be_busy(load, member, now);
		member->goal = UINT64_MAX;
	}
	while (!is_stream(load) && has_room(load, member) &&
	    (engine_has_next(load) || member->fresh)) {
		engine_give(load, member, now, now);
		if (member->fresh)
			break;
	}
	put_idle(load, index);
	if (member->sent < member->goal)
		engine_push(load, index);
}

static void
settled(struct load *load, struct member *member)
{
	load->under_way -= member->busy;
	member->busy = 0;
}

static void
complete(struct load *load, struct member *member, int64_t now)
{
	struct message *message = &member->messages[member->first];
	uint64_t length = message->end - member->whole;

	member->whole = message->end;
	member->first = (member->first + 1) % (unsigned)load->how.depth;
	member->n--;
	if (!engine_counts(load, message))
		return;
	load->sum->echoes++;
	load->sum->bytes += length;
	histogram_add(&load->sum->latency, now - message->due_at);
	if (load->how.rate != 0)
		histogram_add(&load->sum->service, now - message->sent_at);
}

void
engine_echoed(struct load *load, size_t index)
{
	struct member *member = &load->members[index];
	int64_t now = load->progress_at;

	load->opening -= member->fresh;
	member->fresh = 0;
	if (load->how.mode == LOAD_CHURN) {
		member_finish(member);
		return;
	}
	while (member->n > 0 &&
	    member->messages[member->first].end <= member->got)
		complete(load, member, now);
	if (member->got == member->goal)
		settled(load, member);
	if (load->running && load->send_error == 0)
		engine_feed(load, index, now);
}

/* The server has closed.  A send(2) that fails takes the reset with it, which
 * recv(2) would tell; but EPIPE comes after a close, too. */
static void
ended(struct load *load, size_t index)
{
	struct member *member = &load->members[index];

	if (load->send_error != 0 && load->send_error != EPIPE) {
		engine_fail(load, index, member_verdict(member,
		    load->send_error));
		return;
	}
	if (member->state != MEMBER_CLOSING) {
		engine_fail(load, index, member->busy ?
		    VERDICT_CLOSED_MID_REPLY :
		    VERDICT_CLOSED_BETWEEN_MESSAGES);
		return;
	}
	complete(load, member, load->progress_at);
	engine_finish(load, index);
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
		engine_fail(load, index, error == MEMBER_MISMATCH ?
		    VERDICT_MISMATCH : VERDICT_SURPLUS);
	else if (error != 0)
		engine_fail(load, index, member_verdict(member, error));
	if (error != 0)
		return 0;
	member->heard_at = monotonic_ns();
	/* A mere close is no progress, but where it ends a session. */
	if (n > 0 || member->state == MEMBER_CLOSING)
		load->progress_at = member->heard_at;
	if (load->how.mode == LOAD_BULK &&
	    member->heard_at >= load->counts_from)
		load->sum->bytes += n;
	if (n == 0) {
		ended(load, index);
		return 0;
	}
	if (member->n > 0 &&
	    member->got >= member->messages[member->first].end)
		engine_echoed(load, index);
	return n == TAPE_PIECE || member->gone;
}

/* What is due by now, as far as a connection is free for it. */
static void
keep_schedule(struct load *load, int64_t now)
{
	while (load->n_idle > 0 && engine_next_due(load) <= now) {
		size_t index = load->idle[load->first_idle];
		struct member *member = &load->members[index];
		int64_t due = engine_next_due(load);

		load->first_idle = (load->first_idle + 1) %
		    load->how.connections;
		load->n_idle--;
		member->listed = 0;
		if (!has_room(load, member))
			continue;
		engine_give(load, member, due, monotonic_ns());
		put_idle(load, index);
		engine_push(load, index);
	}
}

/* A few calls at a time: a stream, or a message longer than one call takes,
 * must not keep the others waiting. */
static void
go_on(struct load *load, size_t index)
{
	struct member *member = &load->members[index];

	for (int i = 0; i < AT_ONCE; i++) {
		int more = pull(load, index);

		if (member->state != MEMBER_OPEN)
			return;
		if (!member->full && member->sent < member->goal)
			engine_push(load, index);
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
	/* An end that came along with data, and what came along with the
	 * connection, have no event of their own. */
	if (event->what & EVENT_GONE)
		member->gone = 1;
	if (member->state == MEMBER_CONNECTING) {
		engine_connected(load, event->index);
		if (member->state == MEMBER_OPEN &&
		    (event->what & (EVENT_IN | EVENT_GONE)))
			go_on(load, event->index);
	} else if (member->state == MEMBER_CLOSING)
		pull(load, event->index);
	else if (event->what != EVENT_OUT || member->sent < member->goal)
		go_on(load, event->index);
	if (member->state == MEMBER_CLOSING && member->gone)
		pull(load, event->index);
}

/* After a stop of the process or its host, what came meanwhile is taken first:
 * it takes as many turns as there are lots of EVENTS connections. */
static int
is_behind(struct load *load, int64_t now, int64_t most)
{
	int64_t gap = now - load->turned_at;

	load->turned_at = now;
	if (load->behind > 0)	/* the last of them looks, however long it is */
		return --load->behind > 0;
	if (gap <= most / 4)
		return 0;
	load->behind = load->how.connections / EVENTS + 1;
	return 1;
}

static void
expire(struct load *load, int64_t now)
{
	int64_t most = load->how.patience_ns;

	if (load->how.connect_ns < most)
		most = load->how.connect_ns;
	if (is_behind(load, now, most) || now < load->look_at)
		return;
	load->look_at = now + most / LOOKS;
	for (size_t i = 0; i < load->how.connections; i++) {
		struct member *member = &load->members[i];

		if (member->state == MEMBER_CONNECTING)
			most = load->how.connect_ns;
		else if (member->busy)
			most = load->how.patience_ns;
		else
			continue;
		if (now - member->heard_at > most)
			engine_fail(load, i, member_silence(member));
	}
}

static int64_t
wait_time(const struct load *load, int64_t now, int64_t until)
{
	int64_t left = until - now, due = ENGINE_NEVER;

	if (load->n_idle > 0)
		due = engine_next_due(load);
	else if (load->how.mode == LOAD_CHURN && load->n_closed > 0)
		due = load->retry_at > now ? load->retry_at :
		    engine_next_due(load);
	if (load->again || left < 0)
		return 0;
	if (due - now < left)
		left = due > now ? due - now : 0;
	return left < ENGINE_RETRY_NS ? left : ENGINE_RETRY_NS;
}

void
engine_turn(struct load *load, int64_t until)
{
	struct event events[EVENTS];
	int64_t now = monotonic_ns();
	int n, again;

	engine_connect_some(load, now);
	keep_schedule(load, now);
	n = events_wait(load->events, events, EVENTS,
	    wait_time(load, now, until));
	again = load->again;
	load->again = 0;
	for (int i = 0; i < n; i++)
		happened(load, &events[i]);
	for (size_t i = 0; again && i < load->how.connections; i++)
		if (load->members[i].busy &&
		    load->members[i].state == MEMBER_OPEN)
			go_on(load, i);
	expire(load, monotonic_ns());	/* the wait may have been a long one */
}
