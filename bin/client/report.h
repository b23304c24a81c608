/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What became of a connection, for people and for programs.
 */
#ifndef REPORT_H
#define REPORT_H

#include "expect.h"
#include "verdict.h"

struct report_how {
	int	 quiet;
	int	 verbose;
	int	 line;		/* for scripts, on standard output */
	int	 json;
	struct expectation expectation;
};

int	 report_has_json(void);

/* Prints what is wanted.  An error of standard output ends the process. */
void	 report(const struct outcome *, const struct report_how *);
/* The evidence that the verdict's line has no room for, on standard error. */
void	 report_evidence(const struct outcome *);

#endif
