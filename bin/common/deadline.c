/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "deadline.h"
#include "quantity.h"

#include <limits.h>
#include <time.h>

int64_t
monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

int64_t
deadline_in(int64_t ns)
{
	return ns == 0 ? DEADLINE_NONE : monotonic_ns() + ns;
}

/* Rounded up, or a wait of less than a millisecond would spin. */
int
deadline_left(int64_t deadline)
{
	int64_t ms;

	if (deadline == DEADLINE_NONE)
		return -1;
	ms = (deadline - monotonic_ns() + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC;
	if (ms <= 0)
		return 0;
	return ms < INT_MAX ? (int)ms : INT_MAX;
}
