/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The verdicts that a user expects.
 */
#ifndef EXPECT_H
#define EXPECT_H

#include "verdict.h"
#include "why.h"

struct expectation {
	const char	*list;		/* as it was given; NULL: none was */
	char		 has[VERDICTS];
};

/* "TOKEN[,TOKEN]..."; the list must last as long as *expectation. */
int	 expect_parse(const char *list, struct expectation *expectation,
	    char why[WHY_MAX]);
/* The exit status: without an expectation that of the verdict. */
int	 expect_status(const struct expectation *, enum verdict);

#endif
