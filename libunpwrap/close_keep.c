/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <errno.h>
#include <unistd.h>

void
close_keep(int fd)
{
	int error = errno;

	close(fd);
	errno = error;
}
