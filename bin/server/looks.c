/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "looks.h"
#include "quantity.h"

#define LOOKS		16	/* in the time of a limit */
#define LEAST_NS	(5 * NSEC_PER_MSEC)
#define LOOKS_MAX	15000	/* what a client counts */
#define COUNTED_MAX	0x3fff

/* Often enough for the shorter limit, unless a client's count could not reach
 * the longer one then. */
int64_t
looks_apart(const struct limits *limits)
{
	int64_t idle = limits->idle_ns, write = limits->write_ns;
	int64_t longest = idle > write ? idle : write;
	int64_t ns = NSEC_PER_SEC;

	if (idle != 0 && idle / LOOKS < ns)
		ns = idle / LOOKS;
	if (write != 0 && write / LOOKS < ns)
		ns = write / LOOKS;
	if (ns < LEAST_NS)
		ns = LEAST_NS;
	return ns < longest / LOOKS_MAX ? longest / LOOKS_MAX : ns;
}

uint16_t
looks_one_more(uint16_t quiet)
{
	return quiet < COUNTED_MAX ? quiet + 1 : quiet;
}

int
looks_over(uint16_t quiet, int64_t apart, int64_t limit)
{
	return limit != 0 && (quiet - 1) * apart >= limit;
}
