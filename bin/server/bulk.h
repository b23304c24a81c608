/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * A client that fills whole buffers is served by splice(2) through a pipe: the
 * kernel passes pages on, and copies nothing.  Few clients at a time, since a
 * pipe holds a megabyte and two descriptors; the others are served as ever.
 */
#ifndef BULK_H
#define BULK_H

#include <stddef.h>

#include "drive.h"

#define BULKS	8
#define WAIT_BULK	WANT_NOTHING	/* what such a client waits for */

struct bulk {
	int	 fd;		/* the client's; 0: nobody's */
	int	 pipe[2];	/* [0] 0: not made yet; -1: never */
	size_t	 held;		/* bytes in it */
	size_t	 most;		/* that it holds */
};

/* Returns a pipe for this client, or NULL: there is none to be had. */
struct bulk *bulk_take(struct bulk bulks[BULKS], int fd);
/* The client's pipe; NULL: none. */
struct bulk *bulk_of(struct bulk bulks[BULKS], int fd);
/* Gives it back, and drops what it holds. */
void	 bulk_give_back(struct bulk *);
/* Moves what there is into the pipe (*in bytes) and out of it (*out).  Returns
 * 1: go on with splice; 0: the client sends little now, and the pipe is empty;
 * -1: errno says what ended it, 0 for end of file. */
int	 bulk_move(struct bulk *, size_t *in, size_t *out);

#endif
