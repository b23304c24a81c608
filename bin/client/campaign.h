/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * A load on a server, from its name to the report.
 */
#ifndef CAMPAIGN_H
#define CAMPAIGN_H

#include "conclude.h"
#include "connect.h"
#include "load.h"

struct campaign {
	struct endpoint	 endpoint;
	struct connect_how connect;
	struct load_how	 load;		/* but for the path */
	size_t		 threads;	/* 1 or more, one connection or more
					   for each */
	struct load_run	 run;
	int64_t		 start_at;	/* since the epoch; 0: at once */
	int		 stream;	/* progress is JSON */
	int64_t		 interval_ns;	/* from one line of progress to the
					   next; 0: as it is by default */
	struct conclude_how conclude;
};

/* Raises the process's limit of descriptors.  Ends the process if the limit is
 * too low for n such loads. */
void	 need_descriptors(const struct campaign *, size_t n);
/* Finds the server.  Fills in *how, with the server's address, and what
 * *result says of the load.  -1: it has reported why, and *status is the exit
 * status. */
int	 campaign_prepare(const struct campaign *, struct load_how *how,
	    struct result *, const struct report_how *, int *status);

/* Applies the load and reports it.  Returns the exit status. */
int	 campaign_run(const struct campaign *, const struct report_how *);

#endif
