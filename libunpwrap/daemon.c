/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <syslog.h>
#include <unistd.h>

/* Not 0: messages go to syslog(3), as there is no standard error to go to. */
int daemon_proc = 0;

/* Descriptors 0 to 2 must not become sockets that somebody writes messages to.
 * Others are left: the program knows which of them it needs. */
static int
detach_standard_descriptors(void)
{
	int fd = open("/dev/null", O_RDWR), result = 0;

	if (fd == -1)
		return -1;
	for (int i = STDIN_FILENO; i <= STDERR_FILENO && result != -1; i++) {
		do
			result = dup2(fd, i);
		while (result == -1 && errno == EINTR);
	}
	if (fd > STDERR_FILENO)
		close_keep(fd);
	return result == -1 ? -1 : 0;
}

/* The second fork leaves a process that is no session leader, so a terminal
 * that it opens does not become its controlling terminal.  SIGHUP is ignored
 * before the first fork: if the caller leads a terminal's session, its end
 * sends SIGHUP to the child, which may not yet have a session of its own. */
int
daemon_init(const char *name, int facility)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old;
	pid_t pid;
	int error;

	sigemptyset(&ignore.sa_mask);
	sigaction(SIGHUP, &ignore, &old);
	pid = fork();
	if (pid == -1) {
		error = errno;
		sigaction(SIGHUP, &old, NULL);
		errno = error;
		return -1;
	}
	if (pid != 0)
		_exit(0);
	if (setsid() == -1)
		return -1;
	pid = fork();
	if (pid == -1)
		return -1;
	if (pid != 0)
		_exit(0);
	daemon_proc = 1;
	if (chdir("/") == -1 || detach_standard_descriptors() == -1)
		return -1;
	openlog(name, LOG_PID, facility);
	return 0;
}
EXPORT(daemon_init);

void
daemon_inetd(const char *name, int facility)
{
	daemon_proc = 1;
	openlog(name, LOG_PID, facility);
}
EXPORT(daemon_inetd);
