/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The report on a load, and what it means for a script.
 */
#ifndef CONCLUDE_H
#define CONCLUDE_H

#include "report.h"
#include "result.h"
#include "threshold.h"

struct conclude_how {
	int	 csv;
	const char *hdr;	/* a file; NULL: none */
	const char *plot;	/* the same */
	struct thresholds fail_if;
};

/* Prints it as it is wanted.  Returns the exit status. */
int	 conclude(const struct result *, const struct report_how *,
	    const struct conclude_how *);

#endif
