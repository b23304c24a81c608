/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The members that a load's JSON objects have for its counts and times.
 */
#ifndef RESULT_MEMBER_H
#define RESULT_MEMBER_H

#include <stddef.h>

#define RESULT_FORMAT	"echo-client-load"
#define RESULT_VERSION	1

/* Of a struct load_sum; the last one has no name. */
struct result_member {
	const char	*name;
	size_t		 offset;
};
extern const struct result_member result_counts[];	/* uint64_t */
extern const struct result_member result_times[];	/* struct histogram */

#endif
