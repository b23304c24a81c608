/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * A fork(2) whose price is in the page faults of parent and child: each page
 * that one of them writes to is copied, and what is mapped from a file is
 * mapped anew.
 */
#ifndef CHEAP_FORK_H
#define CHEAP_FORK_H

#include <sys/types.h>

#include "server.h"

/* Once in a worker, which has one thread, before its first cheap_fork. */
void	 cheap_fork_prepare(const struct server *);
/* As fork(2), but without the handlers of pthread_atfork(3): a process with
 * several threads may not call it. */
pid_t	 cheap_fork(void);

#endif
