/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What came from a client and is not echoed yet: a chain of the kernel's
 * buffers, or memory of its own where the client makes us wait.
 */
#ifndef URING_DATA_H
#define URING_DATA_H

#include "uring_loop.h"

/* A buffer that the kernel has filled goes behind what came before. */
void	 uring_data_chain(struct uring_loop *, struct uring_client *,
	    uint16_t id);
/* The same, but copied: for a client that makes us wait.  If memory runs out,
 * the client has ENDED, and later data is dropped, so as not to hide the
 * gap. */
void	 uring_data_put_aside(struct uring_loop *, struct uring_client *,
	    uint16_t id);
/* Copies the chain: a client that makes us wait may not keep buffers. */
void	 uring_data_spill(struct uring_loop *, struct uring_client *);
/* What is left to be sent of the chain that begins with a buffer, from behind
 * its first n bytes on, goes to memory of the client's own.  Returns 0, or -1:
 * there is none. */
int	 uring_data_keep_rest(struct uring_loop *, struct uring_client *,
	    uint16_t first, uint32_t n);
/* Gives a chain back. */
void	 uring_data_return(struct uring_loop *, uint16_t first);
/* Throws all of it away. */
void	 uring_data_forget(struct uring_loop *, struct uring_client *);

#endif
