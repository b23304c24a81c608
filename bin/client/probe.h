/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * One connection after another, as ping(8) sends packets.
 */
#ifndef PROBE_H
#define PROBE_H

#include "attempt.h"
#include "report.h"

struct probe_how {
	uint64_t	 count;		/* 0: until SIGINT */
	int64_t		 interval_ns;	/* from start to start */
};

/* Prints a line for each and a summary.  Returns 0, or the exit status of the
 * last one that failed. */
int	 probe_run(const struct attempt *, const struct probe_how *,
	    const struct report_how *);

#endif
