/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "descriptors.h"

#include <fcntl.h>
#include <unistd.h>

void
open_standard_descriptors(void)
{
	/* The wrong way round: to use what is not there remains an error. */
	static const int modes[] = { O_WRONLY, O_RDONLY, O_RDONLY };

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1)
			open("/dev/null", modes[fd]);	/* the lowest: fd */
}
