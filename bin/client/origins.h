/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The addresses that connections are made from: one has some 28 000 ports for
 * each address of a server.
 */
#ifndef ORIGINS_H
#define ORIGINS_H

#include "why.h"

#include <sys/socket.h>

#include <stddef.h>

#define ORIGINS_MAX	4096

struct origins {
	struct sockaddr_storage *each;	/* all of one kind */
	size_t		 n;
	socklen_t	 len;
};

/* Parses ADDRESS[:PORT] and FIRST-LAST, separated by commas.  Each is numeric.
 * Returns 0, or -1. */
int	 origins_parse(const char *text, struct origins *, char why[WHY_MAX]);
void	 origins_free(struct origins *);

#endif
