/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <errno.h>
#include <signal.h>

#ifndef MSG_NOSIGNAL	/* older versions of macOS */
#define MSG_NOSIGNAL	0
#endif

/*
 * SIGPIPE is sent to the thread that wrote, so to block it here and to take it
 * off the pending set touches neither the disposition nor another thread.
 * sigwait and not sigtimedwait, which OpenBSD and macOS lack: it does not
 * block, as the signal is known to be pending.  (macOS and NetBSD send that of
 * a pipe to the process; see unpwrap(3).)
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

/* Where there is MSG_NOSIGNAL, no signal needs to be held. */

static void
hold_raised(struct sigpipe *held)
{
	if (MSG_NOSIGNAL == 0)
		sigpipe_hold(held);
}

static ssize_t
release_raised(struct sigpipe *held, ssize_t sent)
{
	if (MSG_NOSIGNAL == 0)
		sigpipe_release(held, sent == -1 && errno == EPIPE);
	return sent;
}

ssize_t
send_quietly(int fd, const void *buf, size_t n, int flags)
{
	struct sigpipe held;

	hold_raised(&held);
	return release_raised(&held, send(fd, buf, n, flags | MSG_NOSIGNAL));
}

ssize_t
sendto_quietly(int fd, const void *buf, size_t n, int flags,
    const struct sockaddr *to, socklen_t len)
{
	struct sigpipe held;

	hold_raised(&held);
	return release_raised(&held, sendto(fd, buf, n, flags | MSG_NOSIGNAL,
	    to, len));
}

ssize_t
sendmsg_quietly(int fd, const struct msghdr *msg, int flags)
{
	struct sigpipe held;

	hold_raised(&held);
	return release_raised(&held, sendmsg(fd, msg, flags | MSG_NOSIGNAL));
}
