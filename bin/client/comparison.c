/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "comparison.h"

const char *
comparison_verdict(const struct interval *ratio)
{
	static const char *const verdicts_of[] = { "less", "no difference",
	    "more" };

	if (!interval_is_known(ratio))
		return "not known";
	return verdicts_of[interval_side(ratio, 1) + 1];
}
