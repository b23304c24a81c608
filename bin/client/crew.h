/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * A load by several threads.  Each has its share of the connections and of the
 * messages, and an engine and a sum of its own.  What they share is seldom
 * written while messages are under way.  The caller's thread is one of them: a
 * load by one thread starts no other.
 */
#ifndef CREW_H
#define CREW_H

#include "load.h"

#define CREW_MAX	256	/* threads */

struct crew;

/* Opens none of the connections yet, of which there is one or more for each
 * thread.  NULL: errno. */
struct crew *crew_new(const struct load_how *, size_t threads);
/* Opens them all, as load_open.  NULL: *worst, too, says what failed. */
struct crew *crew_open(const struct load_how *, size_t threads,
	    enum verdict *worst, char why[WHY_MAX]);
void	 crew_close(struct crew *);

/* Before a run, for so long, as load_wait: what comes of it belongs to the run.
 * Returns 0 where no connection is left. */
int	 crew_wait(struct crew *, int64_t ns);
/* Begins a run.  Returns 0, or an errno value. */
int	 crew_begin(struct crew *, const struct load_run *);
/* Goes on until that moment, or sooner.  Returns 0 once the run is over. */
int	 crew_go_on(struct crew *, int64_t until);
/* What has come of the run, which goes on, up to now; without its time. */
void	 crew_look(struct crew *, struct load_sum *);
/* Ends the run, over or not, and adds to *sum what came of it. */
void	 crew_end(struct crew *, struct load_sum *);
/* As load_slice.  Returns 0, or an errno value. */
int	 crew_slice(struct crew *, int64_t ns, struct load_sum *);

#endif
