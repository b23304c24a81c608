/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Results of several clients, that become one.
 */
#ifndef MERGE_H
#define MERGE_H

#include "conclude.h"

/* Merges n files that --json has written.  None may come twice: the fleet would
 * seem larger than it is.  Returns the exit status. */
int	 merge_run(char *const files[], int n, const struct report_how *,
	    const struct conclude_how *);

#endif
