/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What becomes of the connections of a load while it goes on.  load.c begins
 * and ends it; nobody else looks in here.
 */
#ifndef LOAD_ENGINE_H
#define LOAD_ENGINE_H

#include "events.h"
#include "load.h"
#include "member.h"

#define ENGINE_NEVER	INT64_MAX

struct load {
	struct load_how	 how;
	struct load_run	 run;
	struct tape	 tape;
	struct events	*events;
	struct member	*members;
	struct message	*messages;	/* of all members */
	size_t		*closed;	/* indices, a stack */
	size_t		 n_closed;
	size_t		*idle;		/* indices, a ring: the one that is
					   idle for longest is the first */
	size_t		 first_idle, n_idle;
	size_t		 opening;
	size_t		 gone;		/* not to be made anew */
	size_t		 under_way;	/* members with something due or sent */
	uint64_t	 random;
	int64_t		 begun_at, counts_from, until;	/* of the run */
	uint64_t	 begun, counted;	/* messages, in the run */
	uint64_t	 granted;	/* of a quota */
	uint64_t	 accounted;	/* of these, as used */
	uint64_t	 schedule_end;	/* the first message behind it */
	int64_t		 retry_at;	/* not to connect before */
	int64_t		 failed_at;	/* a connection, last */
	int64_t		 full_since;	/* a UNIX-domain queue; 0: it is not */
	int64_t		 progress_at;	/* an echo, or a part of one, came */
	int64_t		 turned_at;	/* when the last turn began */
	size_t		 behind;	/* turns to catch up, after a stop */
	int64_t		 look_at;	/* for those that have been silent */
	int64_t		 cut_at;	/* the user's patience ends; 0: never */
	int		 connecting;	/* what is closed is made anew */
	int		 running;	/* after an echo comes the next one */
	int		 proving;	/* only an echo opens a connection */
	int		 again;		/* there is more than was done yet */
	int		 send_error;	/* of the member that has failed */
	struct load_sum	*sum;
};

/*
 * load_engine.c: what is sent and what comes back.
 */

/* One look at all sockets: what is due is sent, what has come is taken.  Waits
 * for either until that moment. */
void	 engine_turn(struct load *, int64_t until);
/* Gives the member a message, which is not sent yet. */
void	 engine_give(struct load *, struct member *, int64_t due, int64_t now);
/* Sends what the member was given, as far as the kernel takes it. */
void	 engine_push(struct load *, size_t index);
/* The member is open: gives it as much as it is to have under way. */
void	 engine_feed(struct load *, size_t index, int64_t now);
/* The echo of at least one of its messages has come back whole. */
void	 engine_echoed(struct load *, size_t index);

/*
 * load_connections.c: how connections begin and end.
 */

/* The pause after a connection that was not served. */
#define ENGINE_RETRY_NS	INT64_C(10000000)

/* Opens as many as are wanted by now and allowed. */
void	 engine_connect_some(struct load *, int64_t now);
/* An attempt has come to its end. */
void	 engine_connected(struct load *, size_t index);
/* Counts the member, and what it had under way, as failed. */
void	 engine_fail(struct load *, size_t index, enum verdict);
/* Gives the member up without a failure: what it had under way counts as
 * outstanding. */
void	 engine_leave(struct load *, size_t index);
/* Closes it; it is made anew, or not at all (how.give_up). */
void	 engine_finish(struct load *, size_t index);
/* Closes it, and no more. */
void	 engine_drop(struct load *, size_t index);

/*
 * load_schedule.c: when a message is due, and whether there is one.
 */

/* When the next message of the schedule is due. */
int64_t	 engine_next_due(const struct load *);
/* How many of this load's own messages are due before that moment, or begun. */
uint64_t engine_due_before(const struct load *, int64_t moment);
/* When the k-th of all is, from the beginning on. */
int64_t	 engine_due_in(const struct load *, uint64_t k);
/* Is there another message, in a closed loop? */
int	 engine_has_next(struct load *);
/* Are as many begun as the run is to have, by all threads?  May take some of
 * the quota. */
int	 engine_is_complete(struct load *);
/* Tells the other threads how many of the quota were used here. */
void	 engine_account(struct load *);
/* Is the message one that the run is to count? */
int	 engine_counts(const struct load *, const struct message *);

#endif
