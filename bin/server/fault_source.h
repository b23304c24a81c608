/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Where the faults come from: the command line and a file, which may be read
 * again.
 */
#ifndef FAULT_SOURCE_H
#define FAULT_SOURCE_H

#include "fault.h"

struct fault_source {
	const char	*texts[FAULTS_MAX];	/* of --fault */
	unsigned	 n;
	const char	*file;			/* NULL: none */
	uint64_t	 seed;
	int		 for_unix;		/* a UNIX-domain socket has to
						   be able to do them */
};

/* Fills the plan: the faults of the texts, then those of the file, a line each;
 * '#' begins a comment.  Returns 0, or -1: one of them is wrong, or cannot be
 * on this host or socket: the clause says which, and by what option it came. */
int	 fault_source_read(const struct fault_source *, struct fault_plan *,
	    char why[WHY_MAX]);

#endif
