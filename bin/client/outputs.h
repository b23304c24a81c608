/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The files that a report is written to.
 */
#ifndef OUTPUTS_H
#define OUTPUTS_H

/* Ends the process where one of --hdr and --plot (NULL: not wanted) cannot be
 * written, so that a load is not in vain, or where both are one.  What is there
 * stays as it is, and what is not is not made. */
void	 outputs_check(const char *hdr, const char *plot);

#endif
