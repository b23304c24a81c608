/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "error_name.h"
#include "json_part.h"
#include "quantity.h"
#include "report_part.h"
#include "unpwrap.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	    "expected", report_hex(o->expected, o->n_expected, expected),
	    "got", report_hex(o->got, o->n_got, got),
	    "diagnosis", damages[d->kind],
	    "bytes", (json_int_t)d->bytes,
	    "from", (json_int_t)d->from,
	    "seed", (json_int_t)d->seed);
}

static json_t *
error_object(const struct outcome *o)
{
	if (!report_is_errno(o))
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

static int
is_difference(enum verdict verdict)
{
	return verdict >= VERDICT_MISMATCH && verdict <= VERDICT_LOST;
}

void
report_json(const struct outcome *o, const struct report_how *how)
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
	    "difference", is_difference(o->verdict) ? difference_object(o) :
	    json_null(),
	    "errno", o->error != 0 ? error_object(o) : json_null(),
	    "tcp_info", o->tcp.known ? tcp_object(&o->tcp) : json_null());
	char *line;

	if (object != NULL && how->expectation.list != NULL)
		json_put(object, "expectation", json_string(
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
