/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What the forms of a report have in common.
 */
#ifndef REPORT_PART_H
#define REPORT_PART_H

#include "report.h"

#define HEX_MAX		(2 * AROUND_MAX + 1)

/* Two digits for each byte, at most AROUND_MAX of them; returns text. */
char	*report_hex(const unsigned char *bytes, size_t n, char text[HEX_MAX]);
/* Is its error a value of errno? */
int	 report_is_errno(const struct outcome *);

/* One object, on one line of standard output.  Ends the process where there is
 * no memory. */
void	 report_json(const struct outcome *, const struct report_how *);

#endif
