/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * One connection from its name to its end.
 */
#ifndef ATTEMPT_H
#define ATTEMPT_H

#include "connect.h"
#include "session.h"

struct attempt {
	struct endpoint	 endpoint;
	struct connect_how connect;
	struct session_how session;
	int		 abort;		/* reset it as soon as it is there */
	int		 connect_only;	/* close it then */
};

/* Fills in *outcome.  Returns -1 if it was stopped, else 0. */
int	 attempt_run(const struct attempt *, struct outcome *);

#endif
