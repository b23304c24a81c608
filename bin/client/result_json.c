/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "json_part.h"
#include "quantity.h"
#include "result.h"
#include "result_member.h"

static void
set_sum(json_t *object, const struct load_sum *sum, int buckets)
{
	const char *base = (const char *)sum;

	for (const struct result_member *m = result_counts; m->name != NULL;
	    m++)
		json_put(object, m->name, json_integer((json_int_t)
		    *(const uint64_t *)(const void *)(base + m->offset)));
	json_put(object, "failed", json_failed(sum));
	for (const struct result_member *m = result_times; m->name != NULL;
	    m++)
		json_put(object, m->name, json_times(
		    (const void *)(base + m->offset), buckets));
}

void
result_json(FILE *out, const struct result *r, int status)
{
	json_t *object = json_pack("{s:s, s:i, s:i, s:s, s:s, s:s, s:I, s:I, "
	    "s:I, s:I, s:f, s:f, s:f, s:f}",
	    "format", RESULT_FORMAT, "version", RESULT_VERSION,
	    "status", status,
	    "verdict", verdicts[load_worst(&r->sum)].token,
	    "server", r->server,
	    "loop", result_loop(r),
	    "connections", (json_int_t)r->connections,
	    "depth", (json_int_t)r->depth,
	    "length", (json_int_t)r->length,
	    "length_max", (json_int_t)r->length_max,
	    "scheduled_rate", r->rate,
	    "elapsed_seconds", in_seconds(r->sum.elapsed_ns),
	    "echoes_per_second", result_rate(r),
	    "bytes_per_second", result_bytes(r));

	set_sum(object, &r->sum, 1);
	json_line(out, object);
}

void
result_json_interval(FILE *out, const struct load_sum *sum, int64_t from_ns,
    int64_t to_ns)
{
	double length = in_seconds(to_ns - from_ns);
	json_t *object = json_pack("{s:s, s:i, s:f, s:f, s:f, s:f}",
	    "format", "echo-client-interval", "version", RESULT_VERSION,
	    "from_seconds", in_seconds(from_ns),
	    "to_seconds", in_seconds(to_ns),
	    "echoes_per_second", length > 0 ?
	    (double)sum->echoes / length : 0.0,
	    "bytes_per_second", length > 0 ?
	    (double)sum->bytes / length : 0.0);

	set_sum(object, sum, 0);
	json_line(out, object);
}
