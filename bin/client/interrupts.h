/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The user wants it to end: SIGINT or SIGTERM.
 */
#ifndef INTERRUPTS_H
#define INTERRUPTS_H

#include <stdatomic.h>

/* How often, since they are caught; threads look at it. */
extern atomic_int user_interrupts;

void	 catch_interrupts(void);

#endif
