/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * How many system calls processes make: counted in the kernel, which slows them
 * down a little, so not while time is measured.
 */
#ifndef CALLS_H
#define CALLS_H

#include <stdint.h>

#include "account.h"

struct calls;

/* Begins to count: all threads of the server, and their children to come.
 * NULL: not allowed, or not known to this system. */
struct calls *calls_begin(const struct account *);
/* Ends it: how many there were. */
uint64_t calls_end(struct calls *);

#endif
