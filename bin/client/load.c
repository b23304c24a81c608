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
#define NEVER		INT64_MAX

struct load {
	struct load_how	 how;
	struct load_run	 run;
	struct tape	 tape;
	struct events	*events;
	struct member	*members;
	struct message	*messages;	/* of all members */
	size_t		*closed;	/* indices, a stack */
	size_t		 n_closed;
	size_t		*idle;		/* indices, a ring: the one that is
					   idle for longest is the first */
	size_t		 first_idle, n_idle;
	size_t		 opening;
	size_t		 gone;		/* not to be made anew */
	size_t		 under_way;	/* something is due, or is sent */
	uint64_t	 random;
	int64_t		 begun_at, counts_from, until;	/* of the run */
	uint64_t	 begun, counted;	/* messages, in the run */
	int64_t		 retry_at;	/* not to connect before */
	int64_t		 progress_at;	/* an echo, or a part of one, came */
	int64_t		 look_at;	/* for those that have been silent */
	int		 connecting;	/* what is closed is made anew */
	int		 running;	/* an echo is followed by the next one */
	int		 proving;	/* only an echo opens a connection */
	int		 again;		/* there is more than was done at once */
	struct load_sum	*sum;
};

static int
has_room(const struct load *load, const struct member *member)
{
	return member->state == MEMBER_OPEN && member->n < load->how.depth;
}

static void
put_closed(struct load *load, size_t index)
{
	if (load->how.give_up && load->how.mode != LOAD_CHURN)
		load->gone++;
	else
		load->closed[load->n_closed++] = index;
}

static void
drop(struct load *load, size_t index)
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

static int
counts(const struct load *load, const struct message *message)
{
	return message->due_at >= load->counts_from;
}

static void
fail(struct load *load, size_t index, enum verdict verdict)
{
	struct member *member = &load->members[index];

	if (member->state == MEMBER_CLOSED)
		return;
	for (unsigned i = 0; i < member->n; i++)
		load->sum->lost += counts(load, &member->messages[
		    (member->first + i) % load->how.depth]);
	load->sum->failed[verdict]++;
	load->retry_at = monotonic_ns() + RETRY_NS;
	drop(load, index);
	put_closed(load, index);
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

/* xorshift: any will do. */
static size_t
next_length(struct load *load)
{
	size_t more = load->how.length_max - load->how.length;

	if (more == 0)
		return load->how.length;
	load->random ^= load->random << 13;
	load->random ^= load->random >> 7;
	load->random ^= load->random << 17;
	return load->how.length + (size_t)(load->random >> 11) % (more + 1);
}

static void
be_busy(struct load *load, struct member *member, int64_t now)
{
	if (!member->busy)
		member->heard_at = now;
	load->under_way += !member->busy;
	member->busy = 1;
}

/* Gives the member a message, which is not sent yet. */
static void
give(struct load *load, struct member *member, int64_t due, int64_t now)
{
	struct message *message = &member->messages[
	    (member->first + member->n) % load->how.depth];

	member->goal += next_length(load);
	message->due_at = due;
	message->sent_at = now;
	message->end = member->goal;
	member->n++;
	load->begun++;
	if (counts(load, message)) {
		load->counted++;
		load->sum->offered++;
		load->sum->late += now - due > LOAD_LATE_NS;
	}
	be_busy(load, member, now);
}

static int
has_count(const struct load *load)
{
	return load->run.count != 0 && load->counted >= load->run.count;
}

/* Is there another message, in a closed loop? */
static int
has_next(const struct load *load)
{
	return load->running && load->how.rate == 0 && !has_count(load);
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

/* As much as it is to have under way. */
static void
feed(struct load *load, size_t index, int64_t now)
{
	struct member *member = &load->members[index];

	if (is_stream(load)) {
		be_busy(load, member, now);
		member->goal = UINT64_MAX;
	}
	while (!is_stream(load) && has_room(load, member) &&
	    (has_next(load) || member->fresh)) {
		give(load, member, now, now);
		if (member->fresh)
			break;
	}
	put_idle(load, index);
	if (member->sent < member->goal)
		push(load, index);
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

	member->first = (member->first + 1) % (unsigned)load->how.depth;
	member->n--;
	if (!counts(load, message))
		return;
	load->sum->echoes++;
	histogram_add(&load->sum->latency, now - message->due_at);
	if (load->how.rate != 0)
		histogram_add(&load->sum->service, now - message->sent_at);
}

/* One whole echo is there, or several are. */
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
	while (member->n > 0 &&
	    member->messages[member->first].end <= member->got)
		complete(load, member, now);
	if (member->got == member->goal)
		settled(load, member);
	if (load->running)
		feed(load, index, now);
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
	put_closed(load, index);
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
	load->progress_at = member->heard_at = monotonic_ns();
	load->sum->bytes += load->progress_at >= load->counts_from ? n : 0;
	if (n == 0) {
		ended(load, index);
		return 0;
	}
	if (member->n > 0 &&
	    member->got >= member->messages[member->first].end)
		echoed(load, index);
	return n == TAPE_PIECE;
}

static void
connected(struct load *load, size_t index)
{
	struct member *member = &load->members[index];
	int error = member_connected(member);
	int64_t now = monotonic_ns();

	if (error != 0) {
		fail(load, index, verdict_of_connect_error(error));
		return;
	}
	load->sum->connects++;
	histogram_add(&load->sum->connect, now - member->heard_at);
	member->heard_at = now;
	if (!load->proving && load->how.mode != LOAD_CHURN) {
		load->opening--;
		member->fresh = 0;
	}
	if (load->how.mode == LOAD_CHURN)
		push(load, index);
	else
		feed(load, index, now);
}

/* A UNIX-domain socket whose queue is full says so, and nothing when there is
 * room again. */
static void
not_started(struct load *load, size_t index, int error)
{
	load->retry_at = monotonic_ns() + RETRY_NS;
	if (error == EAGAIN) {
		load->closed[load->n_closed++] = index;
		return;
	}
	load->sum->failed[verdict_of_connect_error(error)]++;
	put_closed(load, index);
}

static void
start(struct load *load, int64_t due)
{
	size_t index = load->closed[--load->n_closed];
	struct member *member = &load->members[index];
	int64_t now = monotonic_ns();
	int error = member_connect(member, &load->how.path);

	if (error == 0 &&
	    events_add(load->events, index, member->fd) == -1) {
		error = errno;
		member_close(member);
	}
	if (error != 0) {
		not_started(load, index, error);
		return;
	}
	load->opening++;
	member->heard_at = now;
	if (load->how.mode == LOAD_CHURN)
		give(load, member, due < now ? due : now, now);
}

/* How many connections there are to be by now. */
static size_t
wanted(const struct load *load, int64_t now)
{
	double part;

	if (load->how.ramp_ns == 0)
		return load->how.connections;
	part = (double)(now - load->begun_at) / (double)load->how.ramp_ns;
	return part >= 1 ? load->how.connections :
	    (size_t)(part * (double)load->how.connections) + 1;
}

/* When the next message of the schedule is due. */
static int64_t
next_due(const struct load *load)
{
	int64_t due;

	if (load->how.rate == 0 || !load->running || has_count(load))
		return NEVER;
	due = load->begun_at +
	    (int64_t)((double)load->begun * 1e9 / load->how.rate);
	return due < load->until ? due : NEVER;
}

static int
may_start(const struct load *load, int64_t now)
{
	size_t used = load->how.connections - load->n_closed - load->gone;
	size_t most = load->how.mode == LOAD_CHURN ? load->how.connections :
	    load->how.opening;

	if (load->n_closed == 0 || load->opening >= most ||
	    load->retry_at != 0 || used >= wanted(load, now))
		return 0;
	return load->how.mode != LOAD_CHURN || has_next(load) ||
	    next_due(load) <= now;
}

static void
start_some(struct load *load, int64_t now)
{
	if (!load->connecting || now < load->retry_at)
		return;
	load->retry_at = 0;
	while (may_start(load, now))
		start(load, load->how.rate == 0 ? now : next_due(load));
}

/* What is due by now, as far as a connection is free for it. */
static void
keep_schedule(struct load *load, int64_t now)
{
	while (load->n_idle > 0 && next_due(load) <= now) {
		size_t index = load->idle[load->first_idle];
		struct member *member = &load->members[index];

		load->first_idle = (load->first_idle + 1) %
		    load->how.connections;
		load->n_idle--;
		member->listed = 0;
		if (!has_room(load, member))
			continue;
		give(load, member, next_due(load), monotonic_ns());
		put_idle(load, index);
		push(load, index);
	}
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

static void
expire(struct load *load, int64_t now)
{
	int64_t most = load->how.patience_ns;

	if (now < load->look_at)
		return;
	if (load->how.connect_ns < most)
		most = load->how.connect_ns;
	load->look_at = now + most / 4;
	for (size_t i = 0; i < load->how.connections; i++) {
		struct member *member = &load->members[i];

		if (member->state == MEMBER_CONNECTING)
			most = load->how.connect_ns;
		else if (member->busy)
			most = load->how.patience_ns;
		else
			continue;
		if (now - member->heard_at > most)
			fail(load, i, member_silence(member));
	}
}

static int64_t
wait_time(const struct load *load, int64_t now, int64_t until)
{
	int64_t left = until - now, due = NEVER;

	if (load->n_idle > 0 || (load->how.mode == LOAD_CHURN &&
	    load->n_closed > 0))
		due = next_due(load);
	if (load->again || left < 0)
		return 0;
	if (due - now < left)
		left = due > now ? due - now : 0;
	return left < RETRY_NS ? left : RETRY_NS;
}

/* One look at all sockets. */
static void
turn(struct load *load, int64_t until)
{
	struct event events[EVENTS];
	int64_t now = monotonic_ns();
	int n, again;

	start_some(load, now);
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
	expire(load, now);
}

static int
has_patience(struct load *load)
{
	return monotonic_ns() - load->progress_at < load->how.patience_ns;
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
			echoed(load, i);
	}
}

/* Connections that are not there yet are given up. */
static void
end_openings(struct load *load)
{
	for (size_t i = 0; i < load->how.connections; i++) {
		struct member *member = &load->members[i];

		if (member->state != MEMBER_CONNECTING || member->busy)
			continue;
		drop(load, i);
		load->closed[load->n_closed++] = i;
	}
}

/* What is under way comes to its end, or is counted as failed. */
static void
settle(struct load *load)
{
	load->connecting = load->running = 0;
	end_streams(load);
	load->progress_at = monotonic_ns();
	while (load->under_way > 0 && has_patience(load))
		turn(load, load->progress_at + load->how.patience_ns);
	for (size_t i = 0; load->under_way > 0 &&
	    i < load->how.connections; i++)
		if (load->members[i].busy)
			fail(load, i, member_silence(&load->members[i]));
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
	    has_patience(load))
		turn(load, load->progress_at + load->how.patience_ns);
	settle(load);
	load->proving = 0;
	return load->n_closed == 0 && load->opening == 0 ? 0 : -1;
}

static int
open_first(struct load *load, char why[WHY_MAX])
{
	struct load_sum *sum = calloc(1, sizeof(*sum));
	enum verdict worst;
	int status = 0;

	if (sum == NULL)
		return refuse(why, "out of memory");
	load->sum = sum;
	if (load->how.mode != LOAD_CHURN && open_all(load) == -1) {
		worst = load_worst(sum);
		status = refuse(why, "serves %zu of %zu connections: %s",
		    load_opened(load), load->how.connections,
		    worst == VERDICT_OK ? "no echo on the others" :
		    verdicts[worst].clause);
	}
	load->sum = NULL;
	free(sum);
	return status;
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
}

static int
allocate(struct load *load)
{
	size_t n = load->how.connections;

	load->events = events_new(n);
	load->members = calloc(n, sizeof(*load->members));
	load->messages = calloc(n * load->how.depth,
	    sizeof(*load->messages));
	load->closed = calloc(n, sizeof(*load->closed));
	load->idle = calloc(n, sizeof(*load->idle));
	if (load->events == NULL || load->members == NULL ||
	    load->messages == NULL || load->closed == NULL ||
	    load->idle == NULL)
		return -1;
	return tape_make(&load->tape, load->how.seed) == 0 ? 0 : -1;
}

struct load *
load_new(const struct load_how *how)
{
	struct load *load = calloc(1, sizeof(*load));

	if (load == NULL)
		return NULL;
	load->how = *how;
	settle_how(&load->how);
	load->random = UINT64_C(0x9e3779b97f4a7c15) + how->seed;
	if (allocate(load) == -1) {
		load->how.connections = 0;
		load_close(load);
		return NULL;
	}
	for (size_t i = how->connections; i-- > 0; ) {
		member_make(&load->members[i], i,
		    load->messages + i * load->how.depth);
		load->closed[load->n_closed++] = i;
	}
	return load;
}

struct load *
load_open(const struct load_how *how, char why[WHY_MAX])
{
	struct load *load = load_new(how);

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
load_begin(struct load *load, const struct load_run *run, struct load_sum *sum)
{
	int64_t now = monotonic_ns();

	load->run = *run;
	load->sum = sum;
	load->begun_at = load->progress_at = now;
	load->counts_from = now + run->omit_ns;
	load->until = run->time_ns == 0 ? NEVER :
	    load->counts_from + run->time_ns;
	load->begun = load->counted = 0;
	load->connecting = load->running = 1;
	for (size_t i = 0; i < load->how.connections; i++)
		if (load->members[i].state == MEMBER_OPEN &&
		    !load->members[i].busy)
			feed(load, i, monotonic_ns());
}

static int
is_over(const struct load *load, int64_t now)
{
	return now >= load->until || load->gone == load->how.connections ||
	    (has_count(load) && load->under_way == 0);
}

int
load_go_on(struct load *load, int64_t until)
{
	int64_t now;

	if (until > load->until)
		until = load->until;
	while (!is_over(load, now = monotonic_ns()) && now < until)
		turn(load, until);
	return !is_over(load, now);
}

/* Of the schedule, what no connection was free for. */
static void
count_unsent(struct load *load)
{
	int64_t now = monotonic_ns(), due;

	while ((due = next_due(load)) <= now) {
		load->begun++;
		if (due < load->counts_from)
			continue;
		load->counted++;
		load->sum->offered++;
		load->sum->unsent++;
	}
}

void
load_end(struct load *load)
{
	int64_t now;

	count_unsent(load);
	settle(load);
	now = monotonic_ns();
	if (now > load->counts_from)
		load->sum->elapsed_ns += now - load->counts_from;
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
	load_go_on(load, NEVER);
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
	events_free(load->events);
	free(load->members);
	free(load->messages);
	free(load->closed);
	free(load->idle);
	tape_free(&load->tape);
	free(load);
}
