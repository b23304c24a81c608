/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <signal.h>
#include <unistd.h>

#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif
#ifdef HAVE_SYS_PROCCTL_H
#include <sys/procctl.h>
#endif

void
unpwrap_end_with_parent(pid_t parent)
{
#if defined(PR_SET_PDEATHSIG)
	prctl(PR_SET_PDEATHSIG, SIGKILL);
#elif defined(PROC_PDEATHSIG_CTL)
	int signo = SIGKILL;

	procctl(P_PID, 0, PROC_PDEATHSIG_CTL, &signo);
#endif
	if (getppid() != parent)	/* it ended before we asked */
		_exit(1);
}
