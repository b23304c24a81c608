/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What a contest came to, for people and for programs.
 */
#ifndef STANDINGS_H
#define STANDINGS_H

#include <stdio.h>

#include "contest.h"

/* A table of at most 100 columns; each row ends with what it means. */
void	 standings_print(FILE *, const struct contest_how *,
	    const struct contestant *, size_t n, size_t against);
/* A line for each contestant, below a line of titles if that is wanted. */
void	 standings_print_csv(FILE *, const struct contest_how *,
	    const struct contestant *, size_t n, size_t against, int titles);

#endif
