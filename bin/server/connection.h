/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * One echo connection as a pure state machine.  It makes no system call: a
 * driver tells it what happened, and carries out what it answers.
 */
#ifndef CONNECTION_H
#define CONNECTION_H

#include <stddef.h>
#include <stdint.h>

/* How a connection ended. */
enum cause {
	CAUSE_CLOSED,		/* by the client, everything echoed */
	CAUSE_RESET,		/* by the client */
	CAUSE_IDLE_TIMEOUT,	/* nothing came for too long */
	CAUSE_WRITE_TIMEOUT,	/* the client did not take its echo */
	CAUSE_HOST_DEAD,	/* the network says so, or keeps silent */
	CAUSE_ERROR,		/* any other error */
	CAUSE_FAULT,		/* by us, on purpose */
	CAUSE_KILLED,		/* with the process that served it */
	CAUSES
};
extern const char *const cause_names[CAUSES];

/* What the driver is to do next. */
enum want {
	WANT_READ,		/* read into the buffer's room */
	WANT_WRITE,		/* write buffer[start..end) */
	WANT_FINISH,		/* shut down sending, discard what still comes
				   until the client has closed too, close: a
				   close with unread input would send a reset,
				   which can overtake the echo and have the
				   client's kernel throw it away */
	WANT_CLOSE,
	WANT_RESET,		/* close with a reset */
	/* These are of faults.  Once it is done, call connection_done(); but
	 * what SENSE waited for is told by connection_read(). */
	WANT_HOLD,		/* do nothing until course->until, or the
				   client is gone */
	WANT_DIE,		/* end the process that serves, by SIGKILL */
	WANT_STOP,		/* SIGTERM to the server */
	WANT_HALF_CLOSE,	/* shut down sending */
	WANT_NARROW,		/* make the receive buffer small */
	WANT_VANISH,		/* let nothing of the client's come in */
	WANT_APPEAR,		/* let it again */
	WANT_SENSE,		/* wait until something came and was not let in,
				   which is then "read" */
	WANT_NOTHING		/* all is done: a driver's, not the machine's */
};

struct course;

struct connection {
	uint32_t	 start;	/* in the driver's buffer, which holds the */
	uint32_t	 end;	/* bytes [start..end) still to be echoed */
	enum cause	 cause;	/* once the want is FINISH, CLOSE or RESET */
	struct course	*course;	/* of faults; NULL: none */
	char		*buffer;	/* the driver's, for the course */
};

/* course: NULL, or what course_start has filled in. */
enum want connection_start(struct connection *, struct course *course,
	    char *buffer);
/* n bytes were read, to where connection_room says; 0: the client has closed
 * its side. */
enum want connection_read(struct connection *, size_t n);
size_t	 connection_room(const struct connection *);
/* n bytes were written, at least one. */
enum want connection_wrote(struct connection *, size_t n);
/* What a fault wanted was done, or its time is over. */
enum want connection_done(struct connection *);
/* What was wanted could not be done within its time limit. */
enum want connection_read_timeout(struct connection *);
enum want connection_write_timeout(struct connection *);
/* A fault held it when the server stopped. */
enum want connection_let_go(struct connection *);
/* A call failed with this errno value. */
enum want connection_failed(struct connection *, int error);

#endif
