/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "result.h"

#include <string.h>

static void
merge_settings(struct result *into, const struct result *from)
{
	into->connections += from->connections;
	into->rate += from->rate;
	if (from->depth > into->depth)
		into->depth = from->depth;
	if (from->length < into->length)
		into->length = from->length;
	if (from->length_max > into->length_max)
		into->length_max = from->length_max;
	if (strcmp(into->server, from->server) != 0)
		strcpy(into->server, "several servers");
}

int
result_merge(struct result *into, const struct result *from, char why[WHY_MAX])
{
	int64_t longest = from->sum.elapsed_ns;

	if (into->connections == 0) {
		*into = *from;
		return 0;
	}
	if (strcmp(result_loop(from), result_loop(into)) != 0)
		return refuse(why, "\"loop\" is another one than before: "
		    "\"%s\"", result_loop(into));
	/* They went on at the same time. */
	if (into->sum.elapsed_ns > longest)
		longest = into->sum.elapsed_ns;
	merge_settings(into, from);
	load_sum_merge(&into->sum, &from->sum);
	into->sum.elapsed_ns = longest;
	return 0;
}
