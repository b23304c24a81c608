/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "drive.h"
#include "stack_buffer.h"

#include <stdint.h>
#include <unistd.h>

#define HEAD		1024	/* bytes of the buffer on the page */

/* Stacks grow down, for alloca as for a frame.  Where they do not, the layout
 * is only less compact. */
int
with_stack_buffer(int (*serve)(void *arg, char *buffer), void *arg)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	char *here = __builtin_alloca(16);
	uintptr_t too_high = ((uintptr_t)here - (page - HEAD)) % page;
	char *volatile left_out = __builtin_alloca(too_high + 1);

	(void)left_out;
	return serve(arg, __builtin_alloca(DRIVE_BUFFER));
}
