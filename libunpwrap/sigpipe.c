/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <errno.h>
#include <signal.h>

/*
 * SIGPIPE is sent to the thread that wrote, so to block it here and to take it
 * off the pending set touches neither the disposition nor another thread.
 * sigwait and not sigtimedwait, which OpenBSD and macOS lack: it cannot block,
 * as the signal is known to be pending.
 */
void
sigpipe_hold(struct sigpipe *held)
{
	sigset_t set, old;

	sigpending(&set);
	held->was_pending = sigismember(&set, SIGPIPE);
	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &set, &old);
	held->was_blocked = sigismember(&old, SIGPIPE);
}

void
sigpipe_release(const struct sigpipe *held, int raised)
{
	int error = errno, signo;
	sigset_t set;

	sigpending(&set);
	if (raised && !held->was_pending && sigismember(&set, SIGPIPE)) {
		sigemptyset(&set);
		sigaddset(&set, SIGPIPE);
		sigwait(&set, &signo);
	}
	if (!held->was_blocked) {
		sigemptyset(&set);
		sigaddset(&set, SIGPIPE);
		pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	}
	errno = error;
}
