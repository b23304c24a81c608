/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "deadline.h"
#include "exchange.h"
#include "pattern.h"
#include "quantity.h"
#include "unpwrap.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOMENT_NS	(20 * NSEC_PER_MSEC)	/* for what nobody asked for */

struct message {
	uint64_t	 offset;	/* of its first byte, of all sent */
	size_t		 n;
	char		 bytes[EXCHANGE_MAX];
};

struct exchange {
	const struct session_how *how;
	int		 fd;
	struct outcome	*outcome;
	struct message	*now;		/* whose echo is awaited */
	struct message	*before;	/* the one that was sent before it */
	int		 is_missing;	/* the echo of that */
	int		 is_ended;	/* the input */
	int64_t		 echoed_at;	/* when the last echo came */
	size_t		 filled;
	char		 input[EXCHANGE_MAX + 1];
	size_t		 n;
	char		 got[EXCHANGE_MAX + 1];	/* one byte more: surplus */
	struct message	 messages[2];
};

static int
decide(struct exchange *x, enum verdict verdict)
{
	x->outcome->verdict = verdict;
	return DECIDED;
}

static int
decide_error(struct exchange *x, int error)
{
	x->outcome->error = error;
	return decide(x, verdict_of_connect_error(error));
}

static int
decide_silence(struct exchange *x)
{
	x->outcome->waited_ns = x->how->reply_timeout_ns;
	return decide(x, VERDICT_TIMED_OUT);
}

/* Another datagram came in place of the echo of "at", or none at all. */
static int
decide_displaced(struct exchange *x, enum damage damage,
    const struct message *at, uint64_t from)
{
	struct outcome *o = x->outcome;

	o->echoed = at->offset;
	o->diagnosis.kind = damage;
	o->diagnosis.bytes = at->n;
	o->diagnosis.from = from;
	return decide(x, verdict_of_damage(damage, at->n));
}

static size_t
same_bytes(const struct exchange *x, const struct message *m)
{
	size_t most = x->n < m->n ? x->n : m->n, n = 0;

	while (n < most && x->got[n] == m->bytes[n])
		n++;
	return n;
}

static int
is_echo_of(const struct exchange *x, const struct message *m)
{
	return m->n > 0 && x->n == m->n && memcmp(x->got, m->bytes, m->n) == 0;
}

static size_t
keep(unsigned char to[AROUND_MAX], const char *from, size_t n)
{
	if (n > AROUND_MAX)
		n = AROUND_MAX;
	memcpy(to, from, n);
	return n;
}

/* What came differs from the datagram that is awaited, or is longer or
 * shorter. */
static int
decide_difference(struct exchange *x)
{
	size_t same = same_bytes(x, x->now), rest = x->n - same;
	struct outcome *o = x->outcome;
	const char *got = x->got + same;

	o->echoed = x->now->offset + same;
	o->n_got = keep(o->got, got, rest);
	o->n_expected = keep(o->expected, x->now->bytes + same,
	    x->now->n - same);
	if (same == x->now->n)
		return decide(x, VERDICT_SURPLUS);
	if (rest == 0) {
		o->diagnosis.bytes = x->now->n - same;
		return decide(x, VERDICT_LOST);
	}
	if (x->how->has_pattern)
		diagnose(x->how->seed, o->sent, o->echoed,
		    (const unsigned char *)got, rest, &o->diagnosis);
	return decide(x, verdict_of_damage(o->diagnosis.kind, rest));
}

static int
decide_surplus(struct exchange *x)
{
	struct outcome *o = x->outcome;

	if (is_echo_of(x, x->before)) {
		o->diagnosis.kind = DAMAGE_REPEATED;
		o->diagnosis.from = x->before->offset;
		return decide(x, VERDICT_REORDERED);
	}
	o->n_got = keep(o->got, x->got, x->n);
	return decide(x, VERDICT_SURPLUS);
}

static int
has_echo(struct exchange *x, const struct message *m)
{
	x->outcome->echoed += m->n;
	x->echoed_at = monotonic_ns();
	if (!x->how->no_print && writen(STDOUT_FILENO, m->bytes, m->n) == -1)
		err_sys("standard output");
	return GO_ON;
}

/* Once the time is over for it, the echo may still come. */
static int
has_late_echo(struct exchange *x)
{
	x->is_missing = 0;
	return has_echo(x, x->before);
}

static int
not_ready(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

/*
 * Waiting.
 */

enum { SERVER, STOP, INPUT, WATCHED };

/* Until one is ready or the deadline has passed; input: watch that, too.
 * *ready is the server's events. */
static int
wait_for_any(struct exchange *x, int64_t deadline, int input, int *ready)
{
	struct pollfd watched[WATCHED] = {
		[SERVER] = { .fd = x->fd, .events = POLLIN },
		[STOP] = { .fd = x->how->stopfd, .events = POLLIN },
		[INPUT] = { .fd = input ? STDIN_FILENO : -1, .events = POLLIN },
	};

	if (poll(watched, WATCHED, deadline_left(deadline)) == -1 &&
	    errno != EINTR)
		err_sys("poll");
	*ready = watched[SERVER].revents;
	if (watched[STOP].revents == 0)
		return GO_ON;
	x->outcome->stopped = 1;
	return DECIDED;
}

/* Takes one datagram, if there is one: *came says so. */
static int
receive(struct exchange *x, int *came)
{
	ssize_t n = recv(x->fd, x->got, sizeof(x->got), MSG_DONTWAIT);

	*came = n >= 0;
	x->n = n > 0 ? (size_t)n : 0;
	if (n == -1 && !not_ready(errno))
		return decide_error(x, errno);
	return GO_ON;
}

/* Waits for a datagram: *came is 0 at the end of the time. */
static int
next_datagram(struct exchange *x, int64_t deadline, int *came)
{
	int ready, left;

	do {
		*came = 0;
		left = deadline_left(deadline);
		if (wait_for_any(x, deadline, 0, &ready) == DECIDED)
			return DECIDED;
		if (ready != 0 && receive(x, came) == DECIDED)
			return DECIDED;
	} while (!*came && left != 0);
	return GO_ON;
}

/*
 * Input.
 */

/* What came while nothing is due. */
static int
unasked(struct exchange *x)
{
	if (x->is_missing && is_echo_of(x, x->before))
		return has_late_echo(x);
	return decide_surplus(x);
}

static void
read_input(struct exchange *x)
{
	ssize_t n = read(STDIN_FILENO, x->input + x->filled,
	    sizeof(x->input) - x->filled);

	if (n == -1 && !not_ready(errno))
		err_sys("standard input");
	if (n == 0)
		x->is_ended = 1;
	if (n > 0)
		x->filled += (size_t)n;
}

/* How much of the input is the next datagram; 0: that is not known yet. */
static size_t
line_length(const struct exchange *x)
{
	const char *end = memchr(x->input, '\n', x->filled);
	size_t n = end != NULL ? (size_t)(end + 1 - x->input) : x->filled;

	if (n > EXCHANGE_MAX)
		err_quit("standard input: a line of more than %d bytes is no "
		    "datagram", EXCHANGE_MAX);
	return end != NULL || x->is_ended ? n : 0;
}

static void
take_line(struct exchange *x, size_t n)
{
	memcpy(x->now->bytes, x->input, n);
	x->now->n = n;
	x->filled -= n;
	memmove(x->input, x->input + n, x->filled);
}

static void
take_pattern(struct exchange *x)
{
	x->now->n = x->is_ended ? 0 : (size_t)x->how->length;
	pattern_bytes(x->how->seed, 0, x->now->bytes, x->now->n);
	x->is_ended = 1;
}

/* The next datagram; one of no bytes at the end of the input. */
static int
take_message(struct exchange *x)
{
	int ready, came;
	size_t n;

	if (x->how->has_pattern) {
		take_pattern(x);
		return GO_ON;
	}
	while ((n = line_length(x)) == 0 && !x->is_ended) {
		if (wait_for_any(x, DEADLINE_NONE, 1, &ready) == DECIDED)
			return DECIDED;
		if (ready == 0) {
			read_input(x);
			continue;
		}
		if (receive(x, &came) == DECIDED ||
		    (came && unasked(x) == DECIDED))
			return DECIDED;
	}
	take_line(x, n);
	return GO_ON;
}

/*
 * One datagram and its echo.
 */

static int
send_message(struct exchange *x)
{
	struct pollfd server = { .fd = x->fd, .events = POLLOUT };

	x->now->offset = x->outcome->sent;
	while (send(x->fd, x->now->bytes, x->now->n, 0) == -1) {
		if (!not_ready(errno))
			return decide_error(x, errno);
		poll(&server, 1, -1);
	}
	x->outcome->sent += x->now->n;
	return GO_ON;
}

/* The echo of a later one is there: will that of the earlier one still come? */
static int
find_missing(struct exchange *x)
{
	int64_t deadline = deadline_in(x->how->reply_timeout_ns);
	int came;

	if (next_datagram(x, deadline, &came) == DECIDED)
		return DECIDED;
	if (came && is_echo_of(x, x->before))
		return decide_displaced(x, DAMAGE_REORDERED, x->before,
		    x->now->offset);
	return decide_displaced(x, DAMAGE_LOST, x->before,
	    x->before->offset + x->before->n);
}

/* *is_due says whether the echo is still to come. */
static int
judge(struct exchange *x, int *is_due)
{
	int is_before = is_echo_of(x, x->before);

	*is_due = x->is_missing && is_before;
	if (*is_due)
		return has_late_echo(x);
	if (is_echo_of(x, x->now))
		return x->is_missing ? find_missing(x) : has_echo(x, x->now);
	if (!is_before)
		return decide_difference(x);
	return decide_displaced(x, DAMAGE_REPEATED, x->now, x->before->offset);
}

/* One echo came of two datagrams that are alike: will the other one still? */
static int
find_twin(struct exchange *x)
{
	int64_t deadline = deadline_in(x->how->reply_timeout_ns);
	int came, is_due;

	if (next_datagram(x, deadline, &came) == DECIDED)
		return DECIDED;
	if (came)
		return judge(x, &is_due);
	return decide_displaced(x, DAMAGE_LOST, x->before,
	    x->before->offset + x->before->n);
}

/* The time is over.  Two missing in a row were hardly lost one by one: that is
 * silence. */
static int
nothing_came(struct exchange *x, int are_alike)
{
	if (x->is_missing)
		return decide_silence(x);
	if (are_alike)
		return find_twin(x);
	x->is_missing = 1;
	return GO_ON;
}

static int
await_echo(struct exchange *x)
{
	int64_t deadline = deadline_in(x->how->reply_timeout_ns);
	int came, is_due = 1, are_alike = 0;

	while (is_due) {
		if (next_datagram(x, deadline, &came) == DECIDED)
			return DECIDED;
		if (!came)
			return nothing_came(x, are_alike);
		are_alike = is_echo_of(x, x->before) && is_echo_of(x, x->now);
		if (judge(x, &is_due) == DECIDED)
			return DECIDED;
	}
	return GO_ON;
}

/* What was answered twice may come twice. */
static int
finish(struct exchange *x)
{
	int came;

	if (x->is_missing)
		return decide_silence(x);
	if (x->outcome->sent > 0) {
		if (next_datagram(x, deadline_in(MOMENT_NS), &came) == DECIDED)
			return DECIDED;
		if (came)
			return decide_surplus(x);
	}
	return decide(x, VERDICT_OK);
}

static int
step(struct exchange *x)
{
	struct message *sent;

	if (take_message(x) == DECIDED)
		return DECIDED;
	if (x->now->n == 0)
		return finish(x);
	if (send_message(x) == DECIDED || await_echo(x) == DECIDED)
		return DECIDED;
	sent = x->now;
	x->now = x->before;
	x->before = sent;
	return GO_ON;
}

int
exchange_run(int fd, const struct session_how *how, struct outcome *outcome)
{
	struct exchange *x = Calloc(1, sizeof(*x));
	int64_t start = monotonic_ns();

	x->how = how;
	x->fd = fd;
	x->outcome = outcome;
	x->now = &x->messages[0];
	x->before = &x->messages[1];
	x->echoed_at = start;
	outcome->connected = 1;
	outcome->has_pattern = how->has_pattern;
	outcome->seed = how->has_pattern ? how->seed : 0;
	while (step(x) == GO_ON)
		;
	outcome->elapsed_ns = (outcome->verdict == VERDICT_OK ?
	    x->echoed_at : monotonic_ns()) - start;
	free(x);
	return outcome->stopped ? -1 : 0;
}
