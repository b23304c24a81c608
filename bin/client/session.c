/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "deadline.h"
#include "session.h"
#include "unpwrap.h"
#include "window.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#define CHUNK		((size_t)64 * 1024)
#define WINDOW_MOST	((size_t)64 * 1024 * 1024)

/* A pipe that poll(2) calls writable takes so much; one byte more may block. */
#ifndef PIPE_BUF
#define PIPE_BUF	_POSIX_PIPE_BUF
#endif

struct session {
	int		 fd;
	int		 ended;		/* the input, and the server knows */
	int		 send_error;	/* errno of the one that failed */
	int64_t		 timeout_ns;
	int64_t		 deadline;	/* of the next byte or the close */
	struct window	 window;
	struct outcome	*outcome;
	char		 chunk[CHUNK];	/* as it came back */
};

enum { INPUT, SERVER, OUTPUT, WATCHED };

/* Functions that return an int return 1 once there is a verdict, 0 before. */
static int
decide(struct session *s, enum verdict verdict)
{
	s->outcome->verdict = verdict;
	s->outcome->echoed = s->window.verified;
	s->outcome->sent = s->window.sent;
	return 1;
}

static int
decide_error(struct session *s, int error)
{
	s->outcome->error = error;
	return decide(s, verdict_of_reply_error(error, s->window.verified));
}

static int
not_ready(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/* The server has its time from the first byte on that it owes, not from a later
 * one, and anew from each that comes. */
static void
await_reply(struct session *s)
{
	if (s->deadline == DEADLINE_NONE)
		s->deadline = deadline_in(s->timeout_ns);
}

static void
reply_came(struct session *s)
{
	s->deadline = DEADLINE_NONE;
	if (s->ended || s->window.verified < s->window.sent)
		await_reply(s);
}

static int
decide_difference(struct session *s, char got)
{
	size_t n;
	const char *expected = window_outstanding(&s->window, &n);

	s->outcome->got = (unsigned char)got;
	if (n == 0)
		return decide(s, VERDICT_SURPLUS);
	s->outcome->expected = (unsigned char)*expected;
	return decide(s, VERDICT_MISMATCH);
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

/* A send(2) that fails takes the error off the socket, and recv(2) then shows
 * the end that an orderly close would.  Only where it failed with EPIPE can
 * there have been one: so Linux reports a reset that follows it. */
static int
receive(struct session *s)
{
	ssize_t got = recv(s->fd, s->chunk, sizeof(s->chunk), 0);
	size_t same;

	if (got > 0) {
		same = window_verify(&s->window, s->chunk, (size_t)got);
		if (same < (size_t)got)
			return decide_difference(s, s->chunk[same]);
		reply_came(s);
		return 0;
	}
	if (got == -1 && !not_ready())
		return decide_error(s, errno);
	if (got == 0 && (s->send_error == 0 || s->send_error == EPIPE))
		return decide_close(s);
	if (s->send_error != 0)
		return decide_error(s, s->send_error);
	return 0;
}

static int
send_some(struct session *s)
{
	size_t n;
	const char *bytes = window_unsent(&s->window, &n);
	ssize_t sent;

	if (n == 0)
		return 0;
	sent = send(s->fd, bytes, n, 0);
	if (sent > 0) {
		window_send(&s->window, (size_t)sent);
		await_reply(s);
	} else if (sent == -1 && !not_ready()) {
		/* What the server sent before it went is still to be read. */
		s->send_error = errno;
		while (!receive(s))
			;
		return 1;
	}
	return 0;
}

static void
take_input(struct session *s)
{
	size_t n;
	char *room = window_room(&s->window, &n);
	ssize_t got;

	if (n == 0)	/* there was no memory for more */
		return;
	got = read(STDIN_FILENO, room, n < CHUNK ? n : CHUNK);
	if (got > 0) {
		window_fill(&s->window, (size_t)got);
	} else if (got == 0) {
		shutdown(s->fd, SHUT_WR);	/* if it fails, recv knows */
		s->ended = 1;
		await_reply(s);
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
		if (n == 0 || poll(&out, 1, 0) != 1)
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
static void
watch(const struct session *s, struct pollfd watched[WATCHED])
{
	size_t unsent, unprinted;
	int wanted;

	window_unsent(&s->window, &unsent);
	window_unprinted(&s->window, &unprinted);
	wanted = !s->ended && unsent == 0 && unprinted < CHUNK &&
	    !window_full(&s->window);
	watched[INPUT].fd = wanted ? STDIN_FILENO : -1;
	watched[INPUT].events = POLLIN;
	watched[SERVER].fd = s->fd;
	watched[SERVER].events = unsent > 0 ? POLLIN | POLLOUT : POLLIN;
	watched[OUTPUT].fd = unprinted > 0 ? STDOUT_FILENO : -1;
	watched[OUTPUT].events = POLLOUT;
}

/*
 * The time is over only if it was so before poll(2) found nothing: a process
 * that was stopped meanwhile finds the echo waiting.  The input goes first,
 * since its end makes a close that came with it an orderly one.
 */
static int
step(struct session *s)
{
	struct pollfd watched[WATCHED];
	int left = deadline_left(s->deadline);

	watch(s, watched);
	if (poll(watched, WATCHED, left) == -1) {
		if (errno != EINTR)
			err_sys("poll");
		return 0;
	}
	if (left == 0 && (watched[SERVER].revents & ~POLLOUT) == 0) {
		s->outcome->waited_ns = s->timeout_ns;
		return decide(s, VERDICT_TIMED_OUT);
	}
	if (watched[INPUT].revents != 0)
		take_input(s);
	if ((watched[SERVER].revents & ~POLLOUT) != 0 && receive(s))
		return 1;
	if (send_some(s))
		return 1;
	print_some(s);
	return 0;
}

void
session_run(int fd, int64_t reply_timeout_ns, struct outcome *outcome)
{
	struct session s = {
		.fd = fd,
		.timeout_ns = reply_timeout_ns,
		.deadline = DEADLINE_NONE,
		.outcome = outcome,
	};
	int64_t start = monotonic_ns();

	if (window_open(&s.window, CHUNK, WINDOW_MOST) == -1)
		err_sys("memory for the window");
	outcome->connected = 1;
	while (!step(&s))
		;
	outcome->elapsed_ns = monotonic_ns() - start;
	print_rest(&s);
	window_close(&s.window);
}
