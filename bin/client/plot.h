/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * A picture of a result's latencies, which gnuplot draws.
 */
#ifndef PLOT_H
#define PLOT_H

#include "result.h"

/* Is it a name that ends in .svg or .png? */
int	 plot_can(const char *path);
/* Writes the picture.  On -1, with why, the file is as it was, or cut short
 * where there is no room for it. */
int	 plot(const char *path, const struct result *, char why[WHY_MAX]);

#endif
