/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Options of the listening sockets, which their connections inherit.
 */
#ifndef TRANSPORT_H
#define TRANSPORT_H

#include "why.h"

struct transport {
	int		 sndbuf;	/* bytes; 0: the system's choice */
	int		 rcvbuf;
	int		 busy_poll_us;	/* 0: as the system has it */
	const char	*congestion;	/* NULL: the system's choice */
};

/* An option that cannot be set, or a size of which the system grants only a
 * part, ends the program.  UNIX sockets have the sizes alone. */
void	 transport_set(int listenfd, const struct transport *);
/* Whether this system has such an option at all: 0, or -1. */
int	 transport_has_congestion(char why[WHY_MAX]);
int	 transport_has_busy_poll(char why[WHY_MAX]);

#endif
