/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "error_name.h"
#include "output.h"
#include "quantity.h"
#include "report_part.h"
#include "unpwrap.h"

#include <inttypes.h>
#include <stdio.h>

char *
report_hex(const unsigned char *bytes, size_t n, char text[HEX_MAX])
{
	text[0] = '\0';
	for (size_t i = 0; i < n; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	return text;
}

int
report_is_errno(const struct outcome *o)
{
	return o->error != 0 && o->verdict != VERDICT_NAME_NOT_FOUND;
}

void
report_evidence(const struct outcome *o)
{
	const struct tcp_facts *t = &o->tcp;
	char expected[HEX_MAX], got[HEX_MAX];

	if (!o->connected)
		return;
	err_msg("%" PRIu64 " bytes sent, %" PRIu64 " echoed and verified, "
	    "%.3f s", o->sent, o->echoed, in_seconds(o->elapsed_ns));
	if (o->has_pattern)
		err_msg("seed of the pattern: %" PRIu32, o->seed);
	if (o->n_got > 0)
		err_msg("from offset %" PRIu64 " on: expected %s, got %s",
		    o->echoed, o->n_expected == 0 ? "nothing" :
		    report_hex(o->expected, o->n_expected, expected),
		    report_hex(o->got, o->n_got, got));
	if (t->known)
		err_msg("TCP: round trip %u us, %u retransmissions, backoff %u,"
		    " %u segments not acknowledged, %u bytes not sent",
		    t->rtt_us, t->retransmits, t->backoff, t->unacked,
		    t->unsent);
}

static void
put_line(const struct outcome *o, const struct report_how *how)
{
	const char *name = report_is_errno(o) ? error_name(o->error) : NULL;
	char text[HEX_MAX];

	printf("%s %d sent=%" PRIu64 " echoed=%" PRIu64 " connect=%.6f "
	    "elapsed=%.6f", verdicts[o->verdict].token,
	    verdicts[o->verdict].status, o->sent, o->echoed,
	    in_seconds(o->connect_ns), in_seconds(o->elapsed_ns));
	if (o->has_pattern)
		printf(" seed=%" PRIu32, o->seed);
	if (o->waited_ns != 0)
		printf(" waited=%.6f", in_seconds(o->waited_ns));
	if (name != NULL)
		printf(" errno=%s", name);
	if (o->n_expected > 0 && o->n_got > 0)
		printf(" expected=%s",
		    report_hex(o->expected, o->n_expected, text));
	if (o->n_got > 0)
		printf(" got=%s", report_hex(o->got, o->n_got, text));
	if (o->tcp.known)
		printf(" rtt_us=%u retransmits=%u backoff=%u unacked=%u",
		    o->tcp.rtt_us, o->tcp.retransmits, o->tcp.backoff,
		    o->tcp.unacked);
	if (how->expectation.list != NULL)
		printf(" expectation=%s", expect_status(&how->expectation,
		    o->verdict) == 0 ? "met" : "missed");
	/* The last one: of a user's making, it may have blanks. */
	printf(" server=%s\n", o->where);
}

static void
put_verdict(const struct outcome *o, const struct report_how *how)
{
	const struct expectation *e = &how->expectation;
	char text[VERDICT_TEXT_MAX];

	if (how->quiet)
		return;
	if (e->list == NULL && o->verdict != VERDICT_OK)
		err_msg("%s", verdict_text(o, text));
	else if (e->list != NULL && expect_status(e, o->verdict) != 0)
		err_msg("expected %s, got %s", e->list, verdict_text(o, text));
	else if (e->list != NULL && how->verbose)
		err_msg("as expected: %s", verdict_text(o, text));
}

void
report(const struct outcome *o, const struct report_how *how)
{
	if (how->verbose)
		report_evidence(o);
	put_verdict(o, how);
	if (how->line)
		put_line(o, how);
	if (how->json)
		report_json(o, how);
	flush_output();
}
