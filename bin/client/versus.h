/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Servers that get the same load in turn: which one is faster?
 */
#ifndef VERSUS_H
#define VERSUS_H

#include "campaign.h"

/* The campaign's load on each of the n endpoints, for run.time_ns in all.
 * Prints what it found.  Returns the exit status. */
int	 versus_run(const struct campaign *, const struct endpoint *, size_t n,
	    const struct report_how *);

#endif
