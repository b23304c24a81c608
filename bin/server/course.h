/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The course of a connection that may have faults: which of them strikes when,
 * and what that does to the bytes on their way back.  Pure, as the connection
 * is, which asks it what is next.
 */
#ifndef COURSE_H
#define COURSE_H

#include <stddef.h>

#include "connection.h"
#include "fault.h"

/* Room in front of what is read, for bytes that the client never sent. */
#define COURSE_ROOM	16384

enum course_phase {
	COURSE_ECHO,
	COURSE_HANG,		/* until "held_until" */
	COURSE_SILENCE,		/* the same, without an ACK */
	COURSE_DOWN,		/* the host reboots, until "not_before" */
	COURSE_UP,		/* and resets what it does not remember */
	COURSE_MUTE		/* half closed: what comes is thrown away */
};

struct course {
	const struct fault_plan *plan;
	struct fault_plan *asked;	/* where the client's own go; NULL: it
					   may not ask (any more) */
	uint32_t	 left;		/* faults that may still strike */
	uint64_t	 random;
	int64_t		 now;		/* since the server's start, less than
					   0: faults are switched off; the
					   driver's duty, before each call */
	int64_t		 until;		/* of WANT_HOLD; INT64_MAX: for ever */
	int64_t		 not_before;	/* writes wait until then */
	uint64_t	 offset;	/* in the stream, of the next byte */
	size_t		 extra;		/* bytes before it that are not of the
					   stream */
	size_t		 filled;	/* the buffer holds [start..filled) */
	uint64_t	 drop;		/* bytes still to be left out */
	uint64_t	 flip;		/* and to be corrupted, of what comes */
	enum course_phase phase;
	int64_t		 held_until;	/* by a hang or a silence */
	int		 delayed;	/* what is in the buffer has waited */
	/* For course_struck. */
	uint32_t	 begun;		/* lasting faults that were at work */
	uint32_t	 untold;
	uint64_t	 untold_at[FAULTS_MAX];
};

/* chosen: fault_choose's.  asked: a place for the faults that the client may
 * ask for, or NULL. */
void	 course_start(struct course *, const struct fault_plan *,
	    uint32_t chosen, uint64_t random, struct fault_plan *asked);
/* Where what is read next goes in the buffer. */
size_t	 course_room(const struct connection *);
/* What is next: before anything has happened; once n bytes were read, to where
 * course_room says; once n bytes were written; once what was wanted was
 * done. */
enum want course_begin(struct connection *);
enum want course_read(struct connection *, size_t n);
enum want course_wrote(struct connection *, size_t n);
enum want course_next(struct connection *);
/* For the log: a fault that struck, or began to, and was not told yet, and the
 * offset where; NULL: no other.  The driver asks after each step. */
const struct fault *course_struck(struct course *, uint64_t *offset);

#endif
