/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Timeouts without a clock for each connection: it counts how often the loop
 * has looked at it and found nothing new.
 */
#ifndef LOOKS_H
#define LOOKS_H

#include <stdint.h>

#include "server.h"

/* Nanoseconds between two looks. */
int64_t	 looks_apart(const struct limits *);
/* Counts one more look; 14 bits hold the result. */
uint16_t looks_one_more(uint16_t quiet);
/* Whether the limit (0: none) is over. */
int	 looks_over(uint16_t quiet, int64_t apart, int64_t limit);

#endif
