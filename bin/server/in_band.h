/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Faults that a client asks for, by the first line that it sends: "!fault
 * FAULT...".  Pure, as the course is.
 */
#ifndef IN_BAND_H
#define IN_BAND_H

#include <stddef.h>

#include "fault.h"

#define IN_BAND_MAX	256	/* bytes of the line */

/* Do these first bytes ask for faults?  1: the line is *len bytes long, with
 * its newline; 0: no; -1: not to be said before there are more. */
int	 in_band_line(const char *bytes, size_t n, size_t *len);
/* Fills the plan with what the line asks for, from now on: no fault that others
 * would meet, none that lasts long.  Returns 0 or -1. */
int	 in_band_parse(const char *line, size_t len, int64_t now,
	    struct fault_plan *, char why[WHY_MAX]);

#endif
