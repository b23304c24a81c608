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

/* Which loads have it. */
enum figure_of {
	FIGURE_OF_LOAD,		/* any load */
	FIGURE_OF_MESSAGES,	/* not a stream */
	FIGURE_OF_ECHOES	/* nor a load without an echo */
};

struct figure {
	const char	*name;
	enum figure_unit unit;
	double		(*value)(const struct result *);
	enum figure_of	 of;
};

/* The last one has no name. */
extern const struct figure figures[];

#endif
