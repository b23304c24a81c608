/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * A server that is measured: any command that serves echo on 127.0.0.1 at the
 * port that $PORT says.
 */
#ifndef TARGET_H
#define TARGET_H

#include <sys/socket.h>

#include "account.h"
#include "why.h"

struct target {
	const char	*name;
	const char	*command;	/* for sh(1) */
	pid_t		 pid;		/* it leads a group; 0: none runs */
	struct sockaddr_storage address;
	socklen_t	 address_len;
	struct account	 account;
};

/* Starts it on that processor (-1: any) and returns once it takes connections;
 * or -1, and why is the last that it said. */
int	 target_start(struct target *, int cpu, char why[WHY_MAX]);
/* Ends it and all its processes. */
void	 target_stop(struct target *);
/* This process, and what it starts from now on, run there only.  -1: errno. */
int	 run_on(int cpu);

#endif
