/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Carries out what a connection wants by calls that block, for the models that
 * give a connection a process or thread of its own.
 */
#ifndef BLOCKING_H
#define BLOCKING_H

#include "acceptor.h"

/* Serves and closes fd; counts and logs its end.
 * buffer: of DRIVE_BUFFER bytes; what is not used of it is not touched. */
void	 serve_blocking(struct server *, int fd, const struct peer *,
	    char *buffer);

#endif
