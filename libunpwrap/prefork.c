/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "prefork.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>

unsigned
prefork_count(const struct supervisor *s, enum slot_state state)
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->nslots; i++)
		n += s->slots[i].state == state;
	return n;
}

static void
take_signals(struct supervisor *s)
{
	static const int told[] = {
		SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2
	};
	unsigned came[NSIG] = { 0 };

	prefork_signals_take(came);
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		if (came[told[i]] > 0)
			prefork_tell(s, (struct unpwrap_event){ .type =
			    UNPWRAP_SIGNAL, .signo = told[i] });
	if (came[SIGHUP] > 0 && !s->stopping)
		s->generation++;
	for (unsigned n = came[SIGTERM] + came[SIGINT]; n > 0; n--) {
		if (s->stopping)
			prefork_stop_at_once(s);
		else
			prefork_stop(s);
	}
	if (came[SIGQUIT] > 0)
		prefork_stop_at_once(s);
}

static void
obey_clock(struct supervisor *s)
{
	int64_t now = monotonic_ms();

	for (unsigned i = 0; i < s->nslots; i++) {
		struct slot *slot = &s->slots[i];

		if (now < slot->due)
			continue;
		if (slot->state == SLOT_STARTING)
			prefork_became_ready(s, slot);
		else if (slot->state == SLOT_LEAVING)
			prefork_kill(s, slot);
	}
}

static int
timeout_until(int64_t then, int64_t now)
{
	if (then == PREFORK_NEVER)
		return -1;
	if (then <= now)
		return 0;
	return then - now > INT_MAX ? INT_MAX : (int)(then - now);
}

/* poll(2) takes no more entries than descriptors may be open: only those that
 * are in use. */
static void
wait_for_something(struct supervisor *s, int64_t now)
{
	int64_t next = PREFORK_NEVER;
	int timeout;
	nfds_t n = 1;

	s->ready[0].fd = prefork_signals_fd();
	s->ready[0].events = POLLIN;
	for (unsigned i = 0; i < s->nslots; i++) {
		const struct slot *slot = &s->slots[i];

		if (slot->due < next)
			next = slot->due;
		if (slot->fd == -1)
			continue;
		s->ready[n].fd = slot->fd;
		s->ready[n++].events = POLLIN;
	}
	if (!s->stopping && s->start_at > now && s->start_at < next)
		next = s->start_at;
	timeout = timeout_until(next, monotonic_ms());
	if (poll(s->ready, n, timeout) == -1 && errno != EINTR)
		poll(NULL, 0, PREFORK_DELAY_MS);	/* never spin */
}

static int
is_over(const struct supervisor *s)
{
	return s->stopping && prefork_count(s, SLOT_FREE) == s->nslots;
}

static void
supervise(struct supervisor *s)
{
	while (!is_over(s)) {
		/* One time for both: too early a start is waited for. */
		int64_t now = monotonic_ms();

		if (!s->stopping) {
			prefork_start_missing(s, now);
			prefork_retire_old(s);
		}
		wait_for_something(s, now);
		take_signals(s);
		/* After SIGHUP: one that is ready by now has served. */
		for (unsigned i = 0; i < s->nslots; i++)
			prefork_hear(s, &s->slots[i]);
		prefork_reap(s);
		obey_clock(s);
	}
}

static int
allocate(struct supervisor *s)
{
	s->nslots = 2 * s->conf->workers;
	s->slots = calloc(s->nslots, sizeof(*s->slots));
	if (s->slots == NULL)
		return -1;
	s->ready = calloc(s->nslots + 1, sizeof(*s->ready));
	if (s->ready == NULL)
		return -1;
	for (unsigned i = 0; i < s->nslots; i++) {
		s->slots[i].fd = -1;
		s->slots[i].due = PREFORK_NEVER;
	}
	return 0;
}

int
unpwrap_prefork(const struct unpwrap_prefork *prefork)
{
	struct supervisor s = { .conf = prefork };

	if (prefork->workers == 0 || prefork->workers > UNPWRAP_WORKERS_MAX ||
	    prefork->serve == NULL) {
		errno = EINVAL;
		return -1;
	}
	if (allocate(&s) == -1 || prefork_signals_open() == -1) {
		s.error = errno;
	} else {
		supervise(&s);
		/* Those that came while the last worker ended; and what comes
		 * now is the caller's. */
		prefork_signals_hold();
		take_signals(&s);
		prefork_signals_close();
	}
	free(s.ready);
	free(s.slots);
	if (s.error == 0)
		return s.killed;
	errno = s.error;
	return -1;
}
