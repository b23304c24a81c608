/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * One of the connections of a load: what it sends is a place in a pattern that
 * repeats, and what comes back is compared with it.
 */
#ifndef MEMBER_H
#define MEMBER_H

#include <sys/socket.h>

#include <stddef.h>
#include <stdint.h>

#include "verdict.h"

#define TAPE_PIECE	262144	/* the most that one call sends or receives */

/* What all members share. */
struct tape {
	unsigned char	*stream;	/* the pattern, and its beginning again */
	unsigned char	*received;
};

enum member_state {
	MEMBER_CLOSED,
	MEMBER_CONNECTING,
	MEMBER_OPEN,
	MEMBER_CLOSING	/* our end is shut, the server's is awaited */
};

struct member {
	int	 fd;
	enum member_state state;
	uint32_t place;		/* in the pattern, of its first byte */
	char	 busy;		/* a message is under way */
	char	 fresh;		/* none has come back yet */
	char	 full;		/* the kernel took no more */
	uint64_t sent, got;	/* bytes, since it was connected */
	uint64_t goal;		/* what is to be sent, and to come back */
	int64_t	 begun_at;	/* the message that is under way */
};

/* Member errors that are none of errno. */
#define MEMBER_MISMATCH	(-1)
#define MEMBER_SURPLUS	(-2)

/* Returns 0, or an errno value. */
int	 tape_make(struct tape *, uint32_t seed);
void	 tape_free(struct tape *);

/* Closed, and the index-th of all. */
void	 member_make(struct member *, size_t index);
/* Each returns 0, or an errno value: the member is then closed where it was not
 * connected yet. */
int	 member_connect(struct member *, const struct sockaddr *, socklen_t);
int	 member_connected(struct member *);
/* One call, towards the goal; EAGAIN where the kernel takes no more. */
int	 member_send(struct member *, const struct tape *);
/* One call: *n bytes came and are right, 0 at the end of the stream. */
int	 member_receive(struct member *, const struct tape *, size_t *n);
void	 member_finish(struct member *);
void	 member_close(struct member *);
/* What an errno value of an open one means. */
enum verdict member_verdict(const struct member *, int error);

#endif
