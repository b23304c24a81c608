/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "in_band.h"
#include "quantity.h"
#include "vanish.h"

#include <string.h>

#define PREFIX		"!fault "
#define PREFIX_LEN	(sizeof(PREFIX) - 1)
#define TIME_MOST_NS	(10 * NSEC_PER_SEC)	/* of a delay */
#define FOR_MOST_NS	(30 * NSEC_PER_SEC)	/* of a hang */
#define MOST		4			/* faults of a line */

int
in_band_line(const char *bytes, size_t n, size_t *len)
{
	size_t same = n < PREFIX_LEN ? n : PREFIX_LEN;
	const char *newline;

	if (memcmp(bytes, PREFIX, same) != 0)
		return 0;
	newline = memchr(bytes, '\n', n < IN_BAND_MAX ? n : IN_BAND_MAX);
	if (newline == NULL)
		return n < IN_BAND_MAX ? -1 : 0;
	*len = (size_t)(newline - bytes) + 1;
	return *len > PREFIX_LEN;
}

static int
limit(struct fault *f, int64_t now, char why[WHY_MAX])
{
	const char *name = fault_rows[f->kind].name;

	if (!fault_is(f->kind, FAULT_IN_BAND))
		return refuse(why, "%s is not for clients", name);
	if (f->nconns > 0 || f->every > 0 || f->family != 0 ||
	    f->probability < 1)
		return refuse(why, "%s: there is one connection", name);
	if (f->time_ns + f->jitter_ns > TIME_MOST_NS)
		return refuse(why, "%s: longer than 10s", name);
	if (fault_is(f->kind, FAULT_HOLDS)) {
		if (f->for_ns > FOR_MOST_NS)
			return refuse(why, "%s: longer than 30s", name);
		if (f->for_ns == 0)
			f->for_ns = FOR_MOST_NS;
	}
	if (fault_is(f->kind, FAULT_VANISHES) && vanish_probe() != 0)
		return refuse(why, "%s: not on this host", name);
	f->from_ns += now;
	return 0;
}

int
in_band_parse(const char *line, size_t len, int64_t now,
    struct fault_plan *plan, char why[WHY_MAX])
{
	char copy[IN_BAND_MAX], *rest = copy, *word;

	memcpy(copy, line + PREFIX_LEN, len - PREFIX_LEN);
	copy[len - PREFIX_LEN - 1] = '\0';	/* the newline */
	copy[strcspn(copy, "\r")] = '\0';
	plan->n = 0;
	plan->seed = 0;
	if (now < 0)
		return refuse(why, "faults are switched off");
	while ((word = strsep(&rest, " ")) != NULL) {
		if (word[0] == '\0')
			continue;
		if (plan->n == MOST)
			return refuse(why, "more than %d faults", MOST);
		if (fault_parse(word, plan, why) == -1 ||
		    limit(&plan->faults[plan->n - 1], now, why) == -1)
			return -1;
	}
	return plan->n > 0 ? 0 : refuse(why, "no fault");
}
