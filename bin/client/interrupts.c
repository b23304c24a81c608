/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "interrupts.h"
#include "unpwrap.h"

volatile sig_atomic_t user_interrupts;

static void
interrupt(int signo)
{
	(void)signo;
	if (user_interrupts < 2)
		user_interrupts++;
}

void
catch_interrupts(void)
{
	Signal(SIGINT, interrupt);
	Signal(SIGTERM, interrupt);
}
