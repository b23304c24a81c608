/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * A connection that is served, and what every driver does alike.  A driver
 * carries out what the connection wants: blocking.c by calls that wait,
 * event.c where the system says what is ready.
 */
#ifndef DRIVE_H
#define DRIVE_H

#include "acceptor.h"
#include "course.h"
#include "deadline.h"
#include "quantity.h"

#define DRIVE_BUFFER	65536
#define FINISH_NS	(2 * NSEC_PER_SEC)	/* for the client to close */
#define HOLD_NS		(100 * NSEC_PER_MSEC)	/* between looks at the switch
						   of faults */
#define SENSE_NS	(5 * NSEC_PER_MSEC)	/* and at what was dropped */

/* Many of them wait in memory: each byte counts. */
struct drive {
	struct connection connection;
	struct peer	 peer;
	uint64_t	 in, out;	/* bytes */
	int		 fd;		/* 0 in a table: there is none */
	/* The event loop's: */
	unsigned char	 want;		/* what it waits for */
	unsigned char	 interest;	/* POLLIN, POLLOUT or 0 */
	uint16_t	 quiet : 14;	/* looks since its last byte */
	uint16_t	 more : 1;	/* may be there already, untold */
	uint16_t	 bulky : 1;	/* it filled the buffer */
};

/* What a connection has in addition if it may have faults. */
struct faulty {
	struct course	 course;	/* of connection->course */
	struct fault_plan asked;	/* by the client */
	unsigned	 lost;		/* vanish_lost when sensing began */
	int		 is_sensing;	/* it has begun */
	unsigned	 settling;	/* how often drive_can_vanish said no */
	char		 buffer[DRIVE_BUFFER];
};

/* The peer is the drive's already; buffer: the driver's, of DRIVE_BUFFER bytes,
 * for a connection that cannot have faults. */
enum want drive_start(struct server *, struct drive *, int fd, char *buffer);
/* Call the machine where its answer depends on the time of faults. */
enum want drive_read(struct server *, struct drive *, size_t n);
enum want drive_wrote(struct server *, struct drive *, size_t n);
enum want drive_done(struct server *, struct drive *);
/* DIE, STOP, HALF_CLOSE, NARROW, VANISH and APPEAR take no time.  Returns what
 * is wanted next. */
enum want drive_at_once(struct server *, struct drive *, enum want);
/* The connection has ended while it was not asked for anything.  Returns what
 * is wanted next. */
enum want drive_gone(struct drive *);
/* How long a held connection is to wait before it is asked again. */
int64_t	 drive_hold_ns(const struct drive *);
/* Before VANISH, wait until what we sent is acknowledged: otherwise our kernel
 * retransmits it, which a vanished host does not.  Asked every SENSE_NS, it
 * says yes after a tenth of a second in any case. */
int	 drive_can_vanish(struct drive *);
/* Whether something came that was not let in. */
int	 drive_senses(struct drive *);
/* Counts and logs the faults that struck since the last look. */
void	 drive_tell_faults(struct server *, struct drive *);
/* Closes the connection, counts its end and logs it. */
void	 drive_end(struct server *, struct drive *, int with_reset);

#endif
