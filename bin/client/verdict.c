/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "quantity.h"
#include "verdict.h"

#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <string.h>

#define COUNTS		"%" PRIu64 " of %" PRIu64 " bytes echoed"

static double
seconds(int64_t ns)
{
	return (double)ns / (double)NSEC_PER_SEC;
}

static void
system_error(const struct outcome *o, char *text, size_t size)
{
	snprintf(text, size, "%s", strerror(o->error));
}

static void
resolver_error(const struct outcome *o, char *text, size_t size)
{
	snprintf(text, size, "%s", gai_strerror(o->error));
}

static void
no_connection(const struct outcome *o, char *text, size_t size)
{
	if (o->waited_ns != 0)
		snprintf(text, size, "no answer for %gs",
		    seconds(o->waited_ns));
	else
		snprintf(text, size, "no answer until the system gave up");
}

static void
error_and_counts(const struct outcome *o, char *text, size_t size)
{
	if (!o->connected)
		system_error(o, text, size);
	else
		snprintf(text, size, "%s, " COUNTS, strerror(o->error),
		    o->echoed, o->sent);
}

static void
counts(const struct outcome *o, char *text, size_t size)
{
	snprintf(text, size, COUNTS, o->echoed, o->sent);
}

static void
outstanding(const struct outcome *o, char *text, size_t size)
{
	if (!o->connected)
		snprintf(text, size, "while connecting");
	else
		snprintf(text, size, COUNTS ", %" PRIu64 " outstanding",
		    o->echoed, o->sent, o->sent - o->echoed);
}

static void
silence(const struct outcome *o, char *text, size_t size)
{
	if (o->waited_ns == 0)
		error_and_counts(o, text, size);
	else if (o->echoed < o->sent)
		snprintf(text, size, "no echo for %gs, %" PRIu64 " of %" PRIu64
		    " bytes outstanding", seconds(o->waited_ns),
		    o->sent - o->echoed, o->sent);
	else
		snprintf(text, size, "no close for %gs, " COUNTS,
		    seconds(o->waited_ns), o->echoed, o->sent);
}

static void
difference(const struct outcome *o, char *text, size_t size)
{
	snprintf(text, size, "at offset %" PRIu64 ", expected 0x%02x, got "
	    "0x%02x", o->echoed, o->expected, o->got);
}

static void
excess(const struct outcome *o, char *text, size_t size)
{
	snprintf(text, size, "0x%02x after the echo of all %" PRIu64 " bytes",
	    o->got, o->sent);
}

const struct verdict_row verdicts[VERDICTS] = {
	[VERDICT_OK] = { "ok", 0,
	    "every byte was echoed", counts },
	[VERDICT_LOCAL_ERROR] = { "local-error", 1,
	    "error on this side", error_and_counts },
	[VERDICT_USAGE] = { "usage", 2,
	    "wrong option or operand", NULL },
	[VERDICT_NAME_NOT_FOUND] = { "name-not-found", 10,
	    "name not found", resolver_error },
	[VERDICT_REFUSED] = { "refused", 11,
	    "connection refused", NULL },
	[VERDICT_CONNECT_TIMEOUT] = { "connect-timeout", 12,
	    "connecting timed out", no_connection },
	[VERDICT_UNREACHABLE] = { "unreachable", 13,
	    "cannot be reached", error_and_counts },
	[VERDICT_CLOSED_MID_REPLY] = { "closed-mid-reply", 20,
	    "server closed mid-reply", counts },
	[VERDICT_RESET_MID_REPLY] = { "reset-mid-reply", 21,
	    "connection reset mid-reply", outstanding },
	[VERDICT_RESET_BEFORE_REPLY] = { "reset-before-reply", 22,
	    "connection reset before the first byte", outstanding },
	[VERDICT_TIMED_OUT] = { "timed-out", 23,
	    "timed out", silence },
	[VERDICT_CLOSED_BETWEEN_MESSAGES] = { "closed-between-messages", 27,
	    "server closed between messages", counts },
	[VERDICT_MISMATCH] = { "mismatch", 30,
	    "echo differs", difference },
	[VERDICT_SURPLUS] = { "surplus", 31,
	    "more came than was sent", excess },
};

/* What tells most about the server comes first. */
static const struct meaning {
	int		 error;
	enum verdict	 connecting, connected;
} meanings[] = {
	{ ECONNREFUSED,	VERDICT_REFUSED,	VERDICT_UNREACHABLE },
	{ ECONNRESET,	VERDICT_RESET_BEFORE_REPLY, VERDICT_RESET_MID_REPLY },
	{ EPIPE,	VERDICT_RESET_BEFORE_REPLY, VERDICT_RESET_MID_REPLY },
	/* The first is what connect(2) says when our own limit ends it. */
	{ EINPROGRESS,	VERDICT_CONNECT_TIMEOUT, VERDICT_TIMED_OUT },
	{ ETIMEDOUT,	VERDICT_CONNECT_TIMEOUT, VERDICT_TIMED_OUT },
	{ EHOSTUNREACH,	VERDICT_UNREACHABLE,	VERDICT_UNREACHABLE },
	{ EHOSTDOWN,	VERDICT_UNREACHABLE,	VERDICT_UNREACHABLE },
	{ ENETUNREACH,	VERDICT_UNREACHABLE,	VERDICT_UNREACHABLE },
	{ ENETDOWN,	VERDICT_UNREACHABLE,	VERDICT_UNREACHABLE },
	{ ENOPROTOOPT,	VERDICT_UNREACHABLE,	VERDICT_UNREACHABLE },
	{ EACCES,	VERDICT_UNREACHABLE,	VERDICT_UNREACHABLE },
	{ EPERM,	VERDICT_UNREACHABLE,	VERDICT_UNREACHABLE },
	{ 0,		VERDICT_LOCAL_ERROR,	VERDICT_LOCAL_ERROR }
};

static const struct meaning *
meaning_of(int error)
{
	const struct meaning *m = meanings;

	while (m->error != error && m->error != 0)
		m++;
	return m;
}

enum verdict
verdict_of_connect_error(int error)
{
	return meaning_of(error)->connecting;
}

enum verdict
verdict_of_reply_error(int error, uint64_t echoed)
{
	enum verdict verdict = meaning_of(error)->connected;

	if (verdict == VERDICT_RESET_MID_REPLY && echoed == 0)
		return VERDICT_RESET_BEFORE_REPLY;
	return verdict;
}

int
error_tells_more(int error, int than)
{
	return meaning_of(error) < meaning_of(than);
}

char *
verdict_text(const struct outcome *o, char text[VERDICT_TEXT_MAX])
{
	const struct verdict_row *row = &verdicts[o->verdict];
	char evidence[160] = "";

	if (row->evidence != NULL)
		row->evidence(o, evidence, sizeof(evidence));
	snprintf(text, VERDICT_TEXT_MAX, "%s: %s%s%s (%s)", o->where,
	    row->clause, evidence[0] != '\0' ? ": " : "", evidence, row->token);
	return text;
}
