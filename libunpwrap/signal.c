/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <signal.h>

typedef void handler(int);

static handler *
set_handler(int signo, handler *func, int flags)
{
	struct sigaction new, old;

	new.sa_handler = func;
	new.sa_flags = flags;
	sigemptyset(&new.sa_mask);
	return sigaction(signo, &new, &old) == 0 ? old.sa_handler : SIG_ERR;
}

static handler *
set_handler_or_fail(int signo, handler *func, int flags)
{
	handler *old = set_handler(signo, func, flags);

	if (old == SIG_ERR)
		err_sys("signal error for signal %d", signo);
	return old;
}

/* SIGALRM is set to put an end to a call that blocks: no restart. */
handler *
Signal(int signo, handler *func)
{
	return set_handler_or_fail(signo, func,
	    signo == SIGALRM ? 0 : SA_RESTART);
}
EXPORT(Signal);

handler *
signal_intr(int signo, handler *func)
{
	return set_handler(signo, func, 0);
}
EXPORT(signal_intr);

handler *
Signal_intr(int signo, handler *func)
{
	return set_handler_or_fail(signo, func, 0);
}
EXPORT(Signal_intr);
