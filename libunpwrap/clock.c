/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <limits.h>
#include <time.h>

#define NSEC_PER_MSEC	1000000
#define FOR_EVER_SEC	(INT64_MAX / 1000 - 1)

int64_t
monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / NSEC_PER_MSEC;
}

int64_t
ms_until(const struct timespec *deadline)
{
	struct timespec now;
	int64_t sec, ns, ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	sec = (int64_t)deadline->tv_sec - now.tv_sec;
	if (sec < 0)
		return 0;
	if (sec >= FOR_EVER_SEC)
		return INT64_MAX;
	ns = (int64_t)deadline->tv_nsec - now.tv_nsec;
	if (ns > 0)	/* division rounds what is below 0 up */
		ns += NSEC_PER_MSEC - 1;
	ms = sec * 1000 + ns / NSEC_PER_MSEC;
	return ms > 0 ? ms : 0;
}

int
poll_ms_until(const struct timespec *deadline)
{
	int64_t ms = ms_until(deadline);

	return ms < INT_MAX ? (int)ms : INT_MAX;
}
