/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "descriptors.h"

#include <sys/resource.h>

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

/* The soft limit is low for the sake of select(2), which we do not use. */
void
raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}
