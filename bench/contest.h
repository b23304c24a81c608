/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Servers that run at the same time and take turns: what each one costs, and
 * the ratio of that to the cost of another in the same moments.
 */
#ifndef CONTEST_H
#define CONTEST_H

#include <signal.h>

#include "load.h"
#include "statistics.h"
#include "target.h"

enum contest_mode {
	CONTEST_PING_PONG,
	CONTEST_BULK,
	CONTEST_CHURN,
	CONTEST_IDLE	/* connections that do nothing: memory */
};

struct contest_how {
	enum contest_mode mode;
	size_t	 connections;
	size_t	 length;	/* of a message */
	size_t	 cycles;	/* slices that each server gets */
	int64_t	 slice_ns;
	int	 server_cpu, load_cpu;	/* -1: any */
};

/* A unit is an echo; in bulk 10^6 bytes, each way; in churn a connection. */
struct slice {
	double	 cost;		/* the server's processor time, us a unit */
	double	 load_cost;	/* the load's */
	double	 rate;		/* units a second */
	double	 segments;	/* of TCP, both sides', a unit */
};

struct contestant {
	struct target	 target;
	struct load	*load;
	struct load_sum	*sum;
	struct slice	*slices;
	int		 is_out;	/* it did not run; why: */
	char		 why[WHY_MAX];
	unsigned	 disturbed;	/* slices that were taken again */
	unsigned	 hung;		/* slices that lack an echo */
	double		 units;		/* in all slices */
	uint64_t	 faults_before;
	/* The results: medians of the slices, and of their ratios to those of
	 * the contestant that is compared with. */
	struct slice	 usual;
	struct interval	 cost_ratio, rate_ratio;
	double		 calls;		/* of the system, a unit; -1: unknown */
	double		 faults;	/* of pages, a unit */
	double		 base_kib;	/* PSS with no connection */
	double		 each_kib;	/* more, for each idle connection */
	size_t		 processes;	/* with all connections open */
};

/* Starts them, measures, and stops them.  Returns the index of the one that the
 * others are compared with: against, or where that is out the first that ran;
 * or -1 where none did.  Ends early where *interrupted becomes true. */
int	 contest_run(const struct contest_how *, struct contestant *, size_t n,
	    size_t against, const volatile sig_atomic_t *interrupted);

#endif
