/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * So many messages, and no more, that several threads take from: in batches,
 * which become smaller towards the end, so that it is seldom touched and that
 * all are busy until then.
 */
#ifndef QUOTA_H
#define QUOTA_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct quota {
	atomic_ulong	 left;	/* no count is beyond 32 bits, and not every
				   machine of 32 has atomic ones of 64 */
	size_t		 threads;
};

/* For so many threads, before they take. */
void	 quota_make(struct quota *, uint64_t count, size_t threads);
/* Takes some, and returns how many; 0: none are left. */
uint64_t quota_take(struct quota *);
/* Brings back what was taken and not used. */
void	 quota_return(struct quota *, uint64_t n);

#endif
