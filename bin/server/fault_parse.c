/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "course.h"
#include "fault.h"
#include "quantity.h"

#include <arpa/inet.h>

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX	256

/*
 * Keys: a function for each, and their table.
 */

static int
set_after(struct fault *f, char *value, char why[WHY_MAX])
{
	return size_parse(value, &f->after, why);
}

static int
set_size(struct fault *f, char *value, char why[WHY_MAX])
{
	if (size_parse(value, &f->size, why) == -1)
		return -1;
	return f->size != 0 ? 0 : refuse(why, "no byte at all");
}

/* "50ms", "50ms±10ms", or with +- where a keyboard has no such key. */
static int
set_time(struct fault *f, char *value, char why[WHY_MAX])
{
	char *jitter = strstr(value, "±");

	if (jitter == NULL)
		jitter = strstr(value, "+-");
	if (jitter != NULL) {
		*jitter = '\0';
		if (duration_parse(jitter + 2, &f->jitter_ns, why) == -1)
			return -1;
	}
	return duration_parse(value, &f->time_ns, why);
}

static int
set_rate(struct fault *f, char *value, char why[WHY_MAX])
{
	char *slash = strchr(value, '/');

	if (slash != NULL) {
		if (strcmp(slash, "/s") != 0)
			return refuse(why, "not a rate, such as 64KiB/s");
		*slash = '\0';
	}
	if (size_parse(value, &f->rate, why) == -1)
		return -1;
	return f->rate != 0 ? 0 : refuse(why, "no byte at all");
}

/* "7", "1-3" or "5-". */
static int
add_range(struct fault *f, char *value, char why[WHY_MAX])
{
	char *dash = strchr(value, '-');
	struct fault_range range;

	if (dash != NULL)
		*dash = '\0';
	if (count_parse(value, 1, UINT32_MAX, &range.first, why) == -1)
		return -1;
	range.last = range.first;
	if (dash != NULL && dash[1] == '\0')
		range.last = UINT64_MAX;
	else if (dash != NULL && count_parse(dash + 1, range.first,
	    UINT32_MAX, &range.last, why) == -1)
		return -1;
	if (f->nconns == RANGES_MAX)
		return refuse(why, "more than %d ranges", RANGES_MAX);
	f->conns[f->nconns++] = range;
	return 0;
}

/* A number of connections, or with a unit a time. */
static int
set_every(struct fault *f, char *value, char why[WHY_MAX])
{
	if (value[strspn(value, "0123456789")] == '\0')
		return count_parse(value, 1, UINT32_MAX, &f->every, why);
	if (duration_parse(value, &f->period_ns, why) == -1)
		return -1;
	return f->period_ns != 0 ? 0 : refuse(why, "no time at all");
}

static int
set_probability(struct fault *f, char *value, char why[WHY_MAX])
{
	char *end;

	f->probability = strtod(value, &end);
	if (value[0] == '\0' || value[strspn(value, "0123456789.")] != '\0' ||
	    *end != '\0' || f->probability > 1)
		return refuse(why, "not a probability from 0 to 1");
	return 0;
}

/* Its clients are told by their IPv4 address, however they come. */
static void
unmap_source(struct fault *f)
{
	static const unsigned char mapped[12] = {
		[10] = 0xff, [11] = 0xff
	};

	if (f->family != AF_INET6 || f->prefix < 96 ||
	    memcmp(f->source, mapped, sizeof(mapped)) != 0)
		return;
	memmove(f->source, f->source + sizeof(mapped), 4);
	f->family = AF_INET;
	f->prefix -= 96;
}

static int
set_source(struct fault *f, char *value, char why[WHY_MAX])
{
	char *slash = strchr(value, '/');
	uint64_t bits;

	if (slash != NULL)
		*slash = '\0';
	f->family = strchr(value, ':') != NULL ? AF_INET6 : AF_INET;
	if (inet_pton(f->family, value, f->source) != 1)
		return refuse(why, "not an address");
	bits = f->family == AF_INET ? 32 : 128;
	if (slash != NULL && count_parse(slash + 1, 0, bits, &bits, why) == -1)
		return -1;
	f->prefix = (unsigned)bits;
	unmap_source(f);
	return 0;
}

static int
set_from(struct fault *f, char *value, char why[WHY_MAX])
{
	return duration_parse(value, &f->from_ns, why);
}

static int
set_for(struct fault *f, char *value, char why[WHY_MAX])
{
	if (duration_parse(value, &f->for_ns, why) == -1)
		return -1;
	return f->for_ns != 0 ? 0 : refuse(why, "no time at all");
}

static const struct key {
	const char	*name;
	unsigned	 of;	/* the keys of a fault_row that it is one of */
	int		(*set)(struct fault *, char *value, char why[WHY_MAX]);
} keys[] = {
	{ "after",	KEY_AFTER,	set_after },
	{ "size",	KEY_SIZE,	set_size },
	{ "time",	KEY_TIME,	set_time },
	{ "rate",	KEY_RATE,	set_rate },
	{ "conns",	KEY_SELECT,	add_range },
	{ "every",	KEY_SELECT | KEY_WINDOW, set_every },
	{ "p",		KEY_SELECT,	set_probability },
	{ "source",	KEY_SELECT,	set_source },
	{ "from",	KEY_WINDOW,	set_from },
	{ "for",	KEY_WINDOW,	set_for },
};
#define KEYS	(sizeof(keys) / sizeof(keys[0]))

static const struct key *
find_key(const char *name)
{
	for (size_t i = 0; i < KEYS; i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

static const struct key *
main_key(const struct fault_row *row)
{
	for (size_t i = 0; i < KEYS; i++)
		if (keys[i].of == row->main)
			return &keys[i];
	return NULL;
}

/*
 * The whole.
 */

/* Hands the value to the key, and names the key in what it refuses. */
static int
set(struct fault *f, const struct key *key, char *value, char why[WHY_MAX])
{
	char reason[WHY_MAX];

	if (key->set(f, value, reason) == 0)
		return 0;
	return refuse(why, "%s: %.200s", key->name, reason);
}

static int
begin(struct fault *f, char *word, char why[WHY_MAX])
{
	const struct fault_row *row = fault_rows;
	char *value = strchr(word, '=');

	if (value != NULL)
		*value++ = '\0';
	while (row < fault_rows + FAULT_KINDS && strcmp(row->name, word) != 0)
		row++;
	if (row == fault_rows + FAULT_KINDS)
		return refuse(why, "no fault \"%.40s\" (see --help)", word);
	*f = (struct fault){
		.kind = (enum fault_kind)(row - fault_rows),
		.size = row->size, .time_ns = row->time_ns,
		.rate = row->rate, .for_ns = row->for_ns,
		.probability = 1, .family = AF_UNSPEC,
	};
	if (value == NULL)
		return 0;
	if (row->main == 0)
		return refuse(why, "%s: it takes no value", row->name);
	return set(f, main_key(row), value, why);
}

static int
set_word(struct fault *f, char *word, const struct key **last,
    char why[WHY_MAX])
{
	const struct fault_row *row = &fault_rows[f->kind];
	char *value = strchr(word, '=');
	const struct key *key;

	/* The commas of "conns=1-3,7" are no others than those between keys. */
	if (value == NULL && *last != NULL && (*last)->set == add_range)
		return set(f, *last, word, why);
	if (value == NULL)
		return refuse(why, "\"%.40s\" is not KEY=VALUE", word);
	*value++ = '\0';
	key = find_key(word);
	if (key == NULL)
		return refuse(why, "no key \"%.40s\"", word);
	if ((row->keys & key->of) == 0)
		return refuse(why, "%s has no key %s", row->name, key->name);
	*last = key;
	return set(f, key, value, why);
}

static int
check(const struct fault *f, char why[WHY_MAX])
{
	const struct fault_row *row = &fault_rows[f->kind];

	if (f->every != 0 && (row->keys & KEY_SELECT) == 0)
		return refuse(why, "every: %s chooses no connections, write a "
		    "time", row->name);
	if (f->period_ns != 0 && f->for_ns == 0)
		return refuse(why, "every: for=TIME must say how long of it");
	if (f->period_ns != 0 && f->for_ns > f->period_ns)
		return refuse(why, "for: longer than every");
	if (f->size > COURSE_ROOM && f->kind != FAULT_TRUNCATE)
		return refuse(why, "size: at most %d bytes", COURSE_ROOM);
	if (f->jitter_ns > f->time_ns)
		return refuse(why, "time: its random part is the longer one");
	return 0;
}

int
fault_parse(const char *text, struct fault_plan *plan, char why[WHY_MAX])
{
	char copy[TEXT_MAX], *rest = copy, *word;
	const struct key *last = NULL;
	struct fault f;

	if (strlen(text) >= sizeof(copy))
		return refuse(why, "longer than %d bytes", TEXT_MAX - 1);
	if (plan->n == FAULTS_MAX)
		return refuse(why, "more than %d faults", FAULTS_MAX);
	strcpy(copy, text);
	if (begin(&f, strsep(&rest, ","), why) == -1)
		return -1;
	while ((word = strsep(&rest, ",")) != NULL)
		if (set_word(&f, word, &last, why) == -1)
			return -1;
	if (check(&f, why) == -1)
		return -1;
	plan->faults[plan->n++] = f;
	return 0;
}
