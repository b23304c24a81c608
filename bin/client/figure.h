/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The figures of a result by their names, for conditions and for tables that
 * programs read.
 */
#ifndef FIGURE_H
#define FIGURE_H

#include "result.h"

enum figure_unit {
	FIGURE_NUMBER,
	FIGURE_TIME,	/* ns */
	FIGURE_SIZE	/* bytes */
};

struct figure {
	const char	*name;
	enum figure_unit unit;
	double		(*value)(const struct result *);
	int		 of_echoes;	/* there is none where none came */
};

/* The last one has no name. */
extern const struct figure figures[];

#endif
