/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * What the JSON objects of loads have in common.  For files that are compiled
 * only with jansson.
 */
#ifndef JSON_PART_H
#define JSON_PART_H

#include <jansson.h>
#include <stdio.h>

#include "load_sum.h"

/* Add a new reference.  End the process where there is no memory. */
void	 json_put(json_t *object, const char *name, json_t *value);
void	 json_add(json_t *array, json_t *value);
/* Percentiles; with the histogram itself, or without.  Each is a new
 * reference. */
json_t	*json_times(const struct histogram *, int buckets);
/* Which verdicts connections had that failed, and how many. */
json_t	*json_failed(const struct load_sum *);
/* Prints the object on one line, and releases it.  Ends the process where there
 * is no memory. */
void	 json_line(FILE *, json_t *);

#endif
