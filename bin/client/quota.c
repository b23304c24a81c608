/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "quota.h"

#define BATCH	64

void
quota_make(struct quota *quota, uint64_t count, size_t threads)
{
	atomic_init(&quota->left, count);
	atomic_init(&quota->unused, count);
	quota->threads = threads;
}

static unsigned long
batch_of(const struct quota *quota, unsigned long left)
{
	unsigned long part = left / (8 * quota->threads);

	if (left == 0)
		return 0;
	return part > BATCH ? BATCH : part == 0 ? 1 : part;
}

uint64_t
quota_take(struct quota *quota)
{
	unsigned long left = atomic_load(&quota->left);

	while (left != 0 && !atomic_compare_exchange_weak(&quota->left, &left,
	    left - batch_of(quota, left)))
		;
	return batch_of(quota, left);
}

void
quota_use(struct quota *quota, uint64_t n)
{
	if (n != 0)
		atomic_fetch_sub(&quota->unused, n);
}

void
quota_return(struct quota *quota, uint64_t n)
{
	if (n != 0)
		atomic_fetch_add(&quota->left, n);
}

int
quota_is_used(struct quota *quota)
{
	return atomic_load(&quota->unused) == 0;
}
