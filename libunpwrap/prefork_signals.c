/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "prefork.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

/*
 * A handler counts its signal and wakes the supervisor's poll(2) by a byte in a
 * pipe.  The counts are the truth: a byte that finds the pipe full is not
 * missed.  signalfd(2) would need no handler, but is Linux alone, and merges
 * two SIGTERM into one.  Dispositions belong to the process, and so does this.
 */
static const int signals[] = {
	SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2
};
#define SIGNALS	(sizeof(signals) / sizeof(signals[0]))

static struct sigaction	 old_actions[SIGNALS];
static sigset_t		 old_mask;
static int		 wake[2];	/* the pipe: read end, write end */
static atomic_uint	 counts[SIGNALS];	/* any thread may count */

static size_t
index_of(int signo)
{
	size_t i;

	for (i = 0; i < SIGNALS - 1; i++)
		if (signals[i] == signo)
			break;
	return i;
}

static void
note(int signo)
{
	int error = errno;
	ssize_t n;

	atomic_fetch_add(&counts[index_of(signo)], 1);
	n = write(wake[1], "", 1);
	(void)n;
	errno = error;
}

static void
fill_set(sigset_t *set)
{
	sigemptyset(set);
	for (size_t i = 0; i < SIGNALS; i++)
		sigaddset(set, signals[i]);
}

/* The signals are let through even where the caller had them blocked. */
int
prefork_signals_open(void)
{
	struct sigaction action;

	if (pipe_cloexec_nonblock(wake) == -1)
		return -1;
	action.sa_handler = note;
	action.sa_flags = SA_RESTART;
	fill_set(&action.sa_mask);	/* no handler interrupts another */
	for (size_t i = 0; i < SIGNALS; i++) {
		atomic_store(&counts[i], 0);
		sigaction(signals[i], &action, &old_actions[i]);
	}
	pthread_sigmask(SIG_UNBLOCK, &action.sa_mask, &old_mask);
	return 0;
}

void
prefork_signals_close(void)
{
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &old_actions[i], NULL);
	pthread_sigmask(SIG_SETMASK, &old_mask, NULL);
	close_keep(wake[0]);
	close_keep(wake[1]);
}

void
prefork_signals_forget(void)
{
	close(wake[0]);
	close(wake[1]);
}

int
prefork_signals_fd(void)
{
	return wake[0];
}

void
prefork_signals_take(unsigned came[])
{
	char bytes[256];

	while (read(wake[0], bytes, sizeof(bytes)) > 0)
		continue;
	for (size_t i = 0; i < SIGNALS; i++)
		came[signals[i]] = atomic_exchange(&counts[i], 0);
}

void
prefork_signals_hold(void)
{
	sigset_t set;

	fill_set(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void
prefork_signals_release(void)
{
	sigset_t set;

	fill_set(&set);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}
