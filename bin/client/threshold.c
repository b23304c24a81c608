/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "quantity.h"
#include "threshold.h"

#include <string.h>

#define OPERATORS	"<>"
#define VALUE_MAX	32

static const struct figure *
figure_named(const char *name, size_t n)
{
	const struct figure *f = figures;

	while (f->name != NULL &&
	    (strlen(f->name) != n || strncmp(f->name, name, n) != 0))
		f++;
	return f->name == NULL ? NULL : f;
}

static int
limit_parse(const char *text, size_t n, struct threshold *t,
    char why[WHY_MAX])
{
	char value[VALUE_MAX];
	int64_t ns;

	if (n >= sizeof(value))
		return refuse(why, "too long");
	memcpy(value, text, n);
	value[n] = '\0';
	if (t->figure->unit == FIGURE_TIME) {
		if (duration_parse(value, &ns, why) == -1)
			return -1;
		t->limit = (double)ns;
		return 0;
	}
	return number_parse(value, &t->limit, why);
}

/* Of n characters. */
static int
one_parse(const char *text, size_t n, struct threshold *t, char why[WHY_MAX])
{
	size_t name = strcspn(text, OPERATORS ","), at = name;
	char reason[WHY_MAX];

	t->text = text;
	t->length = (int)n;
	if (name >= n)
		return refuse(why, "\"%.*s\" is not FIGURE>VALUE or "
		    "FIGURE<VALUE", n < 60 ? (int)n : 60, text);
	t->figure = figure_named(text, name);
	if (t->figure == NULL)
		return refuse(why, "no figure is called \"%.*s\"",
		    name < 60 ? (int)name : 60, text);
	t->sign = text[at++] == '>' ? 1 : -1;
	t->or_equal = text[at] == '=';
	at += (size_t)t->or_equal;
	if (limit_parse(text + at, n - at, t, reason) == -1)
		return refuse(why, "%.*s: %.200s", n < 40 ? (int)n : 40, text,
		    reason);
	return 0;
}

int
thresholds_parse(const char *list, struct thresholds *thresholds,
    char why[WHY_MAX])
{
	size_t n;

	for (;; list += n + 1) {
		n = strcspn(list, ",");
		if (thresholds->n == THRESHOLDS_MAX)
			return refuse(why, "more than %d conditions",
			    THRESHOLDS_MAX);
		if (one_parse(list, n, &thresholds->all[thresholds->n++],
		    why) == -1)
			return -1;
		if (list[n] == '\0')
			return 0;
	}
}

int
thresholds_have(const struct thresholds *thresholds, const char *figure)
{
	for (size_t i = 0; i < thresholds->n; i++)
		if (strcmp(thresholds->all[i].figure->name, figure) == 0)
			return 1;
	return 0;
}

const struct threshold *
thresholds_of_messages(const struct thresholds *thresholds)
{
	for (size_t i = 0; i < thresholds->n; i++)
		if (thresholds->all[i].figure->of != FIGURE_OF_LOAD)
			return &thresholds->all[i];
	return NULL;
}

static int
holds(const struct threshold *t, const struct result *r)
{
	double value = t->figure->value(r);

	if (t->figure->of == FIGURE_OF_ECHOES && r->sum.latency.total == 0)
		return 1;
	return (t->sign > 0 ? value > t->limit : value < t->limit) ||
	    (t->or_equal && !(value > t->limit) && !(value < t->limit));
}

const struct threshold *
thresholds_next(const struct thresholds *thresholds, size_t *i,
    const struct result *r)
{
	while (*i < thresholds->n) {
		const struct threshold *t = &thresholds->all[(*i)++];

		if (holds(t, r))
			return t;
	}
	return NULL;
}
