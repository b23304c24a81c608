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

#include "stats.h"
#include "unpwrap.h"

struct limits {
	int64_t	 idle_ns;	/* without a byte from the client; 0: none */
	int64_t	 write_ns;	/* without room for its echo; 0: none */
	uint64_t max_conns;	/* at once, in all workers; 0: none */
	uint64_t max_requests;	/* connections of one worker; 0: none */
	int	 backlog;
};

struct server {
	const struct model *model;
	struct limits	 limits;
	int		*listenfds;	/* nlisten of them: listening,
					   non-blocking, close-on-exec */
	unsigned	 nlisten;
	unsigned	 workers;
	unsigned	 drain_ms;
	int		 one_off;	/* serve one connection and end */
	struct stats	*stats;
	uint64_t	 killed_before;	/* connections, before the stop */

	/* In a worker only. */
	const struct unpwrap_worker *worker;	/* stopfd: readable once a stop
						   signal has arrived */
	struct stats_part *part;
};

#endif
