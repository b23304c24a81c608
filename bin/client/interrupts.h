/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
/*
 * The user wants it to end: SIGINT or SIGTERM.
 */
#ifndef INTERRUPTS_H
#define INTERRUPTS_H

#include <signal.h>

/* How often, up to 2, since they are caught. */
extern volatile sig_atomic_t user_interrupts;

void	 catch_interrupts(void);

#endif
