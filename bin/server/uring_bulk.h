/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * bulk.h's clients in the model io_uring: the ring tells when one is ready, and
 * splice(2) moves its bytes.  The ring's own splice runs in a kernel thread and
 * costs two wake-ups each time: it is only for clients that have half-closed.
 */
#ifndef URING_BULK_H
#define URING_BULK_H

#include "uring_loop.h"

/* Takes over a client that receives and sends nothing now.  Returns 0, or -1:
 * it is served as ever. */
int	 uring_bulk_begin(struct uring_loop *, struct uring_client *);
/* An operation of it completed, with this result.  Returns WANT_NOTHING while
 * it goes on so. */
enum want uring_bulk_ready(struct uring_loop *, struct uring_client *,
	    int result);
/* Its ordinary descriptor; -1: it has none. */
int	 uring_bulk_descriptor(const struct uring_loop *,
	    const struct uring_client *);
/* Bytes wait for the client to take them. */
int	 uring_bulk_is_sending(const struct uring_loop *,
	    const struct uring_client *);
/* Drops what is held for it.  At most a poll is under way, whose result nobody
 * needs: the idle timeout ends a client only once it has its descriptor, and
 * while nothing is held. */
void	 uring_bulk_leave(struct uring_loop *, struct uring_client *);

#endif
