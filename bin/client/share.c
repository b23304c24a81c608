/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "share.h"

/* How many of first, first + step ... are below k. */
static uint64_t
steps_below(const struct share *share, uint64_t k)
{
	return k <= share->first ? 0 : (k - share->first - 1) / share->step + 1;
}

struct share
share_of(size_t i, size_t n, size_t all)
{
	struct share share = { .first = i, .step = n, .all = all };

	share.own = (size_t)steps_below(&share, all);
	return share;
}

uint64_t
share_nth(const struct share *share, uint64_t n)
{
	if (share->step == 1)
		return n;
	return n / share->own * share->all + share->first +
	    n % share->own * share->step;
}

uint64_t
share_below(const struct share *share, uint64_t k)
{
	return k / share->all * share->own +
	    steps_below(share, k % share->all);
}
