/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <errno.h>
#include <signal.h>

void
Sigaddset(sigset_t *set, int signo)
{
	if (sigaddset(set, signo) == -1)
		err_sys("sigaddset error for signal %d", signo);
}
EXPORT(Sigaddset);

void
Sigdelset(sigset_t *set, int signo)
{
	if (sigdelset(set, signo) == -1)
		err_sys("sigdelset error for signal %d", signo);
}
EXPORT(Sigdelset);

void
Sigemptyset(sigset_t *set)
{
	if (sigemptyset(set) == -1)
		err_sys("sigemptyset error");
}
EXPORT(Sigemptyset);

void
Sigfillset(sigset_t *set)
{
	if (sigfillset(set) == -1)
		err_sys("sigfillset error");
}
EXPORT(Sigfillset);

int
Sigismember(const sigset_t *set, int signo)
{
	int is = sigismember(set, signo);

	if (is == -1)
		err_sys("sigismember error for signal %d", signo);
	return is;
}
EXPORT(Sigismember);

void
Sigpending(sigset_t *set)
{
	if (sigpending(set) == -1)
		err_sys("sigpending error");
}
EXPORT(Sigpending);

/* pthread_sigmask does what sigprocmask does, and is defined with threads
 * too. */
void
Sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	int error = pthread_sigmask(how, set, old);

	if (error == 0)
		return;
	errno = error;
	err_sys("sigprocmask error");
}
EXPORT(Sigprocmask);

void
Sigaction(int signo, const struct sigaction *action, struct sigaction *old)
{
	if (sigaction(signo, action, old) == -1)
		err_sys("sigaction error for signal %d", signo);
}
EXPORT(Sigaction);
