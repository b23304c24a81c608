/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What came of a load.
 */
#ifndef LOAD_SUM_H
#define LOAD_SUM_H

#include <stdint.h>

#include "histogram.h"
#include "verdict.h"

/* All 0: nothing yet.  Except in bulk, offered = echoes + lost + unsent +
 * outstanding. */
struct load_sum {
	uint64_t offered;	/* messages that were to be sent */
	uint64_t echoes;	/* whole, verified; churn: and closed */
	uint64_t lost;		/* messages of connections that failed */
	uint64_t outstanding;	/* under way, but not waited for */
	uint64_t unsent;	/* at the end no connection was free for them */
	uint64_t late;		/* were sent more than LOAD_LATE_NS after due */
	uint64_t bytes;		/* of the echoes; bulk: that came back,
				   verified */
	uint64_t connects;
	uint64_t retransmits;	/* segments */
	uint64_t failed[VERDICTS];	/* connections, by what ended them */
	int64_t	 elapsed_ns;
	struct histogram latency;	/* from the time that a message is due
					   to the whole echo; churn: from
					   connecting to the close */
	struct histogram service;	/* open loop: from sending it */
	struct histogram connect;	/* until a connection was there */
};

#define LOAD_LATE_NS	INT64_C(1000000)

uint64_t load_failures(const struct load_sum *);
/* How many connections were silent for too long. */
uint64_t load_silences(const struct load_sum *);
/* What ended most of the connections that failed, or VERDICT_OK. */
enum verdict load_worst(const struct load_sum *);
/* What was added between two moments. */
void	 load_sum_difference(struct load_sum *, const struct load_sum *later,
	    const struct load_sum *earlier);
void	 load_sum_merge(struct load_sum *into, const struct load_sum *from);

#endif
