/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "apart.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#define LINES	128	/* fetched in pairs, of 64 bytes or more each */

/* What follows in the heap may belong to another thread. */
void *
apart(size_t n, size_t size)
{
	if (size != 0 && n > (SIZE_MAX - LINES) / size) {
		errno = ENOMEM;
		return NULL;
	}
	return calloc(1, n * size + LINES);
}
