/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The files that a report is written to.
 */
#ifndef OUTPUTS_H
#define OUTPUTS_H

/* Ends the process if --hdr or --plot (NULL: not wanted) cannot be written, so
 * that no load is in vain, or if both names are the same.  An existing file
 * stays as it is; a missing one is not created. */
void	 outputs_check(const char *hdr, const char *plot);

#endif
