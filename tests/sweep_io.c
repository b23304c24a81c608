/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "sweep_run.h"

/*
 * Robust I/O, the reader, deadlines.
 */
#define SECOND_MS	1000

/* A descriptor that says it is no socket is read and written as a file. */
static const struct rule socket_rules[] = {
	{ F_send,	ENOTSOCK, SUCCEEDS,	0,	0 },
	{ F_recv,	ENOTSOCK, SUCCEEDS,	0,	0 },
	{ F_fstat,	0,	SUCCEEDS,	0,	0 },
	NO_RULES
};

/* What is not ready is waited for; where its mode cannot be asked, EAGAIN is
 * what failed. */
#define WAITED_FOR							\
	{ F_read,	EAGAIN,	SUCCEEDS,	0,	0 },		\
	{ F_write,	EAGAIN,	SUCCEEDS,	0,	0 },		\
	{ F_recv,	EAGAIN,	SUCCEEDS,	0,	0 },		\
	{ F_send,	EAGAIN,	SUCCEEDS,	0,	0 },		\
	{ F_recvmsg,	EAGAIN,	SUCCEEDS,	0,	0 },		\
	{ F_sendmsg,	EAGAIN,	SUCCEEDS,	0,	0 },		\
	{ F_fcntl,	0,	FAILS_AS,	EAGAIN,	0 }

/* sigpipe_hold and _release: sets of valid signals. */
#define HELD_SIGPIPE							\
	{ F_sigpending,	0,	CANNOT_FAIL,	0,	0 },		\
	{ F_sigismember, 0,	CANNOT_FAIL,	0,	0 },		\
	{ F_sigemptyset, 0,	CANNOT_FAIL,	0,	0 },		\
	{ F_sigaddset,	0,	CANNOT_FAIL,	0,	0 },		\
	{ F_sigwait,	0,	CANNOT_FAIL,	0,	0 },		\
	{ F_pthread_sigmask, 0,	CANNOT_FAIL,	0,	0 }

static const struct rule not_waiting_rules[] = {
	{ F_send,	ENOTSOCK, SUCCEEDS,	0,	0 },
	{ F_recv,	ENOTSOCK, SUCCEEDS,	0,	0 },
	{ F_fstat,	0,	SUCCEEDS,	0,	0 },
	WAITED_FOR,
	NO_RULES
};

static const struct rule pipe_rules[] = {
	{ F_send,	ENOTSOCK, SUCCEEDS,	0,	0 },
	HELD_SIGPIPE,
	NO_RULES
};

static const struct rule pipe_not_waiting_rules[] = {
	{ F_send,	ENOTSOCK, SUCCEEDS,	0,	0 },
	HELD_SIGPIPE,
	WAITED_FOR,
	NO_RULES
};

static const struct rule file_rules[] = {
	/* A file that cannot be asked what it is, or cannot seek, is read byte
	 * by byte. */
	{ F_fstat,	0,	SUCCEEDS,	0,	0 },
	{ F_lseek,	ESPIPE,	SUCCEEDS,	0,	0 },
	{ F_pread,	ESPIPE,	SUCCEEDS,	0,	0 },
	{ F_recv,	ENOTSOCK, SUCCEEDS,	0,	0 },
	NO_RULES
};

static const struct rule file_until_rules[] = {
	{ F_fstat,	0,	SUCCEEDS,	0,	0 },
	{ F_lseek,	ESPIPE,	SUCCEEDS,	0,	0 },
	{ F_recv,	ENOTSOCK, SUCCEEDS,	0,	0 },
	{ F_pread,	EAGAIN,	SUCCEEDS,	0,	0 },
	{ F_pread,	ESPIPE,	SUCCEEDS,	0,	0 },
	WAITED_FOR,
	NO_RULES
};

static enum outcome
run_readn(struct world *w)
{
	ARM(w->n = readn(w->fd, w->buf, sizeof(w->buf)));
	if (w->n == -1)
		return FAILED;
	return SUCCEEDED(w->n == DATA_LEN && rest_is_there(w, DATA_LEN));
}

static enum outcome
run_Readn(struct world *w)
{
	ARM(w->n = Readn(w->fd, w->buf, sizeof(w->buf)));
	return SUCCEEDED(w->n == DATA_LEN && rest_is_there(w, DATA_LEN));
}

static enum outcome
run_writen(struct world *w)
{
	ARM(w->n = writen(w->fd, DATA, DATA_LEN));
	if (w->n == -1)
		return peer_has_beginning(w, 0) ? FAILED : WRONG;
	return SUCCEEDED(w->n == DATA_LEN && peer_has_data(w));
}

/* EPIPE, and no SIGPIPE is left to be delivered. */
static enum outcome
run_writen_unread(struct world *w)
{
	sigset_t pending;

	close(w->peer);
	w->peer = -1;
	ARM(w->n = writen(w->fd, DATA, DATA_LEN));
	if (w->n == -1 && w->error != EPIPE)
		return FAILED;
	sigpending(&pending);
	return SUCCEEDED(w->n == -1 && sigismember(&pending, SIGPIPE) == 0);
}

static const struct rule unread_rules[] = {
	{ F_send,	ENOTSOCK, SUCCEEDS,	0,	0 },
	{ F_send,	EPIPE,	SUCCEEDS,	0,	0 },
	{ F_write,	EPIPE,	SUCCEEDS,	0,	0 },
	HELD_SIGPIPE,
	NO_RULES
};

static enum outcome
run_Writen(struct world *w)
{
	ARM(Writen(w->fd, DATA, DATA_LEN));
	return SUCCEEDED(peer_has_data(w));
}

static enum outcome
run_Write(struct world *w)
{
	ARM(Write(w->fd, DATA, DATA_LEN));
	return SUCCEEDED(peer_has_data(w));
}

static int
is_line1(struct world *w)
{
	return w->n == sizeof(LINE1) - 1 && strcmp(w->buf, LINE1) == 0 &&
	    rest_is_there(w, sizeof(LINE1) - 1);
}

/* The null byte tells how much was taken. */
static enum outcome
run_readline(struct world *w)
{
	memset(w->buf, 'x', sizeof(w->buf));
	ARM(w->n = readline(w->fd, w->buf, sizeof(w->buf)));
	if (w->n == -1)
		return rest_is_there(w, strlen(w->buf)) ? FAILED : WRONG;
	return SUCCEEDED(is_line1(w));
}

static enum outcome
run_Readline(struct world *w)
{
	ARM(w->n = Readline(w->fd, w->buf, sizeof(w->buf)));
	return SUCCEEDED(is_line1(w));
}

static enum outcome
run_readn_until(struct world *w)
{
	struct timespec deadline;
	size_t done = 99;

	unpwrap_deadline(&deadline, SECOND_MS);
	ARM(w->n = unpwrap_readn_until(w->fd, w->buf, sizeof(w->buf),
	    &deadline, &done));
	if (!rest_is_there(w, done))
		return WRONG;
	if (w->n == -1)
		return FAILED;
	return SUCCEEDED(w->n == DATA_LEN && done == DATA_LEN);
}

static enum outcome
run_readline_until(struct world *w)
{
	struct timespec deadline;
	size_t done = 99;

	unpwrap_deadline(&deadline, SECOND_MS);
	ARM(w->n = unpwrap_readline_until(w->fd, w->buf, sizeof(w->buf),
	    &deadline, &done));
	if (w->n == -1)
		return rest_is_there(w, done) ? FAILED : WRONG;
	return SUCCEEDED((size_t)w->n == done && is_line1(w));
}

/* What done says is what the peer has. */
static enum outcome
run_writen_until(struct world *w)
{
	struct timespec deadline;
	size_t done = 99, got = 0;
	char buf[2 * DATA_LEN];
	ssize_t n = 1;

	unpwrap_deadline(&deadline, SECOND_MS);
	ARM(w->n = unpwrap_writen_until(w->fd, DATA, DATA_LEN, &deadline,
	    &done));
	for (; got < done && n > 0; got += n > 0 ? (size_t)n : 0)
		n = read(w->peer, buf + got, sizeof(buf) - got);
	if (got != done || memcmp(buf, DATA, done) != 0)
		return WRONG;
	if (w->n == -1)
		return done < DATA_LEN ? FAILED : WRONG;
	return SUCCEEDED(w->n == DATA_LEN && done == DATA_LEN);
}

static enum outcome
run_accept_until(struct world *w)
{
	struct timespec deadline;

	unpwrap_deadline(&deadline, SECOND_MS);
	w->len = sizeof(w->addr);
	ARM(w->got = unpwrap_accept_until(w->fd, (SA *)&w->addr, &w->len,
	    &deadline));
	if (w->got == -1)
		return FAILED;
	return SUCCEEDED(w->addr.ss_family == AF_INET);
}

static int
is_connected(struct world *w)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);

	return getpeername(w->fd, (SA *)&peer, &len) == 0 &&
	    (fcntl(w->fd, F_GETFL) & O_NONBLOCK) == 0;
}

static enum outcome
run_connect_until(struct world *w)
{
	struct timespec deadline;

	unpwrap_deadline(&deadline, SECOND_MS);
	ARM(w->n = unpwrap_connect_until(w->fd, (SA *)&w->addr, w->len,
	    &deadline));
	if (w->n == -1)
		return FAILED;
	return SUCCEEDED(is_connected(w));
}

static enum outcome
run_connect_timeo(struct world *w)
{
	ARM(w->n = connect_timeo(w->fd, (SA *)&w->addr, w->len, 1));
	if (w->n == -1)
		return FAILED;
	return SUCCEEDED(is_connected(w));
}

static enum outcome
run_connect_timeo_0(struct world *w)
{
	ARM(w->n = connect_timeo(w->fd, (SA *)&w->addr, w->len, 0));
	if (w->n == -1)
		return FAILED;
	return SUCCEEDED(is_connected(w));
}

static enum outcome
run_Connect_timeo(struct world *w)
{
	ARM(Connect_timeo(w->fd, (SA *)&w->addr, w->len, 1));
	return SUCCEEDED(is_connected(w));
}

static enum outcome
run_connect_nonb(struct world *w)
{
	ARM(w->n = connect_nonb(w->fd, (SA *)&w->addr, w->len, 1));
	if (w->n == -1)
		return FAILED;
	return SUCCEEDED(is_connected(w));
}

static enum outcome
run_Connect_nonb(struct world *w)
{
	ARM(Connect_nonb(w->fd, (SA *)&w->addr, w->len, 1));
	return SUCCEEDED(is_connected(w));
}

static enum outcome
run_readable_timeo(struct world *w)
{
	ARM(w->n = readable_timeo(w->fd, 1));
	return w->n == -1 ? FAILED : SUCCEEDED(w->n == 1);
}

static enum outcome
run_Readable_timeo(struct world *w)
{
	ARM(w->n = Readable_timeo(w->fd, 1));
	return SUCCEEDED(w->n == 1);
}

static enum outcome
run_writable_timeo(struct world *w)
{
	ARM(w->n = writable_timeo(w->fd, 1));
	return w->n == -1 ? FAILED : SUCCEEDED(w->n == 1);
}

static enum outcome
run_Writable_timeo(struct world *w)
{
	ARM(w->n = Writable_timeo(w->fd, 1));
	return SUCCEEDED(w->n == 1);
}

/* All lines, and on after an error: nothing was lost. */
static enum outcome
run_reader_line(struct world *w)
{
	struct unpwrap_reader *reader;
	const char *line;
	size_t done = 0;
	int error = 0;

	ARM(reader = unpwrap_reader_new(w->fd, 16));
	if (reader == NULL)
		return FAILED;
	do {
		ARM(w->n = unpwrap_reader_line(reader, &line));
		if (w->n == -1 && error != 0)
			break;
		if (w->n == -1)
			error = w->error;
		else if (w->n > 0 && done + (size_t)w->n <= sizeof(w->buf)) {
			memcpy(w->buf + done, line, (size_t)w->n);
			done += (size_t)w->n;
		}
	} while (w->n != 0);
	ARM(unpwrap_reader_free(reader));
	w->error = error;
	if (done != DATA_LEN || memcmp(w->buf, DATA, done) != 0)
		return WRONG;
	return error != 0 ? FAILED : OK;
}

static enum outcome
run_reader_read(struct world *w)
{
	struct unpwrap_reader *reader;
	size_t done = 0;
	int error = 0;

	ARM(reader = unpwrap_reader_new(w->fd, 16));
	if (reader == NULL)
		return FAILED;
	do {
		ARM(w->n = unpwrap_reader_read(reader, w->buf + done, 7));
		if (w->n == -1 && error != 0)
			break;
		if (w->n == -1)
			error = w->error;
		else
			done += (size_t)w->n;
	} while (w->n != 0 && done < DATA_LEN + 7);
	ARM(unpwrap_reader_free(reader));
	w->error = error;
	if (done != DATA_LEN || memcmp(w->buf, DATA, done) != 0)
		return WRONG;
	return error != 0 ? FAILED : OK;
}

/* An error of the connection is reported, and ends the function. */
static enum outcome
run_str_echo(struct world *w)
{
	(void)!write(w->peer, DATA, DATA_LEN);
	shutdown(w->peer, SHUT_WR);
	ARM(str_echo(w->fd));
	if (reports > 0)
		return peer_has_beginning(w, 0) ? FAILED : WRONG;
	return SUCCEEDED(peer_has_data(w));
}

static const struct rule accept_until_rules[] = {
	{ F_accept,	EAGAIN,	SUCCEEDS,	0,	0 },
	NO_RULES
};

/* An attempt that goes on is waited for.  One that seems to have been given up
 * is made again: to a second call Linux tells that it went well. */
static const struct rule connect_until_rules[] = {
	{ F_connect,	EINPROGRESS, SUCCEEDS,	0,	0 },
	{ F_getpeername, ENOTCONN, SUCCEEDS,	0,	0 },
	NO_RULES
};

/* EAGAIN: the listener's queue is full, which passes. */
static const struct rule connect_until_unix_rules[] = {
	{ F_connect,	EINPROGRESS, SUCCEEDS,	0,	0 },
	{ F_connect,	EAGAIN,	SUCCEEDS,	0,	0 },
	{ F_getpeername, ENOTCONN, SUCCEEDS,	0,	0 },
	NO_RULES
};

/* Of the mode: it may not be had back. */
static const struct rule terminal_rules[] = {
	{ F_fcntl,	0,	EITHER,		0,	0 },
	{ F_send,	ENOTSOCK, SUCCEEDS,	0,	0 },
	HELD_SIGPIPE,
	WAITED_FOR,
	NO_RULES
};

const struct scenario io_scenarios[] = {
	{ "readn, socket", a_pair_of_data, run_readn, NULL, 0 },
	{ "readn, pipe", a_pipe_of_data, run_readn, NULL, 0 },
	{ "readn, not waiting", a_pair_of_data_not_waiting, run_readn,
	    not_waiting_rules, 0 },
	{ "Readn", a_pair_of_data, run_Readn, NULL, 0 },
	{ "writen, socket", a_pair, run_writen, socket_rules, 0 },
	{ "writen, TCP", a_tcp_pair, run_writen, socket_rules, 0 },
	{ "writen, pipe", a_pipe, run_writen, pipe_rules, 0 },
	{ "writen, socket not waiting", a_pair_not_waiting, run_writen,
	    not_waiting_rules, 0 },
	{ "writen, pipe not waiting", a_pipe_not_waiting, run_writen,
	    pipe_not_waiting_rules, 0 },
	{ "writen, nobody reads", a_pipe, run_writen_unread, unread_rules, 0 },
	{ "Writen", a_pair, run_Writen, socket_rules, 0 },
	{ "Writen, pipe", a_pipe, run_Writen, pipe_rules, 0 },
	{ "Write", a_pair, run_Write, socket_rules, 0 },
	{ "readline, socket", a_pair_of_data, run_readline, socket_rules, 0 },
	{ "readline, pipe", a_pipe_of_data, run_readline, socket_rules, 0 },
	{ "readline, file", a_file_of_data, run_readline, file_rules, 0 },
	{ "readline, socket not waiting", a_pair_of_data_not_waiting,
	    run_readline, not_waiting_rules, 0 },
	{ "readline, pipe not waiting", a_pipe_of_data_not_waiting,
	    run_readline, not_waiting_rules, 0 },
	{ "Readline", a_pair_of_data, run_Readline, socket_rules, 0 },
	{ "unpwrap_readn_until, socket", a_pair_of_data, run_readn_until,
	    not_waiting_rules, 0 },
	{ "unpwrap_readn_until, pipe", a_pipe_of_data, run_readn_until,
	    not_waiting_rules, 0 },
	{ "unpwrap_writen_until, socket", a_pair, run_writen_until,
	    pipe_not_waiting_rules, 0 },
	{ "unpwrap_writen_until, pipe", a_pipe, run_writen_until,
	    pipe_not_waiting_rules, 0 },
	{ "unpwrap_writen_until, terminal", a_terminal, run_writen_until,
	    terminal_rules, 1 },	/* each EAGAIN is a pause */
	{ "unpwrap_readline_until, socket", a_pair_of_data,
	    run_readline_until, not_waiting_rules, 0 },
	{ "unpwrap_readline_until, pipe", a_pipe_of_data, run_readline_until,
	    not_waiting_rules, 0 },
	{ "unpwrap_readline_until, file", a_file_of_data, run_readline_until,
	    file_until_rules, 0 },
	{ "unpwrap_accept_until", a_listener_not_waiting, run_accept_until,
	    accept_until_rules, 0 },
	{ "unpwrap_connect_until", a_server, run_connect_until,
	    connect_until_rules, 0 },
	{ "unpwrap_connect_until, UNIX", a_unix_server, run_connect_until,
	    connect_until_unix_rules, 0 },
	{ "connect_timeo", a_server, run_connect_timeo, connect_until_rules,
	    0 },
	{ "connect_timeo, 0", a_server, run_connect_timeo_0,
	    connect_until_rules,
	    0 },
	{ "connect_timeo, 0, UNIX", a_unix_server, run_connect_timeo_0,
	    connect_until_unix_rules, 0 },
	{ "Connect_timeo", a_server, run_Connect_timeo, connect_until_rules,
	    0 },
	{ "connect_nonb", a_server, run_connect_nonb, connect_until_rules, 0 },
	{ "Connect_nonb", a_server, run_Connect_nonb, connect_until_rules, 0 },
	{ "readable_timeo", a_pair_of_data, run_readable_timeo, NULL, 0 },
	{ "Readable_timeo", a_pair_of_data, run_Readable_timeo, NULL, 0 },
	{ "writable_timeo", a_pair, run_writable_timeo, NULL, 0 },
	{ "Writable_timeo", a_pair, run_Writable_timeo, NULL, 0 },
	{ "unpwrap_reader_line", a_pair_of_data, run_reader_line, NULL, 0 },
	{ "unpwrap_reader_read", a_pipe_of_data, run_reader_read, NULL, 0 },
	{ "str_echo", a_pair, run_str_echo, socket_rules, 0 },
	{ NULL, NULL, NULL, NULL, 0 }
};
