/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "reset.h"

#include <unistd.h>

const struct linger linger_for_reset = { .l_onoff = 1, .l_linger = 0 };

void
reset_at_close(int fd)
{
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger_for_reset,
	    sizeof(linger_for_reset));
}

void
close_with_reset(int fd)
{
	reset_at_close(fd);
	close(fd);
}
