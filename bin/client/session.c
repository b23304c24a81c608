/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "deadline.h"
#include "pattern.h"
#include "quantity.h"
#include "session.h"
#include "unpwrap.h"
#include "window.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK		((size_t)64 * 1024)
/* To tell what was done to a pattern, so much of what follows is read. */
#define FOLLOWING	((size_t)256 * 1024)
#define FOLLOWING_NS	(500 * NSEC_PER_MSEC)
#define WINDOW_MOST	((size_t)64 * 1024 * 1024)

/* A pipe that poll(2) calls writable takes so much; one byte more may block. */
#ifndef PIPE_BUF
#define PIPE_BUF	_POSIX_PIPE_BUF
#endif

/* Tells the server's close without a read. */
#ifndef POLLRDHUP
#define POLLRDHUP	0
#endif

struct session {
	const struct session_how *how;
	int		 fd;
	int		 ended;		/* the input has come to its end */
	int		 deaf;		/* nothing is read */
	int		 stopped;
	int		 send_error;	/* errno of the one that failed */
	int64_t		 deadline;	/* of the next byte or the close */
	int64_t		 pause;		/* nothing is sent until then */
	struct window	 window;
	struct outcome	*outcome;
	char		 chunk[CHUNK];	/* as it came back */
};

enum { INPUT, SERVER, OUTPUT, STOP, WATCHED };

static int
decide(struct session *s, enum verdict verdict)
{
	s->outcome->verdict = verdict;
	s->outcome->echoed = s->window.verified;
	s->outcome->sent = s->window.sent;
	return DECIDED;
}

static int
decide_error(struct session *s, int error)
{
	struct outcome *o = s->outcome;

	tcp_facts_read(s->fd, &o->tcp);
	o->error = error;
	return decide(s, verdict_of_reply_error(error, s->window.verified,
	    &o->tcp));
}

/* While we read nothing, a server that waits for us does not hang. */
static int
decide_silence(struct session *s)
{
	struct outcome *o = s->outcome;
	enum verdict verdict;

	tcp_facts_read(s->fd, &o->tcp);
	o->waited_ns = s->how->reply_timeout_ns;
	o->unread = s->deaf;
	verdict = verdict_of_silence(&o->tcp);
	if (s->deaf && verdict == VERDICT_PROCESS_HUNG)
		verdict = VERDICT_TIMED_OUT;
	return decide(s, verdict);
}

static int
not_ready(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/* The time limit runs from the first byte that the server owes, not from a
 * later one.  Each byte that comes starts it anew. */
static void
await_reply(struct session *s)
{
	if (s->deadline == DEADLINE_NONE)
		s->deadline = deadline_in(s->how->reply_timeout_ns);
}

static void
reply_came(struct session *s)
{
	s->deadline = DEADLINE_NONE;
	if (s->ended || s->window.verified < s->window.sent)
		await_reply(s);
}

/* What is sent and has not come back, as far as it is kept. */
static void
keep_expected(struct session *s)
{
	struct outcome *o = s->outcome;
	size_t n;
	const char *expected = window_outstanding(&s->window, &n);

	o->n_expected = n < AROUND_MAX ? n : AROUND_MAX;
	memcpy(o->expected, expected, o->n_expected);
}

static void
keep_got(struct session *s, const void *got, size_t n)
{
	struct outcome *o = s->outcome;

	o->n_got = n < AROUND_MAX ? n : AROUND_MAX;
	memcpy(o->got, got, o->n_got);
}

/* Appends what follows; returns how many bytes there are. */
static size_t
read_on(struct session *s, unsigned char *bytes, size_t n, size_t most)
{
	struct pollfd server = { .fd = s->fd, .events = POLLIN };
	int64_t deadline = deadline_in(FOLLOWING_NS);
	ssize_t got;
	int left;

	while (n < most && (left = deadline_left(deadline)) > 0) {
		if (poll(&server, 1, left) <= 0)
			continue;
		got = recv(s->fd, bytes + n, most - n, 0);
		if (got == 0 || (got == -1 && !not_ready()))
			break;
		if (got > 0)
			n += (size_t)got;
	}
	return n;
}

static void
diagnose_pattern(struct session *s, const char *got, size_t n)
{
	unsigned char *bytes = malloc(CHUNK + FOLLOWING);

	if (bytes == NULL)
		return;		/* all that is missed is the diagnosis */
	memcpy(bytes, got, n);
	n = read_on(s, bytes, n, n + FOLLOWING);
	keep_got(s, bytes, n);
	diagnose(s->how->seed, s->window.sent, s->window.verified, bytes, n,
	    &s->outcome->diagnosis);
	free(bytes);
}

static int
decide_difference(struct session *s, const char *got, size_t n)
{
	keep_expected(s);
	keep_got(s, got, n);
	if (s->how->has_pattern)
		diagnose_pattern(s, got, n);
	return decide(s, verdict_of_damage(s->outcome->diagnosis.kind,
	    s->window.sent - s->window.verified));
}

static int
decide_close(struct session *s)
{
	if (s->window.verified < s->window.sent)
		return decide(s, VERDICT_CLOSED_MID_REPLY);
	if (!s->ended)
		return decide(s, VERDICT_CLOSED_BETWEEN_MESSAGES);
	return decide(s, VERDICT_OK);
}

/* Without a half-close, the session ends with the last byte of the echo. */
static int
is_done(const struct session *s)
{
	return s->how->no_half_close && s->ended &&
	    s->window.verified == s->window.filled;
}

/* A send(2) that fails clears the error of the socket, and recv(2) then
 * returns 0 as after an orderly close.  Only if send(2) failed with EPIPE can
 * there have been one: Linux reports a reset that follows one as EPIPE. */
static int
receive(struct session *s)
{
	ssize_t got = recv(s->fd, s->chunk, sizeof(s->chunk), 0);
	size_t same;

	if (got > 0) {
		same = window_verify(&s->window, s->chunk, (size_t)got);
		if (same < (size_t)got)
			return decide_difference(s, s->chunk + same,
			    (size_t)got - same);
		reply_came(s);
		return is_done(s) ? decide(s, VERDICT_OK) : GO_ON;
	}
	if (got == -1 && !not_ready())
		return decide_error(s, errno);
	if (got == 0 && (s->send_error == 0 || s->send_error == EPIPE))
		return decide_close(s);
	if (s->send_error != 0)
		return decide_error(s, s->send_error);
	return GO_ON;
}

static void
has_sent(struct session *s, size_t n)
{
	window_send(&s->window, n);
	s->pause = deadline_in(s->how->trickle_ns);
	if (s->deaf)	/* to take more is all that the server can do */
		s->deadline = DEADLINE_NONE;
	await_reply(s);
}

static int
send_some(struct session *s)
{
	size_t n;
	const char *bytes = window_unsent(&s->window, &n);
	ssize_t sent;

	if (n == 0 || s->pause != DEADLINE_NONE)
		return GO_ON;
	if (s->how->trickle_ns != 0)
		n = 1;
	sent = send(s->fd, bytes, n, 0);
	if (sent > 0) {
		has_sent(s, (size_t)sent);
	} else if (sent == -1 && !not_ready()) {
		/* What the server sent before it went is still to be read. */
		s->send_error = errno;
		while (receive(s) == GO_ON)
			;
		return DECIDED;
	}
	return GO_ON;
}

static void
end_input(struct session *s)
{
	s->ended = 1;
	if (s->how->no_half_close)
		return;
	shutdown(s->fd, SHUT_WR);	/* if it fails, recv knows */
	await_reply(s);
}

static void
take_pattern(struct session *s, char *room, size_t n)
{
	uint64_t left = s->how->length - s->window.filled;

	if (n > left)
		n = (size_t)left;
	pattern_bytes(s->how->seed, s->window.filled, room, n);
	window_fill(&s->window, n);
}

static void
take_input(struct session *s)
{
	size_t n;
	char *room = window_room(&s->window, &n);
	ssize_t got;

	if (n == 0)	/* there was no memory for more */
		return;
	if (n > CHUNK)
		n = CHUNK;
	if (s->how->has_pattern && s->window.filled < s->how->length) {
		take_pattern(s, room, n);
		return;
	}
	got = s->how->has_pattern ? 0 : read(STDIN_FILENO, room, n);
	if (got > 0) {
		window_fill(&s->window, (size_t)got);
	} else if (got == 0) {
		end_input(s);
	} else if (!not_ready()) {
		err_sys("standard input");
	}
}

/* As much as standard output takes now: whoever reads it may be slow, and must
 * not keep us from noticing what becomes of the connection. */
static void
print_some(struct session *s)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };
	const char *bytes;
	ssize_t done;
	size_t n;

	for (;;) {
		bytes = window_unprinted(&s->window, &n);
		if (n == 0)
			return;
		if (s->how->no_print) {
			window_print(&s->window, n);
			continue;
		}
		if (poll(&out, 1, 0) != 1)
			return;
		done = write(STDOUT_FILENO, bytes, n < PIPE_BUF ? n : PIPE_BUF);
		if (done == -1 && !not_ready())
			err_sys("standard output");
		if (done <= 0)
			return;
		window_print(&s->window, (size_t)done);
	}
}

static void
print_rest(struct session *s)
{
	const char *bytes;
	size_t n;

	for (;;) {
		bytes = window_unprinted(&s->window, &n);
		if (n == 0)
			return;
		if (writen(STDOUT_FILENO, bytes, n) == -1)
			err_sys("standard output");
		window_print(&s->window, n);
	}
}

/* Input is read when the last of it is sent and printing keeps pace, so that
 * the window grows only by what the server holds. */
static int
wants_input(const struct session *s)
{
	size_t unsent, unprinted;

	window_unsent(&s->window, &unsent);
	window_unprinted(&s->window, &unprinted);
	return !s->ended && s->pause == DEADLINE_NONE && unsent == 0 &&
	    unprinted < CHUNK && !window_full(&s->window);
}

static void
watch(const struct session *s, struct pollfd watched[WATCHED])
{
	size_t unsent, unprinted;

	window_unsent(&s->window, &unsent);
	window_unprinted(&s->window, &unprinted);
	watched[INPUT].fd = wants_input(s) && !s->how->has_pattern ?
	    STDIN_FILENO : -1;
	watched[INPUT].events = POLLIN;
	watched[SERVER].fd = s->fd;
	watched[SERVER].events = s->deaf ? POLLRDHUP : POLLIN;
	if (unsent > 0 && s->pause == DEADLINE_NONE)
		watched[SERVER].events |= POLLOUT;
	watched[OUTPUT].fd = unprinted > 0 ? STDOUT_FILENO : -1;
	watched[OUTPUT].events = POLLOUT;
	watched[STOP].fd = s->how->stopfd;
	watched[STOP].events = POLLIN;
}

/* As poll(2) does, until the deadline or the end of the pause. */
static int
wait_for_any(struct session *s, struct pollfd watched[WATCHED])
{
	int64_t until = s->pause < s->deadline ? s->pause : s->deadline;
	int n;

	watch(s, watched);
	n = poll(watched, WATCHED, deadline_left(until));
	if (s->pause != DEADLINE_NONE && deadline_left(s->pause) == 0)
		s->pause = DEADLINE_NONE;
	return n;
}

static int
is_stopped(const struct pollfd watched[WATCHED])
{
	return watched[STOP].revents != 0;
}

/*
 * The time is over only if it was over before a poll(2) that found nothing: if
 * this process was stopped meanwhile, the echo may be waiting.  The input goes
 * first: its end makes a close that came at the same time an orderly one.
 */
static int
step(struct session *s)
{
	struct pollfd watched[WATCHED];
	int left = deadline_left(s->deadline), heard;

	if (s->how->has_pattern && wants_input(s))
		take_input(s);
	if (is_done(s))		/* the last echo came in a pause */
		return decide(s, VERDICT_OK);
	if (wait_for_any(s, watched) == -1) {
		if (errno != EINTR)
			err_sys("poll");
		return GO_ON;
	}
	if (is_stopped(watched)) {
		s->stopped = 1;
		return DECIDED;
	}
	heard = watched[SERVER].revents & (s->deaf ? ~0 : ~POLLOUT);
	if (left == 0 && heard == 0)
		return decide_silence(s);
	if (watched[INPUT].revents != 0)
		take_input(s);
	if (is_done(s))
		return decide(s, VERDICT_OK);
	heard &= ~POLLOUT;
	if (heard != 0)
		s->deaf = 0;	/* the server has given up: read it all */
	if (heard != 0 && receive(s) == DECIDED)
		return DECIDED;
	if (send_some(s) == DECIDED)
		return DECIDED;
	print_some(s);
	return GO_ON;
}

int
session_run(int fd, const struct session_how *how, struct outcome *outcome)
{
	struct session s = {
		.how = how,
		.fd = fd,
		.deaf = how->no_read,
		.deadline = DEADLINE_NONE,
		.pause = deadline_in(how->idle_ns),
		.outcome = outcome,
	};
	int64_t start = monotonic_ns();

	if (window_open(&s.window, CHUNK, WINDOW_MOST) == -1)
		err_sys("memory for the window");
	outcome->connected = 1;
	outcome->has_pattern = how->has_pattern;
	outcome->seed = how->has_pattern ? how->seed : 0;
	while (step(&s) == GO_ON)
		;
	outcome->elapsed_ns = monotonic_ns() - start;
	if (!outcome->tcp.known)
		tcp_facts_read(fd, &outcome->tcp);
	if (!how->no_print)
		print_rest(&s);
	window_close(&s.window);
	return s.stopped ? -1 : 0;
}
