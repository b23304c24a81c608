/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "turns.h"

size_t
whose_turn(size_t cycle, size_t i, size_t n)
{
	size_t from = cycle / 2 % n;

	return cycle % 2 == 0 ? (from + i) % n : (from + n - 1 - i) % n;
}
