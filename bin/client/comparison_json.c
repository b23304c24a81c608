/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "comparison.h"
#include "json_part.h"
#include "quantity.h"
#include "result_member.h"

static json_t *
ratio_object(const struct interval *ratio, int is_there)
{
	if (!is_there)
		return json_null();
	return json_pack("{s:f, s:f, s:f, s:s}", "median", ratio->median,
	    "low", ratio->low, "high", ratio->high,
	    "verdict", comparison_verdict(ratio));
}

static json_t *
server_object(const struct standing *s, int is_first)
{
	const struct result *r = s->result;

	return json_pack("{s:s, s:f, s:I, s:I, s:I, s:I, s:o, s:o, s:o}",
	    "server", r->server, "speed", s->speed,
	    "p50", (json_int_t)(s->p50 + 0.5),
	    "p99", (json_int_t)histogram_quantile(&r->sum.latency, .99),
	    "echoes", (json_int_t)r->sum.echoes,
	    "bytes", (json_int_t)r->sum.bytes,
	    "failed", json_failed(&r->sum),
	    "speed_ratio", ratio_object(&s->speed_ratio, !is_first),
	    "p50_ratio", ratio_object(&s->p50_ratio,
	    !is_first && r->mode != LOAD_BULK));
}

static json_t *
servers_array(const struct comparison *c)
{
	json_t *array = json_array();

	for (size_t i = 0; i < c->n; i++)
		json_add(array, server_object(&c->all[i],
		    i == 0));
	return array;
}

void
comparison_json(FILE *out, const struct comparison *c)
{
	const struct result *r = c->all[0].result;

	json_line(out, json_pack("{s:s, s:i, s:i, s:s, s:I, s:I, s:I, s:I, "
	    "s:f, s:I, s:f, s:o}",
	    "format", "echo-client-versus", "version", RESULT_VERSION,
	    "status", c->status, "loop", result_loop(r),
	    "connections", (json_int_t)r->connections,
	    "depth", (json_int_t)r->depth,
	    "length", (json_int_t)r->length,
	    "length_max", (json_int_t)r->length_max,
	    "scheduled_rate", r->rate,
	    "slices", (json_int_t)c->slices,
	    "slice_seconds", in_seconds(c->slice_ns),
	    "servers", servers_array(c)));
}
