/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * One of the connections of a load: it sends a repeating pattern, from a place
 * of its own on, and compares what comes back with that.
 */
#ifndef MEMBER_H
#define MEMBER_H

#include <sys/socket.h>

#include <stddef.h>
#include <stdint.h>

#include "verdict.h"

/* The most that one call sends or receives: what is compared is then still in a
 * cache. */
#define TAPE_PIECE	65536

/* What all members share. */
struct tape {
	unsigned char	*stream;	/* the pattern, its beginning again */
	unsigned char	*received;
	int		 no_verify;	/* what is received is only counted */
};

enum member_state {
	MEMBER_CLOSED,
	MEMBER_CONNECTING,
	MEMBER_OPEN,
	MEMBER_CLOSING	/* our end is shut, the server's is awaited */
};

/* One that is under way. */
struct message {
	int64_t	 due_at;	/* when it was to be sent */
	int64_t	 sent_at;	/* when it was */
	uint64_t end;		/* in the stream */
};

struct member {
	int	 fd;
	enum member_state state;
	uint32_t place;		/* in the pattern, of its first byte */
	unsigned retransmits;	/* of those that have been counted */
	char	 busy;		/* something is under way */
	char	 fresh;		/* it is being opened */
	char	 full;		/* the kernel took no more */
	char	 gone;		/* an end or an error follows what has come */
	char	 listed;	/* among those that a message may be given to */
	uint64_t sent, got;	/* bytes, since it was connected */
	uint64_t whole;		/* bytes of messages that have come whole */
	uint64_t goal;		/* what is to be sent, and to come back */
	int64_t	 heard_at;	/* bytes came then, or the wait began */
	struct message *messages;	/* a ring; the caller's */
	unsigned first, n;	/* those of it that are under way */
};

/* Where from, in turn (n_from 0: anywhere), and where to. */
struct member_path {
	const struct sockaddr_storage *from;	/* all of one kind; the
						   caller's */
	size_t	 n_from;
	struct sockaddr_storage to;
	socklen_t from_len, to_len;
};

/* Member errors that are none of errno. */
#define MEMBER_MISMATCH	(-1)
#define MEMBER_SURPLUS	(-2)

/* Returns 0, or an errno value. */
int	 tape_make(struct tape *, uint32_t seed);
void	 tape_free(struct tape *);

/* Closed, and the index-th of all. */
void	 member_make(struct member *, size_t index, struct message *ring);
/* Returns 0, or an errno value, as member_connected does.  After an error here,
 * the member is closed.  It is the nth of all. */
int	 member_connect(struct member *, const struct member_path *,
	    size_t nth);
/* It has a socket that is connected, or was. */
void	 member_adopt(struct member *, int fd);
int	 member_connected(struct member *);
/* One call, towards the goal; EAGAIN where the kernel takes no more. */
int	 member_send(struct member *, const struct tape *);
/* One call: *n bytes came and are right, 0 at the end of the stream. */
int	 member_receive(struct member *, const struct tape *, size_t *n);
void	 member_finish(struct member *);
void	 member_close(struct member *);
/* What an errno value of an open member means, and what silence means. */
enum verdict member_verdict(const struct member *, int error);
enum verdict member_silence(const struct member *);
/* How many segments were sent again since the last time it was asked. */
unsigned member_retransmits(struct member *);

#endif
