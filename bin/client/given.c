/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "given.h"
#include "options.h"

#include <string.h>

#define LENGTH_OF(array)	(sizeof(array) / sizeof((array)[0]))

static const char *const names[GIVEN] = {
	[ABORT] = "abort", [BULK] = "bulk", [CHURN] = "churn",
	[CONNECT_ONLY] = "connect-only",
	[CONNECT_TIMEOUT] = "connect-timeout",
	[CONNECTIONS] = "connections", [COUNT] = "count", [CSV] = "csv",
	[DEPTH] = "depth", [EXPECT] = "expect", [FAIL_IF] = "fail-if",
	[HALF_CLOSE] = "half-close", [HDR] = "hdr", [IDLE] = "idle",
	[INTERVAL] = "interval", [JSON] = "json",
	[JSON_STREAM] = "json-stream", [KEEPALIVE] = "keepalive",
	[LENGTH] = "length", [MERGE] = "merge",
	[NO_HALF_CLOSE] = "no-half-close",
	[NO_READ] = "no-read", [OMIT] = "omit", [PATTERN] = "pattern",
	[PLOT] = "plot", [QUIET] = "quiet", [RAMP] = "ramp", [RATE] = "rate",
	[RECONNECT] = "reconnect",
	[REPLY_TIMEOUT] = "reply-timeout", [RETRY] = "retry",
	[SOURCE] = "source", [START_AT] = "start-at", [THREADS] = "threads",
	[TIME] = "time", [TRICKLE] = "trickle",
	[UDP] = "udp", [USER_TIMEOUT] = "user-timeout", [VERBOSE] = "verbose",
	[VERDICT] = "verdict", [VERIFY] = "verify", [VERSUS] = "versus",
};

/* No two of a row make sense together. */
static const enum given conflicts[][2] = {
	{ ABORT, CONNECT_ONLY }, { ABORT, HALF_CLOSE }, { ABORT, IDLE },
	{ ABORT, LENGTH }, { ABORT, NO_HALF_CLOSE }, { ABORT, NO_READ },
	{ ABORT, PATTERN }, { ABORT, REPLY_TIMEOUT }, { ABORT, TRICKLE },
	{ CONNECT_ONLY, HALF_CLOSE }, { CONNECT_ONLY, IDLE },
	{ CONNECT_ONLY, LENGTH }, { CONNECT_ONLY, NO_HALF_CLOSE },
	{ CONNECT_ONLY, NO_READ }, { CONNECT_ONLY, PATTERN },
	{ CONNECT_ONLY, REPLY_TIMEOUT }, { CONNECT_ONLY, TRICKLE },
	{ HALF_CLOSE, NO_HALF_CLOSE }, { NO_HALF_CLOSE, NO_READ },
	{ CSV, JSON }, { CSV, JSON_STREAM }, { JSON, JSON_STREAM },
	{ JSON, VERDICT },
	{ BULK, CHURN }, { BULK, COUNT }, { BULK, DEPTH }, { BULK, HDR },
	{ BULK, LENGTH }, { BULK, PLOT }, { BULK, RATE }, { CHURN, DEPTH },
	{ CHURN, RAMP }, { CHURN, RECONNECT },
	{ VERSUS, COUNT }, { VERSUS, EXPECT }, { VERSUS, FAIL_IF },
	{ VERSUS, HDR }, { VERSUS, INTERVAL }, { VERSUS, JSON_STREAM },
	{ VERSUS, OMIT }, { VERSUS, PLOT }, { VERSUS, QUIET },
	{ VERSUS, RAMP }, { VERSUS, START_AT },
	{ UDP, ABORT }, { UDP, CONNECT_ONLY }, { UDP, CONNECT_TIMEOUT },
	{ UDP, HALF_CLOSE }, { UDP, IDLE }, { UDP, KEEPALIVE },
	{ UDP, NO_HALF_CLOSE }, { UDP, NO_READ }, { UDP, RETRY },
	{ UDP, TRICKLE }, { UDP, USER_TIMEOUT },
};

/* What a UNIX-domain socket has not. */
static const enum given of_internet[] = {
	KEEPALIVE, SOURCE, UDP, USER_TIMEOUT
};

/* What makes it a load, and what none has. */
static const enum given of_load[] = {
	BULK, CHURN, CONNECTIONS, CSV, DEPTH, FAIL_IF, HDR, JSON_STREAM, OMIT,
	PLOT, RAMP, RATE, RECONNECT, START_AT, THREADS, TIME, VERIFY, VERSUS
};
static const enum given not_of_load[] = {
	ABORT, CONNECT_ONLY, HALF_CLOSE, IDLE, KEEPALIVE, NO_HALF_CLOSE,
	NO_READ, TRICKLE, UDP, USER_TIMEOUT, VERDICT
};
/* What results that are merged can have. */
static const enum given of_merge[] = {
	CSV, EXPECT, FAIL_IF, HDR, JSON, MERGE, PLOT, QUIET
};

static enum given
first_given(const char given[GIVEN], const enum given *these, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (given[these[i]])
			return these[i];
	return GIVEN;
}

static void
refuse_both(enum given one, enum given other)
{
	usage_error("--%s and --%s do not go together", names[one],
	    names[other]);
}

enum given
given_of_load(const char given[GIVEN])
{
	return first_given(given, of_load, LENGTH_OF(of_load));
}

void
refuse_conflicts(const char given[GIVEN])
{
	for (size_t i = 0; i < LENGTH_OF(conflicts); i++)
		if (given[conflicts[i][0]] && given[conflicts[i][1]])
			refuse_both(conflicts[i][0], conflicts[i][1]);
}

void
refuse_beside_load(const char given[GIVEN])
{
	enum given wrong = first_given(given, not_of_load,
	    LENGTH_OF(not_of_load));

	if (wrong != GIVEN)
		refuse_both(given_of_load(given), wrong);
}

void
refuse_beside_merge(const char given[GIVEN])
{
	char others[GIVEN];

	memcpy(others, given, sizeof(others));
	for (size_t i = 0; i < LENGTH_OF(of_merge); i++)
		others[of_merge[i]] = 0;
	for (enum given i = 0; i < GIVEN; i++)
		if (others[i])
			refuse_both(MERGE, i);
}

void
refuse_beside_unix(const char given[GIVEN])
{
	for (size_t i = 0; i < LENGTH_OF(of_internet); i++)
		if (given[of_internet[i]])
			usage_error("--%s: not of a UNIX-domain socket",
			    names[of_internet[i]]);
}
