/*
 * Copyright (c) the unpwrap authors
 * SPDX-License-Identifier: MIT
 */
#include "prefork.h"

#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#define DELAY_MAX_MS	5000
#define DEATHS_PER_SEC	64	/* of ready workers, until starts are delayed */

/* The worker finds the end of a file in stopfd; we still hear what it says. */
static void
let_leave(struct supervisor *s, struct slot *slot)
{
	slot->state = SLOT_LEAVING;
	slot->due = monotonic_ms() + s->conf->drain_ms;
	if (slot->fd != -1)
		shutdown(slot->fd, SHUT_WR);
}

/* Its whole process group: a worker may have children. */
void
prefork_kill(struct supervisor *s, struct slot *slot)
{
	prefork_tell(s, (struct unpwrap_event){ .type = UNPWRAP_WORKER_KILLED,
	    .slot = (unsigned)(slot - s->slots), .pid = slot->pid });
	if (s->stopping)
		s->killed = 1;
	slot->state = SLOT_KILLED;
	slot->due = PREFORK_NEVER;
	if (kill(-slot->pid, SIGKILL) == -1)
		kill(slot->pid, SIGKILL);	/* not yet a group leader */
}

void
prefork_stop(struct supervisor *s)
{
	s->stopping = 1;
	for (unsigned i = 0; i < s->nslots; i++)
		if (prefork_is_up(&s->slots[i]))
			let_leave(s, &s->slots[i]);
}

void
prefork_stop_at_once(struct supervisor *s)
{
	s->stopping = 1;
	for (unsigned i = 0; i < s->nslots; i++)
		if (s->slots[i].state != SLOT_FREE &&
		    s->slots[i].state != SLOT_KILLED)
			prefork_kill(s, &s->slots[i]);
}

/* A worker ended before it was ready, without being told to.  If others that
 * were started with it end before the next start, that is the same failure. */
static void
failed_at_start(struct supervisor *s)
{
	unsigned shift = s->failures < 16 ? s->failures : 16;
	int64_t delay = (int64_t)PREFORK_DELAY_MS << shift;

	if (monotonic_ms() < s->failed_until)
		return;
	if (delay > DELAY_MAX_MS)
		delay = DELAY_MAX_MS;
	s->failures++;
	s->alone = prefork_count(s, SLOT_READY) == 0 ? s->alone + 1 : 0;
	if (s->conf->failures_max != 0 &&
	    s->alone >= s->conf->failures_max) {
		s->error = ECHILD;
		prefork_stop(s);
		return;
	}
	s->start_at = s->failed_until = monotonic_ms() + delay;
	prefork_tell(s, (struct unpwrap_event){ .type = UNPWRAP_WORKER_DELAYED,
	    .delay_ms = (unsigned)delay });
}

/* One that had served is replaced at once: its clients wait.  But what makes
 * many of them die must not make us fork without end.  And where memory has run
 * out, what its children hold comes free only as they end: before that a fork
 * could make the supervisor the next to be killed. */
static void
died_later(struct supervisor *s, const struct slot *slot, int status)
{
	int64_t now = monotonic_ms();
	int is_ending = WIFSIGNALED(status) && kill(-slot->pid, 0) == 0;

	if (now / 1000 != s->second) {
		s->second = now / 1000;
		s->deaths = 0;
	}
	if ((++s->deaths > DEATHS_PER_SEC || is_ending) &&
	    s->start_at < now + PREFORK_DELAY_MS)
		s->start_at = now + PREFORK_DELAY_MS;
}

/* After SIGHUP more workers may run than have to finish. */
static void
finished(struct supervisor *s)
{
	if (++s->finished == s->conf->workers)
		prefork_stop(s);
}

static void
ended(struct supervisor *s, struct slot *slot, int status)
{
	enum slot_state state;

	/* It had survived its start, even if we look late. */
	if (slot->state == SLOT_STARTING && monotonic_ms() >= slot->due)
		prefork_became_ready(s, slot);
	state = slot->state;
	if (slot->fd != -1)
		close(slot->fd);
	slot->fd = -1;
	slot->state = SLOT_FREE;
	slot->due = PREFORK_NEVER;
	prefork_tell(s, (struct unpwrap_event){ .type = UNPWRAP_WORKER_ENDED,
	    .slot = (unsigned)(slot - s->slots), .pid = slot->pid,
	    .status = status, .signo = state == SLOT_KILLED ? SIGKILL : 0 });
	if (s->stopping || (state != SLOT_STARTING && state != SLOT_READY))
		return;		/* it was to end */
	if (s->conf->once && status == 0)
		finished(s);
	else if (state == SLOT_STARTING)
		failed_at_start(s);
	else
		died_later(s, slot, status);
}

void
prefork_became_ready(struct supervisor *s, struct slot *slot)
{
	slot->state = SLOT_READY;
	slot->due = PREFORK_NEVER;
	s->failures = s->alone = 0;
}

/* Makes the worker one of an older generation.  One that asks for this counts
 * as ready: otherwise a new one would have to leave before its replacement is
 * up. */
static void
retires(struct supervisor *s, struct slot *slot)
{
	if (slot->state == SLOT_STARTING)
		prefork_became_ready(s, slot);
	slot->generation = s->generation - 1;
}

void
prefork_hear(struct supervisor *s, struct slot *slot)
{
	char said[16];
	ssize_t n;

	if (slot->fd == -1)
		return;
	n = recv(slot->fd, said, sizeof(said), MSG_DONTWAIT);
	if (n == 0 || (n == -1 && errno != EINTR && errno != EAGAIN)) {
		close(slot->fd);	/* it closed its end: SIGCHLD follows */
		slot->fd = -1;
	}
	for (ssize_t i = 0; i < n; i++) {
		if (said[i] == WORKER_IS_READY && slot->state == SLOT_STARTING)
			prefork_became_ready(s, slot);
		if (said[i] == WORKER_RETIRES && !s->conf->once)
			retires(s, slot);
	}
}

/* Nothing that a worker started outlives it.  While the worker is a zombie its
 * pid can be nobody else's, nor its group's.  ECHILD: the caller has reaped it,
 * and its pid may be another's by now. */
static int
has_ended(pid_t pid, int *status)
{
	siginfo_t info = { .si_pid = 0 };

	*status = 0;
	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == -1)
		return errno == ECHILD;
	if (info.si_pid != pid)
		return 0;
	kill(-pid, SIGKILL);
	waitpid(pid, status, 0);
	return 1;
}

/* Process 1 inherits the orphans of others; nobody else would reap them. */
static void
reap_orphans(const struct supervisor *s)
{
	siginfo_t info;

	for (;;) {
		info.si_pid = 0;
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) ==
		    -1 || info.si_pid == 0)
			return;
		for (unsigned i = 0; i < s->nslots; i++)
			if (s->slots[i].state != SLOT_FREE &&
			    s->slots[i].pid == info.si_pid)
				return;	/* it has ended just now */
		waitpid(info.si_pid, NULL, 0);
	}
}

/* Only our own: the caller may have other children. */
void
prefork_reap(struct supervisor *s)
{
	int status;

	for (unsigned i = 0; i < s->nslots; i++) {
		struct slot *slot = &s->slots[i];

		if (slot->state == SLOT_FREE || !has_ended(slot->pid, &status))
			continue;
		prefork_hear(s, slot);	/* its last words */
		ended(s, slot, status);
	}
	if (s->conf->reap_orphans)
		reap_orphans(s);
}

/* Is a newer worker with its number ready? */
static int
is_succeeded(const struct supervisor *s, const struct slot *slot)
{
	for (unsigned i = 0; i < s->nslots; i++) {
		const struct slot *other = &s->slots[i];

		if (other->state == SLOT_READY &&
		    other->number == slot->number &&
		    (int)(other->generation - slot->generation) > 0)
			return 1;
	}
	return 0;
}

/* How many of the current generation are in that state. */
static unsigned
current(const struct supervisor *s, enum slot_state state)
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->nslots; i++)
		n += s->slots[i].state == state &&
		    s->slots[i].generation == s->generation;
	return n;
}

/* An old worker whose number no newer one has leaves when all newer ones are
 * ready, or when they need its slot. */
void
prefork_retire_old(struct supervisor *s)
{
	unsigned wanted = s->conf->workers - s->finished;
	unsigned ready = prefork_count(s, SLOT_READY);
	unsigned new_ready = current(s, SLOT_READY);
	int needs_slot = prefork_count(s, SLOT_FREE) == 0 &&
	    new_ready + current(s, SLOT_STARTING) < wanted;

	for (unsigned i = 0; i < s->nslots; i++) {
		struct slot *slot = &s->slots[i];

		if (slot->generation == s->generation)
			continue;
		if (slot->state == SLOT_STARTING && ready >= wanted) {
			let_leave(s, slot);	/* enough others serve */
		} else if (slot->state == SLOT_READY &&
		    (new_ready >= wanted || is_succeeded(s, slot) ||
		    (needs_slot && ready > wanted))) {
			let_leave(s, slot);
			ready--;
		}
	}
}
