/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Without jansson: nothing is printed, since the options that ask for it are
 * refused.
 */
#include <config.h>

#include "comparison.h"
#include "report_part.h"
#include "result.h"

int
report_has_json(void)
{
	return 0;
}

void
report_json(const struct outcome *o, const struct report_how *how)
{
	(void)o;
	(void)how;
}

void
result_json(FILE *out, const struct result *r, int status)
{
	(void)out;
	(void)r;
	(void)status;
}

void
result_json_interval(FILE *out, const struct load_sum *sum, int64_t from_ns,
    int64_t to_ns)
{
	(void)out;
	(void)sum;
	(void)from_ns;
	(void)to_ns;
}

void
comparison_json(FILE *out, const struct comparison *c)
{
	(void)out;
	(void)c;
}

int
result_read(FILE *file, struct result *r, char why[WHY_MAX])
{
	(void)file;
	(void)r;
	return refuse(why, "built without jansson");
}
