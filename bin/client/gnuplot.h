/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * gnuplot as a child.  No shell and no file's name is involved: all it gets is
 * descriptors.
 */
#ifndef GNUPLOT_H
#define GNUPLOT_H

#include <stdio.h>

#include "why.h"

/* Runs the script, which must be rewound, and leaves its drawing in picture.
 * Both are files, not pipes.  Returns -1, with why, if gnuplot is missing,
 * fails or draws nothing. */
int	 gnuplot_run(FILE *script, FILE *picture, char why[WHY_MAX]);

#endif
