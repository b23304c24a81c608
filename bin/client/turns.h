/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Who is next, where several take turns.
 */
#ifndef TURNS_H
#define TURNS_H

#include <stddef.h>

/* The i-th of n in that cycle.  Cycles run forwards and backwards by turns,
 * each pair from another one on: nobody always has the same place and
 * neighbours. */
size_t	 whose_turn(size_t cycle, size_t i, size_t n);

#endif
