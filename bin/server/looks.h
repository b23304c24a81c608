/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Limits of time without a clock for each connection: it counts how often a loop
 * has looked at it in vain.
 */
#ifndef LOOKS_H
#define LOOKS_H

#include <stdint.h>

#include "server.h"

/* Nanoseconds between two looks. */
int64_t	 looks_apart(const struct limits *);
/* How often it was looked at, once more; 14 bits hold it. */
uint16_t looks_one_more(uint16_t quiet);
/* Whether the limit (0: none) is over. */
int	 looks_over(uint16_t quiet, int64_t apart, int64_t limit);

#endif
