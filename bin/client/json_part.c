/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "json_part.h"
#include "unpwrap.h"

#include <stdlib.h>

#define NO_MEMORY	"no memory for the JSON object"

void
json_put(json_t *object, const char *name, json_t *value)
{
	if (json_object_set_new(object, name, value) == -1)
		err_quit(NO_MEMORY);
}

void
json_add(json_t *array, json_t *value)
{
	if (json_array_append_new(array, value) == -1)
		err_quit(NO_MEMORY);
}

static json_t *
steps_array(const struct histogram *h)
{
	json_t *array = json_array();
	unsigned step = 0;
	uint64_t times;
	int64_t ns;

	while (histogram_next(h, &step, &ns, &times))
		json_add(array, json_pack("[I, I]",
		    (json_int_t)ns, (json_int_t)times));
	return array;
}

json_t *
json_times(const struct histogram *h, int buckets)
{
	static const struct {
		const char *name;
		double quantile;
	} quantiles[] = { { "p50", .5 }, { "p90", .9 }, { "p99", .99 },
	    { "p99.9", .999 }, { "p99.99", .9999 } };
	json_t *object = json_pack("{s:I, s:I, s:f, s:f}",
	    "count", (json_int_t)h->total,
	    "min", (json_int_t)histogram_min(h),
	    "mean", histogram_mean(h), "stddev", histogram_deviation(h));

	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
		json_put(object, quantiles[i].name, json_integer(
		    histogram_quantile(h, quantiles[i].quantile)));
	json_put(object, "max", json_integer(h->max));
	if (buckets)
		json_put(object, "buckets", steps_array(h));
	return object;
}

json_t *
json_failed(const struct load_sum *sum)
{
	json_t *object = json_object();

	for (enum verdict v = 0; v < VERDICTS; v++)
		if (sum->failed[v] != 0)
			json_put(object, verdicts[v].token,
			    json_integer((json_int_t)sum->failed[v]));
	return object;
}

void
json_line(FILE *out, json_t *object)
{
	char *line = json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER);

	if (line == NULL)
		err_quit(NO_MEMORY);
	fprintf(out, "%s\n", line);
	free(line);
	json_decref(object);
}
