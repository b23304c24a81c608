/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What a model is given.  main() owns all of it; a model frees nothing.
 */
#ifndef SERVER_H
#define SERVER_H

#include <stdint.h>

#include "deadline.h"
#include "fault_source.h"
#include "sources.h"
#include "stats.h"
#include "unpwrap.h"

struct limits {
	int64_t	 idle_ns;	/* without a byte from the client; 0: none */
	int64_t	 write_ns;	/* without room for its echo; 0: none */
	uint64_t max_conns;	/* at once, in all workers; 0: none */
	uint64_t max_per_source;	/* the same, of each; 0: none */
	uint64_t accept_rate;	/* connections a second; 0: none */
	uint64_t max_requests;	/* connections of one worker; 0: none */
	int	 backlog;
};

struct server {
	const struct model *model;
	int		 is_auto;	/* the model that this host can run */
	struct limits	 limits;
	int		*listenfds;	/* nlisten of them: listening,
					   non-blocking, close-on-exec */
	unsigned	 nlisten;
	int		 udp;		/* datagrams are answered, too */
	int		*datagramfds;	/* ndatagram of them: non-blocking,
					   close-on-exec */
	unsigned	 ndatagram;
	uint64_t	 udp_rate;	/* answers to a source in a second; 0:
					   no limit */
	unsigned	 workers;
	unsigned	 threads;	/* of each worker, for a pool */
	unsigned	 drain_ms;
	int		 one_off;	/* serve one connection and end */
	const struct fault_source *faults;
	struct fault_plan plan;		/* what is in it now; a worker has that
					   of its start */
	unsigned	 generation;	/* of the plan, as in stats once it is
					   in force */
	int		 in_band;	/* clients may ask for faults */
	int64_t		 started_ns;	/* on the monotonic clock */
	struct stats	*stats;
	struct sources	*sources;	/* NULL: they are not counted */
	pid_t		 supervisor;

	/* In a worker only. */
	const struct unpwrap_worker *worker;	/* stopfd: readable once a stop
						   signal has arrived */
	struct stats_part *part;
};

/* The time for faults: nanoseconds since the start, or -1 while they are
 * switched off. */
static inline int64_t
server_now(const struct server *server)
{
	return atomic_load(&server->stats->faults_off) ? -1 :
	    monotonic_ns() - server->started_ns;
}

#endif
