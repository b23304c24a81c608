/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include <config.h>

#include "silence.h"

/* One probe may be under way; of two, the host has left one unanswered. */
static int
probes_are_lost(const struct tcp_facts *f)
{
	return f->probes > 1;
}

/* A receiver whose memory is full closes its window on data that was under way:
 * these are sent again and again, and each time an acknowledgement comes that
 * takes none of them. */
static int
window_was_shrunk(const struct tcp_facts *f)
{
	return f->window_closed && f->answered && f->unacked > 0;
}

enum silence
silence_of(const struct tcp_facts *f)
{
	if (!f->known)
		return SILENCE_UNKNOWN;
	if (window_was_shrunk(f))
		return SILENCE_WINDOW;
	if (probes_are_lost(f))
		return SILENCE_HOST;
	if (f->unacked > 0)
		return f->retransmits > 0 || f->backoff > 0 ? SILENCE_HOST :
		    SILENCE_UNKNOWN;
	if (f->backoff > 0 || f->unsent > 0)
		return SILENCE_WINDOW;
	return SILENCE_PROCESS;
}

/* A reset clears what was outstanding and the backoff, not these counters. */
int
silence_before_reset(const struct tcp_facts *f)
{
	return f->known && (f->retransmits > 0 || probes_are_lost(f));
}
