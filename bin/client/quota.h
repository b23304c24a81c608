/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * A number of messages that several threads take from, and no more.  They take
 * batches, so that the quota is seldom touched.  Batches become smaller towards
 * the end, so that all threads are busy until then.
 */
#ifndef QUOTA_H
#define QUOTA_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct quota {
	atomic_ulong	 left;	/* a count has 32 bits at most, and not every
				   32-bit machine has 64-bit atomics */
	atomic_ulong	 unused;	/* these, and those that were taken */
	size_t		 threads;
};

/* For so many threads, before they take. */
void	 quota_make(struct quota *, uint64_t count, size_t threads);
/* Takes some, and returns how many; 0: none are left. */
uint64_t quota_take(struct quota *);
/* Of those that were taken, so many are used. */
void	 quota_use(struct quota *, uint64_t n);
/* Brings back what was taken and not used. */
void	 quota_return(struct quota *, uint64_t n);
/* Are all used?  Until then, some may be brought back. */
int	 quota_is_used(struct quota *);

#endif
