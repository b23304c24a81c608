/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Which source the client of each child has, where sources are counted: one
 * that is killed cannot say so itself.
 */
#ifndef CHILDREN_H
#define CHILDREN_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

struct child {
	pid_t		 pid;
	uint64_t	 source;
};

struct children {
	struct child	*list;
	size_t		 n;
	size_t		 room;
};

/* Before the child is made.  Returns 0, or -1: errno is that of an
 * allocation. */
int	 children_make_room(struct children *);
void	 children_add(struct children *, pid_t, uint64_t source);
/* Returns the child's source and forgets the child; 0: it is not known.  left:
 * how many others have that source.  A signal handler may call it, while the
 * signal is blocked in the other two. */
uint64_t children_remove(struct children *, pid_t, uint64_t *left);

#endif
