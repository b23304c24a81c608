/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Who it is that says nothing: the server's host, or its process.
 */
#ifndef SILENCE_H
#define SILENCE_H

#include "facts.h"

enum silence {
	SILENCE_UNKNOWN,	/* too early, or the system does not tell */
	SILENCE_HOST,		/* acknowledges nothing: dead or cut off */
	SILENCE_PROCESS,	/* all is acknowledged, nothing answered */
	SILENCE_WINDOW		/* takes no more: its process does not read */
};

/* Of a connection on which an answer is due. */
enum silence silence_of(const struct tcp_facts *);
/* Of one that was reset: had its host been silent before? */
int	 silence_before_reset(const struct tcp_facts *);

#endif
