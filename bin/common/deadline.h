/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Points in time on a clock that nobody sets.
 */
#ifndef DEADLINE_H
#define DEADLINE_H

#include <stdint.h>

#define DEADLINE_NONE	INT64_MAX

/* Nanoseconds since some moment in the past. */
int64_t	 monotonic_ns(void);
/* So many nanoseconds from now; 0: never. */
int64_t	 deadline_in(int64_t ns);
/* The timeout for poll(2): milliseconds, 0 only when the time is over, -1 for
 * DEADLINE_NONE. */
int	 deadline_left(int64_t deadline);

#endif
