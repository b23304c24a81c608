/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "output.h"
#include "unpwrap.h"

#include <stdio.h>
#include <stdlib.h>

/* Which of the calls fails is the libc's affair. */
void
flush_output(void)
{
	if (fflush(stdout) == EOF || ferror(stdout))
		err_sys("standard output");
}

void
exit_printed(void)
{
	flush_output();
	exit(EXIT_SUCCESS);
}
