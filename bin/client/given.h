/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Which options were given, and which do not go together.
 */
#ifndef GIVEN_H
#define GIVEN_H

/* Options that do not go with every other one. */
enum given {
	ABORT, BULK, CHURN, CONNECT_ONLY, CONNECT_TIMEOUT, CONNECTIONS, COUNT,
	CSV, DEPTH, EXPECT, FAIL_IF, HALF_CLOSE, HDR, IDLE, INTERVAL, JSON,
	JSON_STREAM, KEEPALIVE, LENGTH, MERGE, NO_HALF_CLOSE, NO_READ, OMIT,
	PATTERN, PLOT, QUIET, RAMP, RATE, RECONNECT, REPLY_TIMEOUT, RETRY,
	SOURCE, START_AT, THREADS, TIME, TRICKLE, UDP, USER_TIMEOUT, VERBOSE,
	VERDICT, VERIFY, VERSUS, GIVEN
};

/* The first option that makes it a load, or GIVEN. */
enum given	 given_of_load(const char given[GIVEN]);
/* Each ends the process with a usage_error if options do not go together: any
 * two, one beside a load, one beside --merge, or one that a UNIX-domain socket
 * does not have. */
void	 refuse_conflicts(const char given[GIVEN]);
void	 refuse_beside_load(const char given[GIVEN]);
void	 refuse_beside_merge(const char given[GIVEN]);
void	 refuse_beside_unix(const char given[GIVEN]);

#endif
