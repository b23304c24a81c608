/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "quantity.h"
#include "result.h"

static double
a_second(const struct result *r, uint64_t n)
{
	if (r->sum.elapsed_ns <= 0)
		return 0;
	return (double)n * (double)NSEC_PER_SEC / (double)r->sum.elapsed_ns;
}

double
result_rate(const struct result *r)
{
	return a_second(r, r->sum.echoes);
}

double
result_bytes(const struct result *r)
{
	return a_second(r, r->sum.bytes);
}

const char *
result_loop(const struct result *r)
{
	if (r->mode == LOAD_BULK)
		return "bulk";
	if (r->mode == LOAD_CHURN)
		return "churn";
	return r->rate != 0 ? "open" : "closed";
}

char *
duration_text(double ns, char text[DURATION_TEXT_MAX])
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	int unit = 0, digits;

	while (ns >= 999.5 && unit < 3) {
		ns /= 1000;
		unit++;
	}
	digits = unit == 0 || ns >= 99.95 ? 0 : ns >= 9.995 ? 1 : 2;
	snprintf(text, DURATION_TEXT_MAX, "%.*f%s", digits, ns, units[unit]);
	return text;
}
