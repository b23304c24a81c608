/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * One connection between the user and the server: standard input, or a pattern,
 * is sent, the echo is verified, and what proves right is printed on standard
 * output.
 */
#ifndef SESSION_H
#define SESSION_H

#include <stdint.h>

#include "verdict.h"

/* All else 0: the user's input at once, its echo printed, no limit. */
struct session_how {
	int64_t	 reply_timeout_ns;	/* longest wait for the next byte of an
					   echo that is due, and for the close
					   after the last one; 0: none */
	int	 has_pattern;		/* it is sent in place of the input */
	uint32_t seed;
	uint64_t length;
	int	 no_print;		/* not the echo */
	int	 no_read;		/* until the server has given up */
	int	 no_half_close;		/* end with the last byte of the echo */
	int64_t	 idle_ns;		/* before the first byte is sent */
	int64_t	 trickle_ns;		/* after each byte; 0: not byte by
					   byte */
	int	 stopfd;		/* readable: end now; -1: none */
};

/* What is said of a step of a session, or of an exchange: DECIDED once there is
 * a verdict, or the user has stopped it. */
enum { GO_ON, DECIDED };

/* Runs until there is a verdict and all that was echoed is printed; fills in
 * *outcome.  fd is a connected non-blocking socket; SIGPIPE must be ignored.
 * Returns -1 if it was stopped, else 0.  An error of standard input or output
 * ends the process. */
int	 session_run(int fd, const struct session_how *, struct outcome *);

#endif
