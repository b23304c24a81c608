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

/* Runs the script, which is at its beginning, and has what it draws in picture.
 * Both are files, not pipes.  Returns -1, with why, where it is not there, fails or
 * draws nothing. */
int	 gnuplot_run(FILE *script, FILE *picture, char why[WHY_MAX]);

#endif
