/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "error_name.h"
#include "output.h"
#include "quantity.h"
#include "report.h"
#include "unpwrap.h"

#include <inttypes.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_JANSSON
#include <jansson.h>
#endif

#define HEX_MAX		(2 * AROUND_MAX + 1)

static char *
hex(const unsigned char *bytes, size_t n, char text[HEX_MAX])
{
	text[0] = '\0';
	for (size_t i = 0; i < n; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	return text;
}

static int
is_errno(const struct outcome *o)
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
		    o->echoed, o->n_expected > 0 ?
		    hex(o->expected, o->n_expected, expected) : "nothing",
		    hex(o->got, o->n_got, got));
	if (t->known)
		err_msg("TCP: round trip %u us, %u retransmissions, backoff %u,"
		    " %u segments not acknowledged, %u bytes not sent",
		    t->rtt_us, t->retransmits, t->backoff, t->unacked,
		    t->unsent);
}

static void
put_line(const struct outcome *o, const struct report_how *how)
{
	const char *name = is_errno(o) ? error_name(o->error) : NULL;
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
		    hex(o->expected, o->n_expected, text));
	if (o->n_got > 0)
		printf(" got=%s", hex(o->got, o->n_got, text));
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

#ifdef HAVE_JANSSON

int
report_has_json(void)
{
	return 1;
}

/* A text that is not UTF-8 cannot be said in JSON. */
static json_t *
text_or_null(const char *text)
{
	json_t *string = text != NULL ? json_string(text) : NULL;

	return string != NULL ? string : json_null();
}

static json_t *
difference_object(const struct outcome *o)
{
	static const char *const damages[] = {
		[DAMAGE_UNKNOWN] = "unknown",
		[DAMAGE_CHANGED] = "changed",
		[DAMAGE_LOST] = "lost",
		[DAMAGE_INSERTED] = "inserted",
		[DAMAGE_REPEATED] = "repeated",
		[DAMAGE_REORDERED] = "reordered",
		[DAMAGE_STRANGER] = "stranger",
	};
	const struct diagnosis *d = &o->diagnosis;
	char expected[HEX_MAX], got[HEX_MAX];

	return json_pack("{s:I, s:s, s:s, s:s, s:I, s:I, s:I}",
	    "offset", (json_int_t)o->echoed,
	    "expected", hex(o->expected, o->n_expected, expected),
	    "got", hex(o->got, o->n_got, got),
	    "diagnosis", damages[d->kind],
	    "bytes", (json_int_t)d->bytes,
	    "from", (json_int_t)d->from,
	    "seed", (json_int_t)d->seed);
}

static json_t *
error_object(const struct outcome *o)
{
	if (!is_errno(o))
		return json_pack("{s:n, s:s}", "name", "text",
		    gai_strerror(o->error));
	return json_pack("{s:o, s:o}", "name", text_or_null(
	    error_name(o->error)), "text", text_or_null(strerror(o->error)));
}

static json_t *
tcp_object(const struct tcp_facts *t)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}",
	    "rtt_us", (json_int_t)t->rtt_us,
	    "retransmits", (json_int_t)t->retransmits,
	    "backoff", (json_int_t)t->backoff,
	    "unacked", (json_int_t)t->unacked,
	    "probes", (json_int_t)t->probes,
	    "unsent", (json_int_t)t->unsent);
}

static void
put_json(const struct outcome *o, const struct report_how *how)
{
	char text[VERDICT_TEXT_MAX];
	json_t *object = json_pack("{s:s, s:i, s:o, s:o, s:b, s:o, s:I, s:I, "
	    "s:f, s:f, s:f, s:o, s:o, s:o}",
	    "verdict", verdicts[o->verdict].token,
	    "status", verdicts[o->verdict].status,
	    "text", text_or_null(verdict_text(o, text)),
	    "server", text_or_null(o->where),
	    "connected", o->connected,
	    "seed", o->has_pattern ? json_integer(o->seed) : json_null(),
	    "bytes_sent", (json_int_t)o->sent,
	    "bytes_echoed", (json_int_t)o->echoed,
	    "connect_seconds", in_seconds(o->connect_ns),
	    "elapsed_seconds", in_seconds(o->elapsed_ns),
	    "waited_seconds", in_seconds(o->waited_ns),
	    "difference", o->n_got > 0 ? difference_object(o) : json_null(),
	    "errno", o->error != 0 ? error_object(o) : json_null(),
	    "tcp_info", o->tcp.known ? tcp_object(&o->tcp) : json_null());
	char *line;

	if (object != NULL && how->expectation.list != NULL)
		json_object_set_new(object, "expectation", json_string(
		    expect_status(&how->expectation, o->verdict) == 0 ?
		    "met" : "missed"));
	line = json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER |
	    JSON_REAL_PRECISION(9));
	if (line == NULL)
		err_quit("no memory for the JSON object");
	puts(line);
	free(line);
	json_decref(object);
}

#else

int
report_has_json(void)
{
	return 0;
}

static void
put_json(const struct outcome *o, const struct report_how *how)
{
	(void)o;
	(void)how;
}

#endif

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
		put_json(o, how);
	flush_output();
}
