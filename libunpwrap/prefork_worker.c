/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "prefork.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

/* For the handler. */
static volatile sig_atomic_t stopfd_to_end;
static volatile sig_atomic_t worker_pid;

static void
tell(int stopfd, char what)
{
	int error = errno;
	ssize_t n;

	/* Another failure: the supervisor is gone, nobody to tell. */
	do
		n = send_quietly(stopfd, &what, 1, MSG_DONTWAIT);
	while (n == -1 && errno == EINTR);
	errno = error;
}

void
unpwrap_worker_ready(const struct unpwrap_worker *worker)
{
	tell(worker->stopfd, WORKER_IS_READY);
}

void
unpwrap_worker_retire(const struct unpwrap_worker *worker)
{
	tell(worker->stopfd, WORKER_RETIRES);
}

/* SIGTERM to a worker alone: its stopfd becomes readable, by an end of file.  A
 * child that the worker forked has inherited this, and dies of the signal. */
static void
finish(int signo)
{
	int error = errno;

	if (getpid() != worker_pid) {
		signal(signo, SIG_DFL);
		kill(getpid(), signo);	/* takes effect on return */
		return;
	}
	tell(stopfd_to_end, WORKER_RETIRES);
	shutdown(stopfd_to_end, SHUT_RD);
	errno = error;
}

static void
set_dispositions(void)
{
	static const struct {
		int	 signo;
		void	(*disposition)(int);
	} table[] = {
		{ SIGCHLD,	SIG_DFL },
		{ SIGHUP,	SIG_IGN },
		{ SIGINT,	SIG_IGN },
		{ SIGQUIT,	SIG_DFL },
		{ SIGTERM,	finish },
		/* A group in the background may not write to a terminal that
		 * has "stty tostop": with this it may. */
		{ SIGTTOU,	SIG_IGN },
		{ SIGUSR1,	SIG_IGN },
		{ SIGUSR2,	SIG_IGN },
	};
	struct sigaction action;

	sigemptyset(&action.sa_mask);
	action.sa_flags = SA_RESTART;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		action.sa_handler = table[i].disposition;
		sigaction(table[i].signo, &action, NULL);
	}
}

/* The supervisor's signals are held when this is called. */
void
prefork_worker_run(const struct unpwrap_prefork *prefork,
    const struct unpwrap_worker *worker, pid_t supervisor)
{
	setpgid(0, 0);
	stopfd_to_end = worker->stopfd;
	worker_pid = getpid();
	set_dispositions();
	/* Where the kernel cannot do it, the end of file on stopfd ends the
	 * worker, as soon as it looks. */
	unpwrap_end_with_parent(supervisor);
	prefork_signals_release();
	prefork_signals_forget();
	_exit(prefork->serve(worker, prefork->arg));
}
