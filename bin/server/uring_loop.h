/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What the parts of the model io_uring share, where it serves at full speed:
 * uring_serve.c waits and accepts, uring_client.c takes what completes,
 * uring_want.c begins what is to be done next.
 *
 * Everything is an operation that completes.  Data comes in buffers that the
 * kernel takes from a ring, and goes out of the same buffers.  All sends of a
 * turn are submitted at the end of it, and only those that came up short
 * complete: when the kernel returns, the buffers are free again.
 */
#ifndef URING_LOOP_H
#define URING_LOOP_H

#include "acceptor.h"
#include "bulk.h"
#include "uring_buffers.h"
#include "uring_clients.h"

/* The lower bits of an operation's user_data; the others are a client, or a
 * number. */
enum completion {
	ON_NOTHING = URING_IGNORED,
	ON_RECEIVE,		/* client */
	ON_SEND,		/* client: a send, a shutdown, or
				   uring_bulk.c's */
	ON_SHORT,		/* number in sent[] */
	ON_ACCEPT,		/* number of the listener */
	ON_LISTENER,		/* the same: it has connections */
	ON_STOP,
	ON_TIMER,		/* enum uring_timer */
	COMPLETION_KINDS
};
#define COMPLETION_BITS	3
_Static_assert(_Alignof(struct uring_client) >= 1 << COMPLETION_BITS,
    "a client's address leaves these bits free");

#define OP_FIXED_FD_INSTALL	54	/* Linux 6.8, unknown to liburing 2.3 */

enum uring_timer { TIMER_LOOK, TIMER_RESUME, TIMERS };

/* A send of this turn, out of the kernel's buffers. */
struct sent {
	struct uring_client *client;
	uint16_t	 first;		/* buffer */
	int32_t		 result;	/* bytes; less than 0: an errno value */
};

struct uring_loop {
	struct server	*server;
	struct io_uring	 ring;
	struct uring_buffers buffers;
	struct acceptor	 acceptor;
	struct uring_clients clients;
	struct uring_client *todo, **todo_end;	/* at the end of the turn */
	unsigned	 active;	/* clients */
	unsigned	 credit;	/* clients that may start to receive */
	struct sent	 sent[BUFFERS];
	unsigned	 nsent;
	int		 is_in_haste;	/* one of sent[] is of a client that
					   does not receive: no completion may
					   come until it does again */
	struct msghdr	 messages[BUFFERS];	/* of sent[] */
	struct iovec	 pieces[BUFFERS];
	unsigned	 npieces;
	struct bulk	 bulks[BULKS];
	struct uring_client *bulky[BULKS];	/* whose they are */
	unsigned	 slots;		/* direct descriptors; 0: none any
					   more */
	char		*listening;	/* listeners that have an operation, */
	unsigned	 nlistening;	/* so many */
	int		 is_accepting;	/* is to ask the acceptor */
	int		 is_pausing;	/* but not before a timer says so */
	int		 is_looking;	/* there is a timer for it */
	int		 is_time_to_look;
	int		 is_over;	/* nothing more is to be accepted */
	int64_t		 look_ns;
	struct __kernel_timespec times[TIMERS];
	uint64_t	 in, out;	/* bytes, not counted yet */
};

static inline uint64_t
completion_data(enum completion completion, uint64_t number)
{
	return number << COMPLETION_BITS | completion;
}

static inline uint64_t
completion_of(const struct uring_client *c, enum completion completion)
{
	return (uint64_t)(uintptr_t)c | completion;
}

/*
 * uring_want.c
 */

/* Finishes preparing an operation on the client's descriptor.  flags: of the
 * submission; data: comes back with the completion. */
void	 uring_client_aim(struct io_uring_sqe *, const struct uring_client *,
	    unsigned flags, uint64_t data);
/* Does what is wanted, and what is wanted then, until it waits. */
void	 uring_carry_on(struct uring_loop *, struct uring_client *,
	    enum want);
/* The client waits for data.  Returns WANT_NOTHING. */
enum want uring_client_receive(struct uring_loop *, struct uring_client *);
/* It has something to do at the end of the turn. */
void	 uring_client_list(struct uring_loop *, struct uring_client *);
/* Its descriptor is closed, as soon as what was prepared is submitted. */
void	 uring_client_close(struct uring_loop *, const struct uring_client *);

/*
 * uring_client.c
 */

/* fd: a descriptor, or (is_direct) the number of one of the ring's own. */
void	 uring_client_start(struct uring_loop *, int fd, int is_direct);
/* Something completed. */
void	 uring_client_received(struct uring_loop *, struct uring_client *,
	    const struct io_uring_cqe *);
void	 uring_client_sent(struct uring_loop *, struct uring_client *,
	    int result);
/* The kernel has tried all of sent[], and told which came up short. */
void	 uring_clients_settle(struct uring_loop *);
/* Who is on the list of those that have something to do. */
void	 uring_clients_go_on(struct uring_loop *);
void	 uring_client_look(struct uring_loop *, struct uring_client *);

#endif
