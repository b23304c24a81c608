/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * Book section 24.5: each so many seconds the client sends a byte of
 * out-of-band data, which the server sends back; either gives up after a
 * number of silent periods.  SIGALRM and SIGURG belong to the process, and so
 * does the one heartbeat that it can have.
 */
static volatile sig_atomic_t socket_fd, period, silent_max, silent;

static void
set_handler(int signo, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler,
	    .sa_flags = SA_RESTART };

	/* Block both: one counts what the other resets. */
	sigemptyset(&action.sa_mask);
	sigaddset(&action.sa_mask, SIGALRM);
	sigaddset(&action.sa_mask, SIGURG);
	if (sigaction(signo, &action, NULL) == -1)
		err_sys("heartbeat: sigaction error");
}

/* In a handler: nothing of stdio, and no exit(3). */
static void
give_up_when_silent(const char *text, size_t n)
{
	ssize_t written;

	if (++silent <= silent_max)
		return;
	written = write(STDERR_FILENO, text, n);
	(void)written;
	_exit(EXIT_SUCCESS);
}

/* What does not fit is lost, as a probe may be. */
static void
send_beat(void)
{
	ssize_t n;

	do
		n = send_quietly(socket_fd, "1", 1, MSG_OOB | MSG_DONTWAIT);
	while (n == -1 && errno == EINTR);
}

/* Even where the byte is not there yet, its announcement is a sign of life. */
static int
heard_beat(void)
{
	ssize_t n;
	char byte;

	do
		n = recv(socket_fd, &byte, 1, MSG_OOB);
	while (n == -1 && errno == EINTR);
	return n != -1 || errno == EWOULDBLOCK;
}

static void
client_alarm(int signo)
{
	static const char text[] = "server is unreachable\n";
	int error = errno;

	(void)signo;
	give_up_when_silent(text, sizeof(text) - 1);
	send_beat();
	alarm((unsigned)period);
	errno = error;
}

static void
client_urgent(int signo)
{
	int error = errno;

	(void)signo;
	if (heard_beat())
		silent = 0;
	errno = error;
}

static void
server_alarm(int signo)
{
	static const char text[] = "no probes from client\n";
	int error = errno;

	(void)signo;
	give_up_when_silent(text, sizeof(text) - 1);
	alarm((unsigned)period);
	errno = error;
}

static void
server_urgent(int signo)
{
	int error = errno;

	(void)signo;
	if (heard_beat()) {
		send_beat();
		silent = 0;
	}
	errno = error;
}

static void
begin(int fd, int seconds, int probes, void (*urgent)(int),
    void (*on_alarm)(int))
{
	alarm(0);	/* of the one before */
	silent = 0;
	socket_fd = fd;
	period = seconds < 1 ? 1 : seconds;
	silent_max = probes < 1 ? 1 : probes;
	set_handler(SIGURG, urgent);
	if (fcntl(fd, F_SETOWN, getpid()) == -1)
		err_sys("heartbeat: fcntl error");
	set_handler(SIGALRM, on_alarm);
	alarm((unsigned)period);
}

void
heartbeat_cli(int fd, int seconds, int probes)
{
	begin(fd, seconds, probes, client_urgent, client_alarm);
}
EXPORT(heartbeat_cli);

void
heartbeat_serv(int fd, int seconds, int probes)
{
	begin(fd, seconds, probes, server_urgent, server_alarm);
}
EXPORT(heartbeat_serv);
