/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "quantity.h"
#include "result.h"
#include "unpwrap.h"

#ifdef HAVE_JANSSON

#include "result_member.h"

#include <jansson.h>

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
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
	    json_integer_value(times) > COUNT_MAX)
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

/* *h is all 0. */
static int
read_histogram(const json_t *object, const char *name, struct histogram *h,
    char why[WHY_MAX])
{
	uint64_t count, max;

	if (!json_is_object(object))
		return refuse(why, "\"%s\" is not an object", name);
	if (read_count(object, "count", &count, why) == -1 ||
	    read_count(object, "max", &max, why) == -1 ||
	    read_steps(object, name, h, why) == -1)
		return -1;
	if (h->total != count)
		return refuse(why, "\"%s\": \"buckets\" and \"count\" "
		    "disagree", name);
	if ((int64_t)max > h->max)
		h->max = (int64_t)max;
	return 0;
}

static int
read_times(const json_t *all, const char *name, struct histogram *into,
    char why[WHY_MAX])
{
	struct histogram *h = calloc(1, sizeof(*h));
	int status;

	if (h == NULL)
		err_sys("memory");
	status = read_histogram(json_object_get(all, name), name, h, why);
	if (status == 0)
		histogram_merge(into, h);
	free(h);
	return status;
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
		if (read_count(object, verdicts[v].token, &count, why) == -1)
			return -1;
		sum->failed[v] += count;
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
	uint64_t count;
	double seconds;

	for (const struct result_member *c = result_counts; c->name != NULL;
	    c++) {
		if (read_count(all, c->name, &count, why) == -1)
			return -1;
		*(uint64_t *)(void *)(base + c->offset) += count;
	}
	for (const struct result_member *t = result_times; t->name != NULL;
	    t++)
		if (read_times(all, t->name, (void *)(base + t->offset),
		    why) == -1)
			return -1;
	if (read_failed(all, sum, why) == -1 || read_number(all,
	    "elapsed_seconds", SECONDS_MAX, &seconds, why) == -1)
		return -1;
	/* They went on at the same time. */
	if (seconds * (double)NSEC_PER_SEC > (double)sum->elapsed_ns)
		sum->elapsed_ns = (int64_t)(seconds * (double)NSEC_PER_SEC +
		    0.5);
	return 0;
}

static int
is_text(const char *text)
{
	for (; *text != '\0'; text++)
		if (iscntrl((unsigned char)*text))
			return 0;
	return 1;
}

static int
read_server(const json_t *all, struct result *r, char why[WHY_MAX])
{
	const char *server = json_string_value(json_object_get(all,
	    "server"));

	if (server == NULL || !is_text(server))
		return refuse(why, "\"server\" is not a line of text");
	if (r->server[0] != '\0' && strcmp(r->server, server) != 0)
		server = "several servers";
	snprintf(r->server, sizeof(r->server), "%s", server);
	return 0;
}

/* Of the first one it is taken; the others must have the same. */
static int
read_loop(const json_t *all, struct result *r, int first, char why[WHY_MAX])
{
	static const enum load_mode modes[] = { LOAD_PING_PONG, LOAD_BULK,
	    LOAD_CHURN };
	const char *loop = json_string_value(json_object_get(all, "loop"));
	struct result one = { .rate = 0 };

	if (loop == NULL)
		return refuse(why, "\"loop\" is not a text");
	if (!first)
		return strcmp(loop, result_loop(r)) == 0 ? 0 : refuse(why,
		    "\"loop\" is another one than before: \"%s\"",
		    result_loop(r));
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		one.mode = modes[i];
		if (strcmp(loop, result_loop(&one)) == 0 ||
		    (i == 0 && strcmp(loop, "open") == 0)) {
			r->mode = modes[i];
			return 0;
		}
	}
	return refuse(why, "\"loop\" is unknown");
}

static int
read_settings(const json_t *all, struct result *r, char why[WHY_MAX])
{
	int first = r->connections == 0;
	uint64_t connections, depth, length, length_max;
	double rate;

	if (read_count(all, "connections", &connections, why) == -1 ||
	    read_count(all, "depth", &depth, why) == -1 ||
	    read_count(all, "length", &length, why) == -1 ||
	    read_count(all, "length_max", &length_max, why) == -1 ||
	    read_number(all, "scheduled_rate", 1e15, &rate, why) == -1 ||
	    read_loop(all, r, first, why) == -1 ||
	    read_server(all, r, why) == -1)
		return -1;
	if (connections == 0)
		return refuse(why, "\"connections\" is 0");
	r->connections += connections;
	r->rate += rate;
	if (depth > r->depth)
		r->depth = depth;
	if (first || length < r->length)
		r->length = length;
	if (length_max > r->length_max)
		r->length_max = length_max;
	return 0;
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

int
result_read(FILE *file, struct result *r, char why[WHY_MAX])
{
	json_error_t error;
	json_t *all = json_loadf(file, JSON_REJECT_DUPLICATES, &error);
	int status;

	if (all == NULL && ferror(file))
		return refuse(why, "%s", strerror(errno));
	if (all == NULL) {
		/* It quotes the file. */
		for (char *c = error.text; *c != '\0'; c++)
			if (iscntrl((unsigned char)*c))
				*c = '?';
		return refuse(why, "line %d, column %d: %.180s", error.line,
		    error.column, error.text);
	}
	status = read_object(all, r, why);
	json_decref(all);
	return status;
}

#else

int
result_read(FILE *file, struct result *r, char why[WHY_MAX])
{
	(void)file;
	(void)r;
	return refuse(why, "built without jansson");
}

#endif
