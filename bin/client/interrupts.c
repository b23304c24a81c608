/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "interrupts.h"
#include "unpwrap.h"

volatile sig_atomic_t interrupts;

static void
interrupt(int signo)
{
	(void)signo;
	if (interrupts < 2)
		interrupts++;
}

void
catch_interrupts(void)
{
	Signal(SIGINT, interrupt);
	Signal(SIGTERM, interrupt);
}
