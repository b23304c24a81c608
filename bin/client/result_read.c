/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "plain.h"
#include "quantity.h"
#include "result.h"
#include "result_member.h"
#include "unpwrap.h"

#include <jansson.h>

#include <ctype.h>
#include <errno.h>
#include <string.h>

#define COUNT_MAX	(INT64_C(1) << 53)	/* other programs' doubles */
#define SECONDS_MAX	1e9

static int
read_count(const json_t *object, const char *name, uint64_t *count,
    char why[WHY_MAX])
{
	const json_t *member = json_object_get(object, name);

	if (!json_is_integer(member) || json_integer_value(member) < 0 ||
	    json_integer_value(member) > COUNT_MAX)
		return refuse(why, "\"%s\" is not a whole number", name);
	*count = (uint64_t)json_integer_value(member);
	return 0;
}

static int
read_number(const json_t *object, const char *name, double most,
    double *number, char why[WHY_MAX])
{
	const json_t *member = json_object_get(object, name);

	if (!json_is_number(member) || json_number_value(member) < 0 ||
	    json_number_value(member) > most)
		return refuse(why, "\"%s\" is not a number from 0 to %g", name,
		    most);
	*number = json_number_value(member);
	return 0;
}

static int
read_step(const json_t *pair, struct histogram *h)
{
	const json_t *ns = json_array_get(pair, 0);
	const json_t *times = json_array_get(pair, 1);

	if (json_array_size(pair) != 2 || !json_is_integer(ns) ||
	    !json_is_integer(times) || json_integer_value(ns) < 0 ||
	    json_integer_value(ns) > HISTOGRAM_TOP ||
	    json_integer_value(times) < 1 ||
	    json_integer_value(times) > COUNT_MAX - (json_int_t)h->total)
		return -1;
	histogram_add_many(h, json_integer_value(ns),
	    (uint64_t)json_integer_value(times));
	return 0;
}

static int
read_steps(const json_t *object, const char *name, struct histogram *h,
    char why[WHY_MAX])
{
	const json_t *buckets = json_object_get(object, "buckets");

	if (!json_is_array(buckets))
		return refuse(why, "\"%s\" has no array of \"buckets\"", name);
	for (size_t i = 0; i < json_array_size(buckets); i++)
		if (read_step(json_array_get(buckets, i), h) == -1)
			return refuse(why, "\"%s\": \"buckets\": number %zu is "
			    "not a time in ns and how often", name, i);
	return 0;
}

static int
read_times(const json_t *all, const char *name, struct histogram *h,
    char why[WHY_MAX])
{
	const json_t *object = json_object_get(all, name);
	uint64_t count, min, max;

	if (!json_is_object(object))
		return refuse(why, "\"%s\" is not an object", name);
	if (read_count(object, "count", &count, why) == -1 ||
	    read_count(object, "min", &min, why) == -1 ||
	    read_count(object, "max", &max, why) == -1 ||
	    read_steps(object, name, h, why) == -1)
		return -1;
	if (h->total != count)
		return refuse(why, "\"%s\": \"buckets\" and \"count\" "
		    "disagree", name);
	if (!histogram_alike((int64_t)min, histogram_min(h)))
		return refuse(why, "\"%s\": \"min\" is not in the first of "
		    "\"buckets\"", name);
	if (!histogram_alike((int64_t)max, h->max))
		return refuse(why, "\"%s\": \"max\" is not in the last of "
		    "\"buckets\"", name);
	h->max = (int64_t)max;
	return 0;
}

static int
read_failed(const json_t *all, struct load_sum *sum, char why[WHY_MAX])
{
	json_t *object = json_object_get(all, "failed");
	uint64_t count, known = 0;

	if (!json_is_object(object))
		return refuse(why, "\"failed\" is not an object");
	for (enum verdict v = 0; v < VERDICTS; v++) {
		if (json_object_get(object, verdicts[v].token) == NULL)
			continue;
		if (v == VERDICT_OK || !verdict_is_of_connection(v))
			return refuse(why, "\"failed\": no connection fails "
			    "by \"%s\"", verdicts[v].token);
		if (read_count(object, verdicts[v].token, &count, why) == -1)
			return -1;
		sum->failed[v] = count;
		known++;
	}
	if (known != json_object_size(object))
		return refuse(why, "\"failed\" has a verdict that is unknown");
	return 0;
}

static int
read_sum(const json_t *all, struct load_sum *sum, char why[WHY_MAX])
{
	char *base = (char *)sum;
	double seconds;

	for (const struct result_member *c = result_counts; c->name != NULL;
	    c++)
		if (read_count(all, c->name, (void *)(base + c->offset),
		    why) == -1)
			return -1;
	for (const struct result_member *t = result_times; t->name != NULL;
	    t++)
		if (read_times(all, t->name, (void *)(base + t->offset),
		    why) == -1)
			return -1;
	if (read_failed(all, sum, why) == -1 || read_number(all,
	    "elapsed_seconds", SECONDS_MAX, &seconds, why) == -1)
		return -1;
	sum->elapsed_ns = (int64_t)(seconds * (double)NSEC_PER_SEC + 0.5);
	return 0;
}

static int
read_server(const json_t *all, struct result *r, char why[WHY_MAX])
{
	const char *server = json_string_value(json_object_get(all,
	    "server"));

	if (server == NULL || !is_plain(server) ||
	    strlen(server) >= sizeof(r->server))
		return refuse(why, "\"server\" is not a line of text");
	snprintf(r->server, sizeof(r->server), "%s", server);
	return 0;
}

static int
read_loop(const json_t *all, struct result *r, char why[WHY_MAX])
{
	static const struct {
		const char *loop;
		enum load_mode mode;
	} loops[] = { { "closed", LOAD_PING_PONG }, { "open", LOAD_PING_PONG },
	    { "bulk", LOAD_BULK }, { "churn", LOAD_CHURN } };
	const char *loop = json_string_value(json_object_get(all, "loop"));
	size_t i = 0, n = sizeof(loops) / sizeof(loops[0]);

	if (loop == NULL)
		return refuse(why, "\"loop\" is not a text");
	while (i < n && strcmp(loop, loops[i].loop) != 0)
		i++;
	if (i == n)
		return refuse(why, "\"loop\" is unknown");
	r->mode = loops[i].mode;
	if (strcmp(loop, result_loop(r)) != 0 ||
	    (r->mode == LOAD_BULK && r->rate != 0))
		return refuse(why, "\"loop\" and \"scheduled_rate\" disagree");
	return 0;
}

static int
read_settings(const json_t *all, struct result *r, char why[WHY_MAX])
{
	if (read_count(all, "connections", &r->connections, why) == -1 ||
	    read_count(all, "depth", &r->depth, why) == -1 ||
	    read_count(all, "length", &r->length, why) == -1 ||
	    read_count(all, "length_max", &r->length_max, why) == -1 ||
	    read_number(all, "scheduled_rate", 1e15, &r->rate, why) == -1 ||
	    read_loop(all, r, why) == -1)
		return -1;
	return read_server(all, r, why);
}

static int
read_object(const json_t *all, struct result *r, char why[WHY_MAX])
{
	const char *format = json_string_value(json_object_get(all,
	    "format"));

	if (format == NULL || strcmp(format, RESULT_FORMAT) != 0)
		return refuse(why, "not what --json prints of a load");
	if (json_integer_value(json_object_get(all, "version")) !=
	    RESULT_VERSION)
		return refuse(why, "\"version\" is not %d",
		    RESULT_VERSION);
	if (read_settings(all, r, why) == -1)
		return -1;
	return read_sum(all, &r->sum, why);
}

/* After the end of the first object. */
static int
has_more(FILE *file)
{
	int c;

	while ((c = getc(file)) != EOF && isspace(c))
		;
	return c != EOF;
}

static int
refuse_text(const json_error_t *error, char why[WHY_MAX])
{
	if (error->line < 0)
		return refuse(why, "no memory for it");
	return refuse(why, "line %d, column %d: %.180s", error->line,
	    error->column, error->text);
}

int
result_read(FILE *file, struct result *r, char why[WHY_MAX])
{
	json_error_t error;
	int status, c = getc(file);
	json_t *all;

	if (c == EOF && !ferror(file))
		return refuse(why, "is empty: its client has failed");
	ungetc(c, file);
	all = json_loadf(file, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK,
	    &error);
	if (all == NULL && ferror(file))
		return refuse(why, "%s", strerror(errno));
	if (all == NULL)
		return refuse_text(&error, why);
	status = has_more(file) ? refuse(why, "more than one object: of "
	    "--json-stream the last line alone is to be merged") :
	    read_object(all, r, why);
	json_decref(all);
	return status;
}
