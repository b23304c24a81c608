/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Quantities as a user types them.
 */
#ifndef QUANTITY_H
#define QUANTITY_H

#include <stdint.h>

#include "why.h"

#define NSEC_PER_MSEC	INT64_C(1000000)
#define NSEC_PER_SEC	INT64_C(1000000000)

static inline double
in_seconds(double ns)
{
	return ns / (double)NSEC_PER_SEC;
}

/* "4096", "64KiB", "10MB", "1.5k": bytes.  k, M, G, with or without B, are
 * powers of 1000; Ki, Mi, Gi of 1024; the case of the letters does not
 * matter. */
int	 size_parse(const char *text, uint64_t *bytes, char why[WHY_MAX]);

/* The same of anything that is counted, and not always in whole numbers. */
int	 number_parse(const char *text, double *number, char why[WHY_MAX]);

/* "250ms", "5s", "1.5m", "2h", also us and ns; a bare number is seconds.  At
 * most 1000 hours. */
int	 duration_parse(const char *text, int64_t *ns, char why[WHY_MAX]);

/* A whole number from low to high. */
int	 count_parse(const char *text, uint64_t low, uint64_t high,
	    uint64_t *count, char why[WHY_MAX]);

#endif
