/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "expect.h"

#include <string.h>

/* Returns a verdict, or VERDICTS. */
static int
verdict_named(const char *token, size_t n)
{
	int i = 0;

	while (i < VERDICTS && (strlen(verdicts[i].token) != n ||
	    strncmp(verdicts[i].token, token, n) != 0))
		i++;
	return i;
}

int
expect_parse(const char *list, struct expectation *expectation,
    char why[WHY_MAX])
{
	const char *token = list;
	size_t n;
	int verdict;

	memset(expectation, 0, sizeof(*expectation));
	expectation->list = list;
	for (;; token += n + 1) {
		n = strcspn(token, ",");
		verdict = verdict_named(token, n);
		if (verdict == VERDICTS)
			return refuse(why, "no verdict is called \"%.*s\" "
			    "(see --help)", n < 60 ? (int)n : 60, token);
		if (!verdict_is_of_connection((enum verdict)verdict))
			return refuse(why, "no connection can have the verdict "
			    "%s", verdicts[verdict].token);
		expectation->has[verdict] = 1;
		if (token[n] == '\0')
			return 0;
	}
}

int
expect_status(const struct expectation *expectation, enum verdict verdict)
{
	if (expectation->list == NULL)
		return verdicts[verdict].status;
	if (expectation->has[verdict])
		return 0;
	return verdicts[VERDICT_EXPECTATION_MISSED].status;
}
