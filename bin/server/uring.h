/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * A ring of io_uring(7), as one thread uses it, and what its kernel must have.
 */
#ifndef URING_H
#define URING_H

#include <liburing.h>

#include <stdint.h>

#include "why.h"

/* Returns 0, or -1: why says what this host lacks or forbids. */
int	 uring_probe(char why[WHY_MAX]);
/* Not to be used across fork(2).  Returns 0, or -1 and sets errno. */
int	 uring_open(struct io_uring *);
void	 uring_close(struct io_uring *);
/* Never NULL: what is in a full queue is submitted first.  The next "n" places,
 * at most a few, go to the kernel together. */
struct io_uring_sqe *uring_sqe(struct io_uring *, unsigned n);
/* Submits, and waits until there is a completion, if is_waiting; otherwise only
 * fetches those that there are.  Returns 0, or -1 and sets errno: the ring is
 * of no use any more. */
int	 uring_enter(struct io_uring *, int is_waiting);
/* The operation will complete, or has done so; this one tells nothing. */
void	 uring_cancel(struct io_uring *, uint64_t user_data);
/* Completes after so long; *ts lives until the next uring_enter. */
void	 uring_timeout(struct io_uring *, uint64_t user_data,
	    struct __kernel_timespec *ts, int64_t ns);

#define URING_IGNORED	0	/* user_data of what nobody waits for */

#endif
