/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "result.h"

/* An open loop has a service time of each echo; churn may have had a schedule
 * in some of the loads that it was merged of. */
static int
services_fit(const struct result *r)
{
	const struct load_sum *s = &r->sum;

	if (r->rate == 0)
		return s->service.total == 0;
	return r->mode == LOAD_CHURN ? s->service.total <= s->echoes :
	    s->service.total == s->echoes;
}

/* The length of each echo is one of those given; a stream has none.  Divides,
 * since a product might overflow. */
static int
bytes_fit(const struct result *r)
{
	uint64_t bytes = r->sum.bytes, echoes = r->sum.echoes;

	if (r->mode == LOAD_BULK)
		return 1;
	if (echoes == 0)
		return bytes == 0;
	return bytes / echoes >= r->length &&
	    bytes / echoes + (bytes % echoes != 0) <= r->length_max;
}

int
result_check(const struct result *r, char why[WHY_MAX])
{
	const struct load_sum *s = &r->sum;
	const struct {
		int	 holds;
		const char *otherwise;
	} rules[] = {
		{ r->connections > 0, "\"connections\" is 0" },
		{ r->depth > 0, "\"depth\" is 0" },
		{ r->length <= r->length_max,
		    "\"length\" is more than \"length_max\"" },
		{ s->offered == s->echoes + s->lost + s->outstanding +
		    s->unsent, "\"offered\" is not the sum of \"echoes\", "
		    "\"lost\", \"outstanding\" and \"unsent\"" },
		{ s->late <= s->offered,
		    "\"late\" is more than \"offered\"" },
		{ bytes_fit(r),
		    "\"bytes\" does not fit \"echoes\" and \"length\"" },
		{ s->latency.total == s->echoes,
		    "\"latency\": \"count\" is not \"echoes\"" },
		{ services_fit(r), "\"service\": \"count\" does not fit "
		    "\"echoes\" and \"scheduled_rate\"" },
		{ s->connect.total == s->connects,
		    "\"connect\": \"count\" is not \"connects\"" },
		{ s->elapsed_ns > 0 || s->bytes == 0,
		    "\"elapsed_seconds\" is 0, but \"bytes\" is not" },
		{ s->elapsed_ns > 0 || s->echoes == 0,
		    "\"elapsed_seconds\" is 0, but \"echoes\" is not" },
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (!rules[i].holds)
			return refuse(why, "%s", rules[i].otherwise);
	return 0;
}
