/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <sys/wait.h>

#include <errno.h>

/* Several children that end while SIGCHLD is blocked raise it once: reap until
 * none is left.  waitpid and errno are all that it touches. */
void
sig_chld(int signo)
{
	int error = errno;

	(void)signo;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		continue;
	errno = error;
}
EXPORT(sig_chld);
