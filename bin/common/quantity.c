/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "quantity.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct unit {
	const char	*name;
	double		 factor;
};

static const struct unit size_units[] = {
	{ "",	 1 },		{ "B",	 1 },
	{ "k",	 1e3 },		{ "kB",	 1e3 },
	{ "M",	 1e6 },		{ "MB",	 1e6 },
	{ "G",	 1e9 },		{ "GB",	 1e9 },
	{ "Ki",	 1024. },	{ "KiB", 1024. },
	{ "Mi",	 1048576. },	{ "MiB", 1048576. },
	{ "Gi",	 1073741824. },	{ "GiB", 1073741824. },
	{ NULL,	 0 }
};

static const struct unit duration_units[] = {
	{ "",	 1e9 },
	{ "ns",	 1 },
	{ "us",	 1e3 },
	{ "ms",	 1e6 },
	{ "s",	 1e9 },
	{ "m",	 60e9 },
	{ "min", 60e9 },
	{ "h",	 3600e9 },
	{ NULL,	 0 }
};

/* strtod alone would take "inf", "0x1p3" and " 5" as well. */
static int
scaled_parse(const char *text, const struct unit *unit, double most,
    const char *example, double *value, char why[WHY_MAX])
{
	size_t digits = strspn(text, "0123456789.");
	const char *name = text + digits;
	char *end;
	double number;

	if (digits == 0 || strcmp(text, ".") == 0)
		return refuse(why, "not a number with a unit, such as %s",
		    example);
	number = strtod(text, &end);
	if (end < name)
		return refuse(why, "not a number with a unit, such as %s",
		    example);
	/* Not end: "1e3" was read on into the exponent. */
	while (unit->name != NULL && strcasecmp(unit->name, name) != 0)
		unit++;
	if (unit->name == NULL)
		return refuse(why, "unknown unit \"%.20s\", write it as %s",
		    name, example);
	*value = number * unit->factor;
	if (*value > most)
		return refuse(why, "too large");
	return 0;
}

/* A double holds whole numbers up to 2^53 exactly. */
#define WHOLE_MAX	9007199254740992.

int
number_parse(const char *text, double *number, char why[WHY_MAX])
{
	return scaled_parse(text, size_units, WHOLE_MAX, "1000 or 1.5k",
	    number, why);
}

int
size_parse(const char *text, uint64_t *bytes, char why[WHY_MAX])
{
	double value;

	if (scaled_parse(text, size_units, WHOLE_MAX, "64KiB", &value,
	    why) == -1)
		return -1;
	*bytes = (uint64_t)value;
	/* What a unit makes of a fraction is rounded down. */
	if (text[strspn(text, "0123456789.")] == '\0' &&
	    (double)*bytes != value)
		return refuse(why, "not a whole number");
	return 0;
}

int
duration_parse(const char *text, int64_t *ns, char why[WHY_MAX])
{
	double value;

	if (scaled_parse(text, duration_units, 1000 * 3600e9,
	    "500ms, 5s, 2m or 1h", &value, why) == -1)
		return -1;
	*ns = (int64_t)value;
	return 0;
}

int
count_parse(const char *text, uint64_t low, uint64_t high, uint64_t *count,
    char why[WHY_MAX])
{
	uintmax_t number;

	errno = 0;
	number = strtoumax(text, NULL, 10);
	if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0')
		return refuse(why, "not a whole number");
	if (errno != 0 || number < low || number > high)
		return refuse(why, "not between %" PRIu64 " and %" PRIu64, low,
		    high);
	*count = number;
	return 0;
}
