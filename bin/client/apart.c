/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "apart.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#define LINES	128	/* lines are of 64 bytes or more, and fetched in pairs */

/* What stands behind it in the heap is another one's. */
void *
apart(size_t n, size_t size)
{
	if (size != 0 && n > (SIZE_MAX - LINES) / size) {
		errno = ENOMEM;
		return NULL;
	}
	return calloc(1, n * size + LINES);
}
