/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "splitmix.h"

/* The algorithm is in the public domain. */
uint64_t
splitmix(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint64_t
splitmix_start(uint64_t seed, uint64_t number)
{
	uint64_t state = seed;

	return splitmix(&state) ^ number * UINT64_C(0xd1342543de82ef95);
}
