/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Points in time on the clock on the wall, which several hosts share.
 */
#ifndef MOMENT_H
#define MOMENT_H

#include <stdint.h>

#include "why.h"

/* "2026-11-22T10:00:00Z", with or without a fraction, or with an offset such as
 * +01:00 (RFC 3339), or "@1795341600.5", seconds since the epoch: *ns since the
 * epoch, up to the year 2261.  Returns -1 with why. */
int	 moment_parse(const char *text, int64_t *ns, char why[WHY_MAX]);
/* Nanoseconds since the epoch. */
int64_t	 moment_now(void);

#endif
