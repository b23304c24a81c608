/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The connections of the model io_uring.  They do not move: operations know
 * them by their address.  Memory is taken in chunks, and kept.
 */
#ifndef URING_CLIENTS_H
#define URING_CLIENTS_H

#include "connection.h"

#include <stdint.h>

enum client_flag {
	CLIENT_DIRECT = 1,	/* fd is one of the ring's own */
	CLIENT_RECEIVING = 2,	/* until a completion says otherwise */
	CLIENT_SENDING = 4,	/* an operation of ON_SEND */
	CLIENT_ENDED = 8,	/* nothing more comes */
	CLIENT_LISTED = 16,	/* has something to do */
	CLIENT_CANCELLED = 32,	/* what was under way */
	CLIENT_BULKY = 64,	/* filled many buffers at once */
	CLIENT_EMPTYING = 128	/* what is under way is uring_bulk.c's splice */
};

/* Most of them wait in memory: each byte counts. */
struct uring_client {
	/* Its buffer is NULL, or memory of the client's own, to be sent.  The
	 * alignment leaves user_data its bits, also where pointers have 32. */
	_Alignas(8) struct connection connection;
	struct uring_client *next;	/* on the list, or of the free ones */
	char		*spill;		/* what came meanwhile; NULL: it is */
	uint16_t	 first, last;	/* in this chain of kernel buffers */
	uint32_t	 got;		/* its length in bytes */
	int		 fd;
	int		 ended;		/* 0, or an errno value: why */
	uint16_t	 quiet;		/* looks since its last byte */
	unsigned char	 want;		/* what it waits for */
	unsigned char	 flags;
};

struct uring_chunk;

struct uring_clients {
	struct uring_chunk *chunks;
	struct uring_client *unused;
};

/* Returns a zeroed one; NULL: errno is that of an allocation. */
struct uring_client *uring_clients_new(struct uring_clients *);
void	 uring_clients_delete(struct uring_clients *, struct uring_client *);
void	 uring_clients_each(struct uring_clients *,
	    void (*call)(void *arg, struct uring_client *), void *arg);
void	 uring_clients_free(struct uring_clients *);

#endif
