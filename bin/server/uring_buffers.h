/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Buffers that the kernel takes from as data comes, so that a connection that
 * waits has none.  It takes the one that came back first, so each that there is
 * gets its turn: more than are needed only drive each other out of the caches.
 */
#ifndef URING_BUFFERS_H
#define URING_BUFFERS_H

#include "uring.h"

#define BUFFERS		256	/* at most; a power of 2 */
#define BUFFERS_FIRST	64
#define BUFFER_SIZE	16384
#define BUFFER_GROUP	0
#define NO_BUFFER	UINT16_MAX

struct uring_buffers {
	struct io_uring_buf_ring *ring;
	char		*memory;
	unsigned	 offered;	/* to the kernel, or taken by it */
	unsigned	 taken;		/* as far as completions have told */
	unsigned	 returned;	/* not told the kernel yet */
	enum { BUFFERS_USED, BUFFERS_QUIET, BUFFERS_AWAY } rest;
	/* Of those that are taken. */
	uint32_t	 length[BUFFERS];
	uint16_t	 next[BUFFERS];	/* of the same connection; NO_BUFFER */
};

/* Returns 0, or -1 and sets errno. */
int	 uring_buffers_open(struct uring_buffers *, struct io_uring *);
void	 uring_buffers_close(struct uring_buffers *);
char	*uring_buffer(const struct uring_buffers *, uint16_t);
/* A client found none: there will be one more, if there may. */
void	 uring_buffers_lacked(struct uring_buffers *);
/* The kernel has filled it with so many bytes. */
void	 uring_buffer_take(struct uring_buffers *, uint16_t, uint32_t length);
/* Gives it back; the kernel sees it from uring_buffers_tell on. */
void	 uring_buffer_return(struct uring_buffers *, uint16_t);
void	 uring_buffers_tell(struct uring_buffers *);
/* Gives the buffers' memory back to the system if none was taken since the last
 * call: it is there again when the kernel fills one.  All completions of filled
 * buffers must have been seen.  Returns whether memory was given back. */
int	 uring_buffers_rest(struct uring_buffers *);

#endif
