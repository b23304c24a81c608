/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * Random numbers that the same seed repeats: Sebastiano Vigna's splitmix64.
 * Not for secrets.
 */
#ifndef SPLITMIX_H
#define SPLITMIX_H

#include <stdint.h>

/* Goes a step on, and returns the next number. */
uint64_t splitmix(uint64_t *state);
/* A state for one of many, such as a connection, by its number. */
uint64_t splitmix_start(uint64_t seed, uint64_t number);

#endif
