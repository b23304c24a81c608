/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "interrupts.h"
#include "unpwrap.h"

#include <signal.h>

atomic_int user_interrupts;

static void
interrupt(int signo)
{
	(void)signo;
	if (atomic_load(&user_interrupts) < 2)
		atomic_fetch_add(&user_interrupts, 1);
}

void
catch_interrupts(void)
{
	Signal(SIGINT, interrupt);
	Signal(SIGTERM, interrupt);
}
