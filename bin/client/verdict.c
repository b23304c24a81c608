/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "quantity.h"
#include "silence.h"
#include "verdict.h"

#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#define COUNTS		"%" PRIu64 " of %" PRIu64 " bytes echoed"

static void
system_error(const struct outcome *o, char *text, size_t size)
{
	snprintf(text, size, "%s", strerror(o->error));
}

/* There is more to say if a path is missing, or if bytes had come back. */
static void
refusal(const struct outcome *o, char *text, size_t size)
{
	if (o->error != ECONNREFUSED)
		system_error(o, text, size);
	else if (o->echoed > 0)
		snprintf(text, size, COUNTS, o->echoed, o->sent);
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
		    in_seconds(o->waited_ns));
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

/* Which wait it was. */
static size_t
wait_text(const struct outcome *o, char *text, size_t size)
{
	double waited = in_seconds(o->waited_ns);
	int n;

	if (o->unread)
		n = snprintf(text, size, "nothing taken for %gs, %" PRIu64
		    " bytes sent", waited, o->sent);
	else if (o->echoed < o->sent)
		n = snprintf(text, size, "no echo for %gs, %" PRIu64 " of %"
		    PRIu64 " bytes outstanding", waited, o->sent - o->echoed,
		    o->sent);
	else
		n = snprintf(text, size, "no close for %gs, " COUNTS, waited,
		    o->echoed, o->sent);
	return (size_t)n;
}

static void
silent_host(const struct outcome *o, char *text, size_t size)
{
	size_t n;

	if (o->waited_ns == 0) {
		error_and_counts(o, text, size);
		return;
	}
	n = wait_text(o, text, size);
	if (o->tcp.retransmits > 0)
		snprintf(text + n, size - n, ", %u retransmissions unanswered",
		    o->tcp.retransmits);
	else if (o->tcp.probes > 1)
		snprintf(text + n, size - n, ", %u probes unanswered",
		    o->tcp.probes);
	else if (o->tcp.unacked > 0)
		snprintf(text + n, size - n, ", not all acknowledged yet");
}

static void
silent_process(const struct outcome *o, char *text, size_t size)
{
	size_t n = wait_text(o, text, size);

	snprintf(text + n, size - n, ", all acknowledged by its host");
}

static void
closed_window(const struct outcome *o, char *text, size_t size)
{
	size_t n = wait_text(o, text, size);

	snprintf(text + n, size - n, ", %u wait on this side", o->tcp.unsent);
}

static void
reset_late(const struct outcome *o, char *text, size_t size)
{
	unsigned probes = o->tcp.retransmits == 0 ? o->tcp.probes : 0;

	snprintf(text, size, COUNTS ", %u %s unanswered before", o->echoed,
	    o->sent, probes > 0 ? probes : o->tcp.retransmits,
	    probes > 0 ? "probes" : "retransmissions");
}

static void
difference(const struct outcome *o, char *text, size_t size)
{
	const struct diagnosis *d = &o->diagnosis;
	size_t n = (size_t)snprintf(text, size, "at offset %" PRIu64
	    ", expected 0x%02x, got 0x%02x", o->echoed, o->expected[0],
	    o->got[0]);

	if (d->kind == DAMAGE_CHANGED)
		snprintf(text + n, size - n, ", %" PRIu64 " changed, the rest "
		    "in its place", d->bytes);
	else if (d->kind == DAMAGE_STRANGER)
		snprintf(text + n, size - n, ", somebody else's stream: seed %"
		    PRIu32 ", offset %" PRIu64, d->seed, d->from);
}

static void
excess(const struct outcome *o, char *text, size_t size)
{
	if (o->n_got == 0)
		snprintf(text, size, "an empty datagram");
	else if (o->diagnosis.kind == DAMAGE_INSERTED)
		snprintf(text, size, "%" PRIu64 " byte%s inserted at offset %"
		    PRIu64, o->diagnosis.bytes,
		    o->diagnosis.bytes == 1 ? "" : "s", o->echoed);
	else if (o->sent == 1)
		snprintf(text, size, "0x%02x after the echo of the only byte",
		    o->got[0]);
	else
		snprintf(text, size, "0x%02x after the echo of all %" PRIu64
		    " bytes", o->got[0], o->sent);
}

static void
displaced(const struct outcome *o, char *text, size_t size)
{
	const struct diagnosis *d = &o->diagnosis;

	if (d->kind == DAMAGE_REPEATED)
		snprintf(text, size, "at offset %" PRIu64 " those of offset %"
		    PRIu64 " again", o->echoed, d->from);
	else if (d->from == o->echoed)
		snprintf(text, size, "at offset %" PRIu64 ", %" PRIu64
		    " have changed places", o->echoed, d->bytes);
	else
		snprintf(text, size, "at offset %" PRIu64 " those of offset %"
		    PRIu64 ", the missing ones later", o->echoed, d->from);
}

static void
loss(const struct outcome *o, char *text, size_t size)
{
	const struct diagnosis *d = &o->diagnosis;

	snprintf(text, size, "%" PRIu64 " missing at offset %" PRIu64 "%s",
	    d->bytes, o->echoed, d->kind == DAMAGE_LOST ? ", then it goes on" :
	    "");
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
	    "connection refused", refusal },
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
	    "timed out", silent_host },
	[VERDICT_PROCESS_HUNG] = { "process-hung", 24,
	    "server process hangs", silent_process },
	[VERDICT_ZERO_WINDOW] = { "zero-window", 25,
	    "server does not read", closed_window },
	[VERDICT_RESET_AFTER_SILENCE] = { "reset-after-silence", 26,
	    "connection reset after silence", reset_late },
	[VERDICT_CLOSED_BETWEEN_MESSAGES] = { "closed-between-messages", 27,
	    "server closed between messages", counts },
	[VERDICT_MISMATCH] = { "mismatch", 30,
	    "echo differs", difference },
	[VERDICT_SURPLUS] = { "surplus", 31,
	    "more came than was sent", excess },
	[VERDICT_REORDERED] = { "reordered", 32,
	    "bytes out of order or repeated", displaced },
	[VERDICT_LOST] = { "lost", 33,
	    "bytes lost", loss },
	[VERDICT_EXPECTATION_MISSED] = { "expectation-missed", 40,
	    "another verdict than expected", NULL },
	[VERDICT_NOT_PLOTTED] = { "not-plotted", 41,
	    "the load is over, its plot was not drawn", NULL },
};

/* What tells most about the server comes first. */
static const struct meaning {
	int		 error;
	enum verdict	 connecting, connected;
} meanings[] = {
	{ ECONNREFUSED,	VERDICT_REFUSED,	VERDICT_UNREACHABLE },
	/* A UNIX-domain socket's path is not there. */
	{ ENOENT,	VERDICT_REFUSED,	VERDICT_LOCAL_ERROR },
	{ ECONNRESET,	VERDICT_RESET_BEFORE_REPLY, VERDICT_RESET_MID_REPLY },
	{ EPIPE,	VERDICT_RESET_BEFORE_REPLY, VERDICT_RESET_MID_REPLY },
	/* EINPROGRESS: our own time limit has ended the attempt to connect. */
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
verdict_of_reply_error(int error, uint64_t echoed,
    const struct tcp_facts *facts)
{
	enum verdict verdict = meaning_of(error)->connected;

	if (verdict != VERDICT_RESET_MID_REPLY)
		return verdict;
	if (silence_before_reset(facts))
		return VERDICT_RESET_AFTER_SILENCE;
	return echoed == 0 ? VERDICT_RESET_BEFORE_REPLY : verdict;
}

int
verdict_is_of_connection(enum verdict verdict)
{
	return verdict != VERDICT_USAGE &&
	    verdict != VERDICT_EXPECTATION_MISSED &&
	    verdict != VERDICT_NOT_PLOTTED;
}

enum verdict
verdict_of_silence(const struct tcp_facts *facts)
{
	static const enum verdict of[] = {
		[SILENCE_UNKNOWN] = VERDICT_TIMED_OUT,
		[SILENCE_HOST] = VERDICT_TIMED_OUT,
		[SILENCE_PROCESS] = VERDICT_PROCESS_HUNG,
		[SILENCE_WINDOW] = VERDICT_ZERO_WINDOW,
	};

	return of[silence_of(facts)];
}

enum verdict
verdict_of_damage(enum damage damage, uint64_t outstanding)
{
	static const enum verdict of[] = {
		[DAMAGE_UNKNOWN] = VERDICT_MISMATCH,
		[DAMAGE_CHANGED] = VERDICT_MISMATCH,
		[DAMAGE_LOST] = VERDICT_LOST,
		[DAMAGE_INSERTED] = VERDICT_SURPLUS,
		[DAMAGE_REPEATED] = VERDICT_REORDERED,
		[DAMAGE_REORDERED] = VERDICT_REORDERED,
		[DAMAGE_STRANGER] = VERDICT_MISMATCH,
	};

	if (outstanding == 0 && damage != DAMAGE_REPEATED)
		return VERDICT_SURPLUS;
	return of[damage];
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
	const char *clause = row->clause;
	char evidence[240] = "";

	if (o->deed != NULL)
		clause = o->deed;
	else if (row->evidence != NULL)
		row->evidence(o, evidence, sizeof(evidence));
	snprintf(text, VERDICT_TEXT_MAX, "%s: %s%s%s (%s)", o->where,
	    clause, evidence[0] != '\0' ? ": " : "", evidence, row->token);
	return text;
}
