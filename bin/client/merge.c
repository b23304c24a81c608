/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "merge.h"
#include "unpwrap.h"

#include <stdlib.h>

static void
add(const char *path, struct result *r)
{
	struct result *one = calloc(1, sizeof(*one));
	char why[WHY_MAX];
	FILE *file = fopen(path, "r");

	if (file == NULL)
		err_sys("%s", path);
	if (one == NULL)
		err_sys("memory");
	if (result_read(file, one, why) == -1 ||
	    result_check(one, why) == -1 || result_merge(r, one, why) == -1)
		err_quit("%s: %s", path, why);
	fclose(file);
	free(one);
}

int
merge_run(char *const files[], int n, const struct report_how *how,
    const struct conclude_how *more)
{
	struct result *r = calloc(1, sizeof(*r));
	int status;

	if (r == NULL)
		err_sys("memory");
	for (int i = 0; i < n; i++)
		add(files[i], r);
	status = conclude(r, how, more);
	free(r);
	return status;
}
