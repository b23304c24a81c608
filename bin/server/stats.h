/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The server's counters, in memory that all its processes share.  Each worker
 * has a part of its own, so that no two cores write to one cache line.
 *
 * A connection begins with one addition and ends with one.  What is current is
 * the difference: a process that is killed at any instant has counted an end or
 * has not, and nothing in between.
 */
#ifndef STATS_H
#define STATS_H

#include <stdatomic.h>
#include <stdint.h>

#include "connection.h"
#include "fault.h"

/* Must be lock-free, to be shared between processes and with a signal handler;
 * some 32-bit systems have none of 64 bits. */
#if ATOMIC_LLONG_LOCK_FREE == 2
typedef uint64_t counted;
#define METER_NS	1
#else
typedef unsigned long counted;
#define METER_NS	1000	/* 32 bits hold 71 minutes so */
#endif
typedef _Atomic counted counter;

struct stats_part {
	_Alignas(64) counter accepted;	/* those that are served */
	counter		 reaped;	/* children that served one */
	counter		 refused;	/* for lack of means, or by a limit */
	counter		 bytes_in;
	counter		 bytes_out;
	counter		 datagrams_in;
	counter		 datagrams_out;
	counter		 datagrams_dropped;	/* not answered */
	counter		 ended[CAUSES];
	counter		 faults[FAULT_KINDS];
};

#define FILLERS_MAX	256	/* of all listeners */

struct stats {
	unsigned	 parts;
	counter		 log_dropped;	/* lines; log_event reports them */
	counter		 next_accept;	/* of the rate: monotonic_ns, in units
					   of METER_NS, modulo its range */
	/* What the processes share of the faults. */
	counter		 numbers;	/* connections that have one */
	atomic_int	 faults_off;
	atomic_int	 stop_asked;	/* by a signal or the fault shutdown */
	atomic_int	 drained;	/* a worker has finished since then */
	atomic_uint	 generation;	/* of the plan that is in force */
	atomic_int	 gate;		/* gate.c's, as the next */
	atomic_int	 gate_was_turned;
	counter		 fillers;	/* connections that it made, and the */
	atomic_uint	 filler_ports[FILLERS_MAX];	/* ports of the last */
	struct stats_part part[];
};

struct totals {
	uint64_t	 accepted, current, refused, bytes_in, bytes_out;
	uint64_t	 datagrams_in, datagrams_out, datagrams_dropped;
	uint64_t	 ended[CAUSES];
	uint64_t	 faults[FAULT_KINDS];
};

/* Returns zeroed counters with so many parts, or NULL: errno is mmap(2)'s.
 * They live as long as the process. */
struct stats *stats_new(unsigned parts);
void	 stats_sum(const struct stats *, struct totals *);
/* Whether more than max connections are current. */
int	 stats_has_more(const struct stats *, uint64_t max);
/* The process whose part this was is gone, and its connections with it.  If a
 * child of it counts an end even later, another call puts that right. */
void	 stats_worker_gone(struct stats_part *);
/* n more children were reaped.  If more are gone than ends were counted, some
 * were killed.  Their number is certain once no other child is between counting
 * its end and being reaped.  A signal handler may call it. */
void	 stats_children_gone(struct stats_part *, uint64_t n);

static inline void
count(counter *c, uint64_t n)
{
	atomic_fetch_add_explicit(c, n, memory_order_relaxed);
}

#endif
