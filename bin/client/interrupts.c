/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "interrupts.h"
#include "unpwrap.h"

#include <signal.h>

atomic_int user_interrupts;

/* After the second signal nothing is waited for.  If the process still does not
 * end, because nobody reads its output, the third has its default action. */
static void
interrupt(int signo)
{
	(void)signo;
	if (atomic_fetch_add(&user_interrupts, 1) == 0)
		return;
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
}

void
catch_interrupts(void)
{
	Signal(SIGINT, interrupt);
	Signal(SIGTERM, interrupt);
}
